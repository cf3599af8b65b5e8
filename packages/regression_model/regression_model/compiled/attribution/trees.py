"""Models of trees: SHAP values, for boosters of LightGBM by LightGBM itself."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from regression_model.compiled.attribution.base import Attributor, Numbers, Positions
from regression_model.compiled.attribution.nodes import separate, separate_oblivious
from regression_model.compiled.attribution.tree_shap import TreeShap
from regression_model.compiled.models.boosting import BoostingModel
from regression_model.compiled.models.forest import ForestModel
from regression_model.compiled.models.lightgbm import LightGBMModel
from regression_model.compiled.models.oblivious import ObliviousModel
from regression_model.compiled.models.xgboost import XGBoostModel


class ForestAttributor(Attributor):
    """SHAP values of forests.

    Parameters
    ----------
    model : ForestModel
    """

    def __init__(self, model: ForestModel) -> None:
        n_trees = len(model.trees.starts) - 1
        self._trees = TreeShap(separate(model.trees, weight=1 / n_trees), model.n_columns)

    def attribute(self, rows: Numbers, outputs: Positions) -> tuple[Numbers, Numbers]:
        """Split the model's output; see `Attributor.attribute`."""
        seen = rows.astype(np.float32).astype(np.float64)  # forests compare values in single precision
        return self._trees.expected[outputs], _explain_rows([self._trees] * len(rows), seen, outputs)


class BoostingAttributor(Attributor):
    """SHAP values of histogram gradient boosting.

    Parameters
    ----------
    model : BoostingModel
    """

    def __init__(self, model: BoostingModel) -> None:
        n_outputs = model.n_outputs
        each = [separate(model.trees, first=output, step=n_outputs) for output in range(n_outputs)]
        self._sums = [TreeShap(trees, model.n_columns) for trees in each]
        self._bases: Numbers = model.baselines + np.array([trees.expected[0] for trees in self._sums])

    def attribute(self, rows: Numbers, outputs: Positions) -> tuple[Numbers, Numbers]:
        """Split the model's output; see `Attributor.attribute`."""
        sums = [self._sums[output] for output in outputs]
        return self._bases[outputs], _explain_rows(sums, rows, np.zeros_like(outputs))


class XGBoostAttributor(Attributor):
    """SHAP values of XGBoost's trees.

    The library sums up in single precision. What that rounds away, some 1e-7 of the output, belongs to no column: it is
    part of the base, so that base and contributions sum up to the prediction.

    Parameters
    ----------
    model : XGBoostModel
    """

    def __init__(self, model: XGBoostModel) -> None:
        n_outputs = model.n_outputs
        self._model = model
        self._sums = [
            TreeShap(separate(model.trees, first=output, step=n_outputs), model.n_columns)
            for output in range(n_outputs)
        ]

    def attribute(self, rows: Numbers, outputs: Positions) -> tuple[Numbers, Numbers]:
        """Split the model's output; see `Attributor.attribute`."""
        seen = rows.astype(np.float32).astype(np.float64)
        contributions = _explain_rows([self._sums[output] for output in outputs], seen, np.zeros_like(outputs))
        predicted = self._model.predict_columns(rows)[np.arange(len(rows)), outputs]
        return predicted - contributions.sum(axis=1), contributions


class ObliviousAttributor(Attributor):
    """SHAP values of CatBoost's trees.

    Parameters
    ----------
    model : ObliviousModel
    """

    def __init__(self, model: ObliviousModel) -> None:
        self._trees = TreeShap(separate_oblivious(model.trees, weight=model.scale), model.n_columns)
        self._baselines = model.baselines

    def attribute(self, rows: Numbers, outputs: Positions) -> tuple[Numbers, Numbers]:
        """Split the model's output; see `Attributor.attribute`."""
        with np.errstate(over="ignore"):
            seen = rows.astype(np.float32).astype(np.float64)
        bases = self._baselines[outputs] + self._trees.expected[outputs]
        return bases, _explain_rows([self._trees] * len(rows), seen, outputs)


class LightGBMAttributor(Attributor):
    """SHAP values from the booster: LightGBM's ``pred_contrib``, the same values.

    Parameters
    ----------
    model : LightGBMModel
    """

    def __init__(self, model: LightGBMModel) -> None:
        self._model = model

    def attribute(self, rows: Numbers, outputs: Positions) -> tuple[Numbers, Numbers]:
        """Split the model's output; see `Attributor.attribute`."""
        chosen = self._model.predict_contributions(rows)[np.arange(len(rows)), outputs]
        return chosen[:, -1], chosen[:, :-1]


def _explain_rows(sums: Sequence[TreeShap], rows: Numbers, outputs: Positions) -> Numbers:
    found = zip(sums, rows, outputs.tolist(), strict=True)
    return np.array([trees.explain(row, output) for trees, row, output in found]).reshape(rows.shape)
