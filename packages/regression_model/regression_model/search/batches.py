"""Which trials are asked for together, and what is known when they are: the same whoever is faster.

A search asks for trials in batches of a fixed size. A batch may be asked for when all batches but the one before it are
told: so there is work while the last trials of a batch still run, and yet what a proposal is made from is a
matter of numbers alone, not of which trial happened to end first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from regression_model.search.records import TrialResult

LAG = 1
"""Batches that may be under way when the next one is asked for."""


@dataclass(frozen=True)
class Batches:
    """The batches of a search.

    Attributes
    ----------
    n_trials, batch_size : int
        At least 1.
    early_stopping : int or None
        No batch is asked for once so many batches in a row have brought no better score.
    minimize : bool
        Whether a lower score is better.
    """

    n_trials: int
    batch_size: int
    early_stopping: int | None = None
    minimize: bool = True

    def list_numbers(self, batch: int) -> range:
        """Return the numbers of a batch's trials; empty behind the last batch.

        Examples
        --------
        >>> list(Batches(n_trials=5, batch_size=3).list_numbers(1))
        [3, 4]
        """
        begin = batch * self.batch_size
        return range(begin, min(begin + self.batch_size, self.n_trials))

    def find_told(self, batch: int, results: Mapping[int, TrialResult]) -> list[TrialResult] | None:
        """Return what a batch is proposed from, in the order of the trials' numbers.

        Returns
        -------
        list of TrialResult or None
            None if trials that it waits for have not ended yet.
        """
        n_told = max(0, batch - LAG) * self.batch_size
        if any(number not in results for number in range(n_told)):
            return None
        return [results[number] for number in range(n_told)]

    def is_over(self, told: Sequence[TrialResult]) -> bool:
        """Tell whether the last batches have brought so little that no other one is asked for.

        Parameters
        ----------
        told : sequence of TrialResult
            Of whole batches, by number.
        """
        if self.early_stopping is None:
            return False
        best: float | None = None
        without = 0
        for begin in range(0, len(told), self.batch_size):
            scores = [result.score for result in told[begin : begin + self.batch_size] if result.score is not None]
            found = None if not scores else min(scores) if self.minimize else max(scores)
            if found is not None and (best is None or self.is_better(found, best)):
                best, without = found, 0
            else:
                without += 1
        return without >= self.early_stopping

    def is_better(self, score: float, than: float) -> bool:
        """Tell whether a score beats another one."""
        return score < than if self.minimize else score > than
