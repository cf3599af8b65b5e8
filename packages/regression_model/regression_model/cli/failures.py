"""Turns what goes wrong into one clear message and an exit code."""

from __future__ import annotations

import contextlib
import logging
import os
import sys
from typing import TYPE_CHECKING

import typer

from regression_model.cli.exit_codes import ExitCode, find_exit_code
from regression_model.cli.session import get_session

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console

logger = logging.getLogger(__name__)


@contextlib.contextmanager
def reporting_failures(context: typer.Context) -> Iterator[None]:
    """Say what went wrong in the block, and end with the code for it.

    Usage errors are left to typer, which shows them with the command's usage.

    Raises
    ------
    typer.Exit
    """
    try:
        yield
    except (typer.Exit, typer.Abort, typer.TyperException):
        raise
    except KeyboardInterrupt:
        _print_error("stopped", None)
        raise typer.Exit(ExitCode.INTERRUPTED) from None
    except Exception as error:
        raise typer.Exit(_report(error, debug=get_session(context).debug)) from error


def _report(error: Exception, *, debug: bool) -> ExitCode:
    code = find_exit_code(error)
    if code == ExitCode.READER_GONE:
        # Python would try to flush stdout at its end, and complain.
        with contextlib.suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return code
    message, hint = _describe(error, code)
    logger.log(logging.ERROR, "%s", message, exc_info=error, extra={"shown": True})
    _print_error(message, None if debug else hint)
    if debug:
        _print_traceback(error)
    return code


def _describe(error: Exception, code: ExitCode) -> tuple[str, str | None]:
    if code == ExitCode.INTERNAL:
        hint = "This is a defect of regression-model. Run it again with --debug, and report what that shows."
        return f"{type(error).__name__}: {error}", hint
    if code == ExitCode.FILE and isinstance(error, OSError):
        name = f"{error.filename}: " if error.filename else ""
        return f"{name}{error.strerror or error}", None
    return str(error), None


def _print_error(message: str, hint: str | None) -> None:
    console = _error_console()
    console.print("[bold red]error:[/]", end=" ")
    console.print(message, markup=False, soft_wrap=True)
    if hint is not None:
        console.print(hint, markup=False, soft_wrap=True)


def _print_traceback(error: Exception) -> None:
    import traceback

    text = "".join(traceback.format_exception(error))
    _error_console().print(text, markup=False, soft_wrap=True, end="")


def _error_console() -> Console:
    """Return a console that speaks in spite of ``--quiet``."""
    from regression_model.cli.session import build_console

    return build_console()
