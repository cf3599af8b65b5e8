"""Models that selections fit to find out which columns matter."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sklearn.compose import TransformedTargetRegressor

if TYPE_CHECKING:
    from regression_model.build_context import BuildContext


def build_linear(context: BuildContext) -> Any:  # noqa: ANN401 - scikit-learn has no type for an estimator
    """Make a linear model with a light L2 penalty."""
    from sklearn.linear_model import LogisticRegression, Ridge

    if context.task == "classification":
        return LogisticRegression(max_iter=5_000, random_state=context.seed)
    return context.wrap_target(Ridge(random_state=context.seed))


def build_sparse_linear(context: BuildContext, *, alpha: float, C: float) -> Any:  # noqa: ANN401
    """Make a linear model with an L1 penalty, weighed by ``alpha`` or, for classes, inversely by ``C``."""
    from sklearn.linear_model import Lasso, LogisticRegression

    if context.task == "classification":
        # saga: the only solver of an L1 penalty that takes more than two classes.
        return LogisticRegression(
            C=C, l1_ratio=1.0, solver="saga", tol=1e-3, max_iter=10_000, random_state=context.seed
        )
    return context.wrap_target(Lasso(alpha=alpha, max_iter=10_000, tol=1e-6, random_state=context.seed))


def build_forest(context: BuildContext, *, n_estimators: int, min_samples_leaf: int = 1) -> Any:  # noqa: ANN401
    """Make a random forest."""
    from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor

    settings: dict[str, Any] = {
        "n_estimators": n_estimators,
        "min_samples_leaf": min_samples_leaf,
        "n_jobs": 1,
        "random_state": context.seed,
    }
    if context.task == "classification":
        return RandomForestClassifier(**settings)
    return context.wrap_target(RandomForestRegressor(max_features=1 / 3, **settings))


def find_importance(model: Any, attribute: str) -> str:  # noqa: ANN401 - an estimator
    """Say where scikit-learn finds the importances: inside, if the model learns a transformed target."""
    return f"regressor_.{attribute}" if isinstance(model, TransformedTargetRegressor) else attribute
