"""Compares a new version of a model with the one before it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from regression_model.comparison.answering import answer_rows, load_compiled, read_golden_rows
from regression_model.comparison.differences import RowsCompared, compare_answers
from regression_model.comparison.schemas import SchemaChange, find_schema_changes
from regression_model.config import ComparisonConfig
from regression_model.errors import ArtifactIntegrityError, ConfigError, InputDataError

if TYPE_CHECKING:
    import pandas as pd

    from regression_model.artifact import Artifact
    from regression_model.artifact.integrity import CheckedFiles

GOLDEN = "golden rows of the old version"


@dataclass(frozen=True)
class NamedTable:
    """Rows that both versions predict.

    Attributes
    ----------
    name : str
        What to call it.
    frame : DataFrame of shape (n_rows, n_columns)
        As it was read; columns that a version does not read do no harm.
    """

    name: str
    frame: pd.DataFrame


@dataclass(frozen=True)
class Comparison:
    """What became of a model.

    Attributes
    ----------
    old, new : mapping of str to str
        ``pipeline_name``, ``version``, ``digest``, ``data`` (SHA-256) and ``task``.
    tolerance : ComparisonConfig
    schema_changes : tuple of SchemaChange
    rows : tuple of RowsCompared
        The golden rows, and the table if there is one.
    notes : tuple of str
        What else has to be known to judge it.
    uncompared : tuple of str
        What should have been compared and was not, and why.
    """

    old: Mapping[str, str]
    new: Mapping[str, str]
    tolerance: ComparisonConfig
    schema_changes: tuple[SchemaChange, ...]
    rows: tuple[RowsCompared, ...]
    notes: tuple[str, ...]
    uncompared: tuple[str, ...] = ()

    @property
    def breaches(self) -> tuple[str, ...]:
        """What goes further than the configuration allows, each in words; empty if nothing does."""
        allowed = self.tolerance.share_of_rows
        found = [
            f"{rows.n_moved:,} of {rows.n_answered:,} {rows.source} moved by more than "
            f"{self.tolerance.relative_tolerance:g} ({rows.moved_share:.1%}, allowed are {allowed:.1%})"
            for rows in self.rows
            if rows.moved_share > allowed
        ]
        found += self.uncompared
        found += [
            f"no {rows.source.replace('rows', 'row', 1)} was answered by both versions: nothing was compared"
            for rows in self.rows
            if not rows.n_answered_by_both
        ]
        breaking = [change.feature for change in self.schema_changes if change.breaking]
        if breaking:
            names = ", ".join(dict.fromkeys(breaking))
            found.append(f"requests that were right may be refused, because of what is read of: {names}")
        return tuple(found)

    def to_json(self) -> dict[str, Any]:
        """Return it as plain JSON."""
        return {
            "old": dict(self.old),
            "new": dict(self.new),
            "tolerance": self.tolerance.model_dump(),
            "schema_changes": [change.to_json() for change in self.schema_changes],
            "rows": [rows.to_json() for rows in self.rows],
            "notes": list(self.notes),
            "breaches": list(self.breaches),
        }


def compare_models(
    old: CheckedFiles, new: Artifact, *, table: NamedTable | None = None, tolerance: float | None = None
) -> Comparison:
    """Compare what two versions predict and read.

    The new version predicts the golden rows of the old one, whose own predictions were recorded. For a table the old
    version is loaded, in its compiled form only: nothing of it is unpickled.

    Parameters
    ----------
    old : CheckedFiles
    new : Artifact
        Its configuration says how far predictions may move.
    table : NamedTable, optional
    tolerance : float, optional
        Instead of the configuration's ``comparison.relative_tolerance``.

    Returns
    -------
    Comparison

    Raises
    ------
    ArtifactIntegrityError
        If the old manifest lacks what is compared.
    ConfigError
        If the tolerance is out of range.
    InputDataError
        If neither version answers any row of the table, so that it can't be one for this model.
    """
    before, after = old.manifest.content, new.manifest.content
    allowed = read_tolerance(after, tolerance)
    recorded_rows, recorded = read_golden_rows(before)
    limit = allowed.relative_tolerance
    found = [compare_answers(recorded, answer_rows(new, recorded_rows), source=GOLDEN, tolerance=limit)]
    uncompared = []
    if table is not None:
        artifact, reason = load_compiled(old)
        if artifact is None:
            uncompared.append(f"{table.name} was not compared: of the old version, {reason}")
        else:
            found.append(_compare_table(artifact, new, table, limit))
    return Comparison(
        _describe(before),
        _describe(after),
        allowed,
        _compare_schemas(before, after),
        tuple(found),
        tuple(_describe_surroundings(before, after)),
        tuple(uncompared),
    )


def read_tolerance(content: Mapping[str, Any], relative_tolerance: float | None) -> ComparisonConfig:
    """Return how far predictions may move, as a manifest's configuration and the caller say."""
    declared = dict((content.get("config") or {}).get("comparison") or {})
    if relative_tolerance is not None:
        declared["relative_tolerance"] = relative_tolerance
    try:
        return ComparisonConfig.model_validate(declared)
    except ValueError as error:
        raise ConfigError(
            f"expected a relative_tolerance in [0, 1] and a share_of_rows in [0, 1), found {declared}", key="comparison"
        ) from error


def _compare_table(old: Artifact, new: Artifact, table: NamedTable, tolerance: float) -> RowsCompared:
    answers = [answer_rows(artifact, table.frame) for artifact in (old, new)]
    found = compare_answers(*answers, source=f"rows of {table.name}", tolerance=tolerance)
    if not found.n_answered:
        raise InputDataError(
            f"neither version answers any of the {found.n_rows:,} rows of {table.name}, so there is nothing to "
            "compare; it has to have the columns that the model reads, such as "
            f"{', '.join(new.schema.names[:3])} ('regression-model info' shows them)"
        )
    return found


def _compare_schemas(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[SchemaChange, ...]:
    try:
        return find_schema_changes(before["schema"], after["schema"])
    except (KeyError, TypeError, AttributeError):
        raise ArtifactIntegrityError(
            "the old manifest's schema is not of the shape that it has to be; fetch the artifact again"
        ) from None


def _describe(content: Mapping[str, Any]) -> dict[str, str]:
    """Return what names a version."""
    return {
        "pipeline_name": str(content.get("pipeline_name")),
        "version": str(content.get("model_version")),
        "digest": str(content.get("sha256")),
        "data": str((content.get("data") or {}).get("sha256")),
        "task": str(content.get("task")),
    }


def _describe_surroundings(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """Say what may explain a difference: other data, another task, another model."""
    old, new = _describe(before), _describe(after)
    notes = []
    if before.get("sha256") == after.get("sha256"):
        notes.append("both are the same model, to the byte")
    for key, what in (("pipeline_name", "pipelines"), ("task", "tasks")):
        if old[key] != new[key]:
            notes.append(f"they are different {what}: {old[key]} and {new[key]}")
    if old["data"] != new["data"]:
        made_up = (after.get("data") or {}).get("synthetic") and not (before.get("data") or {}).get("synthetic")
        extra = "; the new one learned from the embedded sample, whose rows are made up" if made_up else ""
        notes.append(f"they learned from different tables: SHA-256 {old['data'][:12]} and {new['data'][:12]}{extra}")
    families = [str((content.get("model") or {}).get("family")) for content in (before, after)]
    if families[0] != families[1]:
        notes.append(f"the model's family was {families[0]} and is {families[1]}")
    if (lost := sorted(set(before.get("classes") or []) ^ set(after.get("classes") or []))) and old["task"] == new[
        "task"
    ]:
        notes.append(f"only one of them knows these classes: {', '.join(lost[:10])}")
    return notes
