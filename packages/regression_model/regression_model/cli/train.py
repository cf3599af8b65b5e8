"""``regression-model train``: from a configuration and a table to a saved, measured model."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from regression_model.cli.session import Session, format_command, get_session, say

if TYPE_CHECKING:
    from regression_model.train_pipeline import TrainingResult


def train(
    context: typer.Context,
    *,
    config: Annotated[
        str | None,
        typer.Option(
            "--config",
            "-c",
            metavar="FILE|NAME",
            help="A configuration file, or the name of a shipped one (house_prices, california_housing, "
            "bank_marketing, stairs_accelerometer). By default the published model's.",
        ),
    ] = None,
    data: Annotated[
        Path | None, typer.Option("--data", "-d", help="The table. By default the one that the configuration names.")
    ] = None,
    sample: Annotated[bool, typer.Option("--sample", help="Use the embedded table, which is synthetic.")] = False,
    output: Annotated[Path, typer.Option("--output", "-o", file_okay=False, help="Folder for the model.")] = Path(
        "trained_models"
    ),
    cross_validation: Annotated[
        bool, typer.Option(help="Run the cross-validation, if the configuration asks for one.")
    ] = True,
) -> None:
    """Train a model, measure it on rows that it never saw, and save it under its version.

    Prints the path of the saved manifest.
    """
    from regression_model.cli.progress import DownloadBar, Stages
    from regression_model.config import load_config
    from regression_model.tracking import open_run, track_training
    from regression_model.train_pipeline import run_training_isolated

    if data is not None and sample:
        raise typer.BadParameter("--data and --sample exclude each other")
    session = get_session(context)
    settings = load_config(config)
    if not cross_validation:
        without = settings.evaluation.model_copy(update={"folds": 0})
        settings = settings.model_copy(update={"evaluation": without})
    with open_run(settings.pipeline_name, f"train {settings.pipeline_name}") as run:
        with Stages(session.console) as stages, DownloadBar(session.console, stages) as bar:
            result = run_training_isolated(
                settings, data_path=data, sample=sample, output=output, report_progress=stages, download_progress=bar
            )
        track_training(run, result.path, result.manifest)
    _show(result, session)
    typer.echo(str(result.path))
    _show_next(result, session, data, sample=sample)


def _show(result: TrainingResult, session: Session) -> None:
    """Show how good the model is, and which rows it did not learn from."""
    from regression_model.cli.tables import describe_form, facts_table, fold_table, metrics_table

    content = result.manifest.content
    unit, rows, folds = content["target"]["unit"], content["rows"], content["metrics"]["cross_validation"]
    console = session.console
    console.print()
    if folds is not None:
        console.print(fold_table(result.manifest.task, folds, unit=unit))
        console.print()
    title = f"On {result.evaluation.n_rows:,} held-out rows"
    console.print(metrics_table(result.evaluation, unit=unit, title=title))
    console.print()
    left_out = [(f"left out: {reason}", f"{count:,}") for reason, count in rows["left_out"].items()]
    counts = [(name, f"{rows[key]:,}") for name, key in (("trained on", "train"), ("held out", "holdout"))]
    console.print(facts_table("Rows", [("read", f"{rows['total']:,}"), *left_out, *counts]))
    console.print()
    say(console, f"Predicts by {describe_form(content)}", style=None if content["compiled"] else "yellow")
    say(console, f"Saved {result.manifest.pipeline_name} {result.manifest.model_version}, manifest:")


def _show_next(result: TrainingResult, session: Session, data: Path | None, *, sample: bool) -> None:
    """Say what can be done with it."""
    folder = result.path.parent
    table: list[object] = ["--sample"] if sample else ["--data", data] if data is not None else []
    say(session.console, "\nNext:")
    for command in (
        ("predict", "NEW.csv", "-o", "PREDICTIONS.csv", "--artifact", folder),
        ("evaluate", "--artifact", folder, *table),
        ("info", "--artifact", folder),
    ):
        say(session.console, f"  {format_command('regression-model', *command)}", style="bold")
