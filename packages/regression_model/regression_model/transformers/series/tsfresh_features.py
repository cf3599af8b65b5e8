"""The feature calculators of tsfresh, and a selection of those that tell something of the target."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np
import pandas as pd

from regression_model.errors import MissingExtraError
from regression_model.transformers.series.base import Features, SeriesFeatures
from regression_model.transformers.series.cells import Series

Settings = Mapping[str, Sequence[Mapping[str, Any]] | None]
"""By the name of a calculator of `tsfresh`, the parameters with which it is called."""

SETS = ("minimal", "efficient", "comprehensive")
_FEWEST = 10
_KIND = "x"


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

    def _learn_column(self, column: str, series: list[Series], target: Any) -> list[str]:  # noqa: ANN401
        settings = _settings_of_names(self.names) if self.names else _settings_of_set(self.feature_set)
        computed = pd.DataFrame([calculate(values, settings) for values in series])
        computed = computed[sorted(computed.columns)].replace([np.inf, -np.inf], np.nan)
        computed = computed.dropna(axis=1, how="all")
        if self.task is None or target is None:
            return list(computed.columns)
        return _select_relevant(computed.fillna(computed.median()), target, self.task, self.fdr_level)

    def _compute(self, column: str, series: Sequence[Series]) -> Features:
        names = self.names_[column]
        settings = _settings_of_names(names)
        rows = [calculate(values, settings) for values in series]
        return np.array([[row.get(name, np.nan) for name in names] for row in rows], dtype=np.float64)


def calculate(values: Series, settings: Settings) -> dict[str, float]:
    """Compute the features of one series.

    Parameters
    ----------
    values : ndarray of shape (n_measurements,)
        Without gaps.
    settings : mapping
        See `Settings`.

    Returns
    -------
    dict of str to float
        By their names as tsfresh writes them, without that of a column. What fails is not there.
    """
    from tsfresh.feature_extraction import feature_calculators

    found: dict[str, float] = {}
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")  # of short or constant series, of which many features are not defined
        for name, parameters in settings.items():
            calculator = getattr(feature_calculators, name)
            measured = pd.Series(values) if getattr(calculator, "input", None) == "pd.Series" else values
            try:
                found |= _call(calculator, measured, parameters)
            except Exception:  # noqa: BLE001, S112 - each of the calculators has its own way to say that it can't
                continue
    return found


def _call(calculator: Any, values: Any, parameters: Any) -> dict[str, float]:  # noqa: ANN401 - tsfresh has no types
    from tsfresh.utilities.string_manipulation import convert_to_output_format

    if getattr(calculator, "fctype", None) == "combiner":
        results = calculator(values, param=parameters)
    elif parameters:
        results = [(convert_to_output_format(each), calculator(values, **each)) for each in parameters]
    else:
        results = [("", calculator(values))]
    return {f"{calculator.__name__}{f'__{key}' if key else ''}": float(value) for key, value in results}


def _settings_of_set(feature_set: str) -> Settings:
    if feature_set not in SETS:
        raise ValueError(f"feature_set: expected one of {', '.join(SETS)}, got {feature_set!r}")
    settings = _find_tsfresh_settings()
    chosen: Settings = getattr(settings, f"{feature_set.capitalize()}FCParameters")()
    # Those that look at times of day need an index of dates, which a list of numbers has not.
    return {name: chosen[name] for name in chosen if isinstance(name, str)}


def _settings_of_names(names: Sequence[str]) -> Settings:
    """Return the calls that compute the named features; a calculator alone stands for all that tsfresh calls it with."""
    settings = _find_tsfresh_settings()
    every = settings.ComprehensiveFCParameters()
    chosen: dict[str, Any] = {name: every[name] for name in names if name in every}
    full = [f"{_KIND}__{name}" for name in names if name not in chosen]
    try:
        parsed = settings.from_columns(full)[_KIND] if full else {}
    except (ValueError, AttributeError, SyntaxError) as error:
        raise ValueError(f"names: tsfresh has no such feature among {', '.join(names[:20])}: {error}") from error
    return {**parsed, **chosen}


def _find_tsfresh_settings() -> Any:  # noqa: ANN401 - a module without types
    try:
        from tsfresh.feature_extraction import settings
    except ImportError as error:
        raise MissingExtraError("computing features of series by tsfresh", "timeseries") from error
    return settings


def _select_relevant(computed: pd.DataFrame, target: Any, task: str, fdr_level: float) -> list[str]:  # noqa: ANN401
    """Name the features that a test finds relevant, in the order of the alphabet."""
    from tsfresh.feature_selection.relevance import calculate_relevance_table

    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")  # of features that are constant
        table = calculate_relevance_table(
            computed, pd.Series(target), ml_task=task, fdr_level=fdr_level, n_jobs=0, show_warnings=True
        )
    relevant = table.index[table["relevant"]]
    if len(relevant) < _FEWEST:
        ranked = table.assign(feature=table.index).sort_values(["p_value", "feature"], kind="stable")
        relevant = ranked.index[:_FEWEST]
    return sorted(map(str, relevant))
