"""Installs releases beside each other, and removes what nobody will go back to."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from deployment.errors import DeploymentError
from deployment.packages import Packages, build_index_environment, hide_token
from deployment.target import Target

FACTS = "release.json"
_STARTERS = Path(__file__).resolve().parents[1] / "release"


def install_release(target: Target, packages: Packages, uv: Path, environ: Mapping[str, str]) -> Path:
    """Install a release into an environment of its own, or find that it is there already.

    Everything but the API's own wheel comes from the one package index; every file has to have the hash that was
    written down for it. A release appears under its name when it is complete, and never before.

    Parameters
    ----------
    target : Target
    packages : Packages
    uv : Path
        The program that installs.
    environ : mapping
        See `deployment.packages.build_index_environment`.

    Returns
    -------
    Path
        The release's folder; its name is the version of the API.

    Raises
    ------
    DeploymentError
        If it can't be installed, or there is another release of the same name.
    """
    folder = target.release_folder(packages.api_version)
    digest = packages.compute_digest()
    if folder.is_dir():
        if read_facts(folder).get("digest") == digest:
            return folder
        raise DeploymentError(
            f"{folder} holds other packages under the same version; run scripts/release, so that what is new has a new "
            "version"
        )
    draft = folder.with_name(f".{folder.name}.draft")
    shutil.rmtree(draft, ignore_errors=True)
    try:
        _fill(draft, packages, uv, build_index_environment(environ))
        facts = {"api_version": packages.api_version, "model_version": packages.model_version, "digest": digest}
        (draft / FACTS).write_text(json.dumps(facts, indent=2) + "\n", encoding="utf-8")
        draft.rename(folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return folder


def read_facts(folder: Path) -> dict[str, str]:
    """Return what `install_release` wrote down of a release."""
    facts: dict[str, str] = json.loads((folder / FACTS).read_text(encoding="utf-8"))
    return facts


def find_manifest_folder(release: Path) -> Path:
    """Return the folder of the model that is inside a release's environment."""
    found = sorted((release / "venv" / "lib").glob("python3*/site-packages/regression_model/trained_models"))
    if len(found) != 1:
        raise DeploymentError(f"expected one regression_model in {release}, found {len(found)}")
    return found[0]


def remove_old_releases(target: Target, n_kept: int) -> list[str]:
    """Remove what is neither current nor one of the last that were; return the names."""
    kept = set(list(dict.fromkeys(reversed(target.read_history())))[:n_kept])
    old = [path for path in target.release_folder("x").parent.iterdir() if path.name not in kept]
    for path in old:
        shutil.rmtree(path)
    return sorted(path.name for path in old)


def _fill(draft: Path, packages: Packages, uv: Path, environment: dict[str, str]) -> None:
    """Make the environment; a relocatable one, because the folder gets its name afterwards."""
    draft.mkdir(parents=True)
    requirements = draft / "requirements.txt"
    api = f"ml-api @ {packages.api_wheel.resolve().as_uri()} {packages.pin_api().split(' ', 1)[1]}"
    lock = packages.lock.read_text(encoding="utf-8")
    requirements.write_text(f"{lock.rstrip()}\n{packages.pin_model()}\n{api}\n", encoding="utf-8")
    venv = draft / "venv"
    _run([str(uv), "venv", "--quiet", "--relocatable", "--python", sys.executable, str(venv)], environment)
    install = [str(uv), "pip", "install", "--quiet", "--python", str(venv / "bin" / "python")]
    _run([*install, "--require-hashes", "--only-binary", ":all:", "--requirement", str(requirements)], environment)
    for starter in _STARTERS.glob("*.py"):
        shutil.copyfile(starter, draft / starter.name)


def _run(command: list[str], environment: dict[str, str]) -> None:
    """Run a step of the installation; its output is shown if it fails."""
    finished = subprocess.run(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    if finished.returncode != 0:
        output = hide_token(finished.stdout, environment).rstrip()
        raise DeploymentError(f"{' '.join(command[:3])} failed:\n{output}")
