"""Ways to choose the next configuration of a sweep, one per file."""

from regression_model.sweep.sampling.base import Sampler, Told
from regression_model.sweep.sampling.choosing import CHOOSE, build_sampler

__all__ = ["CHOOSE", "Sampler", "Told", "build_sampler"]
