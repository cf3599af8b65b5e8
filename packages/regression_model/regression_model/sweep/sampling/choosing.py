"""Finds the sampler that a configuration names."""

from __future__ import annotations

from regression_model.config.sweep import SweepConfig
from regression_model.sweep.sampling.base import Sampler
from regression_model.sweep.sampling.grid import GridSampler
from regression_model.sweep.sampling.random import RandomSampler
from regression_model.sweep.sampling.sobol import SobolSampler
from regression_model.sweep.sampling.tpe import TPESampler

_SAMPLERS: dict[str, type[Sampler]] = {
    "random": RandomSampler,
    "grid": GridSampler,
    "sobol": SobolSampler,
    "tpe": TPESampler,
}


def build_sampler(settings: SweepConfig, seed: int) -> Sampler:
    """Make the sampler of a sweep.

    Raises
    ------
    MissingExtraError
        If its library is not installed.
    """
    return _SAMPLERS[settings.sampling](settings.parameters, settings.max_total_runs, seed)
