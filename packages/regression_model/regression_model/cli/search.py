"""``regression-model search``: looks for a better model than the one that the configuration describes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from regression_model.cli.session import Session, format_command, get_session, say

if TYPE_CHECKING:
    from regression_model.search import SearchJob, SearchResult

_WIDTH = 160
"""Characters of the leaderboard where no terminal says how wide it is."""

_FREE = ("trials", "time_limit_s", "jobs", "early_stopping", "backend", "scheduler")
"""What may be said anew when a run is resumed."""


def search(
    context: typer.Context,
    *,
    config: Annotated[
        str | None,
        typer.Option("--config", "-c", metavar="FILE|NAME", help="A configuration file, or the name of a shipped one."),
    ] = None,
    data: Annotated[
        Path | None, typer.Option("--data", "-d", help="The table. By default the one that the configuration names.")
    ] = None,
    sample: Annotated[bool, typer.Option("--sample", help="Use the embedded table, which is synthetic.")] = False,
    trials: Annotated[int | None, typer.Option(min=1, help="How many configurations are tried.")] = None,
    time_limit: Annotated[
        float | None, typer.Option(metavar="SECONDS", help="From the start of the program to the saved model.")
    ] = None,
    metric: Annotated[str | None, typer.Option(help="What is to be best, such as mae or AUC_weighted.")] = None,
    ensemble: Annotated[
        Literal["auto", "vote", "stack", "none"] | None,
        typer.Option(help="Whether several models may answer together."),
    ] = None,
    jobs: Annotated[int | None, typer.Option("--jobs", "-j", min=1, help="Trials at the same time.")] = None,
    early_stopping: Annotated[
        int | None, typer.Option(min=1, help="End after so many batches without improvement.")
    ] = None,
    validation: Annotated[
        Path | None, typer.Option(help="Score trials on this table, instead of by cross-validation.")
    ] = None,
    experiment: Annotated[str | None, typer.Option(help="Folder of runs that belong together.")] = None,
    max_latency_ms: Annotated[
        float | None, typer.Option(metavar="MS", help="Only models that predict one row within so long may win.")
    ] = None,
    family: Annotated[
        list[str] | None, typer.Option(help="A model family to try; may be repeated. By default all.")
    ] = None,
    backend: Annotated[
        Literal["local", "loky", "dask"] | None,
        typer.Option(help="Where trials run: in processes on this machine (local or loky), or on a Dask cluster."),
    ] = None,
    scheduler: Annotated[
        str | None, typer.Option(metavar="URL", help="Address of the Dask scheduler, such as tcp://10.0.0.5:8786.")
    ] = None,
    resume: Annotated[
        Path | None, typer.Option(metavar="RUN", help="Go on with the run in this folder, whose options count.")
    ] = None,
    output: Annotated[Path, typer.Option("--output", "-o", file_okay=False, help="Folder for runs.")] = Path("runs"),
) -> None:
    """Try many models, and save the best one, or the best ensemble of them.

    The configuration itself is the first trial. Nothing in it changes: 'promote' writes the winner into it.
    Prints the folder of the run.
    """
    from regression_model.cli.search_view import SearchView
    from regression_model.search import run_search_isolated
    from regression_model.search.clock import find_process_start_s
    from regression_model.search.tracking import SearchTracker

    given = {
        "trials": trials,
        "time_limit_s": time_limit,
        "metric": metric,
        "ensemble": ensemble,
        "jobs": jobs,
        "backend": backend,
        "scheduler": scheduler,
        "early_stopping": early_stopping,
        "experiment": experiment,
        "max_latency_ms": max_latency_ms,
        "families": family or None,
    }
    settings: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
    if backend in ("local", "loky") and scheduler is None:
        # A cluster that the configuration, or the run, names is done without.
        settings["scheduler"] = None
    elif scheduler is not None and backend is None:
        settings["backend"] = "dask"
    session = get_session(context)
    if resume is not None:
        _check_resume(settings, {"--config": config, "--data": data, "--validation": validation, "--sample": sample})
        job = _resume(resume, settings)
    else:
        job = _begin(config, settings, output, data=data, sample=sample, validation=validation)
    with SearchView(session.console) as view, SearchTracker(job, view) as events:
        result = run_search_isolated(replace(job, began_s=find_process_start_s()), events)
        events.finish(result)
    _show(result, session)
    typer.echo(str(result.folder))
    _show_next(result, job, session)


def _begin(
    config: str | None,
    given: dict[str, Any],
    output: Path,
    *,
    data: Path | None,
    sample: bool,
    validation: Path | None,
) -> SearchJob:
    from regression_model.config import load_config
    from regression_model.search import SearchJob

    if data is not None and sample:
        raise typer.BadParameter("--data and --sample exclude each other")
    settings = load_config(config)
    return SearchJob(_with_options(settings, given), data, sample, validation, output)


def _resume(folder: Path, given: dict[str, Any]) -> SearchJob:
    from regression_model.search.replaying import restore_job
    from regression_model.search.run_folder import RunFolder

    job = restore_job(RunFolder(folder))
    return replace(job, config=_with_options(job.config, given), resume=folder)


def _check_resume(settings: dict[str, Any], others: dict[str, Any]) -> None:
    fixed = [f"--{name.replace('_', '-')}" for name in settings if name not in _FREE]
    fixed += [name for name, value in others.items() if value]
    if fixed:
        raise typer.BadParameter(
            f"a run that is resumed keeps what it began with: {', '.join(fixed)} can't be given with --resume"
        )


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
    from regression_model.search.row_text import FIRST_NUMBER, HEADER, describe_row
    from regression_model.search.writing import read_leaderboard

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
        say(session.console, "The time limit ended the search before all trials were done.", style="yellow")
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
