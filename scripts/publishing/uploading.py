"""Files that are sent to the package index, by twine."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from package_index import Index, PackageIndexError

from publishing.processes import ROOT


def upload_file(index: Index, path: Path) -> None:
    """Upload a file; the token goes by the environment, and out of whatever twine says."""
    words = ["upload", "--non-interactive", "--disable-progress-bar", "--config-file", os.devnull, str(path)]
    login = {"TWINE_REPOSITORY_URL": index.upload_url, "TWINE_USERNAME": index.username, "TWINE_PASSWORD": index.token}
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PACKAGE_", "PYTHON"))}
    finished = subprocess.run(
        [sys.executable, "-I", "-m", "twine", *words],  # nothing that lies in somebody's folder gets the token
        cwd=ROOT,
        env=kept | login,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    print(finished.stdout.replace(index.token, "***").strip(), flush=True)
    if finished.returncode != 0:
        raise PackageIndexError(f"twine could not upload {path.name}; once that is mended, run scripts/publish again")
    print(f"uploaded {path.name}", flush=True)
