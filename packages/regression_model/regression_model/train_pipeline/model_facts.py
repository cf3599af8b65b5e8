"""What the manifest says of a model's hyperparameters, and of the members of an ensemble."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, distribution
from typing import TYPE_CHECKING, Any

from regression_model.config.ensembles import Ensemble, StackEnsemble, VoteMember
from regression_model.ensembling.vote import normalise

if TYPE_CHECKING:
    from regression_model.config import Config
    from regression_model.config.ensembles import AnyModel, Member

_DISTRIBUTIONS = {"xgboost": ("xgboost", "xgboost-cpu"), "neural": ("keras", "jax"), "timeseries": ("tsfresh",)}
"""What an extra installs, where that is not called like the extra."""

_DEFAULT_FINAL = {"regression": "non_negative_least_squares", "classification": "logistic_regression"}


def describe_parameters(model: AnyModel) -> dict[str, Any]:
    """Return the hyperparameters as the config says them, defaults included; those of members are not among them."""
    return model.model_dump(mode="json", exclude={"family", "members", "final"})


def describe_ensemble(config: Config) -> dict[str, Any] | None:
    """Describe the structure of an ensemble.

    Returns
    -------
    dict or None
        ``kind``: ``vote`` or ``stack``; ``members``: in their order ``name``, ``family``, ``parameters`` (defaults
        included), ``preprocessing`` (documents of the steps that it has for itself) and, of a vote, ``weight``, which
        sum up to 1; of a stack ``folds`` and ``final`` with ``family`` and ``parameters``. None for any other model.
    """
    model = config.model
    if not isinstance(model, Ensemble):
        return None
    document: dict[str, Any] = {"kind": model.family, "members": [_describe_member(item) for item in model.members]}
    weights = [item.weight for item in model.members if isinstance(item, VoteMember)]
    if weights:
        for member, weight in zip(document["members"], normalise(weights, len(weights)).tolist(), strict=True):
            member["weight"] = weight
    if isinstance(model, StackEnsemble):
        document["folds"] = model.folds
        document["final"] = _describe_final(model, config)
    return document


def _describe_member(member: Member) -> dict[str, Any]:
    return {
        "name": member.name,
        "family": member.model.family,
        "parameters": describe_parameters(member.model),
        "preprocessing": [step.model_dump(mode="json") for step in member.preprocessing],
    }


def _describe_final(model: StackEnsemble, config: Config) -> dict[str, Any]:
    if model.final is not None:
        return {"family": model.final.family, "parameters": describe_parameters(model.final)}
    return {"family": _DEFAULT_FINAL[config.task], "parameters": {}}


def list_libraries(config: Config) -> tuple[str, ...]:
    """Name the distributions, besides those of the core, that the models and steps of a config were made with."""
    families = [branch.model for branch in config.branches()]
    if isinstance(config.model, StackEnsemble) and config.model.final is not None:
        families.append(config.model.final)
    needed = {*(family.extra for family in families), *(step.extra for step in config.steps().values())}
    extras = sorted(extra for extra in needed if extra is not None)
    return tuple(found for extra in extras for found in _find_distributions(extra))


def _find_distributions(extra: str) -> list[str]:
    """Name the installed distributions of an extra; of those that bring the same library the one that is there."""
    return [name for name in _DISTRIBUTIONS.get(extra, (extra,)) if _is_installed(name)]


def _is_installed(name: str) -> bool:
    try:
        distribution(name)
    except PackageNotFoundError:
        return False
    return True
