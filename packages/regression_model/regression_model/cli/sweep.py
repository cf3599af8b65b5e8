"""``regression-model sweep``: tunes the hyperparameters of the model that a configuration describes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from regression_model.cli.session import Session, format_command, get_session, say

if TYPE_CHECKING:
    from regression_model.sweep import FinishedSweep, SweepJob


def sweep(
    context: typer.Context,
    config: Annotated[
        str,
        typer.Argument(
            metavar="FILE|NAME|RUN",
            help="A configuration file with the section 'sweep', or the name of a shipped one; with --replay-policy "
            "the folder of a sweep.",
        ),
    ],
    *,
    data: Annotated[
        Path | None, typer.Option("--data", "-d", help="The table. By default the one that the configuration names.")
    ] = None,
    sample: Annotated[bool, typer.Option("--sample", help="Use the embedded table, which is synthetic.")] = False,
    jobs: Annotated[
        int | None, typer.Option("--jobs", "-j", min=1, help="Runs at the same time. By default one for each core.")
    ] = None,
    resume: Annotated[
        Path | None, typer.Option(metavar="RUN", help="Go on with the sweep in this folder, of the same file.")
    ] = None,
    replay_policy: Annotated[
        str | None,
        typer.Option(
            metavar="POLICY",
            help="Run nothing: show what another policy would have done with the sweep in the folder. A YAML file, or "
            "its text: '{type: bandit, slack_factor: 0.2}'.",
        ),
    ] = None,
    output: Annotated[Path, typer.Option("--output", "-o", file_okay=False, help="Folder for runs.")] = Path("runs"),
) -> None:
    """Try values of hyperparameters, give up hopeless runs, and train the best configuration.

    Nothing in the file changes: 'promote' writes the best run's values into it. Prints the folder of the run.
    """
    session = get_session(context)
    if replay_policy is not None:
        _replay(Path(config), replay_policy, session)
        return
    if data is not None and sample:
        raise typer.BadParameter("--data and --sample exclude each other")
    job = _build_job(config, data, resume, output, jobs=jobs, sample=sample)
    from regression_model.cli.sweep_view import SweepView
    from regression_model.sweep import run_sweep

    with SweepView(session.console) as view:
        finished = run_sweep(job, view)
    _show(finished, job, session)
    typer.echo(str(finished.folder.path))
    _show_next(finished, job, session)


def _build_job(
    config: str, data: Path | None, resume: Path | None, output: Path, *, jobs: int | None, sample: bool
) -> SweepJob:
    from joblib import cpu_count

    from regression_model.config import load_config
    from regression_model.sweep import SweepJob

    settings = load_config(config)
    text = None if settings.file is None else settings.file.read_text(encoding="utf-8")
    return SweepJob(settings, data, sample, output, resume, jobs or cpu_count(), text)


def _show(finished: FinishedSweep, job: SweepJob, session: Session) -> None:
    """Show the runs, the best first, and why some were given up."""
    from regression_model.cli.tables import metrics_table, plain_table
    from regression_model.sweep import describe_decisions, describe_runs

    console, result = session.console, finished.result
    header, rows = describe_runs(job.config, result)
    console.print()
    console.print(plain_table("Runs, the best first", header, rows, numbers=range(3, len(header))))
    header, rows = describe_decisions(job.config, result)
    if rows:
        console.print()
        console.print(plain_table("Given up", header, rows, numbers=range(2, len(header))))
    console.print()
    if result.truncated:
        say(console, "The time limit ended the sweep before all runs were done.", style="yellow")
    if finished.training is None:
        say(console, "No run has completed: there is no best one. The run:", style="yellow")
        return
    evaluation = finished.training.evaluation
    title = f"The best run's model on {evaluation.n_rows:,} held-out rows"
    console.print(metrics_table(evaluation, unit=job.config.target.unit, title=title))
    console.print()
    say(console, f"Saved it, manifest {finished.training.path}; the run:")


def _show_next(finished: FinishedSweep, job: SweepJob, session: Session) -> None:
    """Say what can be done with it."""
    path, file = finished.folder.path, job.config.file
    target: list[object] = [] if file is None else ["--config", file]
    say(session.console, "\nNext:")
    for command in (
        ("promote", path, *target, "--dry-run"),
        ("sweep", path, "--replay-policy", "{type: median_stopping}"),
    ):
        say(session.console, f"  {format_command('regression-model', *command)}", style="bold")
    report = path / "report.html"
    if report.is_file():
        say(session.console, f"The report: {report}")


def _replay(folder: Path, policy: str, session: Session) -> None:
    from regression_model.cli.tables import facts_table, plain_table
    from regression_model.sweep import describe_replay, read_policy, replay_recorded

    config, result, replay = replay_recorded(folder, read_policy(policy))
    header, rows, facts = describe_replay(config, result, replay)
    console = session.console
    console.print(plain_table("Under this policy", header, rows, numbers=range(1, len(header) - 1)))
    console.print()
    console.print(facts_table("In all", facts))
    typer.echo(f"{replay.saved_intervals / max(1, replay.recorded_intervals):.1%} saved")
