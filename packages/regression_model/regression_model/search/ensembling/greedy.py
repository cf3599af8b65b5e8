"""The greedy choice of an ensemble's weights.

Source: Caruana, Niculescu-Mizil, Crew and Ksikes, "Ensemble Selection from Libraries of Models" (ICML 2004), with
replacement: begin with the best model; in each round add the model with which the average of all that were added is
best; a model that is added again gets more weight. The best round counts, the first of equal ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from regression_model.search.ensembling.losses import Loss
from regression_model.search.ensembling.records import FloatArray

PATIENCE = 10
"""Rounds without improvement after which the choice ends."""

LEAST_WEIGHT = 0.04
"""A member that counts less is left out: it would cost as much as any other."""


@dataclass(frozen=True)
class Budget:
    """What may be added.

    Attributes
    ----------
    costs : sequence of tuples of float
        Of each candidate, one number for each limit.
    limits : tuple of float
        What the costs of the chosen candidates may add up to.
    max_members : int
    """

    costs: Sequence[tuple[float, ...]]
    limits: tuple[float, ...]
    max_members: int

    def allows(self, chosen: set[int], candidate: int) -> bool:
        """Say whether a candidate may be added to those that are chosen."""
        if candidate in chosen:
            return True
        members = sorted({*chosen, candidate})
        sums = [sum(self.costs[member][place] for member in members) for place in range(len(self.limits))]
        return len(members) <= self.max_members and all(
            total <= limit for total, limit in zip(sums, self.limits, strict=True)
        )


def choose_weights(answers: Sequence[FloatArray], loss: Loss, budget: Budget, *, rounds: int) -> dict[int, float]:
    """Choose how much each candidate counts.

    Parameters
    ----------
    answers : sequence of arrays of one shape
        Of each candidate, on the scale on which they are averaged.
    loss : callable
        Of averages of these arrays.
    budget : Budget
    rounds : int
        At least 1.

    Returns
    -------
    dict of int to float
        Weights that add up to 1, by the candidate's position, ascending; empty if the budget allows none.
    """
    total: FloatArray | None = None
    chosen: list[int] = []
    best, best_length = np.inf, 0
    for number in range(1, rounds + 1):
        allowed = [place for place in range(len(answers)) if budget.allows(set(chosen), place)]
        if not allowed or number - best_length > PATIENCE + 1:
            break
        sums = answers if total is None else [total + answers[place] for place in range(len(answers))]
        losses = [loss(sums[place] / number) for place in allowed]
        winner = allowed[int(np.argmin(losses))]  # the first of equal ones: no other order decides
        total = sums[winner]
        chosen.append(winner)
        if min(losses) < best:
            best, best_length = min(losses), number
    kept = chosen[:best_length]
    kept = [place for place in kept if kept.count(place) >= LEAST_WEIGHT * len(kept)]
    return {place: kept.count(place) / len(kept) for place in sorted(set(kept))}


def average(answers: Sequence[FloatArray], weights: dict[int, float]) -> FloatArray:
    """Return the weighted mean of the candidates' answers."""
    mean: FloatArray = np.sum([weight * answers[place] for place, weight in weights.items()], axis=0)
    return mean
