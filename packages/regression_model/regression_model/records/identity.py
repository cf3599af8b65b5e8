"""What must be the same for a run to go on with the result that it would have had."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from regression_model.errors import SearchError
from regression_model.train_pipeline.surroundings import describe_libraries, describe_platform

_LIBRARIES = ("optuna", "lightgbm", "xgboost-cpu", "catboost", "tsfresh", "keras", "jax")


def describe_surroundings() -> dict[str, Any]:
    """Return the libraries and the platform that have a say in the result, by words for people."""
    return {"the libraries": describe_libraries(_list_installed()), "the platform": describe_platform()}


def check_identity(recorded: Mapping[str, Any], found: Mapping[str, Any], run: str) -> None:
    """Refuse to go on with a run that was another search or sweep.

    Parameters
    ----------
    recorded : mapping
        What the run began with, by words for people.
    found : mapping
        The same, as it is now.
    run : str
        The run, as people call it.

    Raises
    ------
    SearchError
        Naming what differs.
    """
    other = [name for name, value in found.items() if recorded.get(name) != value]
    if other:
        details = "; ".join(f"{name}: {recorded.get(name)!r} then, {found[name]!r} now" for name in other)
        raise SearchError(
            f"run {run} can't go on, because {', '.join(other)} changed since it began; restore what it began with, or "
            f"begin anew ({details})"
        )


def _list_installed() -> tuple[str, ...]:
    installed = []
    for name in _LIBRARIES:
        try:
            version(name)
        except PackageNotFoundError:
            continue
        installed.append(name)
    return tuple(installed)
