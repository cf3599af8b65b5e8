"""From a commit to a version that others install: publish into a real index, in the way CI does."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from .conftest import TOKEN, build_environment
from .publishing import (
    API_SDIST,
    API_WHEEL,
    PUBLISH_TIMEOUT_S,
    SDIST,
    VERSION,
    WHEEL,
    publish,
    read_folder,
    start_publish,
)

pytestmark = pytest.mark.slow


def find_token_on_command_lines() -> list[str]:
    """Return the command lines of running programs that show the token to everybody on the machine."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            found.append(path.read_bytes().decode(errors="replace"))
    return [line for line in found if TOKEN in line]


def kill_after_upload(checkout: Path, index, name: str, *options: str, cwd: Path) -> None:
    """Publish until a file is in the index, and end everything at once."""
    # What can't be removed any more lies where pytest removes it.
    process = start_publish(checkout, index, *options, cwd=cwd, TMPDIR=str(cwd))
    deadline_s = time.monotonic() + PUBLISH_TIMEOUT_S
    shown: list[str] = []
    try:
        while not (index.folder / name).exists():
            assert process.poll() is None, process.communicate()[0]
            assert time.monotonic() < deadline_s, "nothing was uploaded"
            shown += find_token_on_command_lines()
            time.sleep(0.1)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    output, _ = process.communicate(timeout=30)
    assert process.returncode == -signal.SIGKILL, output
    assert not shown
    assert TOKEN not in output


def install_and_predict(checkout: Path, index, table: Path, folder: Path) -> list[str]:
    """Install the version from the index, as the release notes say, into a clean environment; predict a table."""
    uv, venv = str(checkout / ".venvs" / "tox" / "bin" / "uv"), folder / "venv"
    environment = build_environment(VIRTUAL_ENV=str(venv), UV_NO_CONFIG="1", HOME=str(folder))
    pin = checkout / "dist" / "regression-model.constraints.txt"
    install = [uv, "pip", "install", "--quiet", "--index-url", index.url, "--require-hashes", "--no-deps"]
    output = folder / "prices.csv"
    for command in (
        [uv, "venv", "--quiet", "--python", sys.executable, str(venv)],
        [str(checkout / "scripts" / "install-locked"), "ml-api"],
        [*install, "--requirement", str(pin)],
        [str(venv / "bin" / "regression-model"), "predict", str(table), "--output", str(output)],
    ):
        subprocess.run(command, cwd=folder, env=environment, check=True, timeout=120)
    return output.read_text().splitlines()


@pytest.fixture
def trap(tmp_path) -> Path:
    """A working folder with a program of twine's name, which whoever has put it there would like to get the token."""
    folder = tmp_path / "trap"
    folder.mkdir()
    (folder / "twine.py").write_text("raise SystemExit('caught')")
    return folder


def test_whenever_a_publish_is_killed_it_can_be_repeated(checkout, private_index, table, tmp_path, trap):
    options = ("--data", str(table))

    # Given a publish that was killed after the first of its two files
    kill_after_upload(checkout, private_index, SDIST, *options, cwd=trap)
    left = read_folder(private_index.folder)
    assert list(left) == [SDIST], "killed too late"

    # And again between the two packages, after all that was missing of the first one
    kill_after_upload(checkout, private_index, WHEEL, *options, "--api", cwd=trap)
    before = read_folder(private_index.folder)
    assert set(before) == {SDIST, WHEEL}
    assert before[SDIST] == left[SDIST]
    shutil.rmtree(checkout / "dist")

    # When the first package is published another time, it is refused, as the version is there
    status, output = publish(checkout, private_index, *options)
    assert status == 1
    assert f"in the index already: regression-model {VERSION}; scripts/release makes the next version" in output
    assert not (checkout / "dist").exists()
    assert read_folder(private_index.folder) == before

    # But what CI does goes on: with the second package, and dist/ holds what the index has
    status, output = publish(checkout, private_index, *options, "--api", "--already-published", "compare", cwd=trap)
    assert status == 0, output
    assert f"{SDIST} is in the index already, with the same bytes" in output
    assert f"{WHEEL} is in the index already, with the same bytes" in output
    assert output.count("uploaded ") == 2
    there = read_folder(private_index.folder)
    assert set(there) == {SDIST, WHEEL, API_SDIST, API_WHEEL}
    assert there.items() >= before.items()
    made = read_folder(checkout / "dist")
    assert made.items() >= there.items()

    # And others can install the version and predict
    predictions = install_and_predict(checkout, private_index, table, tmp_path)
    assert len(predictions) == len(table.read_text().splitlines())

    # And the token is in no file that stays
    assert not [name for name, data in made.items() if TOKEN.encode() in data]


def test_a_published_version_of_other_bytes_is_never_passed_off_as_this_commits(checkout, private_index, table):
    others = dict.fromkeys([SDIST, WHEEL, API_SDIST, API_WHEEL], b"of another commit")
    for name, data in others.items():
        (private_index.folder / name).write_bytes(data)
    shutil.rmtree(checkout / "dist", ignore_errors=True)
    options = ("--api", "--data", str(table), "--already-published", "compare")
    status, output = publish(checkout, private_index, *options)
    assert status == 1
    assert f"the index has another {SDIST}" in output
    assert read_folder(private_index.folder) == others
    assert not (checkout / "dist").exists()


def test_an_interrupted_training_ends_with_all_that_it_started_and_no_traceback(checkout, private_index, table):
    process = start_publish(checkout, private_index, "--data", str(table))
    lines = []
    for line in process.stdout:
        lines.append(line)
        if line.startswith("== Train"):
            break
    clone = wait_for_training(process)
    process.send_signal(signal.SIGINT)
    output = "".join(lines) + process.communicate(timeout=60)[0]
    assert process.returncode == 130, output
    assert "scripts/publish: interrupted; run it again" in output
    assert "Traceback" not in output
    assert find_processes(clone) == []
    assert not Path(clone).exists()


def find_processes(word: str) -> list[str]:
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            found.append(path.read_bytes().decode(errors="replace"))
    return [line for line in found if word in line]


def wait_for_training(process: subprocess.Popen[str]) -> str:
    """Return the folder of the clone, as soon as a program runs in it."""
    deadline_s = time.monotonic() + 60
    while time.monotonic() < deadline_s:
        assert process.poll() is None
        for path in Path("/proc").glob("[0-9]*/stat"):
            with contextlib.suppress(OSError):
                if path.read_text().rpartition(")")[2].split()[1] == str(process.pid):
                    words = (path.parent / "cmdline").read_bytes().decode(errors="replace").split("\0")
                    if "train" in words:
                        return next(word for word in words if "/publish-" in word).partition("/source")[0]
        time.sleep(0.02)
    raise AssertionError("no training was started")
