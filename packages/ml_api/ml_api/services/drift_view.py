"""Drift as a page shows it: what has moved most first, and both distributions beside each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ml_api.services.number_text import format_share

PSI_SCALE = 0.5
"""The right end of the bars of the index: twice what is called a major shift."""

_MOST_DETAILED = 40
_MOST_BINS = 12

_LEVELS = {"stable": "stable", "moderate": "moderate shift", "major": "major shift"}
_WITHOUT = {
    "too_few_rows": "Too few rows",
    "redacted": "Left out of the log by setting",
    "no_baseline": "No baseline, as dates move on by themselves and older models have none",
}


@dataclass(frozen=True)
class BinBars:
    """One bin of a distribution: its shares in words, and as widths in percent of the widest bar."""

    label: str
    expected: str
    actual: str
    expected_width: float
    actual_width: float


@dataclass(frozen=True)
class DriftLine:
    """How far one distribution has moved.

    Attributes
    ----------
    width : float
        Of the bar of its index, in percent.
    remarks : tuple of str
        What else there is to know.
    bins : tuple of BinBars
        Empty for those that are far down the list.
    """

    name: str
    level: str
    level_text: str
    psi: str
    width: float
    remarks: tuple[str, ...]
    bins: tuple[BinBars, ...]


@dataclass(frozen=True)
class DriftView:
    """Drift of all that has an index, largest first, and of the prediction.

    Attributes
    ----------
    scale : float
        The index at the right end of the bars.
    marks : tuple of float
        Where the thresholds lie on the bars, in percent.
    without : tuple of (str, tuple of str)
        Why features have no index, and which.
    """

    n_rows: str
    minimum_rows: int
    moderate: float
    major: float
    scale: float
    marks: tuple[float, ...]
    prediction: DriftLine | None
    features: tuple[DriftLine, ...]
    n_shifted: int
    without: tuple[tuple[str, tuple[str, ...]], ...]


def build_drift_view(drift: Mapping[str, Any]) -> DriftView:
    """Put what has moved most first.

    Parameters
    ----------
    drift : mapping
        See `DriftReport`, as JSON.
    """
    indexed = sorted((item for item in drift["features"] if item["psi"] is not None), key=lambda item: -item["psi"])
    return DriftView(
        n_rows=f"{drift['n_rows']:,}",
        minimum_rows=drift["minimum_rows"],
        moderate=drift["moderate"],
        major=drift["major"],
        scale=PSI_SCALE,
        marks=tuple(100 * limit / PSI_SCALE for limit in (drift["moderate"], drift["major"])),
        prediction=_build_line(drift["prediction"]) if drift["prediction"]["psi"] is not None else None,
        features=tuple(_build_line(item, detailed=place < _MOST_DETAILED) for place, item in enumerate(indexed)),
        n_shifted=sum(item["level"] != "stable" for item in indexed),
        without=_group_without(drift["features"]),
    )


def _group_without(features: Sequence[Mapping[str, Any]]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    groups = (
        (text, tuple(item["name"] for item in features if item["level"] == level)) for level, text in _WITHOUT.items()
    )
    return tuple((text, names) for text, names in groups if names)


def _build_line(item: Mapping[str, Any], *, detailed: bool = True) -> DriftLine:
    remarks = [f"{item['n_rows']:,} rows"]
    if item["unseen"]:
        remarks.append(f"{format_share(item['unseen'])} with a category that was not in the training data")
    if item["chance"] is not None:
        remarks.append(f"chance alone exceeds {item['chance']:.3f} once in a hundred times")
    return DriftLine(
        name=item["name"],
        level=item["level"],
        level_text=_LEVELS[item["level"]],
        psi=f"{item['psi']:.3f}",
        width=round(min(item["psi"], PSI_SCALE) / PSI_SCALE * 100, 2),
        remarks=tuple(remarks),
        bins=_build_bins(item["bins"]) if detailed else (),
    )


def _build_bins(bins: Sequence[Mapping[str, Any]]) -> tuple[BinBars, ...]:
    """Keep the order of the bins; of many, those that hold most and, last, all others together."""
    shown = [(item["label"], item["expected"], item["actual"]) for item in bins]
    if len(shown) > _MOST_BINS:
        largest = sorted(shown, key=lambda item: -max(item[1], item[2]))[: _MOST_BINS - 1]
        rest = [item for item in shown if item not in largest]
        shown = [item for item in shown if item in largest]
        together = (sum(item[1] for item in rest), sum(item[2] for item in rest))
        shown.append((f"{len(rest)} more", *together))
    widest = max((max(expected, actual) for _, expected, actual in shown), default=0.0) or 1.0
    return tuple(
        BinBars(
            label=label,
            expected=format_share(expected),
            actual=format_share(actual),
            expected_width=round(100 * expected / widest, 2),
            actual_width=round(100 * actual / widest, 2),
        )
        for label, expected, actual in shown
    )
