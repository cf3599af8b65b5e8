"""LightGBM's models, for columns of any name."""

from __future__ import annotations

from typing import Any, Self, cast

import numpy as np
from lightgbm import Booster, LGBMClassifier, LGBMRegressor
from lightgbm.callback import CallbackEnv, EarlyStopException

from regression_model.families.adapted.margins import find_probabilities
from regression_model.families.adapted.packing import pack, unpack
from regression_model.families.intervals import Watch


class _ByPosition:
    """Hands LightGBM numbers without names.

    It refuses names with any of ``[]{}:,"``, which one-hot columns of ordinary categories have, and changes
    those with spaces. In its own importances columns are called ``Column_0``, ``Column_1``, ...; their order
    is that of the frame. What is pickled of the booster is its text, packed.

    With ``coded_categories``, names of columns, those of them that are there are split by as categories.
    """

    def _process_params(self, stage: str) -> dict[str, Any]:
        settings: dict[str, Any] = super()._process_params(stage)  # type: ignore[misc]
        settings.pop("coded_categories", None)  # ours and no parameter of the library
        return settings

    def __copy__(self) -> Self:
        # LightGBM copies itself several times for each prediction: that must not pack its booster.
        made = type(self).__new__(type(self))
        made.__dict__.update(self.__dict__)
        return made

    def __getstate__(self) -> dict[str, Any]:
        state: dict[str, Any] = dict(super().__getstate__())  # type: ignore[call-overload]
        if state.get("_Booster") is not None:
            booster = state["_Booster"].__getstate__()
            state["_Booster"] = {**booster, "_handle": pack(booster["_handle"].encode())}
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        described = state.get("_Booster")
        if isinstance(described, dict):
            booster = Booster.__new__(Booster)
            booster.__setstate__({**described, "_handle": unpack(described["_handle"]).decode()})
            state = {**state, "_Booster": booster}
        super().__setstate__(state)  # type: ignore[misc]

    def fit_rounds(self, X: Any, y: Any, watched: Any, watch: Watch) -> Self:  # noqa: ANN401 - as LightGBM's
        """Fit, and tell of each round; see `regression_model.families.intervals.IntervalFamily.fit_intervals`."""
        rows = np.asarray(watched, dtype="float64")
        sums: list[Any] = [0.0]

        def tell(round_: CallbackEnv) -> None:
            number, booster = round_.iteration, cast(Any, round_.model)
            sums[0] += booster.predict(rows, start_iteration=number, num_iteration=1, raw_score=True)
            if not watch(number + 1, self._answer(sums[0])):
                raise EarlyStopException(number, [])

        return self.fit(X, y, callbacks=[tell])

    def _answer(self, margins: Any) -> Any:  # noqa: ANN401 - arrays
        """Return what the model answers where the sum of its trees is this."""
        return (
            find_probabilities(margins.reshape(len(margins), -1)) if hasattr(self, "predict_proba") else margins.copy()
        )

    def fit(self, X: Any, y: Any, **options: Any) -> Self:  # noqa: ANN401 - as LightGBM's
        """Fit; see LightGBM's documentation."""
        names = set(getattr(self, "coded_categories", ()))
        if found := [number for number, name in enumerate(getattr(X, "columns", ())) if name in names]:
            options["categorical_feature"] = found
        super().fit(np.asarray(X, dtype="float64"), y, **options)  # type: ignore[misc]
        return self

    def predict(self, X: Any, *args: Any, **options: Any) -> Any:  # noqa: ANN401 - as LightGBM's
        """Predict; see LightGBM's documentation."""
        return super().predict(np.asarray(X, dtype="float64"), *args, **options)  # type: ignore[misc]


class LightGBMRegressor(_ByPosition, LGBMRegressor):  # type: ignore[misc]
    """`lightgbm.LGBMRegressor` for frames whose columns have any name."""


class LightGBMClassifier(_ByPosition, LGBMClassifier):  # type: ignore[misc]
    """`lightgbm.LGBMClassifier` for frames whose columns have any name."""

    def predict_proba(self, X: Any, *args: Any, **options: Any) -> Any:  # noqa: ANN401 - as LightGBM's
        """Predict probabilities; see LightGBM's documentation."""
        return super().predict_proba(np.asarray(X, dtype="float64"), *args, **options)
