"""``regression-model promote``: writes the model that a search has found into the configuration file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from regression_model.cli.session import format_command, get_session, say

if TYPE_CHECKING:
    from rich.console import Console

    from regression_model.records.leaderboard import Row

_STYLES = (("+++", "bold"), ("---", "bold"), ("@@", "cyan"), ("+", "green"), ("-", "red"))


def promote(
    context: typer.Context,
    *,
    run: Annotated[Path, typer.Argument(metavar="RUN", help="Folder of the run: runs/<experiment>/<run>.")],
    trial: Annotated[
        int | None, typer.Option("--trial", "-t", min=0, help="Another row of the leaderboard than the winner.")
    ] = None,
    config: Annotated[
        Path | None,
        typer.Option("--config", "-c", dir_okay=False, help="The file; by default the one that the run began with."),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the diff, and write nothing.")] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Also if the file's data, features or seed changed since the run.")
    ] = False,
) -> None:
    """Write the winner of a search, or of a sweep, into the configuration file, so that 'train' builds it again.

    Only 'target.transform', 'preprocessing' and 'model' change; comments and lines of what stays are kept. Prints the
    diff. 'train' then reaches the holdout score of the leaderboard.
    """
    from regression_model.search.promotion import promote_run, write_promotion
    from regression_model.search.promotion.runs import find_config_file

    session = get_session(context)
    file = config if config is not None else find_config_file(run)
    row, promotion = promote_run(run, file, number=trial, force=force)
    if not promotion.diff:
        say(session.console, f"{file} says all of this already.")
        return
    _print_diff(promotion.diff)
    if dry_run:
        say(session.console, f"Nothing was written to {file}.")
        return
    write_promotion(file, promotion)
    _tell(session.console, file, row, run)


def _print_diff(diff: str) -> None:
    """Print to stdout, which is the result; in colours where a person reads it."""
    from rich.console import Console
    from rich.text import Text

    console = Console(highlight=False, soft_wrap=True)
    for line in diff.splitlines():
        style = next((style for mark, style in _STYLES if line.startswith(mark)), "")
        console.print(Text(line, style=style))


def _tell(console: Console, file: Path, row: Row, run: Path) -> None:
    from regression_model.records.leaderboard_file import read_leaderboard
    from regression_model.records.row_text import format_precise
    from regression_model.search.promotion.runs import find_table_options

    found = read_leaderboard(run)
    say(console, f"{file} now describes {row.family} of trial {row.number}.", style="green")
    if row.holdout is not None:
        score = format_precise(found.definition, row.holdout)
        say(console, f"On the holdout it reaches {found.definition.label} {score}, as will:")
    say(console, f"  {format_command('regression-model', 'train', '--config', file, *find_table_options(run))}")
