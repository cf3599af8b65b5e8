"""Families that grow tree by tree."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from regression_model.build_context import BuildContext
from regression_model.families.class_weights import arrange_weights, class_settings, may_balance
from regression_model.families.intervals import IntervalFamily, Watch
from regression_model.families.losses import loss_settings, wants_absolute_error
from regression_model.search_space import Choice, Distribution, TableFacts, Value


class RoundsFamily(IntervalFamily):
    """A booster, whose intervals are rounds: a tree, or one for each class.

    LightGBM and XGBoost end their training where they are told to; the others say only afterwards what each round would
    have answered.
    """

    interval_unit: ClassVar[str] = "round"

    rounds: ClassVar[str] = "n_estimators"
    """Hyperparameter that says how many rounds there are."""

    loss_key: ClassVar[str] = "objective"
    """Hyperparameter that says what a regression minimises; there is one called ``class_weight``, too."""

    losses: ClassVar[tuple[str, ...]]
    """What a search may try of it, where the absolute error matters."""

    absolute_error: ClassVar[str]
    """The one of them that is the absolute error."""

    absolute_error_first: ClassVar[bool] = True
    """Whether a start that minimises it is tried before all others, where it matters."""

    @classmethod
    def arrange(cls, starts: Sequence[Mapping[str, Value]], facts: TableFacts) -> tuple[Mapping[str, Value], ...]:
        """Add to starts the first of them with what may suit the metric better: weights of classes, or another loss."""
        if facts.task == "classification":
            return arrange_weights(starts, facts)
        if not wants_absolute_error(facts):
            return tuple(starts)
        absolute = {**starts[0], cls.loss_key: cls.absolute_error}
        return (absolute, *starts) if cls.absolute_error_first else (*starts, absolute)

    @classmethod
    def choices(cls, facts: TableFacts) -> dict[str, Distribution]:
        """Return what a search may try of the loss and of the weights of classes."""
        found: dict[str, Distribution] = {}
        if wants_absolute_error(facts):
            found[cls.loss_key] = Choice(cls.losses)
        if may_balance(facts):
            found["class_weight"] = Choice((None, "balanced"))
        return found

    def settings(self, context: BuildContext) -> dict[str, Any]:
        """Return the hyperparameters that the estimator takes: losses for regressors, weights for classifiers.

        Raises
        ------
        ConfigError
            If one is chosen for the other task.
        """
        said = self.model_dump(exclude={"family", "class_weight", self.loss_key})
        said |= loss_settings(self.loss_key, getattr(self, self.loss_key), context)
        return said | class_settings(getattr(self, "class_weight", None), context)

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
