"""The model card: what a model is for, what it was made from, how good it is, and what to mind.

Its sections are those of Mitchell et al., "Model Cards for Model Reporting" (FAT* 2019, arXiv:1810.03993).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from regression_model.errors import ConfigError
from regression_model.evaluation.evaluate import Evaluation, MetricValue
from regression_model.evaluation.facts import (
    MEMBER_HEADER,
    describe_data,
    describe_members,
    describe_model,
    describe_range,
    describe_rows,
    describe_steps,
    find_section,
    format_setting,
    is_synthetic,
)
from regression_model.evaluation.markdown import escape, fact_list, heading, table
from regression_model.evaluation.metrics import get_metric, get_metrics
from regression_model.evaluation.number_format import (
    MISSING,
    format_count,
    format_interval,
    format_metric,
    format_score,
)

SYNTHETIC_NOTICE = (
    "**Trained on made-up sample data.** The sample only shows that everything works; its predictions say "
    "nothing about the real world and must not be used."
)


def build_model_card(manifest: Mapping[str, Any]) -> str:
    """Return a model card as Markdown with GitHub's tables; the same manifest gives the same text.

    Parameters
    ----------
    manifest : mapping
        The content of an artifact's manifest. ``git`` is null where the code was in no repository, and
        ``metrics.cross_validation`` where none was run.
    """
    parts = [
        heading(1, f"Model card: {manifest['pipeline_name']} {manifest['model_version']}"),
        SYNTHETIC_NOTICE if is_synthetic(manifest) else "",
        escape(manifest["description"]),
        _intended_use(manifest),
        *_section("Model details", fact_list(describe_model(manifest))),
        *_section("Metrics", _metrics(manifest)),
        *_section("Data", _data(manifest)),
        *_section("Features", _features(manifest)),
        *_section("Preprocessing", _preprocessing(manifest)),
        *_section("Members", _members(manifest)),
        *_section("Model parameters", _parameters(manifest)),
        *_section("Caveats and recommendations", _caveats(manifest)),
        *_section("How to reproduce", _reproduce(manifest)),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _section(title: str, content: str) -> list[str]:
    return [heading(2, title), content] if content else []


def _intended_use(manifest: Mapping[str, Any]) -> str:
    target = escape(manifest["target"]["column"])
    kind = "a class, with a probability for each" if manifest["task"] == "classification" else "a number"
    return (
        f"{heading(2, 'Intended use')}\n\nThis model predicts **{target}**, {kind}, for rows that look like those it "
        "was trained on: the same columns, of the same meaning and unit, from the same population and period. It "
        "is meant to support a decision that a person takes. It is not meant for rows outside the ranges "
        "listed under *Features*, nor for decisions about people that nobody reviews."
    )


def _metrics(manifest: Mapping[str, Any]) -> str:
    metrics, unit = manifest["metrics"], manifest["target"]["unit"]
    holdout, folds = _evaluation(Evaluation.from_json(metrics["holdout"]), unit), metrics["cross_validation"]
    if folds is None:
        return holdout
    return f"{holdout}\n\n{heading(3, 'Cross-validation')}\n\n{_folds(folds, manifest['task'], unit)}"


def _evaluation(evaluation: Evaluation, unit: str | None) -> str:
    rows = [_metric_row(evaluation.task, measured, unit) for measured in evaluation.metrics]
    note = (
        f"{format_count(evaluation.n_rows)} rows, held out of training. Intervals: {100 * evaluation.confidence:g}%, "
        f"percentile bootstrap, {format_count(evaluation.n_bootstrap)} resamples of these rows."
    )
    header = ["Metric", "Value", f"{100 * evaluation.confidence:g}% interval", "Better", "Meaning"]
    parts = [note, table(header, rows)]
    if evaluation.confusion_matrix and evaluation.classes:
        names = [str(label) for label in evaluation.classes]
        counts = [[name, *map(format_count, row)] for name, row in zip(names, evaluation.confusion_matrix, strict=True)]
        parts += ["Confusion matrix (actual class by row):", table(["", *names], counts)]
    return "\n\n".join(parts)


def _metric_row(task: str, measured: MetricValue, unit: str | None) -> list[str]:
    try:
        metric = get_metric(task, measured.name)
    except ConfigError:  # a metric of another version of this package
        return [
            measured.name,
            MISSING if measured.value is None else format_score(measured.value),
            MISSING,
            "",
            "",
        ]
    meaning = metric.description if measured.value is not None else f"Not defined: {measured.reason}."
    better = "lower" if metric.direction == "minimize" else "higher"
    return [
        metric.label,
        format_metric(metric, measured.value, unit),
        format_interval(metric, measured, unit),
        better,
        meaning,
    ]


def _folds(folds: Mapping[str, Any], task: str, unit: str | None) -> str:
    """Write the mean and the standard deviation of each metric over the folds."""
    found = folds["metrics"]
    order = [name for name in get_metrics(task) if name in found]
    names = [*order, *(name for name in found if name not in order)]
    rows = [_fold_row(task, name, [found[name]["mean"], found[name]["std"]], unit) for name in names]
    note = f"{folds['folds']} folds over all rows; each row is predicted by a model that did not learn from it."
    return f"{note}\n\n{table(['Metric', 'Mean', 'Standard deviation'], rows)}"


def _fold_row(task: str, name: str, values: list[float | None], unit: str | None) -> list[str]:
    try:
        metric = get_metric(task, name)
    except ConfigError:  # a metric of another version of this package
        return [name, *(MISSING if value is None else format_score(value) for value in values)]
    return [metric.label, *(format_metric(metric, value, unit) for value in values)]


def _data(manifest: Mapping[str, Any]) -> str:
    rows = [[label, format_count(count)] for label, count in describe_rows(manifest)]
    return "\n\n".join(part for part in (fact_list(describe_data(manifest)), table(["Rows", "Number"], rows)) if part)


def _features(manifest: Mapping[str, Any]) -> str:
    rows = [
        [
            feature["name"],
            feature["dtype"],
            "may be missing" if feature["nullable"] else "required",
            describe_range(feature),
            feature["on_unseen"] if feature["categories"] else "",
            feature["description"],
        ]
        for feature in manifest["schema"]["features"]
    ]
    header = ["Name", "Type", "Missing values", "Seen in training", "Unseen categories", "Description"]
    return table(header, rows)


def _preprocessing(manifest: Mapping[str, Any]) -> str:
    steps = [f"**{escape(kind)}** {escape(settings)}".strip() for kind, settings in describe_steps(manifest)]
    return "\n".join(f"{number}. {step}" for number, step in enumerate(steps, start=1))


def _members(manifest: Mapping[str, Any]) -> str:
    members = describe_members(manifest)
    return table(MEMBER_HEADER, members) if members else ""


def _parameters(manifest: Mapping[str, Any]) -> str:
    parameters = manifest["model"]["parameters"]
    if not parameters:
        return ""
    return table(["Parameter", "Value"], [[key, format_setting(value)] for key, value in parameters.items()])


def _caveats(manifest: Mapping[str, Any]) -> str:
    caveats = [
        "The model knows correlations of its training data, not causes: changing an input changes no fact.",
        "The intervals above cover the choice of the evaluated rows only. Data of another time or place can "
        "be predicted worse; compare new data with the ranges under *Features*, and retrain when they drift.",
        "Fairness was not assessed. If the rows describe people, look at the errors of each group in the "
        "evaluation report before use.",
    ]
    if is_synthetic(manifest):
        caveats.insert(0, SYNTHETIC_NOTICE)
    n_left_out = sum(manifest["rows"]["left_out"].values())
    if n_left_out:
        caveats.append(f"{format_count(n_left_out)} rows were left out of the data; the model has not seen their like.")
    if find_section(manifest, "git").get("dirty"):
        caveats.append("The code had uncommitted changes at training time: the commit alone doesn't rebuild the model.")
    return "\n".join(f"- {caveat}" for caveat in caveats)


def _reproduce(manifest: Mapping[str, Any]) -> str:
    git, digest = manifest["git"], manifest["data"]["sha256"]
    steps = [f"Check out commit `{git['commit']}`."] if git else []
    steps.append(f"Install the locked libraries for Python {manifest['platform']['python']}.")
    option = "--sample" if is_synthetic(manifest) else "--data TABLE"
    if not is_synthetic(manifest):
        steps.append(f"Get the table whose SHA-256 is `{digest}`.")
    steps.append(
        f"Run `regression-model train --config CONFIG.yml {option}` with this model's configuration: the manifest of "
        f"the new model says the same `config_sha256`, `{manifest['config_sha256']}`."
    )
    note = (
        "The same commit, data and lock file give the same artifact, byte by byte, on every machine of the "
        "same system, CPU family and Python minor version."
    )
    return "\n".join(f"{number}. {step}" for number, step in enumerate(steps, start=1)) + f"\n\n{note}"
