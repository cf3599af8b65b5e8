"""The bytes behind a URL: one HTTP GET with time limits, a size limit and retries.

Retried are the faults that may pass: a connection that fails, resets or times out, a body that is
cut short, and the statuses 408, 429 and 5xx. Nothing else is: a 404 will be a 404 again.
"""

from __future__ import annotations

import email.utils
import http.client
import logging
import re
import ssl
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import IO, TYPE_CHECKING, Protocol
from urllib.parse import urlsplit

from regression_model.errors import DownloadError
from regression_model.processing.datasets.shown_url import HIDDEN, hide_secrets

if TYPE_CHECKING:
    from collections.abc import Callable
    from email.message import Message

_logger = logging.getLogger(__name__)
_CHUNK_BYTES = 1 << 16
_PASSING_STATUSES = frozenset({408, 429})
_FIRST_SERVER_ERROR = 500
# What http.client refuses, in a message that repeats the query.
_UNSENDABLE = re.compile(r"[\x00-\x20\x7f]")


class Progress(Protocol):
    """What is told how far a download is; it may draw a bar."""

    def __call__(self, done_bytes: int, total_bytes: int | None, /) -> None:
        """Take the bytes so far and, if the server said so, of the whole; a retry begins at 0 again."""


@dataclass(frozen=True)
class DownloadSettings:
    """Limits of a download.

    Attributes
    ----------
    timeout_s : float, default 30
        Longest wait for the server's next bytes, in seconds.
    attempt_limit_s : float, default 1800
        Longest duration of one attempt, against servers that drip.
    n_attempts : int, default 5
        Attempts in all, at least 1.
    first_wait_s, max_wait_s : float, default 0.5 and 30
        Wait before the second attempt, doubled for each further one, and the most that is waited,
        also where the server asks for more by ``Retry-After``.
    max_bytes : int, default 2 GiB
        Largest body that is taken.
    sleep : callable, default `time.sleep`
        Waits for so many seconds.
    """

    timeout_s: float = 30.0
    attempt_limit_s: float = 1800.0
    n_attempts: int = 5
    first_wait_s: float = 0.5
    max_wait_s: float = 30.0
    max_bytes: int = 2 << 30
    sleep: Callable[[float], None] = time.sleep


class _PassingError(Exception):
    """A fault that another attempt may not meet."""

    def __init__(self, message: str, retry_after_s: float | None = None) -> None:
        self.retry_after_s = retry_after_s
        super().__init__(message)


def check_url(url: str) -> None:
    """Refuse a URL that is not plain http or https, or that carries a password.

    Parameters
    ----------
    url : str
        The URL.

    Raises
    ------
    DownloadError
        Its scheme is another, it names no host, holds credentials or what has to be written as %XX, or it is
        one of which a part was hidden before it was recorded. No message repeats what `hide_secrets` hides.
    """
    shown = hide_secrets(url)
    try:
        parts = urlsplit(url)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:  # it names the port, which may be a piece of a password
        usable = False
    if not usable:
        raise DownloadError(f"expected an http or https URL, found {shown!r}")
    if HIDDEN in url:
        raise DownloadError(
            f"{shown}: what stood at the {HIDDEN} may have been a secret and was not recorded; give the table as a "
            "file, or name the whole URL in a configuration"
        )
    if parts.username is not None or parts.password is not None:
        raise DownloadError(
            f"the URL of {parts.hostname} holds credentials; leave them out: URLs are shown and recorded"
        )
    if _UNSENDABLE.search(url.strip().partition("#")[0]):
        raise DownloadError(f"{shown!r}: a space or a control character in a URL has to be written as %XX")


def transfer(url: str, stream: IO[bytes], settings: DownloadSettings, progress: Progress | None = None) -> int:
    """Write the body behind a URL to a stream, retrying faults that may pass.

    Parameters
    ----------
    url : str
        An http or https URL.
    stream : binary file
        Emptied before each attempt. Its own errors (a full disk) are not caught.
    settings : DownloadSettings
        Limits.
    progress : Progress, optional
        Called after each piece.

    Returns
    -------
    int
        Length of the body in bytes.

    Raises
    ------
    DownloadError
        All attempts failed, or a fault came that does not pass, or the body is too large.
    """
    check_url(url)
    for attempt in range(1, settings.n_attempts + 1):
        stream.seek(0)
        stream.truncate()
        try:
            return _attempt(url, stream, settings, progress)
        except _PassingError as error:
            if attempt >= settings.n_attempts:
                raise DownloadError(f"{hide_secrets(url)}: {error} (attempt {attempt} of {attempt})") from error
            wait_s = _wait_s(error, attempt, settings)
            _logger.info("%s: %s; next attempt in %.1f s", hide_secrets(url), error, wait_s)
        settings.sleep(wait_s)
    raise DownloadError(f"{hide_secrets(url)}: n_attempts must be at least 1, found {settings.n_attempts}")


def _wait_s(error: _PassingError, attempt: int, settings: DownloadSettings) -> float:
    """Double the wait with each attempt, unless the server names one; never above the limit."""
    wait_s = settings.first_wait_s * 2.0 ** (attempt - 1)
    if error.retry_after_s is not None:
        wait_s = error.retry_after_s
    return min(wait_s, settings.max_wait_s)


def _attempt(url: str, stream: IO[bytes], settings: DownloadSettings, progress: Progress | None) -> int:
    response = _open(url, settings.timeout_s)
    with response:
        total_bytes = _content_length(response)
        if total_bytes is not None and total_bytes > settings.max_bytes:
            raise DownloadError(_too_large(url, f"{total_bytes} bytes", settings))
        deadline = time.monotonic() + settings.attempt_limit_s
        done_bytes = 0
        while total_bytes is None or done_bytes < total_bytes:
            chunk = _read(response)
            if not chunk:
                break
            done_bytes += len(chunk)
            if done_bytes > settings.max_bytes:
                raise DownloadError(_too_large(url, "more", settings))
            if time.monotonic() > deadline:
                raise _PassingError(f"not complete after {settings.attempt_limit_s:g} s")
            stream.write(chunk)
            if progress is not None:
                progress(done_bytes, total_bytes)
    if total_bytes is not None and done_bytes < total_bytes:
        raise _PassingError(f"the body was cut short: {done_bytes} of {total_bytes} bytes came")
    return done_bytes


def _too_large(url: str, found: str, settings: DownloadSettings) -> str:
    return f"{hide_secrets(url)}: the limit is {settings.max_bytes} bytes, the server sends {found}"


def _content_length(response: http.client.HTTPResponse) -> int | None:
    text = response.headers.get("Content-Length", "").strip()
    return int(text) if text.isdecimal() else None


def _read(response: http.client.HTTPResponse) -> bytes:
    """Read what is there: `read` would wait for a full chunk, and with it outlast any deadline."""
    try:
        return response.read1(_CHUNK_BYTES)
    except TimeoutError as error:
        raise _PassingError("the server stopped sending (timed out)") from error
    except (OSError, http.client.HTTPException) as error:
        raise _PassingError(f"the connection broke off: {str(error) or type(error).__name__}") from error


class _HttpOnlyRedirects(urllib.request.HTTPRedirectHandler):
    """Follow redirects to http and https only, and never from https down to http."""

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: Message, newurl: str
    ) -> urllib.request.Request | None:
        scheme = urlsplit(newurl).scheme
        if scheme not in {"http", "https"} or (req.type == "https" and scheme == "http"):
            fp.close()
            raise DownloadError(f"{hide_secrets(req.full_url)}: a redirect from {req.type} to {scheme} was refused")
        return super().redirect_request(req, fp, code, msg, headers, newurl)  # type: ignore[arg-type]


def _build_opener() -> urllib.request.OpenerDirector:
    """Build an opener for http and https alone: `urllib.request.build_opener` adds file, ftp and data."""
    opener = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.ProxyHandler(),
        urllib.request.HTTPHandler(),
        urllib.request.HTTPSHandler(),
        urllib.request.HTTPDefaultErrorHandler(),
        _HttpOnlyRedirects(),
        urllib.request.HTTPErrorProcessor(),
        urllib.request.UnknownHandler(),
    ):
        opener.add_handler(handler)
    return opener


def _open(url: str, timeout_s: float) -> http.client.HTTPResponse:
    """Send the request; sort what goes wrong into faults that may pass and those that will not."""
    request = urllib.request.Request(  # noqa: S310 - check_url has admitted http and https only
        url, headers={"User-Agent": "regression-model", "Accept-Encoding": "identity"}
    )
    try:
        response: http.client.HTTPResponse = _build_opener().open(request, timeout=timeout_s)
    except urllib.error.HTTPError as error:
        with error:
            message = f"HTTP {error.code} {error.reason}"
            if error.code in _PASSING_STATUSES or error.code >= _FIRST_SERVER_ERROR:
                raise _PassingError(message, _retry_after_s(error.headers.get("Retry-After"))) from error
            raise DownloadError(f"{hide_secrets(url)}: {message}") from error
    except urllib.error.URLError as error:
        if isinstance(error.reason, ssl.SSLCertVerificationError):
            raise DownloadError(
                f"{hide_secrets(url)}: the server's certificate can't be verified: {error.reason}"
            ) from error
        raise _PassingError(f"no connection: {error.reason}") from error
    except (OSError, http.client.HTTPException) as error:
        raise _PassingError(f"no answer: {str(error) or type(error).__name__}") from error
    except ValueError as error:
        raise DownloadError(f"{hide_secrets(url)}: not a usable URL: {error}") from error
    return response


def _retry_after_s(value: str | None) -> float | None:
    """Read ``Retry-After`` (RFC 9110, 10.2.3): seconds or a date; None if it is neither."""
    if value is None:
        return None
    if value.strip().isdecimal():
        return float(value)
    try:
        date = email.utils.parsedate_to_datetime(value)
    except ValueError:
        return None
    date = date if date.tzinfo is not None else date.replace(tzinfo=UTC)
    return max(0.0, (date - datetime.now(UTC)).total_seconds())
