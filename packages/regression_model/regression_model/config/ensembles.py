"""Models that are made of several: the weighted vote, and the stack."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal, Union

from pydantic import BeforeValidator, Field

from regression_model.build_context import Task
from regression_model.config.sections import Name, empty_as
from regression_model.errors import ConfigError
from regression_model.families.base import Family
from regression_model.families.registry import model_families
from regression_model.frozen import Frozen
from regression_model.steps.base import Kind, Step
from regression_model.steps.plan import Plan, plan_steps
from regression_model.steps.registry import step_kinds

if TYPE_CHECKING:
    AnyStep = Step
    AnyFamily = Family
else:
    AnyStep = Annotated[Union[tuple(step_kinds().values())], Field(discriminator="step")]  # noqa: UP007 - dynamic
    AnyFamily = Annotated[Union[tuple(model_families().values())], Field(discriminator="family")]  # noqa: UP007 - dynamic

Steps = Annotated[tuple[AnyStep, ...], empty_as(())]


class Member(Frozen):
    """One model of an ensemble, with the preprocessing that it has for itself.

    Attributes
    ----------
    name : str
        Letters, digits and underscores; no other member has it.
    preprocessing : tuple of Step
        Steps on the columns that leave the common preprocessing; selectors work as they do there.
    model : Family
        No ensemble.
    """

    name: Name
    preprocessing: Steps = ()
    model: AnyFamily


class VoteMember(Member):
    """A member with a vote.

    Attributes
    ----------
    weight : float
        Above 0; what counts is its part of the sum of all.
    """

    weight: float = Field(default=1.0, gt=0)


class Ensemble(Frozen):
    """What a vote and a stack have in common.

    Attributes
    ----------
    family : {"vote", "stack"}
    members : tuple of Member
        One at least, in the order in which they are fitted and added up.
    """

    family: str
    members: tuple[Member, ...]

    @property
    def tasks(self) -> tuple[Task, ...]:
        """Tasks that every member can do."""
        tasks: tuple[Task, ...] = ("regression", "classification")
        return tuple(task for task in tasks if all(task in member.model.tasks for member in self.members))


class VoteEnsemble(Ensemble):
    """The weighted mean of its members' predictions, on the scale of the transformed target, or of probabilities.

    Attributes
    ----------
    members : tuple of VoteMember
    """

    family: Literal["vote"] = "vote"
    members: Annotated[tuple[VoteMember, ...], Field(min_length=1)]


class StackEnsemble(Ensemble):
    """A final model that learns from what its members predict for rows that they have not learned from.

    It sees, of each member, the prediction on the scale of the transformed target; of two classes the log odds of the
    second, of more the logarithm of each probability, both of probabilities that are brought into [1e-6, 1 - 1e-6].

    Attributes
    ----------
    folds : int
        In how many parts the rows are divided: each is predicted by members that learned from the others. The members
        that predict later learn from all rows.
    final : Family, optional
        By default a regression with coefficients of at least 0, by least squares; for a classification a logistic
        regression.
    """

    family: Literal["stack"] = "stack"
    members: Annotated[tuple[Member, ...], Field(min_length=1)]
    folds: int = Field(default=5, ge=2, le=50)
    final: Annotated[AnyFamily | None, BeforeValidator(lambda value: None if value == "" else value)] = None


if TYPE_CHECKING:
    AnyModel = Family | VoteEnsemble | StackEnsemble
else:
    AnyModel = Annotated[
        Union[(*model_families().values(), VoteEnsemble, StackEnsemble)],
        Field(discriminator="family"),
    ]


@dataclass(frozen=True)
class Branch:
    """One way from the features to a model that is fitted: the only one, or that of a member.

    Attributes
    ----------
    name : str
        Of the member; empty for the only one.
    key : str
        Where the configuration says which steps it has for itself: ``preprocessing``, or
        ``model.members.0.preprocessing``.
    model : Family
    plan : Plan
        All its steps: the common ones, and behind them its own.
    n_common : int
        How many steps are the common ones.
    """

    name: str
    key: str
    model: Family
    plan: Plan
    n_common: int


def list_branches(preprocessing: Sequence[Step], model: AnyModel, kinds: dict[str, Kind]) -> tuple[Branch, ...]:
    """List the ways from the features to the models that are fitted, in the order of the members.

    Parameters
    ----------
    preprocessing : sequence of Step
        The common steps.
    model : Family or Ensemble
    kinds : dict of str to kind
        The features.

    Raises
    ------
    ConfigError
        If a step can't work on its columns; see `plan_steps`. The key names the step.
    """
    common = plan_steps(preprocessing, kinds)
    if not isinstance(model, Ensemble):
        return (Branch("", "preprocessing", model, common, len(preprocessing)),)
    branches = []
    for position, member in enumerate(model.members):
        key = f"model.members.{position}.preprocessing"
        try:
            plan = plan_steps((*preprocessing, *member.preprocessing), kinds)
        except ConfigError as error:
            raise ConfigError(error.message, key=_move_key(error.key, key, len(preprocessing))) from None
        branches.append(Branch(member.name, key, member.model, plan, len(preprocessing)))
    return tuple(branches)


def _move_key(key: str | None, own: str, n_common: int) -> str | None:
    """Turn ``preprocessing.3.columns``, counted with the common steps, into the member's own key."""
    section, _, rest = (key or "").partition(".")
    number, _, field = rest.partition(".")
    if section != "preprocessing" or not number.isdigit():
        return key
    return ".".join(part for part in (own, str(int(number) - n_common), field) if part)


def check_ensemble(model: Any, task: Task, preprocessing: Sequence[Step] = ()) -> None:  # noqa: ANN401 - any model
    """Check that the names of members differ, that every part of an ensemble can do the task, and that a stack is one.

    Parameters
    ----------
    model : Family or Ensemble
    task : {"regression", "classification"}
    preprocessing : sequence of Step
        The common steps. None before a stack may look at the target: they are fitted once, on the rows of all its
        folds, and would tell the final model of targets that members have not seen.

    Raises
    ------
    ConfigError
    """
    if not isinstance(model, Ensemble):
        return
    names = [member.name for member in model.members]
    for position, member in enumerate(model.members):
        if member.name in names[:position]:
            raise ConfigError(
                f"two members are called {member.name!r}; give each a name of its own",
                key=f"model.members.{position}.name",
            )
        _check_task(member.model, task, f"model.members.{position}.model.family")
    if isinstance(model, StackEnsemble):
        _check_common(preprocessing)
        if model.final is not None:
            _check_task(model.final, task, "model.final.family")


def _check_common(preprocessing: Sequence[Step]) -> None:
    for position, step in enumerate(preprocessing):
        if step.learns_from_target:
            raise ConfigError(
                f"the step {step.step!r} looks at the target; in front of a stack it would see that of rows which the "
                "stack's folds keep from its members. Move it, and the steps behind it, to the 'preprocessing' of each "
                "member",
                key=f"preprocessing.{position}",
            )


def _check_task(model: Family, task: Task, key: str) -> None:
    if task not in model.tasks:
        able = [name for name, family in model_families().items() if task in family.tasks]
        raise ConfigError(f"{model.family!r} can't do {task}; these can: {', '.join(able)}", key=key)
