"""How good the winner is: all metrics, out of fold and on the holdout, and its out-of-fold predictions."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from regression_model.evaluation import evaluate_predictions
from regression_model.evaluation.metrics import get_metric
from regression_model.evaluation.number_format import format_interval, format_metric
from regression_model.evaluation.report import ReportInputs
from regression_model.evaluation.report.html import Html, element, join, table
from regression_model.evaluation.report.sections import build_prediction_section
from regression_model.records.leaderboard import Leaderboard
from regression_model.search.outcome import SearchOutcome

N_BOOTSTRAP = 200


def build_best_section(outcome: SearchOutcome, board: Leaderboard) -> Html | None:
    """Evaluate the winner; None if there is none, or its predictions are not known."""
    winner = next((row for row in board.rows if row.winner), None)
    if winner is None or winner.number not in outcome.predictions:
        return None
    inputs = _build_inputs(outcome, outcome.predictions[winner.number])
    note = (
        "Plots and the first column are of out-of-fold predictions: each row was predicted by a model that had not "
        "learned from it."
    )
    # The captions speak of the rows that they were written for, which are others here.
    plots = Html((build_prediction_section(inputs) or "").replace("the holdout", "the training part"))
    return join(
        _build_table(outcome, inputs),
        element("p", note, class_="note"),
        element("div", plots, style="margin-top: 1rem"),
    )


def _build_inputs(outcome: SearchOutcome, predicted: Any) -> ReportInputs:  # noqa: ANN401 - an array of either task
    classes, shares = outcome.classes, None
    if classes is not None:
        shares = np.asarray(predicted, dtype=np.float64)
        predicted = np.asarray(classes, dtype=object)[shares.argmax(axis=1)]
    evaluation = evaluate_predictions(
        outcome.config.task, outcome.target, predicted, shares, classes,
        n_bootstrap=N_BOOTSTRAP, confidence=outcome.config.evaluation.confidence, seed=outcome.config.seed,
    )  # fmt: skip
    return ReportInputs(
        title=outcome.run,
        model_version="",
        task=outcome.config.task,
        evaluation=evaluation,
        frame=pd.DataFrame(),
        actual=outcome.target,
        predicted=predicted,
        probabilities=shares,
        classes=classes,
        target_unit=outcome.config.target.unit or None,
    )


def _build_table(outcome: SearchOutcome, inputs: ReportInputs) -> Html:
    held = {} if outcome.evaluation is None else {value.name: value for value in outcome.evaluation.metrics}
    unit = inputs.target_unit
    rows = []
    for measured in inputs.evaluation.metrics:
        metric = get_metric(inputs.task, measured.name)
        row = [metric.label, format_metric(metric, measured.value, unit), format_interval(metric, measured, unit)]
        if held:
            value = held.get(measured.name)
            row += ["", ""] if value is None else [
                format_metric(metric, value.value, unit), format_interval(metric, value, unit)
            ]  # fmt: skip
        rows.append([*row, "lower" if metric.direction == "minimize" else "higher"])
    level = f"{100 * inputs.evaluation.confidence:g}% interval"
    header = ["Metric", "Out of fold", level, *(["Holdout", level] if held else []), "Better"]
    return table("All metrics", header, rows)
