"""``ml-api serve``: becomes gunicorn."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from typing import Any

import click

from ml_api.errors import SettingsError
from ml_api.services.server_start import check_start
from ml_api.settings import Settings, read_settings


@click.command()
@click.option("--host", help="Address to listen on, instead of ML_API_HOST.")
@click.option("--port", type=click.IntRange(1, 65_535), help="Port to listen on, instead of ML_API_PORT or PORT.")
@click.option("--workers", type=click.IntRange(1, 256), help="Number of processes, instead of ML_API_WORKERS.")
def serve(host: str | None, port: int | None, workers: int | None) -> None:
    """Serve the API with gunicorn until it is told to stop (Ctrl-C, or SIGTERM).

    Exit codes: 0 after an orderly stop, 1 if the settings can't be used or the server can't start, 2 for a
    wrong command line.
    """
    try:
        settings = read_settings()
        given: dict[str, Any] = {"host": host, "port": port, "workers": workers}
        given = {name: value for name, value in given.items() if value is not None}
        settings = replace(settings, **given)
        check_start(settings)  # so will gunicorn; here it is before anything else is said
    except SettingsError as error:
        raise click.ClickException(error.message) from None
    # The workers read the environment: what they are told there has to be what gunicorn is told.
    environ = {**os.environ, **{f"ML_API_{name.upper()}": str(value) for name, value in given.items()}}  # noqa: TID251 - handed on
    # Replaces this process, so that the signals of a supervisor reach gunicorn itself.
    os.execve(sys.executable, build_command(settings), environ)  # noqa: S606 - no shell, and no word of a client's


def build_command(settings: Settings) -> list[str]:
    """Build the command line of gunicorn.

    Parameters
    ----------
    settings : Settings
        Those that the command line of ``ml-api serve`` can change are passed on; the rest is read from the
        environment by the configuration of gunicorn.

    Returns
    -------
    list of str
        Program and arguments.
    """
    return [
        sys.executable,
        *("-m", "gunicorn", "--config", "python:ml_api.gunicorn_conf"),
        *("--bind", settings.bind, "--workers", str(settings.workers)),
        "ml_api.wsgi:app",
    ]
