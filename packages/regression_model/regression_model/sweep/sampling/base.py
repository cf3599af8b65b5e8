"""What samplers have in common."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from regression_model.config.sweep import ParameterConfig
from regression_model.sweep.parameters import Assignment


@dataclass(frozen=True)
class Told:
    """What is known of a run of an earlier batch.

    Attributes
    ----------
    assignment : mapping
    score : float or None
        Its metric; None if it failed.
    """

    assignment: Assignment
    score: float | None


class Sampler(ABC):
    """Chooses the values of a run's hyperparameters.

    What it chooses is a pure function of the seed, the run's number and what it is told; nothing is kept between two
    calls, so that a sweep can be resumed anywhere.

    Parameters
    ----------
    parameters : mapping of str to ParameterConfig
    n_runs : int
        How many runs are asked for at most.
    seed : int
    """

    def __init__(self, parameters: Mapping[str, ParameterConfig], n_runs: int, seed: int) -> None:
        self.parameters = parameters
        self.n_runs = n_runs
        self.seed = seed

    @abstractmethod
    def choose(self, number: int, told: Sequence[Told]) -> Assignment:
        """Choose the values of one run.

        Parameters
        ----------
        number : int
            Of the run, in [0, ``n_runs``).
        told : sequence of Told
            Runs of the earlier batches, by number.
        """
