"""The commands for Cloud Foundry: said in a dry run; and what is read from the answers of cf."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest
from deployment.packages import API, read_version

ROOT = Path(__file__).resolve().parents[2]
VERSION = read_version(ROOT, API)


def run(script, *arguments, **variables):
    command = [str(ROOT / "scripts" / script), "--target", "cf:houses", *arguments]
    return subprocess.run(command, env=os.environ | variables, capture_output=True, text=True, timeout=60, check=False)


@pytest.fixture
def cf(tmp_path):
    """A folder with a program bin/cf that answers as the real one does, and notes what it was asked.

    Revision 7 is of 0.0.1, and 8 is of $PUSHED, as is the app itself; $DEPLOYED are the revisions that run.
    """
    texts = {number: json.dumps({"version": number, "guid": f"r{number}"}) for number in (8, 7)}
    program = tmp_path / "bin" / "cf"
    program.parent.mkdir()
    program.write_text(
        f"""#!/bin/sh
printf '%s\\n' "$*" >> {tmp_path}/asked
case "$1$3" in
    app*) echo 1234 ;;
    curl*/revisions/r7/environment_variables) echo '{{"var": {{"RELEASE": "0.0.1"}}}}' ;;
    curl*/environment_variables) echo '{{"var": {{"RELEASE": "'"$PUSHED"'"}}}}' ;;
    curl*/revisions/deployed) echo '{{"resources": ['"$DEPLOYED"']}}' ;;
    curl*) echo '{{"resources": [{texts[8]}, {texts[7]}]}}' ;;
esac
"""
    )
    program.chmod(0o755)
    return tmp_path


def ask(cf, *arguments, deployed=(8,), pushed=VERSION):
    texts = [json.dumps({"version": number, "guid": f"r{number}"}) for number in deployed]
    path = f"{cf / 'bin'}:{os.environ['PATH']}"
    return run("rollback", *arguments, PATH=path, PUSHED=pushed, DEPLOYED=", ".join(texts))


def test_a_dry_run_says_what_would_be_pushed():
    finished = run("deploy", "--dry-run", "--dist", "/tmp/dist")
    assert finished.returncode == 0, finished.stderr
    assert finished.stdout == (
        f"would run cf push houses --manifest /tmp/dist/image/manifest.yml --var release={VERSION} "
        "--path /tmp/dist/image --strategy rolling\n"
    )


def test_nothing_is_pushed_that_was_not_collected(tmp_path):
    finished = run("deploy", "--dist", str(tmp_path))
    assert finished.returncode == 1
    assert "run scripts/image-context first" in finished.stderr


def test_a_rollback_goes_to_the_revision_before_the_one_that_is_deployed(cf):
    finished = ask(cf)
    assert finished.returncode == 0, finished.stderr
    assert (cf / "asked").read_text().splitlines() == [
        "app houses --guid",
        "curl --fail /v3/apps/1234/revisions/deployed",
        "curl --fail /v3/revisions/r8/environment_variables",
        "curl --fail /v3/apps/1234/revisions?order_by=-created_at&per_page=50",
        "curl --fail /v3/revisions/r7/environment_variables",
        "rollback houses --version 7 -f",
    ]


@pytest.mark.parametrize(
    ("deployed", "pushed", "is_rolled_back"),
    [
        ((8,), VERSION, True),
        # A rolling deployment that stopped in the middle.
        ((7, 8), VERSION, True),
        # Restarted with another variable: the revision before is of the same version.
        ((9,), VERSION, True),
        # Its staging failed: the app has the new variable, and what runs is what ran before.
        ((7,), VERSION, False),
        ((8,), "0.0.2", False),
        ((8,), "", False),
    ],
)
def test_only_a_version_that_is_deployed_is_rolled_back(cf, deployed, pushed, is_rolled_back):
    finished = ask(cf, "--only-this-version", deployed=deployed, pushed=pushed)
    assert finished.returncode == 0, finished.stderr
    assert ("rollback houses --version 7 -f" in (cf / "asked").read_text().splitlines()) == is_rolled_back
    assert ("nothing to roll back" in finished.stdout) == (not is_rolled_back)


@pytest.mark.parametrize(("deployed", "message"), [((), "no deployed revision"), ((7,), "no revision of another")])
def test_without_a_way_back_nothing_is_rolled_back(cf, deployed, message):
    finished = ask(cf, deployed=deployed)
    assert finished.returncode == 1
    assert message in finished.stderr
    assert "rollback" not in (cf / "asked").read_text()


def test_a_dry_run_of_a_rollback_asks_nothing(cf):
    finished = run("rollback", "--dry-run", PATH=f"{cf / 'bin'}:{os.environ['PATH']}")
    assert finished.stdout.splitlines()[-1] == "would run cf rollback houses --version '<the revision before>' -f"
    assert not (cf / "asked").exists()
