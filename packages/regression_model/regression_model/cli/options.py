"""Commands of many options take them as one dataclass."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import fields
from typing import Any, TypeVar, get_type_hints

import typer

OptionsT = TypeVar("OptionsT")


def takes(options: type[OptionsT]) -> Callable[[Callable[[typer.Context, OptionsT], None]], Callable[..., None]]:
    """Return a decorator that lets Typer see a command's options, while the command gets them as one object.

    Parameters
    ----------
    options : type
        A dataclass of which each field is annotated with a `typer.Option` and has a default.
    """
    hints = get_type_hints(options, include_extras=True)

    def decorate(command: Callable[[typer.Context, OptionsT], None]) -> Callable[..., None]:
        def run(context: typer.Context, **given: Any) -> None:  # noqa: ANN401 - of each option its own type
            command(context, options(**given))

        kind = inspect.Parameter.KEYWORD_ONLY
        parameters = [inspect.Parameter("context", kind, annotation=typer.Context)] + [
            inspect.Parameter(field.name, kind, default=field.default, annotation=hints[field.name])
            for field in fields(options)  # type: ignore[arg-type]
        ]
        run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
        run.__annotations__ = {"context": typer.Context, **hints}
        run.__name__, run.__doc__ = command.__name__, command.__doc__
        return run

    return decorate
