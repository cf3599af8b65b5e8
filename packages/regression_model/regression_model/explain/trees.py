"""Models of trees: SHAP values, for boosters of LightGBM by LightGBM itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from regression_model.explain.attribution import Attributor, Numbers, Positions
from regression_model.explain.nodes import read_boosting, read_forest
from regression_model.explain.tree_shap import TreeShap


class ForestAttributor(Attributor):
    """SHAP values of scikit-learn's random forests and extra trees.

    Parameters
    ----------
    model : RandomForestRegressor, RandomForestClassifier, ExtraTreesRegressor or ExtraTreesClassifier
        Fitted.
    """

    def __init__(self, model: Any) -> None:  # noqa: ANN401 - scikit-learn has no types
        self._trees = TreeShap(read_forest(model), model.n_features_in_)
        self.outputs_probabilities = hasattr(model, "classes_")

    def attribute(self, rows: Numbers, outputs: Positions) -> tuple[Numbers, Numbers]:
        """Split the model's output; see `Attributor.attribute`."""
        seen = rows.astype(np.float32).astype(np.float64)  # forests compare values in single precision
        return self._trees.expected[outputs], _explain_rows([self._trees] * len(rows), seen, outputs)


class BoostingAttributor(Attributor):
    """SHAP values of scikit-learn's histogram gradient boosting.

    Parameters
    ----------
    model : HistGradientBoostingRegressor or HistGradientBoostingClassifier
        Fitted.
    """

    def __init__(self, model: Any) -> None:  # noqa: ANN401 - scikit-learn has no types
        starts = np.ravel(model._baseline_prediction)
        self._sums = [TreeShap(read_boosting(model, output), model.n_features_in_) for output in range(len(starts))]
        self._bases: Numbers = starts + np.array([trees.expected[0] for trees in self._sums])

    def attribute(self, rows: Numbers, outputs: Positions) -> tuple[Numbers, Numbers]:
        """Split the model's output; see `Attributor.attribute`."""
        sums = [self._sums[output] for output in outputs]
        return self._bases[outputs], _explain_rows(sums, rows, np.zeros_like(outputs))


class LightGBMAttributor(Attributor):
    """SHAP values from the booster: LightGBM's ``pred_contrib``, the same values.

    Parameters
    ----------
    model : LGBMRegressor or LGBMClassifier
        Fitted.
    """

    def __init__(self, model: Any) -> None:  # noqa: ANN401 - LightGBM has no types
        self._booster = model.booster_

    def attribute(self, rows: Numbers, outputs: Positions) -> tuple[Numbers, Numbers]:
        """Split the model's output; see `Attributor.attribute`."""
        answer = self._booster.predict(rows, pred_contrib=True, num_threads=1)
        # For each class the columns in order, and the base behind them.
        chosen = np.asarray(answer).reshape(len(rows), -1, rows.shape[1] + 1)[np.arange(len(rows)), outputs]
        return chosen[:, -1], chosen[:, :-1]


def _explain_rows(sums: Sequence[TreeShap], rows: Numbers, outputs: Positions) -> Numbers:
    found = zip(sums, rows, outputs.tolist(), strict=True)
    return np.array([trees.explain(row, output) for trees, row, output in found]).reshape(rows.shape)
