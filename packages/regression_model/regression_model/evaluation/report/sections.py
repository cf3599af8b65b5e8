"""The sections of the report, one function each; None where there is nothing to tell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from regression_model.evaluation.facts import (
    MEMBER_HEADER,
    describe_data,
    describe_members,
    describe_model,
    describe_rows,
    describe_steps,
    find_section,
    format_setting,
)
from regression_model.evaluation.importance import find_permutation_importances
from regression_model.evaluation.metrics import get_metric
from regression_model.evaluation.number_format import (
    MISSING,
    format_count,
    format_interval,
    format_metric,
    format_quantity,
    format_score,
)
from regression_model.evaluation.plots import (
    Plot,
    plot_calibration,
    plot_confusion_matrix,
    plot_importances,
    plot_learning_curve,
    plot_precision_recall,
    plot_predicted_against_actual,
    plot_residual_distribution,
    plot_residuals,
    plot_roc,
    plot_segments,
)
from regression_model.evaluation.plots.explanation import format_error
from regression_model.evaluation.report.html import Html, definitions, element, join, table
from regression_model.evaluation.report.inputs import ReportInputs
from regression_model.evaluation.scoring import LabelledRows, build_scorer
from regression_model.evaluation.segments import SegmentErrors, compute_segment_errors

HEADLINES = {
    "regression": ("r2", "rmse", "mae", "mape"),
    "classification": ("accuracy", "roc_auc", "f1", "log_loss"),
}


def build_headline_section(inputs: ReportInputs) -> Html:
    """Show the metrics that matter most as cards, and all of them in a table."""
    evaluation, unit = inputs.evaluation, inputs.target_unit
    known = {metric.name: metric for metric in evaluation.metrics}
    cards = [_card(inputs, name) for name in HEADLINES[inputs.task] if name in known]
    rows = []
    for measured in evaluation.metrics:
        metric = get_metric(inputs.task, measured.name)
        better = "lower" if metric.direction == "minimize" else "higher"
        meaning = metric.description if measured.value is not None else f"Not defined here: {measured.reason}."
        rows.append(
            [
                metric.label,
                format_metric(metric, measured.value, unit),
                format_interval(metric, measured, unit),
                better,
                meaning,
            ]
        )
    interval = f"{100 * evaluation.confidence:g}% interval"
    return join(
        element("div", *cards, class_="cards"),
        _metrics_table(interval, rows),
        element(
            "p",
            f"{format_count(evaluation.n_rows)} rows that the model was not trained on. Intervals are "
            f"percentile bootstrap intervals over {format_count(evaluation.n_bootstrap)} resamples of these "
            "rows; they don't include how another training would have turned out.",
            class_="note",
        ),
    )


def _card(inputs: ReportInputs, name: str) -> Html:
    metric, measured = get_metric(inputs.task, name), inputs.evaluation.get(name)
    interval = format_interval(metric, measured, inputs.target_unit)
    return element(
        "div",
        element("h3", metric.label),
        element("p", format_metric(metric, measured.value, inputs.target_unit), class_="value"),
        element("p", interval if interval != MISSING else measured.reason or "no interval", class_="interval"),
        class_="card",
    )


def _metrics_table(interval: str, rows: Sequence[Sequence[str]]) -> Html:
    return table("All metrics of the holdout", ["Metric", "Value", interval, "Better", "What it means"], rows)


def build_prediction_section(inputs: ReportInputs) -> Html:
    """Draw the predictions themselves."""
    plots: list[Plot]
    if inputs.task == "regression":
        actual, predicted, unit = inputs.actual_numbers, inputs.predicted_numbers, inputs.target_unit
        plots = [
            plot_predicted_against_actual(actual, predicted, unit),
            plot_residuals(actual, predicted, unit),
            plot_residual_distribution(actual, predicted, unit),
        ]
    else:
        plots = [plot_confusion_matrix(inputs.evaluation.confusion_matrix or (), inputs.known_classes)]
        if inputs.probabilities is not None:
            shares = np.asarray(inputs.probabilities, dtype=np.float64)
            draws = (plot_roc, plot_precision_recall, plot_calibration)
            plots += [draw(inputs.actual_labels, shares, inputs.known_classes) for draw in draws]
    layout = "plots three" if inputs.task == "regression" else "plots"
    return element("div", *(figure(plot) for plot in plots), class_=layout)


def build_segment_section(inputs: ReportInputs) -> Html | None:
    """Show where the model errs more, or less, than elsewhere."""
    if inputs.task == "regression":
        residuals = inputs.predicted_numbers - inputs.actual_numbers
        errors = compute_segment_errors(inputs.frame, abs(residuals), residuals)
    else:
        wrong = inputs.predicted_labels != inputs.actual_labels
        errors = compute_segment_errors(inputs.frame, wrong.astype(np.float64))
    if not errors.segments:
        return None
    plot = plot_segments(inputs.task, errors, inputs.target_unit)
    note = (
        f"The most different of {format_count(errors.n_searched)} segments: categories, quarters of the "
        "range of numbers, and missing values. With so many, some differ by chance: treat them as questions "
        "to ask of the data."
    )
    if inputs.task == "regression":
        note += " Bias is the mean of predicted minus actual."
    return join(
        element("div", figure(plot), _segment_table(inputs, errors), class_="plots"),
        element("p", note, class_="note"),
    )


def _segment_table(inputs: ReportInputs, errors: SegmentErrors) -> Html:
    header = ["Segment", "Rows", "Error", "Against all"]
    rows = [["All rows", format_count(len(inputs.frame)), format_error(inputs.task, errors.overall), ""]]
    for segment in errors.segments:
        against = f"{segment.error / errors.overall - 1:+.0%}" if errors.overall else MISSING
        error = format_error(inputs.task, segment.error)
        rows.append([f"{segment.feature}: {segment.label}", format_count(segment.n_rows), error, against])
        if segment.bias is not None:
            rows[-1].append(("+" if segment.bias > 0 else "") + format_quantity(segment.bias))
    if inputs.task == "regression":
        header.append("Bias")
        residuals = inputs.predicted_numbers - inputs.actual_numbers
        rows[0].append(format_quantity(float(residuals.mean())))
    unit = f", in {inputs.target_unit}" if inputs.task == "regression" and inputs.target_unit else ""
    return table(f"Mean error by segment{unit}", header, rows)


def build_importance_section(inputs: ReportInputs) -> Html | None:
    """Show which columns the predictions depend on."""
    if inputs.predict is None or not len(inputs.frame.columns):
        return None
    classification = inputs.task == "classification"
    scorer = build_scorer(
        inputs.task,
        inputs.known_classes if classification else None,
        probabilities=inputs.probabilities is not None,
    )
    target = inputs.actual_labels if classification else inputs.actual_numbers
    importances = find_permutation_importances(
        scorer,
        inputs.predict,
        LabelledRows(inputs.frame, target),
        n_repeats=inputs.importance_repeats,
        max_rows=inputs.importance_max_rows,
        seed=inputs.seed,
    )
    if importances is None:
        return None
    metric = get_metric(inputs.task, importances.metric)
    write = format_quantity if metric.unit == "target" else format_score
    rows = [[f.feature, write(f.mean), write(f.deviation)] for f in importances.features]
    worse = "Rise" if metric.direction == "minimize" else "Fall"
    header = ["Column", f"{worse} of {metric.label}", "Deviation"]
    all_columns = table(f"Importance of all {len(rows)} columns", header, rows)
    plot = plot_importances(inputs.task, importances, inputs.target_unit)
    return element("div", figure(plot), all_columns, class_="plots")


def build_learning_section(inputs: ReportInputs) -> Html | None:
    """Show what more rows would bring."""
    curve = inputs.learning_curve
    if curve is None or not curve.points:
        return None
    metric, unit = get_metric(curve.task, curve.metric), inputs.target_unit
    rows = [
        [format_count(p.n_rows), format_metric(metric, p.train, unit), format_metric(metric, p.holdout, unit)]
        for p in curve.points
    ]
    scores = table(f"{metric.label} by number of training rows", ["Training rows", "On them", "On the holdout"], rows)
    return element("div", figure(plot_learning_curve(curve, unit)), scores, class_="plots")


def build_data_section(inputs: ReportInputs) -> Html | None:
    """Say where the data come from, and what became of their rows."""
    data, rows = describe_data(inputs.facts), describe_rows(inputs.facts)
    if not data and not rows:
        return None
    counts = [[label, format_count(count)] for label, count in rows]
    return join(
        definitions(data) if data else None,
        table("What became of the rows", ["Rows", "Number"], counts) if counts else None,
    )


def build_model_section(inputs: ReportInputs) -> Html | None:
    """Say how the model is built."""
    facts = describe_model(inputs.facts)
    steps, members = describe_steps(inputs.facts), describe_members(inputs.facts)
    parameters = find_section(inputs.facts, "model").get("parameters")
    if not facts and not steps and not parameters:
        return None
    listed = [element("li", element("strong", kind), f" {settings}") for kind, settings in steps]
    return join(
        definitions(facts) if facts else None,
        element("details", element("summary", f"{len(listed)} preprocessing steps"), element("ol", *listed))
        if listed
        else None,
        table("Members of the ensemble", MEMBER_HEADER, members) if members else None,
        _parameters(parameters) if parameters else None,
    )


def _parameters(parameters: Mapping[str, Any]) -> Html:
    rows = [[str(name), format_setting(value)] for name, value in parameters.items()]
    return element(
        "details",
        element("summary", f"{len(rows)} model parameters"),
        table("Model parameters", ["Parameter", "Value"], rows),
    )


def figure(plot: Plot) -> Html:
    """Return a plot with its title, its caption, and its description for people who can't see it."""
    return element(
        "figure",
        element("h3", plot.title),
        element("div", Html(plot.svg), role="img", aria_label=plot.description, class_="plot"),
        element("figcaption", plot.caption),
    )
