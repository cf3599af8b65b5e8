"""The baseline that a model carries: bins, and what share of its training rows lay in each."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from regression_model import Artifact, Feature

MISSING, UNSEEN = -1, -2
"""Numbers of bins, besides those from 0, of missing values and of texts that no bin stands for."""

RARE_FRACTION = 0.01
"""Categories that were rarer than this are counted together: each of them would be noise."""

OTHER = "other"
PREDICTION = "prediction"

# What the model package takes for missing in all but categories, and for true and false.
_MARKERS = ("", "na", "n/a", "nan", "null", "none")
_SPELLINGS = {"true": ("true", "yes", "y", "t", "1", "1.0"), "false": ("false", "no", "n", "f", "0", "0.0")}


@dataclass(frozen=True)
class Baseline:
    """How one feature, or the predictions, were distributed.

    Attributes
    ----------
    name : str
        Of the feature, or ``prediction``.
    is_feature : bool
        Whether it is a feature: one may be called ``prediction`` too.
    labels : tuple of str
        Names of the bins.
    shares : tuple of float
        Of the rows with a value, in [0, 1], by bin.
    missing : float
        Share of rows without a value, in [0, 1].
    n_rows : int
        Rows that it was taken from.
    edges : tuple of float or None
        Of numbers, ascending: bin i holds values above ``edges[i - 1]`` and up to ``edges[i]``.
    spellings : mapping of str to int
        Texts that stand for a bin, or for `MISSING`. Where `exact` is False, in lower case and without blanks.
    exact : bool
        Whether upper and lower case, and blanks around a text, matter.
    has_unseen : bool
        Whether unknown texts count in the last bin; else they are left out.
    """

    name: str
    is_feature: bool
    labels: tuple[str, ...]
    shares: tuple[float, ...]
    missing: float
    n_rows: int
    spellings: Mapping[str, int]
    edges: tuple[float, ...] | None = None
    exact: bool = False
    has_unseen: bool = False


def find_baselines(artifact: Artifact) -> dict[str, Baseline | None]:
    """Return the baseline of each feature by its name, in the order of the schema; None where there is none."""
    content = artifact.manifest.content
    binned: Mapping[str, Any] = content.get("baseline", {}).get("features", {})
    n_rows = int(content["rows"]["train"])
    unknown = artifact.schema.missing_values
    return {
        feature.name: _of_feature(feature, binned.get(feature.name), unknown, n_rows) for feature in artifact.schema
    }


def find_prediction_baseline(artifact: Artifact) -> Baseline | None:
    """Return the baseline of the predictions, taken from held-out rows; None if the model has none."""
    content = artifact.manifest.content
    binned: Mapping[str, Any] | None = content.get("baseline", {}).get("predictions")
    if binned is None:
        return None
    n_rows = int(content["rows"]["holdout"])
    if "edges" in binned:
        return _of_numbers(PREDICTION, binned, {}, n_rows, is_feature=False)
    labels = tuple(binned["labels"])
    return Baseline(
        name=PREDICTION,
        is_feature=False,
        labels=labels,
        shares=tuple(binned["labels"].values()),
        missing=0.0,
        n_rows=n_rows,
        spellings={label: index for index, label in enumerate(labels)},
        exact=True,
    )


def _of_feature(
    feature: Feature, binned: Mapping[str, Any] | None, unknown: tuple[str, ...], n_rows: int
) -> Baseline | None:
    if feature.categories is not None:
        return _of_categories(feature, feature.categories, unknown, n_rows)
    if binned is None:
        return None
    missing = {text.strip().lower(): MISSING for text in (*_MARKERS, *_spell_numbers(unknown))}
    if "edges" in binned:
        return _of_numbers(feature.name, binned, missing, n_rows, fraction=feature.missing_fraction)
    words = {word: index for index, label in enumerate(("true", "false")) for word in _SPELLINGS[label]}
    return Baseline(
        name=feature.name,
        is_feature=True,
        labels=("true", "false"),
        shares=(binned["labels"]["true"], binned["labels"]["false"]),
        missing=feature.missing_fraction,
        n_rows=n_rows,
        spellings=words | missing,
    )


def _of_numbers(
    name: str,
    binned: Mapping[str, Any],
    missing: Mapping[str, int],
    n_rows: int,
    *,
    fraction: float = 0.0,
    is_feature: bool = True,
) -> Baseline:
    edges = tuple(binned["edges"])
    between = (f"{low:g} to {high:g}" for low, high in itertools.pairwise(edges))
    return Baseline(
        name=name,
        is_feature=is_feature,
        labels=(f"up to {edges[0]:g}", *between, f"above {edges[-1]:g}"),
        shares=tuple(binned["shares"]),
        missing=fraction,
        n_rows=n_rows,
        spellings=missing,
        edges=edges,
    )


def _of_categories(
    feature: Feature, categories: Mapping[str, float], unknown: tuple[str, ...], n_rows: int
) -> Baseline:
    frequent = [label for label, share in categories.items() if share >= RARE_FRACTION]
    index_of = {label: index for index, label in enumerate(frequent)}
    spellings = {
        text: index_of.get(label, len(frequent)) for label in categories for text in (*_spell_label(label), label)
    }
    return Baseline(
        name=feature.name,
        is_feature=True,
        labels=(*frequent, OTHER),
        shares=(*(categories[label] for label in frequent), sum(s for s in categories.values() if s < RARE_FRACTION)),
        missing=feature.missing_fraction,
        n_rows=n_rows,
        # A category's own name goes before another's other spelling.
        spellings=spellings
        | {label: index_of.get(label, len(frequent)) for label in categories}
        # Markers such as NA are categories like any other.
        | dict.fromkeys(("", *unknown), MISSING),
        exact=True,
        has_unseen=True,
    )


def _spell_label(label: str) -> Iterator[str]:
    """Yield how JSON may spell what the model package reads as this category: 20.0 for "20", true for "True"."""
    if label.removeprefix("-").isdecimal():
        yield f"{label}.0"
    elif label in ("True", "False"):
        yield label.lower()


def _spell_numbers(texts: tuple[str, ...]) -> Iterator[str]:
    """Yield texts that mean "unknown", and for numbers the usual other spelling: -9.0 for "-9"."""
    for text in texts:
        yield text
        try:
            number = float(text)
        except ValueError:
            continue
        yield repr(number)
        if number.is_integer():
            yield str(int(number))
