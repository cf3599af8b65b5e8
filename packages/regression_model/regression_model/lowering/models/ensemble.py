"""Votes and stacks of pipelines."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from sklearn.compose import TransformedTargetRegressor

from regression_model.ensembling import (
    PipelineEnsemble,
    StackClassifier,
    StackRegressor,
    VoteClassifier,
    VoteRegressor,
)
from regression_model.errors import NotLowerableError
from regression_model.lowering.dispatch import lower_transformer
from regression_model.lowering.models.choosing import lower_model
from regression_model.lowering.models.linear import lower_final

if TYPE_CHECKING:
    from sklearn.pipeline import Pipeline

    from regression_model.lowering.builder import Builder


def lower_ensemble(model: PipelineEnsemble, builder: Builder) -> tuple[dict[str, Any], list[int]]:
    """Lower an ensemble: the steps of each member on the columns that arrive, and its model.

    Operations that are equal for several members are there once.

    Parameters
    ----------
    model : PipelineEnsemble
        Fitted.
    builder : Builder
        Behind the common steps, as which it is left.

    Returns
    -------
    section : dict
        The section ``model`` of the program.
    slots : list of int
        Of the columns that reach the members' models, one member behind the other.

    Raises
    ------
    NotLowerableError
        If a step or model of a member, or the final model, has no compiled form; it names the member.
    """
    arriving, step = builder.columns, builder.step
    builder.share()
    sections: list[dict[str, Any]] = []
    slots: list[int] = []
    widths: list[int] = []
    for name, member in model.members_:
        builder.columns = dict(arriving)
        sections.append(_lower_member(name, member, builder))
        own = builder.column_slots()
        widths.append(len(own))
        slots += own
    builder.columns, builder.step = arriving, step
    return assemble_ensemble(model, sections, widths), slots


def _lower_member(name: str, member: Pipeline, builder: Builder) -> dict[str, Any]:
    for step, transformer in member.steps[:-1]:
        builder.step = f"{name}.{step}"
        lower_transformer(transformer, builder)
    builder.step = f"{name}.{member.steps[-1][0]}"
    model = member.steps[-1][1]
    try:
        return lower_model(model.regressor_ if isinstance(model, TransformedTargetRegressor) else model, builder)
    except NotLowerableError as error:
        raise builder.refuse(str(error).removeprefix(f"{error.step}: ")) from error


def assemble_ensemble(
    model: PipelineEnsemble, sections: Sequence[dict[str, Any]], widths: Sequence[int]
) -> dict[str, Any]:
    """Put the sections of the members' models together.

    Parameters
    ----------
    model : PipelineEnsemble
        Fitted.
    sections : sequence of dict
        One for each member.
    widths : sequence of int
        Columns of each member; they lie one member behind the other.

    Raises
    ------
    NotLowerableError
        If the final model of a stack has no compiled form.
    """
    ends = list(accumulate(widths))
    members = [
        {"columns": list(range(end - width, end)), "model": section}
        for section, width, end in zip(sections, widths, ends, strict=True)
    ]
    if isinstance(model, StackRegressor | StackClassifier):
        final = lower_final(model.final_)
        n_inputs = len(final["coefficients"][0])
        return {"kind": "stack", "link": final["link"], "n_inputs": n_inputs, "final": final, "members": members}
    assert isinstance(model, VoteRegressor | VoteClassifier)
    link = "identity" if isinstance(model, VoteRegressor) else "probabilities"
    return {"kind": "vote", "link": link, "weights": model.weights_.tolist(), "members": members}
