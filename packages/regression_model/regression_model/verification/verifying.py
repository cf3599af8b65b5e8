"""Trains a saved model again, and compares the result with it."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from regression_model.artifact import load_artifact
from regression_model.artifact.integrity import CheckedFiles, check_model_files
from regression_model.artifact.manifest import SUFFIX
from regression_model.artifact.wheel_files import ModelFiles, opening_model_files
from regression_model.errors import ArtifactWriteError
from regression_model.train_pipeline import run_training_isolated
from regression_model.verification import results, surroundings
from regression_model.verification.data_search import FoundTable, find_table
from regression_model.verification.outcome import Item, Outcome, Verification
from regression_model.verification.recipe import Recipe, read_recipe

if TYPE_CHECKING:
    from collections.abc import Mapping

    from regression_model.artifact import Artifact
    from regression_model.train_pipeline.job import Progress

_UNEXPLAINED = (
    "nothing that is recorded explains all of it: another family of processors, a library that is not among those "
    "recorded, or the files are not what the manifest says that they were made from"
)


@dataclass(frozen=True)
class VerificationInputs:
    """What is verified, and with what.

    Attributes
    ----------
    model : Path or None
        A manifest, a folder or a wheel; by default the published model inside the package.
    data_path : Path or None
        The table; by default it is looked for by its digest.
    config_file : Path or None
        The configuration file that the model was trained with, for the paths in it.
    output : Path or None
        Where the rebuilt model is kept; by default nowhere.
    """

    model: Path | None = None
    data_path: Path | None = None
    config_file: Path | None = None
    output: Path | None = None


def verify_model(inputs: VerificationInputs, *, report_progress: Progress) -> Verification:
    """Check a model's digests, train it again, and compare.

    Nothing of the model is unpickled or run: its manifest and its compiled form are read as data, its other files are
    only hashed.

    Parameters
    ----------
    inputs : VerificationInputs
    report_progress : callable
        Called with a short text before each stage.

    Returns
    -------
    Verification

    Raises
    ------
    ArtifactError
        If the model's own digests do not agree, or its manifest lacks what is needed to train it.
    ConfigError
        If this release can't use its configuration.
    DataError
        If the table or a reference table can't be found or is another.
    TrainingError
        If it can't be trained.
    ArtifactWriteError
        If the folder for the rebuilt model holds one already.
    """
    _check_output(inputs.output)
    report_progress("Checking the digests")
    with contextlib.ExitStack() as stack:
        files = stack.enter_context(_open(inputs.model))
        checked = check_model_files(files.place)
        spare = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="regression-model-verify-")))
        recipe = read_recipe(checked.manifest.content, spare=spare, config_file=inputs.config_file)
        report_progress("Looking for the table by its digest")
        table = find_table(recipe.table, recipe.config, path=inputs.data_path)
        rebuilt = _rebuild(recipe, table, inputs.output or spare / "rebuilt", report_progress)
        report_progress("Comparing")
        first = [_describe_digests(checked), *([surroundings.compare_code(files.code)] if files.code else [])]
        first.append(Item("data", "equal", f"{table.place}, SHA-256 {recipe.table.sha256}"))
        return conclude(checked, rebuilt, first)


@contextlib.contextmanager
def _open(model: Path | None) -> Iterator[ModelFiles]:
    from regression_model.artifact.loading import published_folder

    with opening_model_files(model if model is not None else published_folder()) as files:
        yield files


def _check_output(output: Path | None) -> None:
    """Refuse to save the rebuilt model over another, least of all over the one that is verified."""
    if output is not None and any(output.glob(f"*{SUFFIX}")):
        raise ArtifactWriteError(f"{output} holds a model already; name another folder for the rebuilt one")


def _rebuild(recipe: Recipe, table: FoundTable, output: Path, report_progress: Progress) -> Artifact:
    sample = recipe.table.synthetic
    result = run_training_isolated(
        recipe.config,
        data_path=None if sample else table.path,
        sample=sample,
        output=output,
        report_progress=report_progress,
    )
    return load_artifact(result.path)


def _describe_digests(checked: CheckedFiles) -> Item:
    said = f"the manifest and its {len(checked.digests)} files are as they were saved"
    return Item("digests", "equal", said)


def conclude(checked: CheckedFiles, rebuilt: Artifact, first: list[Item]) -> Verification:
    """Compare a model with the one that was rebuilt, and say what it amounts to.

    Parameters
    ----------
    checked : CheckedFiles
    rebuilt : Artifact
    first : list of Item
        What was compared before.
    """
    recorded, found = checked.manifest.content, rebuilt.manifest.content
    around = [*first, *_compare_surroundings(recorded, found)]
    files = results.compare_files(recorded, found)
    facts = [results.compare_facts(name, recorded.get(name), found[name]) for name in ("schema", "metrics")]
    facts.append(results.compare_golden_rows(recorded, rebuilt))
    compiled = results.compare_compiled(checked, rebuilt)
    same = checked.manifest.digest == rebuilt.digest
    said = f"SHA-256 {checked.manifest.digest}" + ("" if same else f", rebuilt {rebuilt.digest}")
    whole = Item("artifact", "equal" if same else "differs", said)
    items = (*around, *files, *facts, compiled, whole)
    if same:
        return Verification(Outcome.IDENTICAL, items, (), checked.manifest.digest, rebuilt.digest)
    explained = _is_explained(around, files, compiled)
    agree = facts[-1].state == "equal" and not results.find_unlike(recorded, found)
    reasons = (*(item.reason for item in items if item.reason), *(() if explained else (_UNEXPLAINED,)))
    outcome = Outcome.SIMILAR if agree and explained else Outcome.DIFFERENT
    return Verification(outcome, items, reasons, checked.manifest.digest, rebuilt.digest)


def _is_explained(around: list[Item], files: list[Item], compiled: Item) -> bool:
    """Tell whether the surroundings explain other bytes: of a model's file only if its compiled form predicts the same.

    The commit is part of the manifest, so that where there is no repository the manifest alone differs.
    """
    if any(item.reason == surroundings.CONTRADICTION for item in around):
        return False
    if all(file.state == "equal" for file in files):
        return compiled.state != "differs" and any(item.reason for item in around)
    return compiled.state == "equal" and any(item.explains for item in around)


def _compare_surroundings(recorded: Mapping[str, Any], found: Mapping[str, Any]) -> list[Item]:
    return [
        surroundings.compare_config(recorded, found),
        surroundings.compare_commits(recorded.get("git"), found["git"]),
        surroundings.compare_libraries(recorded.get("libraries"), found["libraries"]),
        surroundings.compare_platforms(recorded.get("platform"), found["platform"]),
        surroundings.compare_environments(recorded.get("environment"), found["environment"]),
        surroundings.compare_locks(recorded.get("lock_sha256"), found["lock_sha256"]),
    ]
