"""What a model was trained with, then and now: code, configuration, commit, libraries, machine."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

from regression_model.processing.datasets.cache import digest_file
from regression_model.train_pipeline.recorded_config import digest_config
from regression_model.verification.documents import find_differences, shorten
from regression_model.verification.outcome import Item

CONTRADICTION = "the manifest contradicts itself"
"""The reason of an item that no surroundings excuse."""


def compare_code(code: Mapping[str, str]) -> Item:
    """Compare the code of a wheel with the installed one, which is what trains.

    Parameters
    ----------
    code : mapping of str to str
        SHA-256 of each file by its path below the package.
    """
    root = Path(str(files("regression_model")))
    changed = sorted(name for name, digest in code.items() if _digest(root / name) != digest)
    if not changed:
        return Item("code", "equal", f"the {len(code):,} files of the wheel's package are those installed here")
    said = f"{len(changed):,} of {len(code):,} files are not those installed here: {shorten(changed)}"
    reason = "the installed package, which trains, is another than that in the wheel"
    return Item("code", "differs", said, reason, explains=True)


def compare_config(recorded: Mapping[str, Any], rebuilt: Mapping[str, Any]) -> Item:
    """Compare the resolved configurations, and what the manifest says of its own."""
    said = recorded.get("config_sha256")
    if digest_config(recorded["config"]) != said:
        found = "the manifest names a digest of its configuration that is not that of its configuration"
        return Item("config", "differs", found, CONTRADICTION)
    changed = list(find_differences(recorded["config"], rebuilt["config"]))
    if not changed:
        return Item("config", "equal", f"SHA-256 {said}")
    return Item(
        "config",
        "differs",
        f"this release reads it with other keys or defaults: {shorten(changed)}",
        "this release of the package knows other settings than the one that trained it",
        explains=True,
    )


def compare_commits(recorded: Any, rebuilt: Any) -> Item:  # noqa: ANN401 - whatever a manifest says
    """Compare the Git commits, and whether they were all there was."""
    if not isinstance(recorded, Mapping):
        if rebuilt is None:
            return Item("commit", "unknown", "none was recorded")
        said = "none was recorded; there is a Git repository here"
        return Item("commit", "differs", said, "it was trained outside of a Git repository, and rebuilt in one")
    commit = str(recorded.get("commit"))
    if recorded.get("dirty"):
        said = f"{commit}, with uncommitted changes when it was trained"
        reason = "it was trained with uncommitted changes, which nobody else has"
        return Item("commit", "unknown", said, reason, explains=True)
    if not isinstance(rebuilt, Mapping):
        said = f"{commit} was recorded; there is no Git repository here"
        return Item("commit", "unknown", said, "the commit is recorded: verify in a clone of the repository, at it")
    return _compare_known_commits(commit, rebuilt)


def _compare_known_commits(commit: str, rebuilt: Mapping[str, Any]) -> Item:
    if commit != rebuilt.get("commit"):
        said = f"{commit} was recorded; here it is {rebuilt.get('commit')}"
        return Item("commit", "differs", said, "the repository here is at another commit", explains=True)
    if rebuilt.get("dirty"):
        said = f"{commit}, with uncommitted changes here"
        return Item("commit", "differs", said, "there are uncommitted changes here", explains=True)
    return Item("commit", "equal", commit)


def compare_libraries(recorded: Any, rebuilt: Mapping[str, str]) -> Item:  # noqa: ANN401 - whatever a manifest says
    """Compare the versions of the libraries that have a say in a prediction."""
    return _compare_values("libraries", recorded, rebuilt, "other versions of libraries compute and pickle differently")


def compare_platforms(recorded: Any, rebuilt: Mapping[str, str]) -> Item:  # noqa: ANN401 - whatever a manifest says
    """Compare system, type of machine and Python's minor version."""
    reason = "bytes are promised for the same system, type of machine and minor version of Python only"
    return _compare_values("platform", recorded, rebuilt, reason)


def compare_environments(recorded: Any, rebuilt: Mapping[str, str] | None) -> Item:  # noqa: ANN401
    """Compare the variables that were pinned around the training."""
    if not isinstance(recorded, Mapping):
        reason = "it was trained without a pinned environment (threads, instructions of the processor)"
        return Item("environment", "unknown", "none was pinned, or none was recorded", reason, explains=True)
    reason = "the pinned environment is another, as on a processor of another family, which sums in another order"
    return _compare_values("environment", recorded, rebuilt or {}, reason)


def compare_locks(recorded: Any, rebuilt: str | None) -> Item:  # noqa: ANN401 - whatever a manifest says
    """Compare the digests of the lock files."""
    if recorded == rebuilt:
        if recorded is None:
            return Item("lock", "unknown", "none was recorded, and there is none here")
        return Item("lock", "equal", f"SHA-256 {recorded}")
    found = [f"SHA-256 {one}" if one else "none" for one in (recorded, rebuilt)]
    return Item("lock", "differs", f"recorded: {found[0]}; here: {found[1]}", "the lock file is another")


def _compare_values(name: str, recorded: Any, rebuilt: Mapping[str, str], reason: str) -> Item:  # noqa: ANN401
    if not isinstance(recorded, Mapping):
        return Item(name, "unknown", "nothing was recorded")
    changed = [key for key in sorted({*recorded, *rebuilt}) if recorded.get(key) != rebuilt.get(key)]
    if not changed:
        return Item(name, "equal", ", ".join(f"{key} {value}" for key, value in rebuilt.items()))
    said = [f"{key} {recorded.get(key, 'not recorded')}, here {rebuilt.get(key, 'none')}" for key in changed]
    return Item(name, "differs", "; ".join(said), f"{reason} ({'; '.join(said)})", explains=True)


def _digest(file: Path) -> str | None:
    return digest_file(file) if file.is_file() else None
