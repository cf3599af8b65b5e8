"""What a stack would answer for rows that its final model has not learned from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from regression_model.search.ensembling.folds import find_others
from regression_model.search.ensembling.losses import LossMaker
from regression_model.search.ensembling.records import FloatArray, IntArray

_LEAST = 1e-6


def predict_stack(answers: Sequence[FloatArray], maker: LossMaker, folds: Sequence[IntArray]) -> FloatArray:
    """Cross-fit the final model of a stack over the members' out-of-fold answers.

    Parameters
    ----------
    answers : sequence of arrays
        Of each member: shape (n_rows,) on the scale on which it learns, or (n_rows, n_classes) probabilities.
    maker : LossMaker
        Knows the target.
    folds : sequence of arrays
        Positions of the rows that are predicted by a final model that learned from the others.

    Returns
    -------
    array
        Shape (n_rows,) on the target's scale, or (n_rows, n_classes) probabilities.
    """
    inputs = np.hstack([_build_inputs(answer) for answer in answers])
    stacked = np.empty_like(answers[0])
    for held_out in folds:
        learned = find_others(held_out, len(inputs))
        stacked[held_out] = _fit_and_answer(maker, inputs, learned, held_out)
    return maker.turn_back(stacked)


def _build_inputs(answer: FloatArray) -> FloatArray:
    """Return what a final model sees of one member: see `config.ensembles.StackEnsemble`."""
    if answer.ndim == 1:
        return answer[:, np.newaxis]
    shares = np.clip(answer, _LEAST, 1 - _LEAST)
    if answer.shape[1] > 2:
        return np.log(shares)
    return np.log(shares[:, 1:]) - np.log1p(-shares[:, 1:])


def _fit_and_answer(maker: LossMaker, inputs: FloatArray, learned: IntArray, asked: IntArray) -> FloatArray:
    final = _build_final(maker)
    if maker.codes is None:
        final.fit(inputs[learned], maker.turn(maker.target[learned]))
        return np.asarray(final.predict(inputs[asked]), dtype=np.float64)
    final.fit(inputs[learned], maker.codes[learned])
    shares = np.zeros((len(asked), len(maker.scorer.classes or ())))
    shares[:, final.classes_] = final.predict_proba(inputs[asked])
    return shares


def _build_final(maker: LossMaker) -> Any:  # noqa: ANN401 - scikit-learn has no type for an estimator
    """Make the default final model, as `config.ensembles.StackEnsemble` describes it."""
    from sklearn.linear_model import LinearRegression, LogisticRegression

    return LinearRegression(positive=True) if maker.codes is None else LogisticRegression(max_iter=5_000)
