"""Chooses the media type of an answer, and sends streams so that nobody waits for one another for ever."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence

from flask import Request

from ml_api.errors import NotAcceptableError

_AHEAD_BYTES = 65_536
_ANYTHING = "*/*"
_IN_MEMORY_BYTES = 1_000_000
MAX_HELD_BYTES = 64_000_000
"""The predictions of a million rows, and some errors."""


def choose_answer_type(request: Request, offered: Sequence[str]) -> str:
    """Find the media type that the client likes best.

    Parameters
    ----------
    request : Request
    offered : sequence of str
        What there is; the first is for clients that like several equally, or say nothing.

    Raises
    ------
    NotAcceptableError
        If the client takes none of them.
    """
    if request.environ.get("HTTP_ACCEPT", _ANYTHING) == _ANYTHING:
        return offered[0]
    accepted = request.accept_mimetypes
    best = accepted.best_match(offered) if accepted else offered[0]
    if best is None:
        raise NotAcceptableError(
            f"The answer can be {' or '.join(offered)}, and the header Accept allows none of it.",
            details={"offered": list(offered)},
        )
    return best


def send_ahead(
    parts: Iterator[bytes], *, has_ended: Callable[[], bool], max_held_bytes: int = MAX_HELD_BYTES
) -> Iterator[bytes]:
    """Send the beginning of an answer at once, and its rest when the client has sent everything.

    Many clients send all they have before they read a byte. If we wrote on meanwhile, the buffers between us would
    fill up, and both would wait for the other for ever. What can't be sent yet waits in a temporary file. When that is
    full, the client has to read: one that never does is cut off at the end of its request's time.

    Parameters
    ----------
    parts : iterator of bytes
        The answer; reads the body as it goes.
    has_ended : callable
        Says whether the body has been read to its end.
    max_held_bytes : int
        Size of the temporary file, at most.

    Yields
    ------
    bytes
        The same bytes in the same order.
    """
    n_sent = 0
    with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY_BYTES) as held:
        for part in parts:
            n_sent += len(part)
            has_room = held.tell() + len(part) <= max_held_bytes
            if n_sent > _AHEAD_BYTES and has_room and not has_ended():
                held.write(part)
                continue
            yield from _take_out(held)
            yield part
        yield from _take_out(held)


def _take_out(held: tempfile.SpooledTemporaryFile[bytes]) -> Iterator[bytes]:
    if not held.tell():
        return
    held.seek(0)
    while block := held.read(_AHEAD_BYTES):
        yield block
    held.seek(0)
    held.truncate()
