"""The order of a deployment: install, try, switch, ask, and go back if it is not what it should be."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn

from deployment.errors import DeploymentError
from deployment.packages import Packages
from deployment.releases import find_manifest_folder, install_release, read_facts, remove_old_releases
from deployment.server import (
    end_candidate,
    find_served,
    find_server,
    find_url,
    read_settings,
    resume_server,
    run_candidate,
    stop_server,
    switch_server,
)
from deployment.smoke import NO_MODEL, Expectation, Service, check_service, read_manifest
from deployment.target import Target
from deployment.versions import check_not_older

READY_TIMEOUT_S = 60.0


@dataclass(frozen=True)
class Checks:
    """How a release is asked whether it works.

    Parameters
    ----------
    key : str, optional
        A key of the API with the scope ``predict``.
    accept : callable, optional
        A further check after the switch; it gets the URL and raises `DeploymentError` if it is not content.
    """

    key: str | None = field(default=None, repr=False)
    accept: Callable[[str], None] | None = None


def deploy(
    target: Target, packages: Packages, uv: Path, environ: Mapping[str, str], checks: Checks, n_kept: int = 3
) -> str:
    """Deploy a release; whatever goes wrong, the one before it is served afterwards.

    It is first tried on a port of its own, with the golden rows of its model, while the current release serves. Only
    then does `current` change and the server hand over, and the same is asked of the real address.

    Returns
    -------
    str
        The URL under which it is served.

    Raises
    ------
    DeploymentError
        If the release is not served. The message says what is served instead.
    """
    with target.hold_lock():
        end_candidate(target)
        current = target.find_current()
        check_not_older(packages.api_version, current)
        # A deployment that was killed is repeated: whether its release works was never seen, so the way back is to
        # the one before, if there is one.
        repeated = current == packages.api_version
        previous = (target.find_previous() if repeated else None) or current
        print(f"Installing {packages.api_version} (model {packages.model_version}) ...", flush=True)
        release = install_release(target, packages, uv, environ)
        try:
            _try_candidate(target, release, checks)
        except BaseException as error:  # noqa: BLE001 - which ends with it, or with what it became
            if release.name not in target.read_history():
                shutil.rmtree(release)
            if repeated and _find_failure(target, release, checks) is not None:
                _end_in_undo(target, error, previous, checks)
            _end_with(error, f"Nothing was switched; {_say_served(current)}")
        url = _switch(target, release.name, previous, checks)
        for name in remove_old_releases(target, n_kept):
            print(f"Removed the release {name}")
        return url


def roll_back(target: Target, checks: Checks, only_from: str | None = None) -> str | None:
    """Serve the release again that was current before.

    Parameters
    ----------
    target : Target
    checks : Checks
    only_from : str, optional
        Do so only if this release is the current one: after a deployment that has failed, the release that it was to
        replace may be current still, or again.

    Returns
    -------
    str or None
        The URL, or None if there was nothing to do.

    Raises
    ------
    DeploymentError
        If there is no release before, or it does not work; then the current one is served as before.
    """
    with target.hold_lock():
        current, previous = target.find_current(), target.find_previous()
        if only_from is not None and current != only_from:
            print(f"The current release is {current or 'none'}, not {only_from}: nothing to roll back")
            return None
        if current is None or previous is None:
            raise DeploymentError(f"{target.folder} has no release before {current or 'the first one'} to go back to")
        end_candidate(target)
        print(f"Going back from {current} to {previous} ...", flush=True)
        try:
            _try_candidate(target, target.release_folder(previous), checks)
        except BaseException as error:  # noqa: BLE001 - which ends with it, or with what it became
            _end_with(error, f"{previous} does not work; {_say_served(current)}")
        try:
            target.step_back(previous)
            switch_server(target)
            return _ask(target, target.release_folder(previous), checks)
        except BaseException as error:  # noqa: BLE001 - which ends with it, or with what it became
            target.activate(current)
            _end_in_undo(target, error, current, checks)


def _try_candidate(target: Target, release: Path, checks: Checks) -> None:
    print("Trying it on a port of its own ...", flush=True)
    settings = read_settings(release)
    with run_candidate(target, release) as (url, find_end):
        service = Service(url, checks.key, _find_host(settings))
        patience_s = READY_TIMEOUT_S
        check_service(service, _expect(release), patience_s=patience_s, report=_report, find_end=find_end)


def _switch(target: Target, name: str, previous: str | None, checks: Checks) -> str:
    """Make the release current and have it served; undo that if it is not what it was a moment ago."""
    print("Switching ...", flush=True)
    try:
        target.activate(name)
        switch_server(target)
        url = _ask(target, target.release_folder(name), checks)
        if checks.accept is not None:
            checks.accept(url)
    except BaseException as error:  # noqa: BLE001 - which ends with it, or with what it became
        _end_in_undo(target, error, previous, checks)
    return url


def _end_in_undo(target: Target, error: BaseException, previous: str | None, checks: Checks) -> NoReturn:
    """Serve what was served before, and end with the error and what came of that; ask before anything is claimed."""
    print(f"Going back to {previous or 'nothing'} ...", flush=True)
    try:
        target.step_back(previous)
        stop_server(target) if previous is None else resume_server(target)
    except (DeploymentError, OSError) as second:
        _end_with(error, f"Going back to {previous or 'nothing'} failed, too: {second}\n{_say_found(target)}")
    if previous is None:
        _end_with(error, f"It was rolled back; {_say_served(None)}")
    failure = _find_failure(target, target.release_folder(previous), checks)
    if failure is not None:
        _end_with(error, f"It was rolled back, and {previous} does not work either: {failure}\n{_say_found(target)}")
    _end_with(error, f"It was rolled back; {_say_served(previous)}")


def _end_with(error: BaseException, outcome: str) -> NoReturn:
    """Raise an error that says what came of it; what is no failure, such as a signal, goes on as it is."""
    if isinstance(error, DeploymentError | OSError | subprocess.SubprocessError):
        raise DeploymentError(f"{error}\n{outcome}") from error
    print(outcome, flush=True)
    raise error


def _find_failure(target: Target, release: Path, checks: Checks) -> DeploymentError | None:
    """Ask the real address; return why it is not this release that is served there, as it should be, or None."""
    try:
        if find_served(target) != release.name:
            raise DeploymentError(f"{release.name} is not what runs")
        _ask(target, release, checks)
    except (DeploymentError, OSError) as failure:
        return DeploymentError(str(failure))
    return None


def start_deployment(target: Target) -> None:
    """Start the server of the current release, as after the machine was; do nothing if it runs."""
    with target.hold_lock():
        if target.find_current() is None:
            raise DeploymentError(f"nothing was deployed to {target.folder} yet")
        if find_server(target) is None:
            switch_server(target)


def end_deployment(target: Target) -> None:
    """Stop the server; all releases stay where they are."""
    with target.hold_lock():
        stop_server(target)


def _ask(target: Target, release: Path, checks: Checks) -> str:
    settings = read_settings(release)
    url = find_url(settings)
    service = Service(url, checks.key, _find_host(settings))
    # A worker loads its model before it answers anything, and does not try again.
    why = f"the model can't be loaded; {target.log_file} says why"
    check_service(
        service,
        _expect(release),
        patience_s=READY_TIMEOUT_S,
        report=_report,
        find_end=lambda found: why if found == NO_MODEL else None,
    )
    return url


def _expect(release: Path) -> Expectation:
    """Expect the version that was to be installed, and the model that was."""
    found = Expectation.from_manifest(read_manifest(find_manifest_folder(release)))
    wanted = read_facts(release)["model_version"]
    if found.model_version != wanted:
        raise DeploymentError(f"expected the model {wanted} in {release}, found {found.model_version}")
    return found


def _find_host(settings: dict[str, str]) -> str | None:
    """Return a name under which the server answers, where it does not answer under any."""
    names = settings.get("ML_API_ALLOWED_HOSTS", "")
    return names.split(",")[0].strip().lstrip(".") or None


def _say_served(previous: str | None) -> str:
    return f"{previous} is served as before" if previous else "there is no earlier release, so nothing is served"


def _say_found(target: Target) -> str:
    """Say which server runs, without asking whether it works."""
    served = find_served(target)
    return f"The server that runs is of {served}" if served else "No server runs"


def _report(line: str) -> None:
    print(f"  {line}", flush=True)
