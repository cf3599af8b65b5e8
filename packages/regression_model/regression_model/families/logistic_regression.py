"""Logistic regression, for two classes or more."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from pydantic import Field

from regression_model.build_context import BuildContext, Task
from regression_model.families.base import Family
from regression_model.families.class_weights import arrange_weights, may_balance
from regression_model.search_space import Choice, Distribution, Real, TableFacts, Value


class LogisticRegressionFamily(Family):
    """Logistic regression, penalised (`sklearn.linear_model.LogisticRegression`).

    Needs filled and scaled columns.

    Attributes
    ----------
    C : float
        Inverse weight of the penalty, above 0; smaller means smaller coefficients.
    l1_ratio : float
        Part of the L1 penalty, in [0, 1]: 0 shrinks all coefficients, 1 sets those of useless columns to
        zero. Above 0 the slower solver ``saga`` is used.
    class_weight : "balanced", optional
        Weigh rows so that all classes weigh the same.
    max_iter : int
        Upper bound of the solver's iterations.
    tol : float
        Where to stop: of the gradient (``lbfgs``), or of the change of the coefficients (``saga``).
    """

    family: Literal["logistic_regression"] = "logistic_regression"
    C: float = Field(default=1.0, gt=0)
    l1_ratio: float = Field(default=0.0, ge=0, le=1)
    class_weight: Literal["balanced"] | None = None
    max_iter: int = Field(default=5_000, ge=1)
    tol: float = Field(default=1e-4, gt=0)

    tasks: ClassVar[tuple[Task, ...]] = ("classification",)
    scale_sensitive: ClassVar[bool] = True

    @classmethod
    def portfolio(cls, facts: TableFacts) -> tuple[Mapping[str, Value], ...]:
        """Return good starts; see `Family.portfolio`. L1 penalties are left out: their solver is slow."""
        return arrange_weights([{"C": 1.0}, {"C": 0.1}], facts)

    @classmethod
    def space(cls, facts: TableFacts) -> Mapping[str, Distribution]:
        """Return what may be tried; see `Family.space`."""
        weights = {"class_weight": Choice((None, "balanced"))} if may_balance(facts) else {}
        return {"C": Real(1e-3, 1e2, log=True), **weights}

    def build(self, context: BuildContext) -> Any:  # noqa: ANN401 - see the base class
        """Make the estimator; see `Family.build`."""
        from sklearn.linear_model import LogisticRegression

        return LogisticRegression(
            C=self.C,
            l1_ratio=self.l1_ratio,
            solver="saga" if self.l1_ratio > 0 else "lbfgs",
            class_weight=self.class_weight,
            max_iter=self.max_iter,
            tol=self.tol,
            random_state=context.seed,
        )
