from __future__ import annotations

import pytest
from flask import Flask, redirect, request, url_for

from ml_api.app.application import Application


def build(kind: type[Flask]) -> Flask:
    app = kind("app", static_folder=None)
    app.add_url_rule("/things/<name>", "thing", lambda name: f"{name} {url_for('thing', name='ä', _external=True)}")
    app.add_url_rule("/folder/", "folder", lambda: request.path)
    app.add_url_rule("/away", "away", lambda: redirect(url_for("thing", name="x")))
    return app


@pytest.mark.parametrize(
    "environ",
    [
        {"PATH_INFO": "/things/b"},
        {"PATH_INFO": "/things/b", "HTTP_HOST": "API.example.com:8443", "wsgi.url_scheme": "https"},
        {"PATH_INFO": "/things/b", "HTTP_HOST": "bücher.example".encode().decode("latin-1")},
        {"PATH_INFO": "/things/b", "HTTP_HOST": "bad host\x01"},
        {"PATH_INFO": "/things/b", "HTTP_HOST": ""},
        {"PATH_INFO": "/things/b", "SCRIPT_NAME": "/mounted"},
        {"PATH_INFO": "/things/b", "SCRIPT_NAME": "/mounted/"},
        {"PATH_INFO": "/things/ä".encode().decode("latin-1")},
        {"PATH_INFO": "/things/\xff"},
        {"PATH_INFO": "//things/b"},
        {"PATH_INFO": "/folder", "QUERY_STRING": "q=%C3%A4&r=a b"},
        {"PATH_INFO": "/folder/", "QUERY_STRING": "q=1"},
        {"PATH_INFO": "/folder", "REQUEST_METHOD": "DELETE"},
        {"PATH_INFO": "/nowhere"},
        {"PATH_INFO": ""},
        {"PATH_INFO": "/away"},
    ],
    ids=str,
)
def test_requests_find_the_routes_that_flask_itself_would_find(environ):
    answers = []
    for kind in (Flask, Application):
        client = build(kind).test_client()
        answer = client.open(environ_overrides=environ)
        answers.append((answer.status, answer.headers.get("Location"), answer.headers.get("Allow"), answer.data))
    assert answers[0] == answers[1]
