"""Families that grow tree by tree."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar

from regression_model.build_context import BuildContext
from regression_model.families.intervals import IntervalFamily, Watch
from regression_model.search_space import Value


class RoundsFamily(IntervalFamily):
    """A booster, whose intervals are rounds: a tree, or one for each class.

    LightGBM and XGBoost end their training where they are told to; the others say only afterwards what each round would
    have answered.
    """

    interval_unit: ClassVar[str] = "round"

    rounds: ClassVar[str] = "n_estimators"
    """Hyperparameter that says how many rounds there are."""

    @classmethod
    def hurry(cls, start: Mapping[str, Value]) -> Mapping[str, Value]:
        """Return a start with half the rounds, each of twice the weight: about 1% worse; see `Family.hurry`."""
        n_rounds, rate = start.get(cls.rounds), start.get("learning_rate")
        if not isinstance(n_rounds, int) or not isinstance(rate, float):
            return start
        return {**start, cls.rounds: (n_rounds + 1) // 2, "learning_rate": min(1.0, 2 * rate)}

    def fit_intervals(
        self,
        context: BuildContext,
        rows: Any,  # noqa: ANN401 - scikit-learn has no types
        target: Any,  # noqa: ANN401 - scikit-learn has no types
        watched: Any,  # noqa: ANN401 - scikit-learn has no types
        watch: Watch,
    ) -> Any:  # noqa: ANN401 - scikit-learn has no types
        """Fit a round at a time; see `IntervalFamily.fit_intervals`."""
        model = self.build(context)
        if hasattr(model, "fit_rounds"):
            return model.fit_rounds(rows, target, watched, watch)
        model.fit(rows, target)
        classes = context.task == "classification"
        stages = model.staged_predict_proba(watched) if classes else model.staged_predict(watched)
        for number, answers in enumerate(stages, start=1):
            if not watch(number, answers):
                break
        return model

    @abstractmethod
    def build(self, context: BuildContext) -> Any:  # noqa: ANN401 - see the base class
        """Make the estimator; see `Family.build`."""
