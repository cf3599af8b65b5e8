"""``regression-model search``: looks for a better model than the one that the configuration describes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from regression_model.cli.options import takes
from regression_model.cli.search_options import SearchOptions
from regression_model.cli.session import Session, format_command, get_session, say

if TYPE_CHECKING:
    from regression_model.search import SearchJob, SearchResult

_WIDTH = 160
"""Characters of the leaderboard where no terminal says how wide it is."""


@takes(SearchOptions)
def search(context: typer.Context, options: SearchOptions) -> None:
    """Try many models, and save the best one, or the best ensemble of them.

    The configuration itself is the first trial. Nothing in it changes: 'promote' writes the winner into it.
    Prints the folder of the run.
    """
    from regression_model.cli.search_view import SearchView
    from regression_model.search import run_search_isolated
    from regression_model.search.clock import find_process_start_s
    from regression_model.search.tracking import SearchTracker

    session = get_session(context)
    job = _begin(options) if options.resume is None else _resume(options.resume, options)
    with SearchView(session.console) as view, SearchTracker(job, view) as events:
        result = run_search_isolated(replace(job, began_s=find_process_start_s()), events)
        events.finish(result)
    _show(result, session)
    typer.echo(str(result.folder))
    _show_next(result, job, session)


def _begin(options: SearchOptions) -> SearchJob:
    from regression_model.config import load_config
    from regression_model.search import SearchJob
    from regression_model.search.job import DEFAULT_FOLDER

    if options.data is not None and options.sample:
        raise typer.BadParameter("--data and --sample exclude each other")
    config = _with_options(load_config(options.config), options.build_settings())
    return SearchJob(config, options.data, options.sample, options.validation, options.output or DEFAULT_FOLDER)


def _resume(folder: Path, options: SearchOptions) -> SearchJob:
    from regression_model.records.run_folder import RunFolder
    from regression_model.search.identity import FREE
    from regression_model.search.replaying import restore_job

    # Its folder has the name of the experiment.
    fixed = options.list_fixed(set(FREE) - {"experiment"})
    if fixed:
        raise typer.BadParameter(
            f"a run that is resumed keeps what it began with: {', '.join(fixed)} can't be given with --resume"
        )
    job = restore_job(RunFolder(folder))
    return replace(job, config=_with_options(job.config, options.build_settings()), resume=folder)


def _with_options(config: Any, given: dict[str, Any]) -> Any:  # noqa: ANN401 - a Config, imported where used
    """Let options win over the section ``search``."""
    from pydantic import ValidationError

    from regression_model.config.search import SearchConfig
    from regression_model.search.job import with_settings

    try:
        settings = SearchConfig.model_validate({**config.search.model_dump(), **given})
    except ValidationError as error:
        first = error.errors()[0]
        option = ".".join(map(str, first["loc"]))
        # Without a place it is about how several options fit together.
        said = f"{option}: {first['msg']}, got {first['input']!r}" if option else first["msg"]
        raise typer.BadParameter(said) from error
    return with_settings(config, settings)


def _show(result: SearchResult, session: Session) -> None:
    """Show the leaderboard."""
    from regression_model.cli.tables import plain_table
    from regression_model.records.leaderboard_file import read_leaderboard
    from regression_model.records.row_text import FIRST_NUMBER, HEADER, describe_row

    found = read_leaderboard(result.folder)
    rows = [describe_row(row, found.definition) for row in found.rows]
    title = f"Leaderboard by {found.definition.label}, the winner marked with *"
    session.console.print()
    if not session.console.is_terminal:
        session.console.width = _WIDTH
    table = plain_table(title, HEADER, rows, numbers=range(FIRST_NUMBER, len(HEADER)))
    session.console.print(table)
    session.console.print()
    if result.truncated:
        command = format_command("regression-model", "search", "--resume", result.folder, "--time-limit", "SECONDS")
        said = "The time limit ended the search before all trials were done; with more of it, it goes on: "
        say(session.console, said + command, style="yellow")
    say(session.console, f"Saved the winner, manifest {result.manifest}; the run:")


def _show_next(result: SearchResult, job: SearchJob, session: Session) -> None:
    """Say what can be done with it."""
    file = job.config.file
    target: list[object] = [] if file is None else ["--config", file]
    say(session.console, "\nNext:")
    for command in (
        ("promote", result.folder, *target, "--dry-run"),
        ("replay", result.folder),
        ("info", "--artifact", result.folder / "model"),
    ):
        say(session.console, f"  {format_command('regression-model', *command)}", style="bold")
    report = result.folder / "report.html"
    if report.is_file():
        say(session.console, f"The report: {report}")
