"""Runs that fill the space evenly."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from regression_model.sweep.parameters import Assignment, draw_value
from regression_model.sweep.sampling.base import Sampler, Told


class SobolSampler(Sampler):
    """Takes the points of a scrambled Sobol sequence (Owen 1998; `scipy.stats.qmc.Sobol`), scrambled by the seed.

    A longer sweep begins with the runs of a shorter one.
    """

    def choose(self, number: int, told: Sequence[Told]) -> Assignment:
        """Take the point of this number; see `Sampler.choose`."""
        del told
        from scipy.stats import qmc

        sequence = qmc.Sobol(len(self.parameters), scramble=True, rng=np.random.default_rng(self.seed))
        if number:
            sequence.fast_forward(number)
        shares = sequence.random(1)[0].tolist()
        return {
            name: draw_value(parameter, share)
            for (name, parameter), share in zip(self.parameters.items(), shares, strict=True)
        }
