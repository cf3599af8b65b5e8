"""Ensembles as the sections of a configuration."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from regression_model.search.ensembling.records import Member
from regression_model.search.records import Candidate

Document = Mapping[str, Any]


def get_transform(candidate: Candidate, base: Document) -> str:
    """Return what a trial does with the target before it learns."""
    section = {**base.get("target", {}), **candidate.changes.get("target", {})}
    return str(section.get("transform", "none"))


def get_family(candidate: Candidate, base: Document) -> str:
    """Return the family of a trial's model, which may be an ensemble."""
    return str(candidate.changes.get("model", base.get("model", {})).get("family", candidate.family))


def build_vote(members: Sequence[tuple[Member, Candidate]], base: Document, transform: str) -> dict[str, Any]:
    """Return the sections of a vote; steps with which all members begin become the common preprocessing."""
    steps = [_get_steps(candidate, base) for _, candidate in members]
    n_common = _count_common(steps)
    parts = []
    for (member, candidate), own in zip(members, steps, strict=True):
        part: dict[str, Any] = {"name": member.name, "weight": member.weight}
        parts.append({**part, **_build_member(own[n_common:], candidate, base)})
    return {
        "target": {"transform": transform},
        "preprocessing": steps[0][:n_common],
        "model": {"family": "vote", "members": parts},
    }


def build_stack(members: Sequence[tuple[Member, Candidate]], base: Document, transform: str) -> dict[str, Any]:
    """Return the sections of a stack.

    Its members prepare the columns for themselves, so that in each of its folds they see of the others' target
    nothing at all.
    """
    parts = [
        {"name": member.name, **_build_member(_get_steps(candidate, base), candidate, base)}
        for member, candidate in members
    ]
    return {
        "target": {"transform": transform},
        "preprocessing": [],
        "model": {"family": "stack", "members": parts},
    }


def _build_member(steps: list[Any], candidate: Candidate, base: Document) -> dict[str, Any]:
    own = {"preprocessing": steps} if steps else {}
    return {**own, "model": candidate.changes.get("model", base.get("model"))}


def _get_steps(candidate: Candidate, base: Document) -> list[Any]:
    return list(candidate.changes.get("preprocessing", base.get("preprocessing", ())))


def _count_common(steps: Sequence[Sequence[Any]]) -> int:
    n_common = 0
    for together in zip(*steps, strict=False):
        if any(step != together[0] for step in together):
            break
        n_common += 1
    return n_common
