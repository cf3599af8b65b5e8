"""CatBoost's models, of which only what predicts is kept."""

from __future__ import annotations

from typing import Any

import catboost
import numpy as np

from regression_model.families.adapted.margins import MarginClassifier, MarginRegressor, Margins, Numbers, Rounds

_TWO = 2
_OF_THE_RUN = ("model_guid", "train_finish_time", "training", "output_options", "catboost_version_info")
"""What CatBoost writes about a training into its models: drawn by chance, of the clock, or of no use."""


class _CatBoost(Margins):
    """Parameters are CatBoost's; see `regression_model.families.catboost`.

    What is pickled is the model as the library writes it (``model_``), without what differs from run to run.

    Attributes
    ----------
    model_ : bytes
        In CatBoost's own format.
    """

    def __init__(  # noqa: PLR0913 - scikit-learn wants each hyperparameter to be a parameter
        self,
        *,
        loss_function: str | None = None,
        iterations: int = 500,
        learning_rate: float = 0.05,
        depth: int = 6,
        l2_leaf_reg: float = 3.0,
        random_strength: float = 1.0,
        subsample: float = 0.8,
        rsm: float = 1.0,
        border_count: int = 254,
        class_weight: str | None = None,
        random_state: int = 0,
        n_jobs: int = 1,
    ) -> None:
        self.loss_function = loss_function
        self.iterations = iterations
        self.learning_rate = learning_rate
        self.depth = depth
        self.l2_leaf_reg = l2_leaf_reg
        self.random_strength = random_strength
        self.subsample = subsample
        self.rsm = rsm
        self.border_count = border_count
        self.class_weight = class_weight
        self.random_state = random_state
        self.n_jobs = n_jobs

    def _load_booster(self) -> catboost.CatBoost:
        booster = catboost.CatBoost()
        booster.load_model(blob=self.model_)
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
        settings = self._settings(n_classes)
        if len(np.unique(y)) < _TWO:  # there are no gradients by whose size rows could be drawn
            settings["bootstrap_type"] = "No"
            settings.pop("subsample", None)
        booster = catboost.CatBoost(settings)
        booster.fit(catboost.Pool(rows, y, weight=weights, thread_count=self.n_jobs))
        described = booster.get_metadata()
        for key in _OF_THE_RUN:
            if key in described.keys():  # noqa: SIM118 - it can be asked in no other way
                del described[key]
        self.model_ = booster._serialize_model()
        self.__dict__.pop("_booster", None)  # the next use makes one as any other process does
        if rounds is not None:
            self._tell(rounds)

    def _tell(self, rounds: Rounds) -> None:
        """Tell of each round after the training, during which CatBoost lets nobody see the model."""
        rows = _read_rows(rounds.rows)
        stages = self.booster.staged_predict(rows, prediction_type="RawFormulaVal", thread_count=self.n_jobs)
        for number, margins in enumerate(stages, start=1):
            if not rounds.tell(number, np.asarray(margins, dtype=np.float64).reshape(len(rows), -1)):
                return

    def _settings(self, n_classes: int) -> dict[str, Any]:
        names = ("iterations", "learning_rate", "depth", "l2_leaf_reg", "random_strength", "rsm", "border_count")
        settings = {name: getattr(self, name) for name in names}
        settings |= {
            "random_seed": self.random_state,
            "thread_count": self.n_jobs,
            "boosting_type": "Plain",
            "allow_const_label": True,
            "allow_writing_files": False,
            "logging_level": "Silent",
        }
        if self.subsample < 1:  # sampling by the size of gradients (MVS) knows a single output only
            bootstrap = "Bernoulli" if n_classes > _TWO else "MVS"
            settings |= {"bootstrap_type": bootstrap, "subsample": self.subsample}
        else:
            settings["bootstrap_type"] = "No"
        if not n_classes:
            return {**settings, "loss_function": self.loss_function or "RMSE"}
        if n_classes == _TWO:
            return {**settings, "loss_function": "Logloss"}
        return {**settings, "loss_function": "MultiClass", "classes_count": n_classes}

    def _read_rows(self, X: Any) -> Any:  # noqa: ANN401 - see the base class
        return _read_rows(X)

    def _add_up_trees(self, rows: Any) -> Any:  # noqa: ANN401 - see the base class
        return self.booster.predict(rows, prediction_type="RawFormulaVal", thread_count=self.n_jobs)


class CatBoostRegressor(_CatBoost, MarginRegressor):
    """A regressor of CatBoost."""


class CatBoostClassifier(_CatBoost, MarginClassifier):
    """A classifier of CatBoost."""


def _read_rows(X: Any) -> np.ndarray[Any, np.dtype[np.float32]]:  # noqa: ANN401 - a frame or an array
    """Return rows in single precision, as CatBoost compares them; what this can't hold becomes infinite."""
    with np.errstate(over="ignore"):
        return np.ascontiguousarray(np.asarray(X, dtype=np.float64).astype(np.float32))
