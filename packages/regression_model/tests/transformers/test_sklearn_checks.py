"""scikit-learn's own checks, where they can apply: they pass arrays, which are read as columns x0, x1, ..."""

from __future__ import annotations

import pandas as pd
import pytest
from sklearn.utils.estimator_checks import estimator_checks_generator

import regression_model.transformers as package

EXAMPLES = {
    "Binarise": package.Binarise(["x0"]),
    "CategoryFallback": package.CategoryFallback(["x0"]),
    "ColumnPlaceholder": package.ColumnPlaceholder({"x0": 0.0}),
    "ElapsedTime": package.ElapsedTime(["x0"], reference="x1"),
    "FrequentCategoryImputer": package.FrequentCategoryImputer(["x0"]),
    "LookupJoin": package.LookupJoin(["x0"], ["y"], pd.DataFrame({"x0": [1.0, 2.0], "y": [3.0, 4.0]})),
    "OrdinalMapping": package.OrdinalMapping({"x0": ["a", "b"]}, unseen="missing"),
    "PlaceClusters": package.PlaceClusters(["x0", "x1"], n_clusters=2, geographic=False),
    "RelatedImputer": package.RelatedImputer(["x0"]),
    "RotateCoordinates": package.RotateCoordinates(["x0", "x1"], [45.0]),
    "RowSeededSampleImputer": package.RowSeededSampleImputer(["x0"], seed_columns=["x0"]),
}


def test_every_class_is_checked():
    assert sorted(EXAMPLES) == sorted(package.__all__)


def expected_failures(estimator):
    if isinstance(estimator, package.ElapsedTime | package.PlaceClusters | package.RotateCoordinates):
        return {"check_fit2d_1feature": "needs two columns, and says which one is missing"}
    return {}


CHECKS = [
    pytest.param(estimator, check, id=f"{type(estimator).__name__}-{check.func.__name__}")
    for example in EXAMPLES.values()
    for estimator, check in estimator_checks_generator(example)
    # About arrays of other libraries than NumPy; it only runs where SciPy was started for them.
    if check.func.__name__ != "check_array_api_input"
]


@pytest.mark.parametrize(("estimator", "check"), CHECKS)
def test_sklearn_check(estimator, check):
    if check.func.__name__ in expected_failures(estimator):
        with pytest.raises(Exception, match="missing columns"):
            check(estimator)
    else:
        check(estimator)
