"""What was measured, as a section of Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from quality.number_format import format_interval, format_number
from quality.outcome import find_interval
from quality.records import Record
from quality.systems import OURS
from quality.tables import TABLES
from quality.targets import check_all, name_of, outcome_of

_INTRO = (
    "Each system gets the same 80 % of the rows and the same seconds on the same cores, one after the other, and "
    "predicts the other 20 %, split by scikit-learn's `train_test_split` with that seed; ours begins with a "
    "configuration that `regression-model init` drafts from the table. Time runs from the start of the process to the "
    "saved model. In brackets: bootstrap intervals of 95 %, those of differences paired."
)


def write_section(records: Sequence[Record], command: str) -> str:
    """Write the section: what has to hold, all systems, and on what it was measured.

    Parameters
    ----------
    records : sequence of Record
        In the order of the plan.
    command : str
        That made them.
    """
    texts = ["## Models that searches find", f"Measured by `{command}`. {_INTRO}"]
    texts.append("\n".join(_list_checks(records)))
    compared = [record for record in records if record.measurement.kind == "comparison"]
    for name in dict.fromkeys(name_of(record) for record in compared):
        texts.append(_compare([record for record in compared if name_of(record) == name], name))
    failed = [record for record in records if record.result is None]
    if failed:
        texts.append("\n".join(["Not measured:", "", *map(_say_failure, failed)]))
    texts.append("\n".join(_list_surroundings(records)))
    return "\n\n".join(texts) + "\n"


def _list_checks(records: Sequence[Record]) -> Iterator[str]:
    yield "| | measured | target | |"
    yield "|---|---|---|---|"
    for check in check_all(records):
        verdict = {None: "", True: "holds", False: "**missed**"}[check.holds]
        yield f"| {check.what} | {check.found} | {check.target} | {verdict} |"


def _compare(records: Sequence[Record], name: str) -> str:
    """Write all systems on one split as a table."""
    good = [record for record in records if record.result is not None]
    lines = [f"### {name}", ""]
    if not good:
        return "\n".join([*lines, "No system has made a model."])
    metric = TABLES[good[0].measurement.options["table"]].metric
    names = list(_scores(good[0]))
    head = ["system", *names, f"{metric}: ours minus theirs", "seconds (of the limit)", "MB", "ms a row", ""]
    lines += [_line(head), _line(["---"] * len(head))]
    ours = next((record for record in good if record.measurement.options["system"] == OURS), None)
    lines += [_line(_describe(record, metric, ours)) for record in good]
    return "\n".join(lines)


def _describe(record: Record, metric: str, ours: Record | None) -> list[str]:
    assert record.result is not None
    outcome, actual = outcome_of(record), np.array(record.result["actual"])
    shown = {name: format_number(value) for name, value in _scores(record).items()}
    shown[metric] += f" {format_interval(find_interval(metric, actual, outcome.predictions))}"
    against = ""
    if ours is not None and ours is not record:
        against = format_interval(find_interval(metric, actual, outcome_of(ours).predictions, outcome.predictions))
    limit = float(record.measurement.options["seconds"])
    seconds = f"{outcome.seconds:.0f} ({outcome.seconds / limit:.2f})"
    measured = [seconds, f"{outcome.size_mb:.3g}", f"{outcome.row_ms:.3g}", _note(record)]
    return [record.measurement.options["system"], *shown.values(), against, *measured]


def _note(record: Record) -> str:
    assert record.result is not None
    n_trials = record.result["facts"].get("n_trials")
    return outcome_of(record).note + ("" if n_trials is None else f", {n_trials} trials")


def _scores(record: Record) -> dict[str, float]:
    assert record.result is not None
    return dict(record.result["scores"])


def _say_failure(record: Record) -> str:
    first, *others = record.reason.splitlines()
    last = f": {others[-1]}" if others else ""
    return f"- `{record.measurement.key}`: {first.split(';')[0]}{last}"


def _list_surroundings(records: Sequence[Record]) -> Iterator[str]:
    """Say on what, and with which versions; everything that differed between measurements is listed."""
    told = [record.surroundings for record in records]
    machines = dict.fromkeys(f"{each['processor']}, {each['n_cpus']} CPUs, Python {each['python']}" for each in told)
    yield f"- Machine: {'; '.join(machines)}; load before each measurement at most {_max_load(told)}"
    versions: dict[str, str] = {}
    for record in records:
        if record.result is not None and "outcome" in record.result:
            versions.update(outcome_of(record).versions or {})
    yield f"- Versions: {', '.join(f'{name} {version}' for name, version in versions.items())}"


def _max_load(told: Sequence[object]) -> float:
    return max(each["load_before"] for each in told if isinstance(each, dict))


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
