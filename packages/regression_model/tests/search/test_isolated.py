from __future__ import annotations

import pytest

from regression_model.errors import SearchError, TrackingError
from regression_model.search.isolated import run_in_child

TASKS = """
import os


def leave(payload, context):
    os._exit(3)


def tell(payload, context):
    context.report({"x": 1})
    return payload
"""


@pytest.fixture(autouse=True)
def _tasks(tmp_path, monkeypatch):
    (tmp_path / "isolated_tasks.py").write_text(TASKS)
    monkeypatch.syspath_prepend(tmp_path)


def test_what_is_lost_when_the_process_dies_and_what_can_be_done_is_said():
    with pytest.raises(SearchError, match="^the replay was ended: .* exit code 3; replay it again$"):
        run_in_child("isolated_tasks:leave", {}, print, ("the replay", "replay it again"))
    with pytest.raises(SearchError, match="^the search was ended: .* exit code 3; it can be resumed$"):
        run_in_child("isolated_tasks:leave", {}, print)


def test_a_server_that_refuses_what_is_reported_ends_it_and_a_slip_of_a_view_does_not():
    def refuse(_event: object) -> None:
        raise TrackingError("no server")

    with pytest.raises(TrackingError, match="no server"):
        run_in_child("isolated_tasks:tell", {}, refuse)

    def slip(_event: object) -> None:
        raise KeyError("x")

    assert run_in_child("isolated_tasks:tell", {"a": 1}, slip) == {"a": 1}
