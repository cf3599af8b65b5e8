"""Ways to choose the next configuration of a sweep, one per file."""

from regression_model.sweep.sampling.base import Sampler, Told
from regression_model.sweep.sampling.choosing import build_sampler

__all__ = ["Sampler", "Told", "build_sampler"]
