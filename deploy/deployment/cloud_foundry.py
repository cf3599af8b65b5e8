"""An app of Cloud Foundry as the target of a deployment, through its command line ``cf`` (version 8)."""

from __future__ import annotations

import json
import shlex
import subprocess
from pathlib import Path
from typing import Any

from deployment.errors import DeploymentError

PREVIOUS = "<the revision before>"
N_REVISIONS = 50


def push(app: str, context: Path, version: str, *, dry_run: bool) -> None:
    """Push what `scripts/image-context` made; instances are replaced one after the other, each when it is healthy.

    If the first new one does not become healthy, the old ones go on.
    """
    if not dry_run and not (context / "manifest.yml").is_file():
        raise DeploymentError(f"there is no {context / 'manifest.yml'}; run scripts/image-context first")
    manifest = str(context / "manifest.yml")
    command = ["cf", "push", app, "--manifest", manifest, "--var", f"release={version}", "--path", str(context)]
    _run([*command, "--strategy", "rolling"], dry_run=dry_run)


def roll_back(app: str, *, only_from: str | None = None, dry_run: bool) -> None:
    """Deploy the newest revision again that is older than the deployed one and of another version.

    What counts is the variables of the revisions: those of the app itself are changed by a push that is never deployed
    because its staging fails.

    Parameters
    ----------
    app : str
    only_from : str, optional
        Do so only if this version is deployed, wholly or in part.
    dry_run : bool
    """
    identifier = _run(["cf", "app", app, "--guid"], dry_run=dry_run).strip() or "<guid>"
    path = f"/v3/apps/{identifier}/revisions"
    deployed = _sort(_curl(f"{path}/deployed", dry_run=dry_run))
    if dry_run:
        _run(["cf", "rollback", app, "--version", PREVIOUS, "-f"], dry_run=True)
        return
    if not deployed:
        raise DeploymentError(f"{app} has no deployed revision; see `cf revisions {app}`")
    current = _read_release(deployed[0])
    if only_from is not None and current != only_from:
        print(f"{app} is {current or 'of an unknown version'}, not {only_from}: nothing to roll back")
        return
    older = _sort(_curl(f"{path}?order_by=-created_at&per_page={N_REVISIONS}", dry_run=False))
    older = [revision for revision in older if revision["version"] < deployed[0]["version"]]
    previous = next((revision for revision in older if _read_release(revision) != current), None)
    if previous is None:
        raise DeploymentError(f"{app} has no revision of another version before the one that is deployed")
    _run(["cf", "rollback", app, "--version", str(previous["version"]), "-f"], dry_run=False)


def _read_release(revision: dict[str, Any]) -> str | None:
    """Return the version that a revision runs, as `push` has told it; None where it was not told."""
    answer = _curl(f"/v3/revisions/{revision['guid']}/environment_variables", dry_run=False)
    release: str | None = answer.get("var", {}).get("RELEASE")
    return release


def _sort(answer: dict[str, Any]) -> list[dict[str, Any]]:
    """Return revisions, the newest first."""
    return sorted(answer.get("resources", []), key=lambda revision: int(revision["version"]), reverse=True)


def _curl(path: str, *, dry_run: bool) -> dict[str, Any]:
    """Ask the platform; return what it answers, or nothing in a dry run."""
    text = _run(["cf", "curl", "--fail", path], dry_run=dry_run) or "{}"
    try:
        answer: dict[str, Any] = json.loads(text)
    except ValueError:
        raise DeploymentError(f"expected JSON of cf curl {path}, found {text!r:.200}") from None
    return answer


def _run(command: list[str], *, dry_run: bool) -> str:
    """Run cf, or only say what would be run; return what it prints."""
    print(f"{'would run' if dry_run else '$'} {shlex.join(command)}", flush=True)
    if dry_run:
        return ""
    try:
        finished = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    except FileNotFoundError:
        raise DeploymentError("cf, the command line of Cloud Foundry (version 8), is not on PATH") from None
    if finished.returncode != 0:
        raise DeploymentError(f"{shlex.join(command[:2])} ended with exit code {finished.returncode}")
    return finished.stdout
