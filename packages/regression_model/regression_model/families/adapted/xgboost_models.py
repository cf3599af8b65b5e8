"""XGBoost's models, of which only the trees are kept."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import xgboost
from sklearn.utils.validation import check_array

from regression_model.families.adapted.margins import MarginClassifier, MarginRegressor, Margins, Numbers, Rounds

_TWO = 2


class _XGBoost(Margins):
    """Parameters are those of XGBoost's scikit-learn interface; see `regression_model.families.xgboost`.

    XGBoost reads values in single precision, and also sums up so: its margins are numbers of single precision. What is
    pickled is the model as the library writes it (``model_``), without the settings of the process that trained it.

    Attributes
    ----------
    model_ : bytes
        In the format UBJSON.
    starts_ : list of float
        The margin of each output before any tree.
    """

    def __init__(  # noqa: PLR0913 - scikit-learn wants each hyperparameter to be a parameter
        self,
        *,
        objective: str | None = None,
        n_estimators: int = 300,
        learning_rate: float = 0.05,
        max_depth: int = 6,
        max_leaves: int = 0,
        min_child_weight: float = 1.0,
        gamma: float = 0.0,
        subsample: float = 1.0,
        colsample_bytree: float = 1.0,
        colsample_bynode: float = 1.0,
        reg_alpha: float = 0.0,
        reg_lambda: float = 1.0,
        max_bin: int = 256,
        class_weight: str | None = None,
        random_state: int = 0,
        n_jobs: int = 1,
    ) -> None:
        self.objective = objective
        self.n_estimators = n_estimators
        self.learning_rate = learning_rate
        self.max_depth = max_depth
        self.max_leaves = max_leaves
        self.min_child_weight = min_child_weight
        self.gamma = gamma
        self.subsample = subsample
        self.colsample_bytree = colsample_bytree
        self.colsample_bynode = colsample_bynode
        self.reg_alpha = reg_alpha
        self.reg_lambda = reg_lambda
        self.max_bin = max_bin
        self.class_weight = class_weight
        self.random_state = random_state
        self.n_jobs = n_jobs

    def _load_booster(self) -> xgboost.Booster:
        booster = xgboost.Booster({"nthread": self.n_jobs})
        booster.load_model(bytearray(self.model_))
        return booster

    def _fit_margins(
        self,
        X: Any,  # noqa: ANN401 - see the base class
        y: Numbers,
        weights: Numbers | None,
        n_classes: int,
        rounds: Rounds | None,
    ) -> None:
        rows = _read_rows(X)
        self.n_features_in_ = rows.shape[1]
        table = xgboost.DMatrix(rows, label=y, weight=weights, nthread=self.n_jobs)
        settings = self._settings(n_classes)
        callbacks = [] if rounds is None else [_Teller(rounds)]
        booster = xgboost.train(settings, table, self.n_estimators, callbacks=callbacks)
        self.model_ = bytes(booster.save_raw("ubj"))
        self.__dict__.pop("_booster", None)  # the next use makes one with the settings of any other process
        self.starts_ = _find_starts(booster, settings)

    def _settings(self, n_classes: int) -> dict[str, Any]:
        settings = {
            name: value
            for name, value in self.get_params().items()
            if name not in ("objective", "n_estimators", "class_weight", "random_state", "n_jobs")
        }
        settings |= {"seed": self.random_state, "nthread": self.n_jobs, "tree_method": "hist", "verbosity": 0}
        if self.max_leaves:
            settings["grow_policy"] = "lossguide"
        if not n_classes:
            return {**settings, "objective": self.objective or "reg:squarederror"}
        if n_classes == _TWO:
            return {**settings, "objective": "binary:logistic"}
        return {**settings, "objective": "multi:softprob", "num_class": n_classes}

    def _read_rows(self, X: Any) -> Any:  # noqa: ANN401 - see the base class
        return _read_rows(X)

    def _add_up_trees(self, rows: Any) -> Any:  # noqa: ANN401 - see the base class
        return self.booster.inplace_predict(rows, predict_type="margin")


class _Teller(xgboost.callback.TrainingCallback):
    """Adds up the margins of the watched rows, tree by tree."""

    def __init__(self, rounds: Rounds) -> None:
        super().__init__()
        self._table = xgboost.DMatrix(_read_rows(rounds.rows), nthread=1)
        self._tell = rounds.tell

    def after_iteration(self, model: xgboost.Booster, epoch: int, evals_log: Any) -> bool:  # noqa: ANN401 - nothing is logged
        """Tell of a round; true ends the training."""
        del evals_log
        margins = model.predict(self._table, output_margin=True, iteration_range=(epoch, epoch + 1))
        self._table.set_base_margin(margins)  # the next round begins where this one ends
        return not self._tell(epoch + 1, np.asarray(margins, dtype=np.float64).reshape(self._table.num_row(), -1))


class XGBoostRegressor(_XGBoost, MarginRegressor):
    """A regressor of XGBoost."""


class XGBoostClassifier(_XGBoost, MarginClassifier):
    """A classifier of XGBoost."""


def _read_rows(X: Any) -> np.ndarray[Any, np.dtype[np.float32]]:  # noqa: ANN401 - a frame or an array
    """Return rows in single precision; what this can't hold is refused, as XGBoost does only sometimes."""
    with np.errstate(over="ignore"):
        rows: np.ndarray[Any, np.dtype[np.float32]] = check_array(
            X, dtype=np.float32, order="C", ensure_all_finite="allow-nan", input_name="X"
        )
    return rows


def _find_starts(booster: xgboost.Booster, settings: dict[str, Any]) -> list[float]:
    """Ask a model without trees: of log odds the file has the probability alone, in single precision."""
    described = json.loads(booster.save_config())["learner"]["learner_model_param"]
    scores = json.loads(described["base_score"])
    nothing = xgboost.DMatrix(np.zeros((1, booster.num_features()), dtype=np.float32), label=[0.0], nthread=1)
    stump = xgboost.train({**settings, "base_score": scores if len(scores) > 1 else scores[0]}, nothing, 0)
    margins = np.ravel(stump.predict(nothing, output_margin=True)).astype(np.float64)
    starts: list[float] = margins.tolist()
    return starts
