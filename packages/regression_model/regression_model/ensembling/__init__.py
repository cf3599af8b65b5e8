"""Estimators that are made of fitted pipelines: the weighted vote, and the stack."""

from regression_model.ensembling.members import PipelineEnsemble
from regression_model.ensembling.stack import StackClassifier, StackRegressor
from regression_model.ensembling.threads import member_threads
from regression_model.ensembling.vote import VoteClassifier, VoteRegressor

__all__ = [
    "PipelineEnsemble",
    "StackClassifier",
    "StackRegressor",
    "VoteClassifier",
    "VoteRegressor",
    "member_threads",
]
