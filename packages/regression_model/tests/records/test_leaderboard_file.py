from __future__ import annotations

import json

import pytest

from regression_model.errors import SearchError
from regression_model.records.leaderboard import Leaderboard, Row
from regression_model.records.leaderboard_file import find_row, read_leaderboard, write_leaderboard
from regression_model.records.run_folder import RunFolder


def build_row(number: int, *, winner: bool) -> Row:
    return Row(
        number + 1, number, winner, "sampler", "mlp", {"hidden_layers": [8, 4]}, "completed", 0.5, None, None, None,
        None, None, 1.0, None, False, None, True, "", {"model": {"family": "mlp"}}, {"mae": 0.5},
    )  # fmt: skip


def test_what_was_written_is_read(tmp_path):
    found = Leaderboard("regression", "mae", None, (build_row(0, winner=False), build_row(1, winner=True)))
    write_leaderboard(RunFolder(tmp_path), found)
    assert read_leaderboard(tmp_path) == found
    assert (find_row(tmp_path, None).number, find_row(tmp_path, 0).number) == (1, 0)


def test_a_folder_that_is_no_run_is_refused(tmp_path):
    with pytest.raises(SearchError, match="is no run of a search"):
        read_leaderboard(tmp_path)
    (tmp_path / "leaderboard.json").write_text("[")
    with pytest.raises(SearchError, match="can't be read"):
        read_leaderboard(tmp_path)
    (tmp_path / "leaderboard.json").write_text(json.dumps([]))
    with pytest.raises(SearchError, match="this is no leaderboard"):
        read_leaderboard(tmp_path)


@pytest.mark.parametrize(("content", "command"), [({}, "search --resume"), ({"kind": "sweep"}, "sweep FILE --resume")])
def test_a_run_that_has_not_ended_says_how_to_go_on(tmp_path, content, command):
    RunFolder(tmp_path).write_run(content)
    with pytest.raises(SearchError, match=f"has not ended; resume it with 'regression-model {command}"):
        read_leaderboard(tmp_path)
