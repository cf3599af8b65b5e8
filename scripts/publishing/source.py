"""The commit that is published, as a clone of its own."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from publishing.processes import PLAIN_GIT, ROOT, PublishError

MODULES = {"regression-model": "regression_model", "ml-api": "ml_api"}
"""Our packages, in the order in which they are published."""


@dataclass(frozen=True)
class Source:
    """A clone of the commit that is published."""

    commit: str
    folder: Path

    def read_version(self, name: str) -> str:
        """Return the version of a package of ours."""
        module = MODULES[name]
        return (self.folder / "packages" / module / module / "VERSION").read_text(encoding="utf-8").strip()

    def name_files(self, name: str) -> list[str]:
        """Return the names of what is uploaded of a package: the wheel last, as it is what others install."""
        stem = f"{MODULES[name]}-{self.read_version(name)}"
        return [f"{stem}.tar.gz", f"{stem}-py3-none-any.whl"]

    @property
    def model_package(self) -> Path:
        """Folder of the model package's code."""
        return self.folder / "packages" / "regression_model" / "regression_model"


def run_git(*words: str, **variables: str) -> str:
    """Run git in the checkout; return its output."""
    dropped = ("PACKAGE_", "GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(dropped)}
    environment = kept | {"GIT_NO_REPLACE_OBJECTS": "1"} | variables
    command = ["git", "-c", "log.showSignature=false", *words]
    finished = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    if finished.returncode != 0:
        raise PublishError(f"what is published is a commit, and git fails on {ROOT}: {finished.stderr.strip()}")
    return finished.stdout.strip()


def check_tree() -> str:
    """Return the commit; refuse a tree that visibly differs from it, as it is not what would be published."""
    # What a person's own settings hide from Git would not be published either; saying so is friendlier.
    words = ["-c", f"core.excludesFile={os.devnull}", "status", "--porcelain", "--untracked-files=normal"]
    if changed := run_git(*words):
        raise PublishError(f"the tree has changes that are not committed; what is published is a commit:\n{changed}")
    return run_git("rev-parse", "HEAD")


def clone(commit: str, folder: Path) -> Source:
    """Clone the commit: nothing that Git is told to overlook in the checkout gets into it."""
    run_git("clone", "--quiet", "--shared", "--no-checkout", "--template=", str(ROOT), str(folder))
    run_git("-C", str(folder), "checkout", "--quiet", "--detach", commit, **PLAIN_GIT)
    return Source(commit, folder)
