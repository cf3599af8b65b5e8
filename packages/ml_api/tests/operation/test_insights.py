"""While insights are collected from a large log, a server of one worker answers the others."""

from __future__ import annotations

import json
import os
import re
import time
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ml_api.services.records import PredictionRecord
from regression_model import load_pipeline

N_RECORDS = 40
ROWS_PER_RECORD = 500


def _write_log(folder, artifact, n_records: int = N_RECORDS) -> None:
    row = artifact.example_row()
    record = PredictionRecord(
        prediction_id="a",
        request_id="r",
        model_version=artifact.version,
        artifact_digest=artifact.digest,
        key_id=None,
        latency_ms=12.5,
        features=artifact.schema.names,
        rows=[row] * ROWS_PER_RECORD,
        predictions=[1e5] * ROWS_PER_RECORD,
        errors={},
    )
    line = record.encode(lambda _: False)
    folder.mkdir(mode=0o700)
    # Of today: the server removes old files.
    (folder / f"predictions-{datetime.now(tz=UTC):%Y%m%d}-0123456789abcdef-0001.ndjson").write_bytes(line * n_records)


@pytest.fixture(scope="module")
def log(tmp_path_factory, model_folder):
    folder = tmp_path_factory.mktemp("insights") / "log"
    _write_log(folder, load_pipeline(model_folder))
    return folder


@pytest.fixture(scope="module")
def server(serve, log):
    with ExitStack() as stack:
        yield stack.enter_context(serve(ML_API_PREDICTION_LOG=str(log)))


def _find_children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def test_health_and_predictions_go_on_meanwhile(server, row, build_watch):
    # Given three periods that have everything in them, since what was asked for is shown again for a minute
    asked = []
    periods = iter(["all", "30", "7"])

    def ask():
        asked.append(f"/insights?days={next(periods)}")
        return server.ask("GET", asked[-1])

    def measure_s() -> float:
        started_s = time.perf_counter()
        assert server.predict(row)[0] == 200
        server.measure_health_s()
        return time.perf_counter() - started_s

    response, page = build_watch(measure_s).during(ask)
    assert response.status == 200, page
    n_rows = int(re.search(r"([\d,]+) rows</dd>", page.decode())[1].replace(",", ""))
    assert n_rows >= N_RECORDS * ROWS_PER_RECORD
    # Whoever asks again at once is shown the same, without a process.
    assert server.ask("GET", asked[-1])[1] == page


def test_a_request_that_runs_out_of_time_leaves_no_process(serve, tmp_path, model_folder):
    _write_log(tmp_path / "log", load_pipeline(model_folder), 10 * N_RECORDS)  # which take far longer than a second
    with serve(ML_API_PREDICTION_LOG=str(tmp_path / "log"), ML_API_REQUEST_TIMEOUT_S="1") as server:
        [worker] = server.find_workers()
        status, document = server.request("GET", "/insights?days=30")
        assert (status, document["error"]["code"]) == (503, "request_timeout")
        assert _find_children(worker) == []
        assert json.loads(server.ask("GET", "/health")[1]) == {"status": "ok"}
        os.kill(worker, 0)
