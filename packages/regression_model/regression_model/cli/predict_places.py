"""Turns the arguments of ``predict`` into places to read and write, and refuses what would lose data."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, cast

import typer

from regression_model.errors import InputDataError

if TYPE_CHECKING:
    from regression_model.predict import FileJob, Place
    from regression_model.predict.places import Format

_STREAM = "-"


@dataclass(frozen=True)
class Request:
    """What the user asked for.

    Attributes
    ----------
    source, output : str
        File names, or ``-``.
    errors : Path or None
    stream_format : str or None
        Format of ``-``.
    force : bool
        Whether files may be replaced.
    """

    source: str
    output: str
    errors: Path | None
    stream_format: str | None
    force: bool


def plan_job(request: Request, keep: tuple[str, ...] | None, chunk_rows: int) -> FileJob:
    """Decide formats and files.

    Parameters
    ----------
    request : Request
    keep : tuple of str or None
        Columns to copy; None for all.
    chunk_rows : int

    Raises
    ------
    typer.BadParameter
        If a format is unknown or can't be streamed, a folder is not there, or a file would be lost.
    """
    from regression_model.predict import FileJob

    source = _place(request.source, request.output, request.stream_format, "INPUT")
    target = _place(request.output, request.source, request.stream_format, "--output")
    errors = request.errors
    if errors is None and target.path is not None:
        errors = target.path.with_name(f"{target.path.name}.errors.ndjson")
    if keep is None and source.format == "ndjson" and target.format != "ndjson":
        raise _usage("--with-inputs", f"each NDJSON row has fields of its own, and {target.format} needs to know them "
                     "beforehand; name those to copy with --keep, or write NDJSON")  # fmt: skip
    _check_collisions(source.path, target.path, errors)
    _check_writable(target.path, "--output", force=request.force)
    _check_writable(request.errors, "--errors", force=request.force)
    return FileJob(source, target, errors, keep, chunk_rows)


def _place(name: str, other: str, stream_format: str | None, parameter: str) -> Place:
    from regression_model.predict import Place, find_format

    if name != _STREAM:
        try:
            return Place(find_format(name, reading=parameter == "INPUT"), Path(name))
        except InputDataError as error:
            raise _usage(parameter, str(error)) from None
    chosen = stream_format
    if chosen is None:
        other_format = "csv" if other == _STREAM else find_format(other, reading=parameter != "INPUT")
        chosen = "ndjson" if other_format == "ndjson" else "csv"
    stream = typer.get_binary_stream("stdin" if parameter == "INPUT" else "stdout")
    return Place(cast("Format", chosen), stream=stream)


def _check_collisions(source: Path | None, target: Path | None, errors: Path | None) -> None:
    named = [(path, what) for path, what in ((source, "INPUT"), (target, "OUTPUT"), (errors, "the errors")) if path]
    for place, (path, what) in enumerate(named):
        for other, other_what in named[:place]:
            if path.resolve() == other.resolve() or (path.exists() and other.exists() and path.samefile(other)):
                raise _usage("--output", f"{other_what} and {what} are the same file: {path}")


def _check_writable(path: Path | None, parameter: str, *, force: bool) -> None:
    if path is None:
        return
    if not path.parent.is_dir():
        raise _usage(parameter, f"there is no folder {path.parent}; make it first")
    if path.is_dir():
        raise _usage(parameter, f"{path} is a folder; name a file in it")
    if path.exists() and not force:
        raise _usage(parameter, f"{path} exists already; --force replaces it")


def _usage(parameter: str, message: str) -> typer.BadParameter:
    return typer.BadParameter(message, param_hint=parameter)
