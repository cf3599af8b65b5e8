"""Permutation importance: how much worse the predictions get when one column is shuffled.

Source: Breiman, "Random Forests", Machine Learning 45 (2001), and Fisher, Rudin and Dominici, "All Models are
Wrong, but Many are Useful", JMLR 20 (2019). The loop is our own because
`sklearn.inspection.permutation_importance` wants a fitted estimator, and what is explained here is any
function from rows to predictions.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from regression_model.evaluation.scoring import LabelledRows, Predict, Scorer


@dataclass(frozen=True)
class FeatureImportance:
    """How much worse the metric gets, in its own unit; about 0 for a column that the model doesn't use.

    Parameters
    ----------
    feature : str
        Column name.
    mean, deviation : float
        Over the repeats.
    """

    feature: str
    mean: float
    deviation: float


@dataclass(frozen=True)
class Importances:
    """The importance of all columns, the largest first.

    Parameters
    ----------
    metric : str
        Name of the metric that gets worse.
    baseline : float
        Its value without shuffling.
    features : tuple of FeatureImportance
        Sorted by mean, descending; equal means by name.
    n_rows, n_repeats : int
        Rows that were predicted, and shufflings per column.
    """

    metric: str
    baseline: float
    features: tuple[FeatureImportance, ...]
    n_rows: int
    n_repeats: int


def find_permutation_importances(
    scorer: Scorer,
    predict: Predict,
    rows: LabelledRows,
    *,
    n_repeats: int = 5,
    max_rows: int = 2000,
    seed: int = 0,
) -> Importances | None:
    """Shuffle each column in turn and measure the damage.

    Parameters
    ----------
    scorer : Scorer
        The measure.
    predict : callable
        From rows to predictions.
    rows : LabelledRows
        Rows that the model was not trained on; never changed.
    n_repeats : int, default 5
        Shufflings per column, at least 1.
    max_rows : int, default 2000
        Of more rows a random choice of this size is used.
    seed : int, default 0
        Of that choice and the shufflings; a column's result does not depend on the other columns' number.

    Returns
    -------
    Importances or None
        None if the metric is undefined on these rows.
    """
    rows = _sampled(rows, max_rows, seed)
    baseline = scorer.find_score(rows.target, predict(rows.frame))
    if baseline is None:
        return None
    sign = 1.0 if scorer.definition.direction == "minimize" else -1.0
    found = []
    for name in rows.frame.columns:
        damage = [
            sign * (score - baseline) for score in _shuffled_scores(scorer, predict, rows, name, (seed, n_repeats))
        ]
        found.append(FeatureImportance(str(name), float(np.mean(damage)), float(np.std(damage))))
    found.sort(key=lambda importance: (-importance.mean, importance.feature))
    return Importances(scorer.metric, baseline, tuple(found), len(rows.frame), n_repeats)


def _shuffled_scores(
    scorer: Scorer, predict: Predict, rows: LabelledRows, name: str, draws: tuple[int, int]
) -> list[float]:
    """Return the score after each shuffling of one column; `draws`: the seed, the number of shufflings."""
    seed, n_repeats = draws
    column = rows.frame[name]
    if column.nunique(dropna=False) == 1:
        n_repeats = 1  # every shuffling of a constant is the same
    generator = np.random.default_rng([seed, *str(name).encode()])
    orders = np.concatenate([generator.permutation(len(column)) for _ in range(n_repeats)])
    # A prediction does not depend on the rows beside it, so one call predicts all shufflings: most of a call's cost
    # is the same for many rows as for few.
    frame = pd.concat([rows.frame] * n_repeats, ignore_index=True)
    frame[name] = pd.Series(column.array.take(orders))
    answers = np.split(np.asarray(predict(frame)), n_repeats)
    scores = [scorer.find_score(rows.target, answer) for answer in answers]
    return [score for score in scores if score is not None]


def _sampled(rows: LabelledRows, max_rows: int, seed: int) -> LabelledRows:
    if len(rows.frame) <= max_rows:
        return rows
    chosen = np.sort(np.random.default_rng(seed).choice(len(rows.frame), max_rows, replace=False))
    return LabelledRows(rows.frame.iloc[chosen], rows.target[chosen])
