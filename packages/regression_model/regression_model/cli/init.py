"""``regression-model init``: profiles a table and drafts a commented configuration that trains as it is."""

from __future__ import annotations

import os
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from regression_model.cli.session import format_command, get_session, say

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from regression_model.profiling import Heading, TableProfile

_MAX_SHOWN = 20


def init(
    context: typer.Context,
    data: Annotated[Path, typer.Argument(help="The table: CSV, CSV.gz, Parquet or JSON.")],
    target: Annotated[str | None, typer.Option("--target", "-t", help="The column to predict.")] = None,
    output: Annotated[Path, typer.Option("--output", "-o", help="The configuration to write.", dir_okay=False)] = Path(
        "config.yml"
    ),
    name: Annotated[
        str | None, typer.Option("--name", help="Name of the model; by default that of the table's file.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite the configuration.")] = False,
) -> None:
    """Draft a configuration from a table: task, columns, preprocessing and model, each with its reason.

    The file trains as it is. Nothing but the table is read, and nothing but the configuration is written.
    """
    from regression_model.config import parse_config
    from regression_model.errors import ConfigError, DataError
    from regression_model.processing.datasets import read_table
    from regression_model.profiling import list_columns, profile_table, write_config

    if output.exists() and not force:
        raise ConfigError(
            "exists already; overwrite it with --force, or name another file with --output", file=str(output)
        )
    frame = read_table(data)
    if target is None:
        names = [str(column) for column in frame.columns]
        raise DataError(f"say which column to predict with --target; {data} has: {list_columns(names)}")
    profile = profile_table(frame, target)
    text = write_config(profile, _make_heading(data, output, name))
    parse_config(text, file=output)  # nothing is written that could not be read back
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text(text, encoding="utf-8")
    _print_summary(get_session(context).console, profile, data, output)


def _make_heading(data: Path, output: Path, name: str | None) -> Heading:
    from regression_model.profiling import Heading, make_name

    data_name = make_name(data.name.split(".")[0])
    try:
        path = os.path.relpath(data.resolve(), output.resolve().parent)
    except ValueError:  # on Windows there is no relative path to another drive
        path = str(data.resolve())
    return Heading(
        pipeline_name=make_name(name) if name is not None else data_name,
        data_name=data_name,
        data_path=Path(path).as_posix(),
        config_name=shlex.quote(str(output)),
    )


def _print_summary(console: Console, profile: TableProfile, data: Path, output: Path) -> None:
    console.print(_make_table(profile, data))
    say(console, f"Wrote {output}. Read it, and train with:\n", style="green")
    say(console, f"    {format_command('regression-model', 'train', '--config', output)}\n", style="bold")


def _make_table(profile: TableProfile, data: Path) -> Table:
    """Show what was decided: the target, the columns by role, and those left out with the reason."""
    from rich.table import Table
    from rich.text import Text

    from regression_model.profiling import choose_model, list_columns
    from regression_model.profiling.yaml_text import make_printable

    target = profile.target
    title = f"{data.name}: {profile.n_rows:,} rows, {len(profile.columns) + 1:,} columns"
    table = Table(title=Text(make_printable(title, 100)), title_justify="left", show_header=False)
    table.add_column(style="bold", no_wrap=True)
    table.add_column()
    table.add_row("target", Text(f"{make_printable(target.column)} ({target.task}: {target.reason})"))
    for role in ("number", "integer", "category", "boolean", "datetime"):
        names = [make_printable(column.name) for column in profile.columns if column.role == role]
        if names:
            table.add_row(f"{role}, {len(names)}", Text(list_columns(names)))
    left_out = profile.left_out()
    for column in left_out[:_MAX_SHOWN]:
        name, reason = make_printable(column.name), make_printable(column.reason, 120)
        table.add_row("left out", Text(f"{name}: {reason}"))
    if len(left_out) > _MAX_SHOWN:
        table.add_row("left out", Text(f"{len(left_out) - _MAX_SHOWN} more; the configuration names them"))
    table.add_row("model", Text(choose_model(profile).family))
    return table
