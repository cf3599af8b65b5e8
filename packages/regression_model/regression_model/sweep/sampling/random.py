"""Each run independent of all others."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from regression_model.sweep.parameters import Assignment, draw_value
from regression_model.sweep.sampling.base import Sampler, Told


class RandomSampler(Sampler):
    """Draws from the distributions (Bergstra and Bengio 2012); a combination may come twice.

    The random numbers of a run come from the seed and its number alone.
    """

    def choose(self, number: int, told: Sequence[Told]) -> Assignment:
        """Draw; see `Sampler.choose`."""
        del told
        shares = np.random.default_rng([self.seed, number]).random(len(self.parameters)).tolist()
        return {
            name: draw_value(parameter, share)
            for (name, parameter), share in zip(self.parameters.items(), shares, strict=True)
        }
