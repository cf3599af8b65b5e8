"""Says whether several models answer so much better than one that they are worth it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from regression_model.evaluation.metrics import UndefinedMetricError
from regression_model.evaluation.scoring import Scorer
from regression_model.search.ensembling.records import EnsembleChoice, EnsembleSettings, FloatArray

NEEDED_SHARE = 0.84
"""Of resamples in which it is better: one standard error of the difference, were it normal."""
_RESAMPLES = 200


def is_worth_it(
    ensemble: FloatArray, single: FloatArray, target: npt.NDArray[Any], scorer: Scorer, *, seed: int
) -> bool:
    """Say whether an ensemble is better than one model by more than the choice of rows can explain.

    The one-standard-error rule of Breiman and others, "Classification and Regression Trees", 3.4.3 (Wadsworth, 1984),
    for the difference of the two on the same resamples of the rows: of models that can't be told apart, the simplest.

    Parameters
    ----------
    ensemble, single : array of shape (n_rows,) or (n_rows, n_classes)
        What they answer for rows that they have not learned from.
    target : array of shape (n_rows,)
    scorer : Scorer
    seed : int
        Of the resamples.

    Returns
    -------
    bool
        Whether it is better in at least 84 % of 200 resamples, of those in which the metric is defined.
    """
    sign = 1.0 if scorer.definition.direction == "minimize" else -1.0
    samples = [scorer.build_sample(target, answers) for answers in (ensemble, single)]
    generator = np.random.default_rng(seed)
    better = []
    for _ in range(_RESAMPLES):
        rows = generator.integers(0, len(target), len(target))
        try:
            scores = [sign * scorer.definition.compute(sample.take(rows)) for sample in samples]
        except UndefinedMetricError:
            continue
        better.append(scores[0] < scores[1])
    return bool(better) and float(np.mean(better)) >= NEEDED_SHARE


def rank_choices(
    choices: Sequence[EnsembleChoice], target: npt.NDArray[Any], scorer: Scorer, settings: EnsembleSettings
) -> list[EnsembleChoice]:
    """Put the best first, and with ``auto`` behind the best single trial what is not clearly better than that.

    Parameters
    ----------
    choices : sequence of EnsembleChoice
        It begins with the best single trial.
    target : array of shape (n_rows,)
    scorer : Scorer
    settings : EnsembleSettings
    """
    sign = 1.0 if scorer.definition.direction == "minimize" else -1.0
    rank = {"single": 0, "vote": 1, "stack": 2}
    ranked = sorted(choices, key=lambda choice: (sign * choice.score, rank[choice.kind]))
    single = choices[0]
    if settings.wanted != "auto":
        return ranked
    place = next(place for place, choice in enumerate(ranked) if choice is single)
    before = ranked[:place]
    worth = [
        choice
        for choice in before
        if is_worth_it(choice.predictions, single.predictions, target, scorer, seed=settings.seed)
    ]
    others = [choice for choice in ranked if choice is not single and not any(choice is one for one in worth)]
    return [*worth, single, *others]
