"""What stops a server from starting, and does not stop it later.

gunicorn ends the whole server when one of its workers can't start. So the server's first process looks at everything
that may be wrong, before it has workers. Should any of it go wrong afterwards, a worker that takes the place of another
starts all the same: closed to everybody without its keys, or without the log that it can't write; and says so.
"""

from __future__ import annotations

from dataclasses import dataclass

from ml_api.services.daily_files import check_log_file, make_log_folder
from ml_api.services.start import build_key_store
from ml_api.services.trust import check_trust
from ml_api.settings import Settings


@dataclass
class _Server:
    """What this process, or the one that it was forked from, knows of the server that it is part of."""

    has_started: bool = False


_server = _Server()


def check_start(settings: Settings) -> None:
    """Check that a server with these settings would do all that they say.

    Raises
    ------
    SettingsError
        If its keys can't be used, nobody who is trusted has signed its model, or one of its logs can't be written.
    """
    build_key_store(settings)
    check_trust(settings)
    if settings.prediction_log is not None:
        make_log_folder(settings.prediction_log)
    if settings.log_file is not None:
        check_log_file(settings.log_file)


def note_start() -> None:
    """Remember, for this process and all that are forked from it, that its server has passed `check_start`."""
    _server.has_started = True


def has_started() -> bool:
    """Say whether the server that this process is part of has passed `check_start`."""
    return _server.has_started
