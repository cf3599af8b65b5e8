"""Opens a session where there can be one: for a browser, on the routes that have use for it."""

from __future__ import annotations

from flask import Flask, Request, Response, request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin

from ml_api.blueprints.access import may_use_session


class PageSessions(SecureCookieSessionInterface):
    """Flask's own sessions, at no cost to those who have none: no cookie is read, checked or written for them."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """Return what the cookie holds; an empty session if there is no cookie to look at."""
        if "HTTP_COOKIE" not in request.environ or not _has_use_for_session(request):
            return self.session_class()
        return super().open_session(app, request)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Send the cookie, if the session has changed."""
        if (session.accessed or session.modified) and _has_use_for_session(request):
            super().save_session(app, session, response)


def _has_use_for_session(request: Request) -> bool:
    return "HTTP_AUTHORIZATION" not in request.environ and may_use_session(request.path)
