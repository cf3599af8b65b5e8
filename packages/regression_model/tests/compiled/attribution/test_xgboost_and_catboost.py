"""Explanations of XGBoost's and CatBoost's models are those that the libraries give."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from regression_model.compiled.attribution.explaining import _choose_attributor
from regression_model.compiled.models import link_model

pytestmark = pytest.mark.heavy

N_COLUMNS = 5


def build_table(n_rows: int = 400) -> tuple[np.ndarray, np.ndarray]:
    generator = np.random.default_rng(4)
    rows = generator.normal(size=(n_rows, N_COLUMNS)).round(1)
    known = rows.copy()
    rows[generator.random(rows.shape) < 0.15] = np.nan
    return rows, known[:, 0] * known[:, 1] + np.abs(known[:, 2]) + generator.normal(size=n_rows) / 5


def fit(library: str, n_classes: int) -> tuple[Any, Any]:
    """Return the model, and a function from rows to the library's own SHAP values, one block for each output."""
    rows, target = build_table()
    labels = np.digitize(target, [0.0, 1.5][: n_classes - 1]) if n_classes else target
    if library == "xgboost":
        import xgboost

        from regression_model.families.adapted.xgboost_models import XGBoostClassifier, XGBoostRegressor

        kind = XGBoostClassifier if n_classes else XGBoostRegressor
        model = kind(n_estimators=12, learning_rate=0.4, max_depth=4).fit(rows, labels)
        return model, lambda some: model.booster.predict(xgboost.DMatrix(some), pred_contribs=True)
    import catboost

    from regression_model.families.adapted.catboost_models import CatBoostClassifier, CatBoostRegressor

    kind = CatBoostClassifier if n_classes else CatBoostRegressor
    model = kind(iterations=12, learning_rate=0.4, depth=3).fit(rows, labels)
    return model, lambda some: model.booster.get_feature_importance(
        catboost.Pool(some.astype(np.float32)), type="ShapValues", thread_count=1
    )


@pytest.mark.parametrize("library", ["xgboost", "catboost"])
@pytest.mark.parametrize("n_classes", [0, 2, 3])
def test_equals_the_library_s(library, n_classes, lower):
    model, explain = fit(library, n_classes)
    rows = build_table()[0][:40]
    # XGBoost computes them in single precision; CatBoost leaves out what no training row has reached.
    tolerance = 2e-5 if library == "xgboost" else 1e-6
    theirs = np.asarray(explain(rows), dtype=np.float64).reshape(len(rows), max(1, n_classes * (n_classes > 2)), -1)
    attributor = _choose_attributor(link_model(lower(model, N_COLUMNS)), None)
    margins = model.decision_function(rows) if n_classes else model.predict(rows)
    for output in range(theirs.shape[1]):
        bases, contributions = attributor.attribute(rows, np.full(len(rows), output))
        assert np.abs(contributions).max() > 0.1, "there is something to compare"
        np.testing.assert_allclose(contributions, theirs[:, output, :-1], atol=tolerance)
        np.testing.assert_allclose(bases, theirs[:, output, -1], atol=tolerance)
        right = margins.reshape(len(rows), -1)[:, output]
        np.testing.assert_allclose(bases + contributions.sum(axis=1), right, rtol=1e-12, atol=1e-12)
