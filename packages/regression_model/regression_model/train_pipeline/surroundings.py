"""What training stood on: libraries, Python, machine and commit."""

from __future__ import annotations

import platform
import shutil
import subprocess
from importlib.metadata import version
from pathlib import Path
from typing import Any

from regression_model.processing.datasets.cache import digest_file

_LIBRARIES = ("scikit-learn", "pandas", "numpy", "scipy", "feature-engine", "joblib")
_GIT_TIMEOUT_S = 10.0


def describe_libraries(extra: tuple[str, ...] = ()) -> dict[str, str]:
    """Return the versions of the libraries that have a say in a prediction, by distribution name."""
    return {name: version(name) for name in sorted({*_LIBRARIES, *extra})}


def describe_platform() -> dict[str, str]:
    """Return what the bytes of an artifact may depend on: system, machine type, and Python's minor version."""
    return {
        "system": platform.system(),
        "machine": platform.machine(),
        "python": ".".join(platform.python_version_tuple()[:2]),
    }


def describe_commit(folder: Path) -> dict[str, Any] | None:
    """Return the Git commit that a folder is at, and whether tracked files have changes that are not committed.

    Returns
    -------
    dict or None
        ``commit`` and ``dirty``; None where there is no Git or no repository, and in a virtual environment, whatever
        repository that lies in.
    """
    git = shutil.which("git")
    if git is None or _find_repository(folder) is None:
        return None
    commit = _run([git, "-C", str(folder), "rev-parse", "HEAD"])
    changes = _run([git, "-C", str(folder), "status", "--porcelain", "--untracked-files=no"])
    if not commit or changes is None:
        return None
    return {"commit": commit, "dirty": bool(changes)}


def digest_lock(folder: Path) -> str | None:
    """Return the SHA-256 of the lock file for this Python that a folder's repository has, or None without one.

    It is ``locks/regression-model-py<version>.txt`` at the root of the repository, and nowhere else.
    """
    root = _find_repository(folder)
    if root is None:
        return None
    version_digits = "".join(platform.python_version_tuple()[:2])
    file = root / "locks" / f"regression-model-py{version_digits}.txt"
    return digest_file(file) if file.is_file() else None


def _find_repository(folder: Path) -> Path | None:
    """Return the root of the Git repository that a folder is in.

    What is installed in a virtual environment belongs to no repository, least of all to the project around it.
    """
    for place in (folder.absolute(), *folder.absolute().parents):
        if (place / "pyvenv.cfg").is_file():
            return None
        if (place / ".git").exists():  # of a worktree or submodule it is a file
            return place
    return None


def _run(command: list[str]) -> str | None:
    try:
        done = subprocess.run(  # noqa: S603 - the command is ours
            command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=_GIT_TIMEOUT_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() if done.returncode == 0 else None
