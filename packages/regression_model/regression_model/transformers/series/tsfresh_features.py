"""The features of tsfresh, and a selection of those that tell something of the target."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
import pandas as pd

from regression_model.transformers.series.base import Features, SeriesFeatures
from regression_model.transformers.series.cells import Series
from regression_model.transformers.series.tsfresh_calculators import (
    calculate,
    calculate_set,
    find_kept,
    find_set_names,
    name_features,
    settings_of_names,
)

_FEWEST = 10


class TsfreshFeatures(SeriesFeatures):
    """Replace series by features that tsfresh computes.

    M. Christ, N. Braun, J. Neuffer and A. W. Kempa-Liehr, *Time Series FeatuRe Extraction on basis of Scalable
    Hypothesis tests*, Neurocomputing 307 (2018). Serving computes only what `fit` has chosen. A calculator that has no
    result for a series gives an undefined feature (see the base class).

    Parameters
    ----------
    variables : list of str
        Columns of series.
    feature_set : {"minimal", "efficient", "comprehensive"}
        Which features are computed, by tsfresh's own sets of parameters.
    names : sequence of str
        Compute these instead: names of calculators, or of features as tsfresh writes them
        (``quantile__q_0.1``).
    task : {"classification", "regression"} or None
        Keep the features that a test finds relevant for the target; None keeps all.
    fdr_level : float
        Expected share of irrelevant features among those that are kept, in (0, 1); by Benjamini and Yekutieli's
        procedure. Where none, or fewer than 10, are found relevant, the 10 of the smallest p-values are kept.

    Attributes
    ----------
    names_ : dict of str to list of str
        Features by column, in the order of the alphabet.
    """

    def __init__(
        self,
        variables: list[str],
        feature_set: str = "efficient",
        names: Sequence[str] = (),
        task: Literal["classification", "regression"] | None = None,
        fdr_level: float = 0.05,
    ) -> None:
        self.variables = variables
        self.feature_set = feature_set
        self.names = names
        self.task = task
        self.fdr_level = fdr_level

    def _learn_column(
        self,
        column: str,
        series: list[Series],
        target: Any,  # noqa: ANN401 - as in the base class
    ) -> tuple[list[str], Features]:
        names, features = self._compute_candidates(series)
        computed = pd.DataFrame(features, columns=names).replace([np.inf, -np.inf], np.nan).dropna(axis=1, how="all")
        chosen = list(computed.columns)
        if self.task is not None and target is not None:
            chosen = _select_relevant(computed.fillna(computed.median()), target, self.task, self.fdr_level)
        return chosen, computed[chosen].to_numpy()

    def _compute_candidates(self, series: Sequence[Series]) -> tuple[list[str], Features]:
        """Compute all features among which the relevant ones are looked for; return their names, too."""
        if self.names:
            settings = settings_of_names(self.names)
            names = name_features(settings)
            return names, np.array([calculate(values, settings, names) for values in series])
        names = find_set_names(self.feature_set)
        return names, np.array([calculate_set(values, self.feature_set) for values in series])

    def _compute(self, column: str, series: Sequence[Series]) -> Features:
        names = self.names_[column]
        settings = settings_of_names(names)
        rows, places = [], None
        for values in series:
            kept = None if self.names else find_kept(values, self.feature_set)
            if kept is None:
                rows.append(calculate(values, settings, names))
                continue
            if places is None:
                every = find_set_names(self.feature_set)
                places = [every.index(name) for name in names]
            rows.append(kept[places])
        return np.array(rows)


def _select_relevant(computed: pd.DataFrame, target: Any, task: str, fdr_level: float) -> list[str]:  # noqa: ANN401
    """Name the features that a test finds relevant, in the order of the alphabet."""
    from tsfresh.feature_selection.relevance import calculate_relevance_table

    with np.errstate(all="ignore"):  # of features that are constant
        table = calculate_relevance_table(
            computed, pd.Series(target), ml_task=task, fdr_level=fdr_level, n_jobs=0, show_warnings=False
        )
    relevant = table.index[table["relevant"].astype(bool)]
    if len(relevant) < _FEWEST:
        ranked = sorted(zip(table["p_value"].fillna(1.0), map(str, table.index), strict=True))
        relevant = [name for _, name in ranked[:_FEWEST]]
    return sorted(map(str, relevant))
