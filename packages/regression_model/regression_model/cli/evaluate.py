"""``regression-model evaluate``: how good a saved model is, as numbers, an HTML report and a model card."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from regression_model.cli.models import ArtifactOption, SklearnOption, TrustOption, load_model
from regression_model.cli.session import Session, get_session, say

if TYPE_CHECKING:
    from regression_model.cli.assessment import Assessment
    from regression_model.cli.progress import Stages
    from regression_model.evaluation import LearningCurve


def evaluate(
    context: typer.Context,
    *,
    artifact: ArtifactOption = None,
    data: Annotated[
        Path | None, typer.Option("--data", "-d", help="The table. By default the one the model was trained on.")
    ] = None,
    sample: Annotated[bool, typer.Option("--sample", help="Use the embedded table, which is synthetic.")] = False,
    report: Annotated[
        Path | None, typer.Option(dir_okay=False, help="The HTML report. By default beside the model.")
    ] = None,
    card: Annotated[
        Path | None, typer.Option(dir_okay=False, help="The model card (Markdown). By default beside the model.")
    ] = None,
    learning_curve: Annotated[bool, typer.Option(help="Train on parts of the rows, to see if more would help.")] = True,
    metrics_only: Annotated[bool, typer.Option("--metrics-only", help="Write neither report nor card.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the metrics as JSON.")] = False,
    accept_sklearn: SklearnOption = None,
    trusted_keys: TrustOption = None,
) -> None:
    """Measure a model, and write a report with plots and a model card.

    The table that it was trained on is split as then, and the held-out rows are measured; of another table, all are.
    Prints the paths of report and card.
    """
    from regression_model.cli.assessment import assess, read_config
    from regression_model.cli.progress import DownloadBar, Stages
    from regression_model.processing.datasets import load_dataset

    if data is not None and sample:
        raise typer.BadParameter("--data and --sample exclude each other")
    session = get_session(context)
    model, folder = load_model(artifact, accept_sklearn, session.console, trusted_keys=trusted_keys)
    if not metrics_only:
        _check_can_draw()
    with Stages(session.console) as stages, DownloadBar(session.console, stages) as bar:
        stages("Loading the data")
        dataset = load_dataset(read_config(model), path=data, allow_sample=sample, progress=bar)
        stages("Measuring the model")
        assessment = assess(model, dataset)
        written = []
        if not metrics_only:
            curve = _learn(assessment, stages, session) if learning_curve else None
            stages("Shuffling columns and drawing plots, for the report")
            written = _write(assessment, curve, _choose_paths(assessment, folder, report, card))
    _show(assessment, session)
    if as_json:
        typer.echo(json.dumps(assessment.evaluation.to_json()))
    else:
        for path in written:
            typer.echo(str(path))


def _check_can_draw() -> None:
    from importlib.util import find_spec

    from regression_model.errors import MissingExtraError

    if find_spec("matplotlib") is None:
        raise MissingExtraError("the report (but not --metrics-only)", "report")


def _choose_paths(assessment: Assessment, folder: Path, report: Path | None, card: Path | None) -> tuple[Path, Path]:
    """Name the files; beside the model, but never inside the installed package."""
    from regression_model.artifact.loading import published_folder

    place = Path() if folder == published_folder() else folder
    manifest = assessment.artifact.manifest
    stem = f"{manifest.pipeline_name}_v{manifest.model_version}"
    return report or place / f"{stem}_report.html", card or place / f"{stem}_model_card.md"


def _learn(assessment: Assessment, stages: Stages, session: Session) -> LearningCurve | None:
    """Compute the learning curve, or say why there is none: the report is worth having without it."""
    from regression_model.cli.assessment import learn_again
    from regression_model.errors import RegressionModelError

    if assessment.split is None:
        return None
    stages("Training on parts of the rows, for the learning curve")
    try:
        return learn_again(assessment, assessment.split)
    except RegressionModelError as error:
        stages.pause()
        say(session.console, f"warning: no learning curve: {error}", style="yellow")
        return None


def _write(assessment: Assessment, curve: LearningCurve | None, paths: tuple[Path, Path]) -> list[Path]:
    from regression_model.cli.assessment import build_report_inputs
    from regression_model.evaluation import build_model_card, build_report
    from regression_model.processing.datasets.atomic import replacing

    manifest = assessment.artifact.manifest
    where = "held-out rows" if assessment.split is not None else "other data than it was trained on"
    title = f"{manifest.pipeline_name} {manifest.model_version}, on {where}"
    report = build_report(build_report_inputs(assessment, title, curve))
    for path, text in zip(paths, (report, build_model_card(manifest.content)), strict=True):
        with replacing(path) as stream:
            stream.write(text.encode())
    return list(paths)


def _show(assessment: Assessment, session: Session) -> None:
    from regression_model.cli.tables import metrics_table

    console, n_rows = session.console, assessment.evaluation.n_rows
    title = f"On {n_rows:,} held-out rows" if assessment.split is not None else f"On {n_rows:,} rows of another table"
    console.print()
    console.print(metrics_table(assessment.evaluation, unit=assessment.config.target.unit, title=title))
    console.print()
    if assessment.split is None:
        say(
            console,
            "This is not the table of the training: if it shares rows with that, the model looks better than it is.",
            style="yellow",
        )
    for reason, count in assessment.left_out.items():
        say(console, f"{count:,} rows not measured: {reason}", style="yellow")
