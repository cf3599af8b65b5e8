"""Calls the feature calculators of tsfresh for one series, without the tables that tsfresh makes of many."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from regression_model.errors import MissingExtraError
from regression_model.ignored_warnings import ignore_warnings
from regression_model.transformers.series.cells import Series
from regression_model.transformers.series.kept_features import KeptFeatures

Settings = Mapping[str, Sequence[Mapping[str, Any]] | None]
"""By the name of a calculator of `tsfresh`, the parameters with which it is called."""

SETS = ("minimal", "efficient", "comprehensive")
"""tsfresh's own choices of features."""

_KIND = "x"  # what tsfresh would call the column
_EXAMPLE_LENGTH = 200  # long enough for every calculator

_kept = KeptFeatures()


@lru_cache(maxsize=len(SETS))
def settings_of_set(feature_set: str) -> Settings:
    """Return the calls of one of tsfresh's sets; not to be changed.

    Raises
    ------
    ValueError
        If there is no such set.
    MissingExtraError
        If tsfresh is not installed.
    """
    if feature_set not in SETS:
        raise ValueError(f"feature_set: expected one of {', '.join(SETS)}, got {feature_set!r}")
    library, logger = _import_settings(), logging.getLogger("tsfresh.feature_extraction.settings")
    was_disabled, logger.disabled = logger.disabled, True  # it tells of a calculator that needs yet another library
    try:
        return dict(getattr(library, f"{feature_set.capitalize()}FCParameters")())
    finally:
        logger.disabled = was_disabled


def settings_of_names(names: Sequence[str]) -> Settings:
    """Return the calls that compute some features; a calculator's name alone stands for all that tsfresh asks of it.

    Raises
    ------
    ValueError
        If there is no such feature.
    MissingExtraError
        If tsfresh is not installed.

    Examples
    --------
    >>> settings_of_names(["quantile__q_0.1", "mean"])
    {'quantile': [{'q': 0.1}], 'mean': None}
    """
    every = settings_of_set("comprehensive")
    whole = {name: every[name] for name in names if name in every}
    single = [f"{_KIND}__{name}" for name in names if name not in whole]
    try:
        parsed = _import_settings().from_columns(single)[_KIND] if single else {}
    except (ValueError, AttributeError, SyntaxError, TypeError) as error:
        raise ValueError(f"names: tsfresh has no such feature among {', '.join(names[:20])}: {error}") from error
    return {**parsed, **whole}


def _import_settings() -> Any:  # noqa: ANN401 - a module without types
    try:
        from tsfresh.feature_extraction import settings
    except ImportError as error:
        raise MissingExtraError("computing features of series by tsfresh", "timeseries") from error
    return settings


def name_features(settings: Settings) -> list[str]:
    """Name the features that some calls compute, in the order of the alphabet."""
    example = np.sin(np.arange(_EXAMPLE_LENGTH) ** 1.3)
    return sorted(_calculate(example, settings))


@lru_cache(maxsize=len(SETS))
def find_set_names(feature_set: str) -> list[str]:
    """Name the features of a set, in the order of the alphabet; not to be changed."""
    return name_features(settings_of_set(feature_set))


def calculate(values: Series, settings: Settings, names: Sequence[str]) -> npt.NDArray[np.float64]:
    """Compute features of one series.

    Parameters
    ----------
    values : ndarray of shape (n_measurements,)
        Without gaps.
    settings : mapping
        The calls that compute them.
    names : sequence of str
        The features, as tsfresh names them, without the name of a column.

    Returns
    -------
    ndarray of shape (n_features,)
        In the order of the names; NaN where a calculator has no result.
    """
    found = _calculate(values, settings)
    return np.array([found.get(name, np.nan) for name in names], dtype=np.float64)


def calculate_set(values: Series, feature_set: str) -> npt.NDArray[np.float64]:
    """Compute the features of a set, in the order of `find_set_names`, and keep them as long as this process lives.

    The folds of a cross-validation, and the trials of a search, learn from the same series over and over, and some
    of the calculators take milliseconds. Only learning keeps features, at most 100 MB of them.
    """
    found = _kept.find(feature_set, values)
    if found is None:
        found = calculate(values, settings_of_set(feature_set), find_set_names(feature_set))
        _kept.keep(feature_set, values, found)
    return found


def find_kept(values: Series, feature_set: str) -> npt.NDArray[np.float64] | None:
    """Return what `calculate_set` has kept of a series, or None."""
    return _kept.find(feature_set, values)


def _calculate(values: Series, settings: Settings) -> dict[str, float]:
    from tsfresh.feature_extraction import feature_calculators

    found: dict[str, float] = {}
    # Of short or constant series many features are not defined.
    with ignore_warnings(), np.errstate(all="ignore"):
        for name, parameters in settings.items():
            calculator = getattr(feature_calculators, name)
            if getattr(calculator, "index_type", None) is not None:
                continue  # it asks for times of day, which a list of numbers has not
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
