"""How the target is read, and parts of the training rows, each of which gets what the others say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_TWO = 2
_N_SHOWN = 5


@dataclass(frozen=True)
class CrossFitting:
    """How a transformer reads the target and divides the rows that it learns from.

    Attributes
    ----------
    task : {"regression", "classification"}
    classes : tuple of str
        All classes, needed where there are more than two; empty else.
    folds : int
        At least 2.
    seed : int
        From which the folds are drawn.
    """

    task: str = "regression"
    classes: tuple[str, ...] = ()
    folds: int = 5
    seed: int = 0

    @property
    def endings(self) -> list[str]:
        """What the name of a column ends in for each output: a class, or nothing if there is one output only."""
        return [f"_{label}" for label in self.classes] or [""]

    def read(self, y: Any, owner: str) -> NDArray[np.float64]:  # noqa: ANN401 - any array-like
        """Return the target as numbers.

        Parameters
        ----------
        y : array-like of shape (n_rows,)
        owner : str
            Begins messages.

        Returns
        -------
        ndarray of shape (n_rows, n_outputs)
            The numbers; for two classes 1.0 for the second one in alphabetical order; for ``classes`` a column for
            each.

        Raises
        ------
        ValueError
            If the classes are not those that are named.
        """
        values = np.asarray(y)
        if self.task == "regression":
            return values.astype(np.float64).reshape(-1, 1)
        labels = [str(label) for label in values.tolist()]
        found = sorted(dict.fromkeys(labels))
        if not self.classes and len(found) > _TWO:
            raise ValueError(
                f"{owner}.classes: the target has {len(found)} classes ({', '.join(found[:_N_SHOWN])}, ...); with more "
                "than two, 'classes' has to name them all"
            )
        unknown = [label for label in found if self.classes and label not in self.classes]
        if unknown:
            raise ValueError(f"{owner}.classes: the target has classes that are not named: {', '.join(unknown)}")
        # Of a single class there is no second one.
        outputs = self.classes or (found[1:] or [""])
        return np.array([[float(label == output) for output in outputs] for label in labels])

    def assign(self, target: NDArray[np.float64], groups: NDArray[np.intp] | None = None) -> NDArray[np.intp]:
        """Divide rows into folds, groups as a whole if there are any; see `assign_folds` and `assign_group_folds`."""
        # Rows of a single group can only be divided as if there were none: nobody else could say anything of them.
        if groups is None or len(np.unique(groups)) < _TWO:
            return assign_folds(target, self.folds, self.seed)
        return assign_group_folds(target, groups, self.folds, self.seed)


REGRESSION = CrossFitting()
"""Of a target of numbers, in five folds."""


def assign_folds(target: NDArray[np.float64], n_folds: int, seed: int) -> NDArray[np.intp]:
    """Divide rows into folds in which the target is distributed alike.

    Rows in ascending order of the target are taken ``n_folds`` at a time, and each of them goes to another fold, drawn
    by chance.

    Parameters
    ----------
    target : ndarray of shape (n_rows, n_outputs)
    n_folds : int
        At least 2.
    seed : int

    Returns
    -------
    ndarray of shape (n_rows,)
        The number of the fold, from 0.
    """
    n_rows = len(target)
    order = np.lexsort(target.T)
    n_groups = -(-n_rows // n_folds)
    numbers = np.tile(np.arange(n_folds), (n_groups, 1))
    drawn = np.random.default_rng(seed).permuted(numbers, axis=1).ravel()[:n_rows]
    folds = np.empty(n_rows, dtype=np.intp)
    folds[order] = drawn
    return folds


def assign_group_folds(
    target: NDArray[np.float64], groups: NDArray[np.intp], n_folds: int, seed: int
) -> NDArray[np.intp]:
    """Divide rows into folds of about equal size with targets alike, each group in one fold.

    Groups in ascending order of their mean target are taken ``n_folds`` at a time, and each of them goes to another
    fold: the largest to the fold that has the fewest rows so far, and so on; of equal ones chance decides.

    Parameters
    ----------
    target : ndarray of shape (n_rows, n_outputs)
    groups : ndarray of shape (n_rows,)
        At least two different ones. With fewer than ``n_folds``, some folds are empty.
    n_folds : int
        At least 2.
    seed : int

    Returns
    -------
    ndarray of shape (n_rows,)
        The number of the fold, from 0. Does not depend on the order of the rows.
    """
    codes, sizes = np.unique(groups, return_inverse=True, return_counts=True)[1:]
    # Sorted, so that means have the same last bits whatever the order of the rows.
    rows = np.lexsort((*target.T, codes))
    starts = np.r_[0, np.cumsum(sizes)[:-1]]
    order = np.lexsort((np.add.reduceat(target[rows], starts, axis=0) / sizes[:, None]).T)
    random = np.random.default_rng(seed)
    filled = np.zeros(n_folds)
    fold_of = np.empty(len(sizes), dtype=np.intp)
    for start in range(0, len(order), n_folds):
        taken = order[start : start + n_folds]
        emptiest = np.lexsort((random.permutation(n_folds), filled))[: len(taken)]
        largest = taken[np.lexsort((random.permutation(len(taken)), -sizes[taken]))]
        fold_of[largest] = emptiest
        filled[emptiest] += sizes[largest]
    return fold_of[codes]
