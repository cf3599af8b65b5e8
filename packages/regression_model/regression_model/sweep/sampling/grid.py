"""Every combination of the choices, one after the other."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from regression_model.config.sweep import ParameterConfig
from regression_model.sweep.parameters import Assignment
from regression_model.sweep.sampling.base import Sampler, Told


class GridSampler(Sampler):
    """Goes through all combinations, in the order of the file; the last parameter changes fastest."""

    def __init__(self, parameters: Mapping[str, ParameterConfig], n_runs: int, seed: int) -> None:
        super().__init__(parameters, min(n_runs, count_combinations(parameters)), seed)

    def choose(self, number: int, told: Sequence[Told]) -> Assignment:
        """Return the combination of this number; see `Sampler.choose`."""
        del told
        chosen = {}
        rest = number
        for name, parameter in reversed(list(self.parameters.items())):
            choices = parameter.choice or ()
            rest, position = divmod(rest, len(choices))
            chosen[name] = choices[position]
        return {name: chosen[name] for name in self.parameters}


def count_combinations(parameters: Mapping[str, ParameterConfig]) -> int:
    """Return how many combinations of choices there are."""
    return math.prod(len(parameter.choice or ()) for parameter in parameters.values())
