"""What has to hold, and whether what was measured does."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from quality.number_format import format_interval, format_number
from quality.outcome import Outcome, find_interval
from quality.records import Record
from quality.systems import OURS, PEERS
from quality.tables import TABLES

FIRST_SEED = 42
"""Of the split that other systems were measured on, too."""

_OVERRUN = 1.1
_SHARE_OF_AUTOGLUON = 0.1
_NO_WORSE = ("house_prices",)
"""Tables on which our error may not be larger than that of the best peer."""


@dataclass(frozen=True)
class Check:
    """A figure beside its target.

    Attributes
    ----------
    what, found, target : str
    holds : bool or None
        None where there is no target.
    """

    what: str
    found: str
    target: str = ""
    holds: bool | None = None


def at_most(what: str, value: float, limit: float, unit: str = "", extra: str = "") -> Check:
    """Compare with an upper bound."""
    return Check(what, f"{format_number(value)}{unit}{extra}", f"≤ {format_number(limit)}{unit}", value <= limit)


def at_least(what: str, value: float, limit: float, unit: str = "", extra: str = "") -> Check:
    """Compare with a lower bound."""
    return Check(what, f"{format_number(value)}{unit}{extra}", f"≥ {format_number(limit)}{unit}", value >= limit)


def check_all(records: Sequence[Record]) -> list[Check]:
    """Return all figures that have a target, and what stands beside them, as far as they were measured."""
    good = [record for record in records if record.result is not None]
    ours = [record for record in good if record.measurement.options.get("system") == OURS]
    found: list[Check] = []
    for record in ours:
        found += _CHECKS.get(record.measurement.options["table"], _check_none)(record)
    found += _check_means(ours)
    for record in [*ours, *(record for record in good if record.measurement.kind == "promotion")]:
        found += _check_beside_peers(record, good)
    for record in good:
        found += _OTHER_KINDS.get(record.measurement.kind, _check_none)(record)
    return found


def name_of(record: Record) -> str:
    """Say which comparison it is."""
    options = record.measurement.options
    begun = ", from the shipped configuration" if record.measurement.kind == "promotion" else ""
    return f"{options['table']}, split {options['seed']}, {options['seconds']:g} s{begun}"


def outcome_of(record: Record) -> Outcome:
    """Return the outcome of a comparison or a promotion."""
    assert record.result is not None
    return Outcome.from_json(record.result["outcome"])


def _check_none(record: Record) -> list[Check]:
    return []


def _check_california(record: Record) -> Iterator[Check]:
    assert record.result is not None
    name, scores, outcome = name_of(record), record.result["scores"], outcome_of(record)
    seconds, facts = record.measurement.options["seconds"], record.result["facts"]
    limit = 24_800 if seconds >= 300 else 26_000
    yield at_most(f"{name}: MAE", scores["mae"], limit)
    yield at_least(f"{name}: R²", scores["r2"], 0.87)
    yield _check_time(record)
    if record.measurement.options["seed"] == FIRST_SEED:
        yield at_most(f"{name}: artifact", outcome.size_mb, 20, " MB")
        yield at_most(f"{name}: one row", outcome.row_ms, 1, " ms")
        caught = "missing_only_later" in facts["guardrails"]
        yield Check(
            f"{name}: guardrail of values missing later only", "found" if caught else "not found", "found", caught
        )


def _check_bank(record: Record) -> Iterator[Check]:
    assert record.result is not None
    name, scores, outcome = name_of(record), record.result["scores"], outcome_of(record)
    yield at_most(f"{name}: log loss", scores["log_loss"], 0.1750)
    yield at_least(f"{name}: AUC", scores["auc"], 0.947)
    interval = find_interval("accuracy", np.array(record.result["actual"]), outcome.predictions)
    found = f"{format_number(scores['accuracy'])} {format_interval(interval)}"
    yield Check(f"{name}: accuracy, beside the published 0.9214", found)
    yield _check_time(record)


def _check_house(record: Record) -> Iterator[Check]:
    yield _check_time(record)


def _check_time(record: Record) -> Check:
    limit = float(record.measurement.options["seconds"])
    return at_most(f"{name_of(record)}: time to the saved model", outcome_of(record).seconds, _OVERRUN * limit, " s")


def _check_means(ours: Sequence[Record]) -> Iterator[Check]:
    """Say the mean over splits other than the first, which targets were set on."""
    groups: dict[tuple[str, float], list[Record]] = {}
    for record in ours:
        options = record.measurement.options
        if options["seed"] != FIRST_SEED:
            groups.setdefault((options["table"], options["seconds"]), []).append(record)
    for (table, seconds), members in groups.items():
        seeds = ", ".join(str(record.measurement.options["seed"]) for record in members)
        scores = [record.result["scores"] for record in members if record.result is not None]
        for metric in scores[0]:
            mean = float(np.mean([each[metric] for each in scores]))
            yield Check(f"{table}, {seconds:g} s: mean {metric} of the splits {seeds}", format_number(mean))


def _check_beside_peers(record: Record, good: Sequence[Record]) -> Iterator[Check]:
    peers = find_rivals(record, good)
    if not peers:
        return
    name, table = name_of(record), TABLES[record.measurement.options["table"]]
    best = min(peers, key=lambda peer: peer.result["scores"][table.metric] if peer.result is not None else np.inf)
    yield _compare(f"{name}: {table.metric}", record, best)
    outcome = outcome_of(record)
    for peer in peers:
        system = peer.measurement.options["system"]
        if PEERS[system].environment == "autogluon":
            other = outcome_of(peer)
            for what, ratio in (("size", outcome.size_mb / other.size_mb), ("one row", outcome.row_ms / other.row_ms)):
                yield at_most(f"{name}: {what} / {system}", ratio, _SHARE_OF_AUTOGLUON)


def find_rivals(record: Record, good: Sequence[Record]) -> list[Record]:
    """Return the peers on the same split with the same seconds."""
    same = ("table", "seed", "seconds")
    wanted = [record.measurement.options[name] for name in same]
    return [
        other
        for other in good
        if other.measurement.options.get("system") in PEERS
        and [other.measurement.options[name] for name in same] == wanted
    ]


def _compare(what: str, record: Record, other: Record) -> Check:
    """Compare errors by the paired interval of their difference: no worse if it includes zero, or lies below."""
    assert record.result is not None
    metric, actual = TABLES[record.measurement.options["table"]].metric, np.array(record.result["actual"])
    interval = find_interval(metric, actual, outcome_of(record).predictions, outcome_of(other).predictions)
    what += f", ours minus that of {other.measurement.options['system']}, the best peer"
    if record.measurement.options["table"] not in _NO_WORSE:
        return Check(what, format_interval(interval))
    return Check(what, format_interval(interval), "reaches below 0", interval[0] <= 0)


def _check_promotion(record: Record) -> Iterator[Check]:
    assert record.result is not None
    metric, facts = TABLES[record.measurement.options["table"]].metric, record.result["facts"]
    name = name_of(record)
    interval = find_interval(metric, np.array(record.result["actual"]), outcome_of(record).predictions)
    shown = f"{format_number(facts['trained'])} {format_interval(interval)}"
    yield Check(f"{name}: {metric} of plain `train` after `promote`", shown)
    promised = facts["promised"]
    equal = promised is not None and bool(np.isclose(promised, facts["trained"], rtol=1e-9, atol=0))
    shown = "unknown" if promised is None else format_number(promised)
    yield Check(f"{name}: {metric} that the leaderboard promised", shown, "that of `train`", equal)


def _check_series(record: Record) -> Iterator[Check]:
    assert record.result is not None
    result, options = record.result, record.measurement.options
    folds = "random folds" if options["groups"] == "random" else "overlapping windows kept together"
    name = f"accelerometer, {options['extractor']}, {result['n_folds']} {folds}"
    limit = {"minirocket": 0.99, "tsfresh_efficient": 0.93}.get(options["extractor"])
    if limit is None or options["groups"] != "random":
        yield Check(f"{name}: accuracy", format_number(result["accuracy"]))
    else:
        yield at_least(f"{name}: accuracy", result["accuracy"], limit)
    extra = f" ({format_number(result['process_s'])} s for all of `train`)"
    if options["extractor"] == "minirocket":
        yield at_most(f"{name}: time", result["cross_validation_s"], 10, " s", extra)
    else:
        yield Check(f"{name}: time", f"{format_number(result['cross_validation_s'])} s{extra}")


def _check_sweep(record: Record) -> Iterator[Check]:
    assert record.result is not None
    result, name = record.result, record.measurement.options["config"]
    limit = 36_000 if name.endswith("wide") else 45_000
    interval = format_interval((result["low"], result["high"]))
    yield at_most(f"sweep {name}: MAE", result["mae"], limit, "", f" {interval}")
    shown = f"{format_number(result['seconds'])} s, {result['n_runs']} runs, {result['n_cancelled']} given up"
    yield Check(f"sweep {name}", shown)


_CHECKS = {
    "california_housing": _check_california,
    "california_renamed": _check_california,
    "bank_marketing": _check_bank,
    "house_prices": _check_house,
}
_OTHER_KINDS = {"promotion": _check_promotion, "series": _check_series, "sweep": _check_sweep}
