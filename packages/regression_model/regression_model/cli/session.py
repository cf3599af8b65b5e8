"""What the options before the command decide, for all commands: where messages go and how many."""

from __future__ import annotations

import shlex
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import typer
    from rich.console import Console


@dataclass(frozen=True)
class Session:
    """One run of the command line.

    Attributes
    ----------
    console : Console
        For people, on stderr; silent with ``--quiet``. What programs read goes to stdout, by `typer.echo`.
    debug : bool
        Whether an error shows its traceback.
    """

    console: Console
    debug: bool = False


def build_console(*, quiet: bool = False) -> Console:
    """Return a console on stderr, which leaves stdout to results."""
    from rich.console import Console

    return Console(stderr=True, quiet=quiet, highlight=False)


def get_session(context: typer.Context) -> Session:
    """Return the session of a command; where none was begun, one with the defaults."""
    found = context.find_object(Session)
    return found if found is not None else Session(build_console())


def say(console: Console, text: str, style: str | None = None) -> None:
    """Print text as it is: no markup in it, and no line broken that may be a path or a command."""
    console.print(text, style=style, markup=False, soft_wrap=True)


def format_command(*arguments: object) -> str:
    """Write a command so that it can be pasted into a shell.

    Examples
    --------
    >>> format_command("regression-model", "info", "--artifact", "my models")
    "regression-model info --artifact 'my models'"
    """
    return shlex.join(str(argument) for argument in arguments)


def is_terminal() -> bool:
    """Tell whether a person reads stdout."""
    return sys.stdout.isatty()
