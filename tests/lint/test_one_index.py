"""Libraries come from one index, by hash: no file of the repository names a second one, and no lock names any."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# pip's and uv's ways of naming a second index, or a page on the web that stands in for one, and of looking at all of
# them for the highest version.
FORBIDDEN = re.compile(
    r"extra[-_ ]?" + r"index[-_ ]?url|uv[-_]" + r"index\b|unsafe-(best|first)-match"
    # uv's option, also in settings: not --index-url and --index-strategy
    r"|--index(?=[\s=])|tool\.uv\.index\b|\[\[index\]\]"
    r"|(find[-_]links|pip install (.* )?-f)[\s\"'=:\[,]+(https?|ftp)://",
    re.IGNORECASE,
)

# Lines where such a setting is named to show that it is dropped, by how they begin.
DROPPED = {"tests/deploy/test_packages.py": ('"PIP_EXTRA' + '_INDEX_URL": ', '"UV' + '_INDEX": ')}


def find_offenders(text: str, exempt: tuple[str, ...] = ()) -> list[str]:
    lines = [line.strip() for line in text.splitlines() if FORBIDDEN.search(line)]
    return [line for line in lines if not line.startswith(exempt)]


def list_files() -> list[Path]:
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        finished = subprocess.run(listing, cwd=ROOT, check=True, capture_output=True, text=True)
    except (OSError, subprocess.CalledProcessError) as error:
        pytest.skip(f"the files of the repository are those that Git knows, and it knows none: {error}")
    return [ROOT / name for name in finished.stdout.split("\0") if name and (ROOT / name).is_file()]


def test_no_file_names_a_second_index():
    found = {}
    for path in list_files():
        name = path.relative_to(ROOT).as_posix()
        if lines := find_offenders(path.read_bytes().decode(errors="replace"), DROPPED.get(name, ())):
            found[name] = lines
    assert found == {}


# Each in two pieces: this file is looked at, too.
@pytest.mark.parametrize(
    "line",
    [
        "pip install --extra" + "-index-url https://host/simple/ regression-model",
        "PIP_EXTRA" + "_INDEX_URL=https://host/simple/",
        "extra" + "-index-url = https://host/simple/",
        "UV" + "_INDEX=https://host/simple/",
        "uv pip install --index-strategy unsafe" + "-best-match",
        "uv pip install --ind" + "ex https://host/simple/ regression-model",
        "uv pip install --ind" + "ex=https://host/simple/ regression-model",
        "[[tool.uv" + ".index]]",
        "[[ind" + "ex]]",
        "pip install --find" + "-links https://host/files/ regression-model",
        "pip install --find" + "-links=https://host/files/ regression-model",
        "pip install -f" + " https://host/files/ regression-model",
        "PIP_FIND" + "_LINKS=https://host/files/",
        "UV_FIND" + '_LINKS: "https://host/files/"',
        "find" + "-links = ['https://host/files/']",
    ],
)
def test_a_second_index_is_found_wherever_it_is_named(line):
    assert find_offenders(f"# before\n{line}\n") == [line]


@pytest.mark.parametrize(
    "line",
    [
        "pip install --index-url https://host/simple/ regression-model",
        "pip install --no-index --find-links dist regression-model",
        "UV_INDEX_URL=https://host/simple/",
        "PIP_FIND_LINKS=/srv/wheels",
        "curl -f https://host/health",
    ],
)
def test_one_index_and_local_folders_are_fine(line):
    assert find_offenders(line) == []


@pytest.mark.parametrize("lock", sorted((ROOT / "locks").glob("*.txt")), ids=lambda path: path.stem)
def test_a_lock_holds_versions_with_hashes_and_nothing_else(lock):
    lines = lock.read_text(encoding="utf-8").replace("\\\n", " ").splitlines()
    requirements = [line for line in lines if not line.startswith("#")]
    assert requirements
    for line in requirements:
        assert re.fullmatch(r"[a-z0-9-]+==[\w.!+]+( ; [^;]+?)?( +--hash=sha256:[0-9a-f]{64})+\s*", line), line
    assert not [line for line in requirements if line.startswith(("regression-model==", "ml-api=="))]
