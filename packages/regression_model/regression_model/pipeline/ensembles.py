"""Builds the estimator of a vote or a stack from its configuration."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.linear_model import LinearRegression
from sklearn.pipeline import Pipeline

from regression_model.build_context import BuildContext
from regression_model.config import Config
from regression_model.config.ensembles import Branch, Ensemble, StackEnsemble, VoteEnsemble
from regression_model.ensembling import StackClassifier, StackRegressor, VoteClassifier, VoteRegressor
from regression_model.families.logistic_regression import LogisticRegressionFamily
from regression_model.pipeline.parts import MODEL_STEP, build_model, build_steps


def build_ensemble(config: Config, ensemble: Ensemble, context: BuildContext) -> Any:  # noqa: ANN401 - an estimator
    """Build the unfitted estimator of an ensemble.

    Each member is the pipeline that it would be alone, without the common steps; so it learns the same. The ensemble
    knows of the target's transform only what it takes to add up on that scale.

    Parameters
    ----------
    config : Config
    ensemble : Ensemble
        Its model.
    context : BuildContext
    """
    members = [(branch.name, _build_member(branch, context)) for branch in config.branches()]
    logarithmic = config.target.transform == "log"
    inverse = np.exp if logarithmic else None
    if isinstance(ensemble, StackEnsemble):
        shared = {"members": members, "final": _build_final(ensemble, context)}
        shared |= {"folds": ensemble.folds, "seed": context.seed}
        if context.task == "classification":
            return StackClassifier(**shared)
        return StackRegressor(**shared, func=np.log if logarithmic else None, inverse_func=inverse)
    assert isinstance(ensemble, VoteEnsemble)
    weights = [member.weight for member in ensemble.members]
    if context.task == "classification":
        return VoteClassifier(members, weights)
    return VoteRegressor(members, weights, inverse)


def _build_member(branch: Branch, context: BuildContext) -> Pipeline:
    own = branch.plan.steps[branch.n_common :]
    return Pipeline([*build_steps(own, context), (MODEL_STEP, build_model(branch.model, context, branch.plan))])


def _build_final(ensemble: StackEnsemble, context: BuildContext) -> Any:  # noqa: ANN401 - an estimator
    if ensemble.final is not None:
        return ensemble.final.build(context)
    if context.task == "classification":
        return LogisticRegressionFamily().build(context)
    return LinearRegression(positive=True)
