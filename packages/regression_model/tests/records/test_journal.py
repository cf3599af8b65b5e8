from __future__ import annotations

import json

import pytest

from regression_model.errors import SearchError
from regression_model.records.journal import Journal, read_journal


@pytest.fixture
def path(tmp_path):
    """A journal of three lines."""
    path = tmp_path / "journal.jsonl"
    journal = Journal(path)
    journal.append("begin", identity={"the table": "ab"})
    journal.append("trial", score=0.1, changes={"z": 1, "a": (2, 3)})
    journal.append("trial", score=1e-300, changes={})
    journal.close()
    return path


def test_lines_are_read_as_they_were_written_keys_in_their_order(path):
    lines = read_journal(path)
    assert [line["kind"] for line in lines] == ["begin", "trial", "trial"]
    assert lines[1]["changes"] == {"z": 1, "a": [2, 3]}
    assert list(lines[1]["changes"]) == ["z", "a"]
    assert lines[2]["score"] == 1e-300


def test_writing_goes_on_behind_what_is_there(path):
    journal = Journal(path)
    assert journal.lines == read_journal(path)
    journal.append("stop", reason="trials")
    assert journal.find_last("stop") == {"kind": "stop", "reason": "trials"}
    assert journal.find_last("model") is None
    assert len(journal.find("trial")) == 2
    journal.close()
    assert read_journal(path)[-1]["kind"] == "stop"


def test_a_line_is_on_the_disk_when_append_returns(tmp_path):
    journal = Journal(tmp_path / "journal.jsonl")
    journal.append("begin")
    assert read_journal(tmp_path / "journal.jsonl") == journal.lines
    journal.close()


@pytest.mark.parametrize("kept", [1, 20, -1])
def test_a_last_line_that_breaks_off_is_left_out_and_cut_off(path, kept, caplog):
    whole = path.read_bytes()
    last = whole.splitlines(keepends=True)[-1]
    path.write_bytes(whole[: -len(last)] + last[:kept])
    assert len(read_journal(path)) == 2
    journal = Journal(path)
    assert "the last line of" in caplog.text
    journal.append("stop")
    journal.close()
    assert [line["kind"] for line in read_journal(path)] == ["begin", "trial", "stop"]


def change(lines: list[bytes]) -> list[bytes]:
    return [lines[0], lines[1].replace(b"0.1", b"0.2"), lines[2]]


def forge(lines: list[bytes]) -> list[bytes]:
    document = json.loads(lines[1])
    document["digest"] = "0" * 64
    return [lines[0], json.dumps(document).encode() + b"\n", lines[2]]


@pytest.mark.parametrize(
    ("spoil", "number"),
    [
        (change, 2),
        (forge, 2),
        (lambda lines: [lines[0], lines[2]], 2),
        (lambda lines: [lines[1], lines[0], lines[2]], 1),
        (lambda lines: [lines[0], b"[]\n", lines[2]], 2),
        (lambda lines: [*lines, b"\0\0\0\n"], 4),
        (lambda lines: [lines[0], lines[1][:-5] + b"\n", lines[2]], 2),
    ],
)
def test_anything_else_is_refused(path, spoil, number):
    path.write_bytes(b"".join(spoil(path.read_bytes().splitlines(keepends=True))))
    with pytest.raises(SearchError, match=f"line {number} is not what was written there"):
        read_journal(path)
    with pytest.raises(SearchError, match="can't be mended"):
        Journal(path)


def test_a_folder_without_a_journal_is_no_run(tmp_path):
    with pytest.raises(SearchError, match="is no run of a search"):
        read_journal(tmp_path / "journal.jsonl")
