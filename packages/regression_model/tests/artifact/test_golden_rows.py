from __future__ import annotations

import pytest

from regression_model.artifact.golden_rows import check_compiled
from regression_model.errors import ArtifactIntegrityError


class Pretender:
    """Answers several rows rightly, and each by itself as it is told."""

    def __init__(self, together, alone):
        self._together = together
        self._alone = iter(alone)

    def predict_rows(self, _rows):
        return self._together

    def predict_row(self, _row):
        return next(self._alone)


NUMBERS = {"rows": [{"x": 1}, {"x": 2}], "predictions": [1.0, 2.0], "probabilities": None}
LABELS = {"rows": [{"x": 1}], "predictions": ["a"], "probabilities": [[0.75, 0.25]]}
LABELLED = {"predictions": ["a"], "probabilities": [[0.75, 0.25]], "errors": {}}


def answer(*predictions, **errors):
    return {"predictions": list(predictions), "errors": errors}


def test_both_ways_have_to_repeat_the_golden_rows():
    right = answer(1.0, 2.0)
    check_compiled(Pretender(right, [answer(1.0), answer(2.0)]), NUMBERS)
    check_compiled(Pretender(LABELLED, [LABELLED]), LABELS)
    with pytest.raises(ArtifactIntegrityError, match="golden rows"):
        check_compiled(Pretender(answer(1.0, 2.1), [answer(1.0), answer(2.0)]), NUMBERS)
    with pytest.raises(ArtifactIntegrityError, match="golden rows"):
        check_compiled(Pretender(right, [answer(1.0), answer(2.1)]), NUMBERS)
    with pytest.raises(ArtifactIntegrityError, match="golden rows"):
        check_compiled(Pretender(right, [answer(1.0), answer(None, error="x")]), NUMBERS)
    for wrong in ({"predictions": ["b"]}, {"probabilities": [[0.7, 0.3]]}):
        with pytest.raises(ArtifactIntegrityError, match="golden rows"):
            check_compiled(Pretender(LABELLED, [LABELLED | wrong]), LABELS)
