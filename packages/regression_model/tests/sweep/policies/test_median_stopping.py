from __future__ import annotations

import math

import pytest

from regression_model.config.sweep import MedianStoppingConfig
from regression_model.sweep.policies.median_stopping import judge_median_stopping


@pytest.mark.parametrize(
    ("goal", "own", "earlier", "bar", "cancelled"),
    [
        # Running averages 0.6, 0.7 and 0.2: the median is 0.6.
        ("maximize", [0.4, 0.55], [[0.5, 0.7], [0.6, 0.8], [0.1, 0.3]], 0.6, True),
        ("maximize", [0.65, 0.1], [[0.5, 0.7], [0.6, 0.8], [0.1, 0.3]], 0.6, False),
        # At the median it goes on.
        ("maximize", [0.5], [[0.5]], 0.5, False),
        ("minimize", [3.0, 2.5], [[2.0, 1.0], [4.0, 2.0], [8.0, 8.0]], 3.0, False),
        ("minimize", [4.0, 3.5], [[2.0, 1.0], [4.0, 2.0], [8.0, 8.0]], 3.0, True),
        # Of an even number the mean of the two in the middle.
        ("maximize", [0.54], [[0.4], [0.5], [0.6], [0.7]], 0.55, True),
        # Intervals after N are not known at N; a run that ended before counts with what it had.
        ("maximize", [0.45], [[0.4, 1.0], [0.5, 1.0]], 0.45, False),
        ("maximize", [0.1, 0.1, 0.375], [[0.5], [0.25, 0.25, 0.25]], 0.375, False),
        # Without a number an average is the worst there is.
        ("minimize", [5.0], [[math.nan], [1.0], [math.nan]], math.inf, False),
    ],
)
def test_vectors(goal, own, earlier, bar, cancelled):
    verdict = judge_median_stopping(MedianStoppingConfig(), own, earlier, goal)
    assert verdict.cancel is cancelled
    assert verdict.bar == pytest.approx(bar)


def test_the_first_batch_has_nothing_to_compare_with():
    assert judge_median_stopping(MedianStoppingConfig(), [0.1], [], "maximize") is None
