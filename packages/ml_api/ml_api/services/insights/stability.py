"""The population stability index (PSI): how far a distribution has moved from its baseline.

PSI is the sum over all bins of ``(actual - expected) * ln(actual / expected)``, where both are shares of rows. It is
the symmetric Kullback-Leibler divergence (Jeffreys, 1946) of the two histograms: at least 0, and 0 only if they are
equal.

The usual thresholds are rules of thumb from credit scoring (N. Siddiqi, *Credit Risk Scorecards*, Wiley 2006): below
0.1 nothing to speak of, from 0.1 a shift worth looking at, from 0.25 another population than the one that was learned
from. They know nothing of the number of rows. What chance alone does depends on it: where nothing has moved,
``PSI / (1/n + 1/m)`` for samples of n and m rows is about chi-squared distributed with one degree of freedom less
than there are bins (B. Yurdakul, *Statistical Properties of Population Stability Index*, Western Michigan University
2018). So a PSI counts as a shift only if it also exceeds the 99% quantile of that.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import NormalDist
from typing import Literal

MODERATE_PSI = 0.1
MAJOR_PSI = 0.25
MINIMUM_ROWS = 100
"""With fewer rows, ten bins hold so few that the index is noise, and none is given."""

CHANCE_QUANTILE = 0.99


def compute_psi(expected: Sequence[float], actual: Sequence[float], *, floor: float) -> float:
    """Compare two histograms.

    Parameters
    ----------
    expected, actual : sequence of float of the same length
        Shares of rows in each bin, in [0, 1].
    floor : float
        Counts in place of smaller shares, since the logarithm of an empty bin is infinite; see `find_floor`.

    Returns
    -------
    float
        At least 0.

    Examples
    --------
    Half of the rows that were in the first bin have moved to the second: 0.25 * ln 2 + 0.25 * ln 1.5.

    >>> round(compute_psi([0.5, 0.5], [0.25, 0.75], floor=0.001), 6)
    0.274653
    """
    pairs = [(max(e, floor), max(a, floor)) for e, a in zip(expected, actual, strict=True)]
    return math.fsum((a - e) * math.log(a / e) for e, a in pairs)


def find_floor(n_expected: int, n_actual: int) -> float:
    """Return half a row of the smaller sample as a share: what an empty bin counts as.

    A fixed floor (0.0001 is common) would make one absent row among a hundred look like a shift.

    Examples
    --------
    >>> find_floor(1000, 100)
    0.005
    """
    return 0.5 / min(n_expected, n_actual)


def find_chance_level(n_bins: int, n_expected: int, n_actual: int) -> float:
    """Return the PSI that samples of the same distribution exceed once in a hundred times.

    The quantile of chi-squared is that of Wilson and Hilferty (1931), which is right to about 1%.

    Examples
    --------
    >>> round(find_chance_level(10, 1000, 1000), 3)
    0.043
    """
    degrees = n_bins - 1
    if degrees < 1:
        return 0.0
    spread = 2 / (9 * degrees)
    quantile = degrees * (1 - spread + NormalDist().inv_cdf(CHANCE_QUANTILE) * math.sqrt(spread)) ** 3
    return quantile * (1 / n_expected + 1 / n_actual)


def judge(psi: float, chance: float) -> Literal["stable", "moderate", "major"]:
    """Put a PSI into words: ``stable``, ``moderate`` or ``major``.

    Examples
    --------
    >>> judge(0.3, 0.05), judge(0.1, 0.05), judge(0.3, 0.4)
    ('major', 'moderate', 'stable')
    """
    if psi < MODERATE_PSI or psi <= chance:
        return "stable"
    return "moderate" if psi < MAJOR_PSI else "major"
