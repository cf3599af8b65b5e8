"""README.md is true: its commands run in a fresh copy of the checkout; its paths and options exist.

A block that is fenced as ``bash run`` is executed. Other ``bash`` blocks (a server that stays, this very test
run) are checked word by word: programs exist, and know the options that they are given.
"""

from __future__ import annotations

import gzip
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "deploy/README.md")]
PAGES += sorted(ROOT.glob("packages/*/README.md"))
SYSTEM_PROGRAMS = {"curl", "export", "git", "source"}
# Commands that have commands of their own.
GROUPS = {("ml-api", "keys"): 2, ("regression-model", "data"): 2, ("regression-model", "signing-key"): 2}
RUN_TIMEOUT_S = 400


def find_blocks(page: Path, info: str) -> list[str]:
    """Return the fenced blocks of a page whose info string is exactly `info`."""
    text = page.read_text(encoding="utf-8")
    return re.findall(rf"^```{re.escape(info)}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def find_commands() -> list[tuple[str, list[str]]]:
    """Every command of every bash block, as (page, words), without variables that are set in front of it."""
    commands = []
    for page in PAGES:
        for block in find_blocks(page, "bash run") + find_blocks(page, "bash"):
            for line in block.replace("\\\n", " ").splitlines():
                words = shlex.split(line, comments=True)
                while words and re.match(r"[A-Z_]+=", words[0]):
                    del words[0]
                if words:
                    commands.append((page.relative_to(ROOT).as_posix(), words))
    return commands


def copy_checkout(target: Path) -> None:
    """Copy what a fresh clone would hold, were everything committed."""
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    for name in filter(None, listing.split("\0")):
        source = ROOT / name
        if source.is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target / name)


def build_clean_environment() -> dict[str, str]:
    """A newcomer's variables: none of ours, none of the environment that this test runs in."""
    ours = ("REGRESSION_MODEL_", "ML_API_", "REQUIRE_REAL_DATA", "PYTHON", "VIRTUAL_ENV", "TOX_", "UV_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    inside = str(Path(sys.prefix) / "bin")
    path = [folder for folder in kept["PATH"].split(os.pathsep) if folder != inside]
    return kept | {"PATH": os.pathsep.join(path)}


@pytest.fixture
def checkout(tmp_path):
    """A fresh copy, with a table of houses beside it such as the README speaks of."""
    folder = tmp_path / "checkout"
    folder.mkdir()
    copy_checkout(folder)
    (sample,) = (folder / "packages" / "regression_model" / "regression_model").rglob("*.csv.gz")
    lines = gzip.decompress(sample.read_bytes()).decode().splitlines(keepends=True)
    (folder / "houses.csv").write_text("".join(lines))
    (folder / "new_houses.csv").write_text("".join(lines[:21]))
    return folder


def run_blocks(folder: Path) -> subprocess.CompletedProcess[str]:
    script = "set -euo pipefail\n" + "".join(find_blocks(ROOT / "README.md", "bash run"))
    return subprocess.run(
        ["bash", "-c", script],
        cwd=folder,
        env=build_clean_environment(),
        capture_output=True,
        text=True,
        timeout=RUN_TIMEOUT_S,
        check=False,
    )


def test_the_commands_of_the_readme_run_in_a_fresh_copy_and_again(checkout):
    for _ in range(2):
        # What exists is not overwritten unasked, so a second round begins without the files of the first.
        (checkout / "houses.yml").unlink(missing_ok=True)
        (checkout / "prices.csv").unlink(missing_ok=True)
        finished = run_blocks(checkout)
        assert finished.returncode == 0, finished.stdout + finished.stderr
        assert re.search(r"Predicted price +\$ [\d,]+\n", finished.stdout)
        predictions = (checkout / "prices.csv").read_text().splitlines()
        assert len(predictions) == 21, "a header and one line for each of 20 houses"


def test_the_two_commands_are_in_the_readme():
    assert find_blocks(ROOT / "README.md", "bash run")[0] == "scripts/quickstart\n"
    assert find_blocks(ROOT / "README.md", "bash")[0] == "scripts/test\n"


@pytest.mark.parametrize(
    ("page", "words"),
    find_commands(),
    ids=lambda value: value if isinstance(value, str) else " ".join(value)[:60],
)
def test_every_command_names_a_program_and_options_that_exist(page, words):
    program, *arguments = words
    if program in SYSTEM_PROGRAMS:
        return
    if program.startswith("scripts/"):
        assert os.access(ROOT / program, os.X_OK), f"{page}: no executable {program}"
        command = [str(ROOT / program)]
    else:
        command = [str(Path(sys.prefix) / "bin" / program)]
        # A group such as `ml-api keys` has commands of its own; its first word that is no option names one.
        command += [word for word in arguments[: GROUPS.get((program, *arguments[:1]), 1)] if word[0] != "-"]
    finished = subprocess.run([*command, "--help"], capture_output=True, text=True, timeout=60, check=False)
    assert finished.returncode == 0, f"{page}: {finished.stderr}"
    for option in (word.split("=")[0] for word in arguments if word.startswith("-")):
        assert re.search(rf"(?<![\w-]){re.escape(option)}(?![\w-])", finished.stdout), f"{page}: no {option}"


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_and_paths_of_a_page_lead_somewhere(page):
    text = page.read_text(encoding="utf-8")
    links = re.findall(r"\]\((?!https?://)([^)#]+)", text)
    paths = re.findall(r"`((?:packages|scripts|tests)/[\w./-]+)`", text)
    missing = [link for link in links if not (page.parent / link).exists()]
    missing += [path for path in paths if not (ROOT / path).exists()]
    assert not missing
