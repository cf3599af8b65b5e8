from __future__ import annotations

import csv
import io
import json

import pytest

from regression_model.errors import SearchError
from regression_model.evaluation.metrics import get_metric
from regression_model.records.leaderboard import HoldoutScore, Leaderboard
from regression_model.records.row_text import HEADER, describe_row
from regression_model.search.leaderboard import build_leaderboard
from regression_model.search.records import Candidate, TrialResult


def trial(number, score, *, origin="portfolio", family="ridge", **facts):
    known = {"interval": (score - 0.1, score + 0.1), "latency_ms": 0.1 * (number + 1), "fit_time_s": 2.0}
    known |= {"compiled": True, "size_bytes": 2_500_000, "metrics": {"rmse": score, "mae": score / 2}} | facts
    candidate = Candidate(number, origin, family, {"model": {"family": family}}, parameters={"alpha": 0.123456})
    return TrialResult(candidate, "completed", score=score, **known)


FAILED = TrialResult(Candidate(2, "sampler", "lasso", {}), "out_of_memory", reason="took more than 100 MB")
RESULTS = [trial(0, 3.0), trial(1, 1.0), FAILED, trial(3, 2.0), trial(4, 1.0, origin="vote", family="vote")]


def build(**changes):
    return build_leaderboard(RESULTS, **{"task": "regression", "metric": "rmse", **changes})


def test_the_best_leads_and_failures_come_last():
    assert [(row.rank, row.number) for row in build().rows] == [(1, 1), (2, 4), (3, 3), (4, 0), (None, 2)]


def test_higher_is_better_where_it_is():
    assert [row.number for row in build(metric="r2_score").rows] == [0, 3, 1, 4, 2]
    assert build(metric="r2_score").metric == "r2"


def test_the_winner_is_the_best_within_the_latency():
    assert build().find_winner().number == 1
    assert build(max_latency_ms=0.15).find_winner().number == 0
    assert build(winner=4).find_winner().number == 4
    assert [row.within_latency for row in build(max_latency_ms=0.2).rows] == [True, False, False, True, False]
    with pytest.raises(SearchError, match="marked as the winner"):
        build(max_latency_ms=0.01).find_winner()


def test_a_row_is_found_by_its_number():
    assert build().find(3).score == 2.0
    with pytest.raises(SearchError, match="trial 2 has no model: out_of_memory, took more than 100 MB"):
        build().find(2)
    with pytest.raises(SearchError, match="there is no trial 9; there are trials 0 to 4"):
        build().find(9)


def test_survives_json():
    board = build(holdout={1: HoldoutScore(1.5, 1.0, 2.0)}, max_latency_ms=0.3)

    again = Leaderboard.from_json(json.loads(json.dumps(board.to_json(), allow_nan=False)))

    assert again.to_json() == board.to_json()
    assert again.find(1).holdout == 1.5


@pytest.mark.parametrize("document", [{}, {"layout": 1}, {"layout": 1, "rows": [{"rank": 1}]}])
def test_anything_else_is_refused(document):
    with pytest.raises(SearchError, match="this is no leaderboard"):
        Leaderboard.from_json(document)
    with pytest.raises(SearchError, match="layout 9, this version reads 1"):
        Leaderboard.from_json({"layout": 9})


def test_as_a_table_for_spreadsheets():
    rows = list(csv.DictReader(io.StringIO(build(holdout={1: HoldoutScore(1.5)}).to_csv())))

    assert [row["number"] for row in rows] == ["1", "4", "3", "0", "2"]
    assert (rows[0]["score"], rows[0]["holdout"], rows[0]["mae"]) == ("1.0", "1.5", "0.5")
    assert rows[0]["parameters"] == "alpha=0.1235"
    assert (rows[-1]["score"], rows[-1]["reason"]) == ("", "took more than 100 MB")


def test_in_words():
    board, metric = build(holdout={1: HoldoutScore(1.5)}), get_metric("regression", "rmse")

    first, *_, last = (describe_row(row, metric, "USD") for row in board.rows)

    assert len(first) == len(last) == len(HEADER)
    assert first == ("1*", "1", "ridge", "alpha=0.1235", "1 USD", "0.9 to 1.1", "1.5", "2.0 s", "0.2 ms", "2.5 MB")
    assert last[:5] == ("", "2", "lasso", "took more than 100 MB", "out_of_memory")


def test_scores_that_hardly_differ_can_be_told_apart():
    metric = get_metric("classification", "log_loss")
    rows = build_leaderboard([trial(0, 0.17494), trial(1, 0.17506)], task="classification", metric="log_loss").rows

    assert [describe_row(row, metric)[4] for row in rows] == ["0.1749", "0.1751"]
