"""scikit-learn's own checks, where they can apply: they pass arrays, which are read as columns x0, x1, ..."""

from __future__ import annotations

import pandas as pd
from sklearn.utils.estimator_checks import parametrize_with_checks

import regression_model.transformers as package

EXAMPLES = {
    "Binarise": package.Binarise(["x0"]),
    "CategoryFallback": package.CategoryFallback(["x0"]),
    "ColumnPlaceholder": package.ColumnPlaceholder({"x0": 0.0}),
    "ElapsedTime": package.ElapsedTime(["x0"], reference="x1"),
    "FrequentCategoryImputer": package.FrequentCategoryImputer(["x0"]),
    "LookupJoin": package.LookupJoin(["x0"], ["y"], pd.DataFrame({"x0": [1.0, 2.0], "y": [3.0, 4.0]})),
    "OrdinalMapping": package.OrdinalMapping({"x0": ["a", "b"]}, unseen="missing"),
    "RowSeededSampleImputer": package.RowSeededSampleImputer(["x0"], seed_columns=["x0"]),
}


def test_every_class_is_checked():
    assert sorted(EXAMPLES) == sorted(package.__all__)


def expected_failures(estimator):
    if isinstance(estimator, package.ElapsedTime):
        return {"check_fit2d_1feature": "needs two columns, and says which one is missing"}
    return {}


@parametrize_with_checks(list(EXAMPLES.values()), expected_failed_checks=expected_failures, xfail_strict=True)
def test_sklearn_check(estimator, check):
    check(estimator)
