"""Ensembles: models whose answers are added up by weights, or handed to a final linear model."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from operator import itemgetter
from typing import ClassVar, Self

import numpy as np

from regression_model.compiled.models.base import Model, Numbers
from regression_model.compiled.models.finishing import answer_columns, answer_row
from regression_model.compiled.models.linear import LinearModel
from regression_model.compiled.models.section import Section, refuse

_REGRESSION = ("identity", "exp")
_MOST_MEMBERS = 1_000
_MOST_COPIES = 4
"""Different members may name the same array; what is made of them must not take many times the memory of the file."""

_FEW_BYTES = 1_000_000
"""Copies of so little are no matter."""

_SMALLEST = 1e-6
"""As `regression_model.ensembling.stack.SMALLEST_PROBABILITY`."""

_LARGEST = 1 - _SMALLEST


@dataclass(frozen=True)
class CompiledMember:
    """A model of an ensemble.

    Attributes
    ----------
    model : Model
    link : str
        From its outputs to its answer: a number, or the probability of each class.
    columns : tuple of int
        Positions of its columns among those of the ensemble.
    """

    model: Model
    link: str
    columns: tuple[int, ...]

    @property
    def n_answers(self) -> int:
        """Numbers that it answers: one for a regression, else one for each class."""
        return _count_answers(self.link, self.model.n_outputs)

    def answer_row(self) -> Callable[[Sequence[float]], list[float]]:
        """Return the function from the columns of the ensemble, of one row, to the answer."""
        choose, predict, finish = _choose(self.columns), self.model.predict_row, answer_row(self.link)
        return lambda values: finish(predict(choose(values)))

    def answer_columns(self, matrix: Numbers) -> Numbers:
        """Compute the answers of many rows, of shape (n_rows, n_answers)."""
        outputs = self.model.predict_columns(np.ascontiguousarray(matrix[:, self.columns]))
        return answer_columns(self.link, outputs)


class VoteModel(Model):
    """The weighted mean of its members' answers, added up in their order.

    Parameters
    ----------
    members : sequence of CompiledMember
        Of one number of answers.
    weights : sequence of float
    n_columns : int

    Attributes
    ----------
    members : tuple of CompiledMember
    weights : list of float
    """

    kind: ClassVar[str] = "vote"

    def __init__(self, members: Sequence[CompiledMember], weights: Sequence[float], n_columns: int) -> None:
        self.members = tuple(members)
        self.weights = list(weights)
        self.n_columns = n_columns
        self.n_outputs = members[0].n_answers
        self._of_row = [(member.answer_row(), weight) for member, weight in zip(members, weights, strict=True)]

    @classmethod
    def check(cls, section: Section) -> None:
        """Check what the document says; see `Model.check`."""
        _read_weights(section, _check_members(section))

    @classmethod
    def read(cls, section: Section) -> Self:
        """Make the model; see `Model.read`."""
        members = _check_members(section)
        weights = _read_weights(section, members)
        return cls(_read_members(members), weights, section.n_columns)

    def predict_columns(self, matrix: Numbers) -> Numbers:
        """Compute the outputs of many rows; see `Model.predict_columns`."""
        with np.errstate(over="ignore", invalid="ignore"):  # an infinite output is the caller's to judge
            total = self.members[0].answer_columns(matrix) * self.weights[0]
            for member, weight in zip(self.members[1:], self.weights[1:], strict=True):
                total = total + member.answer_columns(matrix) * weight
        return np.asarray(total)

    def predict_row(self, values: Sequence[float]) -> list[float]:
        """Compute the outputs of one row; see `Model.predict_row`."""
        answer, weight = self._of_row[0]
        total = [number * weight for number in answer(values)]
        for answer, weight in self._of_row[1:]:
            for place, number in enumerate(answer(values)):
                total[place] += number * weight
        return total


class StackModel(Model):
    """A linear model of its members' answers: of numbers as they are, of probabilities by their log odds.

    Parameters
    ----------
    members : sequence of CompiledMember
        Of one number of answers.
    final : LinearModel
        Of the answers of all members, one member behind the other.
    n_columns : int

    Attributes
    ----------
    members : tuple of CompiledMember
    final : LinearModel
    """

    kind: ClassVar[str] = "stack"

    def __init__(self, members: Sequence[CompiledMember], final: LinearModel, n_columns: int) -> None:
        self.members = tuple(members)
        self.final = final
        self.n_columns = n_columns
        self.n_outputs = final.n_outputs
        self._of_row = [(member.answer_row(), _describe_row(member.n_answers)) for member in members]

    @classmethod
    def check(cls, section: Section) -> None:
        """Check what the document says; see `Model.check`."""
        _read_final(section, _check_members(section))

    @classmethod
    def read(cls, section: Section) -> Self:
        """Make the model; see `Model.read`."""
        members = _check_members(section)
        final = _read_final(section, members)
        read = _read_members(members)
        n_inputs = sum(member.n_answers if member.n_answers > 2 else 1 for member in read)
        if final.n_columns != n_inputs:
            raise refuse(f"the final model takes {final.n_columns} numbers, and its members give {n_inputs}")
        return cls(read, final, section.n_columns)

    def predict_columns(self, matrix: Numbers) -> Numbers:
        """Compute the outputs of many rows; see `Model.predict_columns`."""
        inputs = np.column_stack([_describe_columns(member.answer_columns(matrix)) for member in self.members])
        outputs = self.final.predict_columns(inputs)
        outputs[~np.isfinite(inputs).all(axis=1)] = np.nan
        return outputs

    def predict_row(self, values: Sequence[float]) -> list[float]:
        """Compute the outputs of one row; see `Model.predict_row`."""
        inputs: list[float] = []
        for answer, describe in self._of_row:
            inputs += describe(answer(values))
        if not all(map(math.isfinite, inputs)):
            return [math.nan] * self.n_outputs
        return self.final.predict_row(inputs)


def _describe_columns(answers: Numbers) -> Numbers:
    """Return what the final model sees of a member; see `regression_model.ensembling.stack.to_log_odds`."""
    if answers.shape[1] == 1:
        return answers
    inside = np.clip(answers, _SMALLEST, _LARGEST)
    return np.asarray(np.log(inside) if answers.shape[1] > 2 else np.log(inside[:, 1:] / (1 - inside[:, 1:])))


def _describe_row(n_answers: int) -> Callable[[list[float]], list[float]]:
    if n_answers == 1:
        return list
    return _take_logarithms if n_answers > 2 else _take_log_odds


def _take_log_odds(answers: list[float]) -> list[float]:
    inside = _clip(answers[1])
    return [math.log(inside / (1 - inside))]


def _take_logarithms(answers: list[float]) -> list[float]:
    return [math.log(_clip(answer)) for answer in answers]


def _clip(probability: float) -> float:
    # In this order NaN stays NaN.
    return min(max(probability, _SMALLEST), _LARGEST)


def _choose(columns: tuple[int, ...]) -> Callable[[Sequence[float]], Sequence[float]]:
    """Return the function that takes a member's columns out of all; they mostly lie side by side."""
    first = columns[0]
    if columns == tuple(range(first, first + len(columns))):
        return itemgetter(slice(first, first + len(columns)))
    return itemgetter(*columns)


def _count_answers(link: str, n_outputs: int) -> int:
    if link in _REGRESSION:
        return 1
    return 2 if link in ("sigmoid", "complement") else n_outputs


# Reading


@dataclass(frozen=True)
class _Described:
    """A member as the document describes it, checked; members that are equal have the same section."""

    section: Section
    kind: type[Model]
    link: str
    columns: tuple[int, ...]


def _check_members(section: Section) -> list[_Described]:
    # Here, because that module lists this one's classes.
    from regression_model.compiled.models.linking import SINGLE_KINDS

    members: list[_Described] = []
    different: dict[bytes, _Described] = {}
    left = _MOST_COPIES * section.count_all_bytes() + _FEW_BYTES
    for columns, own in section.members(maximum=_MOST_MEMBERS):
        key = own.digest()
        if key in different:
            members.append(replace(different[key], columns=columns))
            continue
        left -= own.count_bytes()
        if left < 0:
            raise refuse("too many members of the ensemble name the same arrays or texts")
        kind = SINGLE_KINDS[own.choice("kind", tuple(SINGLE_KINDS))]
        link = own.choice("link", (*_REGRESSION, "sigmoid", "complement", "softmax", "probabilities"))
        kind.check(own)
        different[key] = _Described(own, kind, link, columns)
        members.append(different[key])
    is_regression = [member.link in _REGRESSION for member in members]
    if any(is_regression) != all(is_regression):
        raise refuse("some members of the ensemble are regressions and others are not")
    return members


def _read_members(described: Sequence[_Described]) -> list[CompiledMember]:
    models: dict[int, Model] = {}
    for each in described:
        if id(each.section) not in models:
            models[id(each.section)] = each.kind.read(each.section)
    members = [CompiledMember(models[id(each.section)], each.link, each.columns) for each in described]
    for member in members:
        n_outputs = member.model.n_outputs
        one = member.link in (*_REGRESSION, "sigmoid", "complement")
        if one != (n_outputs == 1):
            raise refuse(
                f"a member of the ensemble has {n_outputs} outputs, which don't go with its link {member.link!r}"
            )
        if member.n_answers != members[0].n_answers:
            raise refuse("the members of the ensemble give different numbers of answers")
    return members


def _read_weights(section: Section, members: Sequence[_Described]) -> list[float]:
    section.check_keys("members", "weights")
    return section.numbers("weights", len(members))


def _read_final(section: Section, members: Sequence[_Described]) -> LinearModel:
    section.check_keys("members", "final", "n_inputs")
    final = section.part("final", section.whole("n_inputs", maximum=100_000))
    final.choice("kind", (LinearModel.kind,))
    return LinearModel.read(final)
