from __future__ import annotations

import json
import subprocess
import sys

import pytest

from regression_model.errors import SearchError
from regression_model.records.run_folder import RunFolder


@pytest.fixture
def folder(tmp_path):
    made = RunFolder.create(tmp_path, "mine", "sweep")
    made.write_run({"kind": "sweep", "status": "running"})
    return made


def test_what_was_said_of_the_run_can_be_updated(folder):
    folder.update_run(status="completed", best=3)
    assert folder.read_run("sweep") == {"format": 1, "kind": "sweep", "status": "completed", "best": 3}
    assert json.loads((folder.path / "run.json").read_text(encoding="utf-8"))["status"] == "completed"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "is no run of a sweep: it has no run.json"),
        ("{", "can't be read"),
        ("[]", "expected format 1, found 'list'"),
        ('{"format": 2, "kind": "sweep"}', "expected format 1, found 2"),
        ('{"format": 1}', "is a run of a search and not of a sweep.*regression-model search --resume"),
    ],
)
def test_other_folders_are_refused(tmp_path, content, message):
    if content is not None:
        (tmp_path / "run.json").write_text(content, encoding="utf-8")
    with pytest.raises(SearchError, match=message):
        RunFolder(tmp_path).read_run("sweep")


def test_a_sweep_is_no_search(folder):
    with pytest.raises(SearchError, match=r"a sweep and not of a search.*regression-model sweep FILE --resume"):
        folder.read_run("search")


HOLD = """
import sys
from pathlib import Path
from regression_model.records.run_folder import RunFolder

with RunFolder(Path(sys.argv[1])).open_journal() as journal:
    journal.append("run", number=0)
    print("open", flush=True)
    sys.stdin.read()
"""


def test_one_process_alone_writes_to_a_journal(folder):
    command = [sys.executable, "-c", HOLD, str(folder.path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "open\n"
        with pytest.raises(SearchError, match="another process is at work on the run"), folder.open_journal():
            pass
        assert folder.read_journal() == [{"kind": "run", "number": 0}], "reading is free"
        process.stdin.close()
    with folder.open_journal() as journal:
        journal.append("run", number=1)
    assert [line["number"] for line in folder.read_journal()] == [0, 1]
