"""What a training gave, then and now: files, metrics, schema, golden rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from regression_model.comparison.answering import answer_rows, load_compiled, read_golden_rows
from regression_model.comparison.differences import Answers, compare_answers
from regression_model.verification.documents import TOLERANCE, find_differences, shorten
from regression_model.verification.outcome import Item

if TYPE_CHECKING:
    from regression_model.artifact import Artifact
    from regression_model.artifact.integrity import CheckedFiles

_COMPILED_FORM = "compiled form"
_OTHER_FORM = "the saved compiled form is not that of the rebuilt model: it predicts something else, or can't be used"

_MAY_DIFFER = frozenset(
    (
        *("files", "sha256", "compiled", "compiled_reason"),  # bytes
        *("git", "libraries", "platform", "environment", "lock_sha256", "model_version"),  # surroundings
        *("config", "config_order", "config_sha256"),  # another release may know more settings
    )
)
"""Entries of a manifest that say nothing of what the data made of the model."""


def compare_files(recorded: Mapping[str, Any], rebuilt: Mapping[str, Any]) -> list[Item]:
    """Compare the digest of each file that either model has."""
    items = []
    for kind in dict.fromkeys((*recorded["files"], *rebuilt["files"])):
        one, other = (content["files"].get(kind) for content in (recorded, rebuilt))
        if one is None or other is None:
            said = "only the rebuilt model has it" if one is None else "the rebuilt model has none"
            items.append(Item(f"file: {kind}", "differs", said))
        elif one["sha256"] == other["sha256"]:
            items.append(Item(f"file: {kind}", "equal", f"SHA-256 {one['sha256']}"))
        else:
            items.append(Item(f"file: {kind}", "differs", f"SHA-256 {one['sha256']}, rebuilt {other['sha256']}"))
    return items


def compare_facts(name: str, recorded: Any, rebuilt: Any) -> Item:  # noqa: ANN401 - JSON
    """Compare a part of the manifest; numbers may differ by a relative 1e-9, and are then still called equal."""
    changed = list(find_differences(recorded, rebuilt))
    if not changed:
        return Item(name, "equal", "to the last digit")
    apart = list(find_differences(recorded, rebuilt, tolerance=TOLERANCE))
    if not apart:
        return Item(name, "equal", f"to a relative {TOLERANCE:g}")
    return Item(name, "differs", f"{len(apart):,} values: {shorten(apart)}")


def compare_golden_rows(recorded: Mapping[str, Any], rebuilt: Artifact) -> Item:
    """Compare the recorded predictions of the golden rows with those of the rebuilt model."""
    rows, answers = read_golden_rows(recorded)
    own_rows, own = read_golden_rows(rebuilt.manifest.content)
    return _compare("golden rows", answers, own if own_rows == rows else answer_rows(rebuilt, rows))


def compare_compiled(checked: CheckedFiles, rebuilt: Artifact) -> Item:
    """Let the recorded compiled form predict the golden rows, and compare with the rebuilt model.

    What a manifest says that its model predicts is a claim. A compiled form is data, and can be asked; a pickled
    pipeline would have to be opened, which can run any code.
    """
    artifact, problem = load_compiled(checked)
    if artifact is None:
        if not checked.manifest.content.get("compiled"):
            return Item(_COMPILED_FORM, "unknown", f"not compared: {problem}")
        return Item(_COMPILED_FORM, "differs", problem, _OTHER_FORM)
    rows, _ = read_golden_rows(checked.manifest.content)
    found = _compare(_COMPILED_FORM, answer_rows(artifact, rows), answer_rows(rebuilt, rows))
    return found if found.state == "equal" else replace(found, reason=_OTHER_FORM)


def _compare(name: str, recorded: Answers, rebuilt: Answers) -> Item:
    found = compare_answers(recorded, rebuilt, source=name, tolerance=TOLERANCE)
    largest = max(
        (move.difference for move in found.movers), default=found.maximum if found.maximum is not None else 0.0
    )
    said = f"{found.n_rows} rows, largest relative difference {largest:.3g}"
    if not found.n_moved:
        return Item(name, "equal", said)
    return Item(name, "differs", f"{said}; {found.n_moved} moved by more than {TOLERANCE:g}")


def find_unlike(recorded: Mapping[str, Any], rebuilt: Mapping[str, Any]) -> list[str]:
    """Return where the manifests differ by more than 1e-9 in what the data decides.

    So a manifest whose metrics or schema somebody has improved is not called similar for its honest golden rows.
    """
    one, other = (
        {key: value for key, value in content.items() if key not in _MAY_DIFFER} for content in (recorded, rebuilt)
    )
    return list(find_differences(one, other, tolerance=TOLERANCE))
