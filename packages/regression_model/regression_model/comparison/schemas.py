"""What changed in what a model reads, and whether requests that were right still are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from regression_model.schema import find_max_length


@dataclass(frozen=True)
class SchemaChange:
    """One difference of two schemas.

    Attributes
    ----------
    feature : str
    change : str
        In words.
    breaking : bool
        Whether a request that the old version answers may be refused by the new one.
    """

    feature: str
    change: str
    breaking: bool

    def to_json(self) -> dict[str, Any]:
        """Return it as plain JSON."""
        return vars(self).copy()


def find_schema_changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[SchemaChange, ...]:
    """Compare two schemas as their manifests have them.

    What only describes the training data (ranges, shares of categories) is no change: each training has its own.

    Parameters
    ----------
    old, new : mapping
        The entry ``schema`` of a manifest; the old one may be of an earlier release, and lack what came later.

    Returns
    -------
    tuple of SchemaChange
        In the order of the old features, then of the new ones.
    """
    before, after = (_by_name(schema) for schema in (old, new))
    changes = []
    for name, feature in before.items():
        if name not in after:
            changes.append(SchemaChange(name, "removed: it is not read any more", breaking=False))
        else:
            changes += _compare(name, feature, after[name])
    for name in after.keys() - before.keys():
        changes.append(SchemaChange(name, "added: each request has to hold it", breaking=True))
    order = {name: place for place, name in enumerate([*before, *after])}
    return tuple(sorted(changes, key=lambda change: order[change.feature]))


def _by_name(schema: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    return {str(feature["name"]): feature for feature in schema["features"]}


def _compare(name: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> list[SchemaChange]:
    """Compare one feature that both read."""
    changes = []
    if old.get("dtype") != new.get("dtype"):
        changes.append(SchemaChange(name, f"type: {old.get('dtype')}, now {new.get('dtype')}", breaking=True))
    if bool(old.get("nullable")) != bool(new.get("nullable")):
        says = "may be missing now" if new.get("nullable") else "may not be missing any more"
        changes.append(SchemaChange(name, says, breaking=not new.get("nullable")))
    if old.get("exclusive_minimum") != new.get("exclusive_minimum"):
        bounds = (old.get("exclusive_minimum"), new.get("exclusive_minimum"))
        low, high = (float("-inf") if bound is None else bound for bound in bounds)
        says = f"has to be greater than {bounds[1]}" if bounds[1] is not None else "has no lower bound any more"
        changes.append(SchemaChange(name, says, breaking=high > low))
    if old.get("dtype") == new.get("dtype") == "series":
        before, now = (find_max_length(feature.get("longest")) for feature in (old, new))
        if before != now:
            changes.append(
                SchemaChange(name, f"at most {now:,} measurements, before {before:,}", breaking=now < before)
            )
    changes += _compare_categories(name, old, new)
    return changes


def _compare_categories(name: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> list[SchemaChange]:
    """Compare which categories are taken: of interest only where others are refused."""
    was, is_now = (feature.get("on_unseen") == "reject" for feature in (old, new))
    changes = []
    if was != is_now:
        says = "refuses categories that training did not see" if is_now else "takes any category now"
        changes.append(SchemaChange(name, says, breaking=is_now))
    gone = sorted(set(old.get("categories") or {}) - set(new.get("categories") or {}))
    if is_now and gone:
        shown = ", ".join(repr(value) for value in gone[:5]) + (", ..." if len(gone) > 5 else "")
        changes.append(SchemaChange(name, f"refuses {len(gone)} categories that it took: {shown}", breaking=True))
    return changes
