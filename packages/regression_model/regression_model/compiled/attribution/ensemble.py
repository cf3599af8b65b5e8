"""Votes and stacks: a weighted sum of what their members' columns add."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from regression_model.compiled.attribution.base import Attributor, Numbers, Positions
from regression_model.compiled.models.base import Model
from regression_model.compiled.models.ensemble import CompiledMember, StackModel, VoteModel
from regression_model.compiled.models.forest import ForestModel
from regression_model.errors import ExplanationError

Choose = Callable[[Model, Numbers | None], Attributor]


class WeightedAttributor(Attributor):
    """The members' contributions times their weights: exact where the answer is that sum.

    Shapley values are linear in the game (Shapley 1953, "A value for n-person games"): those of a weighted sum of
    models are the weighted sum of the models' own.

    Parameters
    ----------
    members : sequence of CompiledMember
    attributors : sequence of Attributor
        One for each member.
    weights : sequence of float
    start : float
        What is added to the sum.
    """

    def __init__(
        self,
        members: Sequence[CompiledMember],
        attributors: Sequence[Attributor],
        weights: Sequence[float],
        start: float = 0.0,
    ) -> None:
        self._parts = list(zip(members, attributors, weights, strict=True))
        self._start = start

    def attribute(self, rows: Numbers, outputs: Positions) -> tuple[Numbers, Numbers]:
        """Split the model's output; see `Attributor.attribute`."""
        bases = np.full(len(rows), self._start)
        contributions = np.zeros(rows.shape)
        for member, attributor, weight in self._parts:
            positions = list(member.columns)
            base, own = attributor.attribute(np.ascontiguousarray(rows[:, positions]), outputs)
            bases += weight * base
            contributions[:, positions] += weight * own
        return bases, contributions


def link_ensemble(model: VoteModel | StackModel, reference: Numbers | None, choose: Choose) -> Attributor:
    """Make the attributor of an ensemble.

    Parameters
    ----------
    model : VoteModel or StackModel
    reference : ndarray of shape (n_columns,) or None
        The row that linear members compare to.
    choose : callable
        Makes the attributor of a member from its model and its part of the reference.

    Raises
    ------
    ExplanationError
        If the contributions to its members' answers don't add up to the ensemble's.
    """
    _check_additive(model)
    made: dict[tuple[int, bytes], Attributor] = {}
    attributors = []
    for member in model.members:
        own = None if reference is None else reference[list(member.columns)]
        key = id(member.model), b"" if own is None else own.tobytes()
        if key not in made:  # equal members are one model: it takes no more memory than once
            made[key] = choose(member.model, own)
        attributors.append(made[key])
    if isinstance(model, VoteModel):
        return WeightedAttributor(model.members, attributors, model.weights)
    weights, start = model.final.coefficients[0].tolist(), float(model.final.intercepts[0])
    return WeightedAttributor(model.members, attributors, weights, start)


def _check_additive(model: VoteModel | StackModel) -> None:
    if all(member.link == "identity" for member in model.members):
        return
    if isinstance(model, VoteModel) and all(isinstance(member.model, ForestModel) for member in model.members):
        return
    if any(member.link == "exp" for member in model.members):
        raise ExplanationError(
            "the ensemble's predictions can't be explained: a member predicts an exponential, and contributions to its "
            "exponent don't add up to the ensemble's"
        )
    kind = "vote averages probabilities" if isinstance(model, VoteModel) else "stack learns from log odds"
    raise ExplanationError(
        f"the ensemble's predictions can't be explained: a {kind}, and contributions to the scores of boosters and "
        "linear models don't add up on that scale; regressions, and votes of forests, can be explained"
    )
