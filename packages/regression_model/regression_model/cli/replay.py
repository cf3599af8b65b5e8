"""``regression-model replay``: does a search again, and proves that it finds the same."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Annotated

import typer

from regression_model.cli.exit_codes import ExitCode
from regression_model.cli.session import get_session, say

_LONGEST = 120


def replay(
    context: typer.Context,
    run: Annotated[Path, typer.Argument(help="The folder of the run.", exists=True, file_okay=False)],
    *,
    jobs: Annotated[
        int | None, typer.Option("--jobs", "-j", min=1, help="Trials at the same time; by default as in the run.")
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", file_okay=False, help="Keep the replay in this folder of runs.")
    ] = None,
) -> None:
    """Do all trials of a run again, choose, train and measure, and compare with what the run says.

    Everything has to be the same, bit by bit, but measured times. If anything is not, the exit code is 11.
    """
    from regression_model.cli.search_view import SearchView
    from regression_model.search.isolated import run_in_child

    console = get_session(context).console
    with tempfile.TemporaryDirectory(prefix="replay-") as folder, SearchView(console) as view:
        payload = {"folder": str(run.absolute()), "output": str((output or Path(folder)).absolute()), "jobs": jobs}
        what_died = "the replay", "the run itself is as it was; replay it again"
        found = run_in_child("regression_model.search.replaying:replay_in_worker", payload, view, what_died)[
            "differences"
        ]
    for where, what, then, now in found:
        said = f"{where}{f', {what}' if what else ''}: {then[:_LONGEST]} in the run, {now[:_LONGEST]} in the replay"
        say(console, said, style="red")
    if found:
        typer.echo(f"{len(found)} differences")
        raise typer.Exit(ExitCode.REBUILT_DIFFERENT)
    typer.echo("the same: every trial, the choice, the saved model and the scores on the holdout")
