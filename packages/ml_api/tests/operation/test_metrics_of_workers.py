"""Metrics under several real workers: whoever is asked tells what all of them have counted."""

from __future__ import annotations

import os
import shutil
import signal
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from ml_api.services.metrics_folder import lock_metrics

N_REQUESTS = 40


def find_metrics_folder(server: Any) -> Path:
    """Find it where a worker has mapped its files into memory."""
    maps = Path(f"/proc/{server.find_workers()[-1]}/maps").read_text()
    return next(Path(line.split()[-1]).parent for line in maps.splitlines() if "ml-api-metrics-" in line)


class Samples:
    def __init__(self, server: Any) -> None:
        response, body = server.ask("GET", "/metrics")
        assert response.status == 200, body
        assert response.headers["Content-Type"].startswith("text/plain; version=0.0.4")
        families = text_string_to_metric_families(body.decode())
        self.samples = [sample for family in families for sample in family.samples]

    def add_up(self, name: str, **labels: str) -> float:
        found = [
            sample.value for sample in self.samples if sample.name == name and labels.items() <= sample.labels.items()
        ]
        assert found, name
        return sum(found)


@pytest.fixture
def server(serve):
    with serve(ML_API_WORKERS="2") as running:
        running.wait_until(lambda: [line["message"] for line in running.read_log()].count("model loaded") == 2)
        yield running


def test_all_workers_are_told_by_one_also_after_their_end(server, row, artifact):
    # Given two workers that have both predicted
    folder = find_metrics_folder(server)
    for _ in range(N_REQUESTS):
        assert server.predict([row, row, {**row, "LotArea": "x"}, None])[0] == 200
    assert len(list(folder.glob("histogram_*.db"))) == 2
    version = {"model_version": artifact.version}

    def check(n_requests: int) -> None:
        samples = Samples(server)
        asked = {"method": "POST", "route": "/v1/predict", "status": "200"}
        assert samples.add_up("ml_api_requests_total", **asked) == n_requests
        assert samples.add_up("ml_api_request_duration_seconds_count", route="/v1/predict") == n_requests
        assert samples.add_up("ml_api_rows_predicted_total", **version) == 2 * n_requests
        assert samples.add_up("ml_api_rows_rejected_total", reason="not_a_number", **version) == n_requests
        assert samples.add_up("ml_api_rows_rejected_total", reason="not_an_object", **version) == n_requests
        assert samples.add_up("ml_api_rows_rejected_total", **version) == 2 * n_requests
        assert samples.add_up("ml_api_prediction_value_count", **version) == 2 * n_requests
        assert samples.add_up("ml_api_model_info", artifact_digest=artifact.digest, **version) == 1
        assert samples.add_up("ml_api_requests_in_flight") == 1  # the one that asks

    # Then any of them tells the same
    for _ in range(10):
        check(N_REQUESTS)
    # And also when one has ended, in an orderly way or not, whose files are then folded into one
    for sent in (signal.SIGTERM, signal.SIGKILL):
        [worker] = [pid for pid in server.find_workers()[:-1] if Path(f"/proc/{pid}").exists()][:1]
        os.kill(worker, sent)
        server.wait_until(lambda pid=worker: not list(folder.glob(f"*_{pid}.db")))
        server.wait_until(lambda: len(list(folder.glob("gauge_livesum_*.db"))) == 2)
        check(N_REQUESTS)
    assert (folder / "counter_dead.db").exists()


def test_metrics_that_are_locked_or_gone_hold_up_nobody(serve, check_quick):
    with serve() as server:
        folder = find_metrics_folder(server)
        # Given metrics that are being moved, and somebody who asks for them
        with server.connect() as asking:
            with lock_metrics(folder, exclusive=True):
                asking.sendall(b"GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                # Then others are answered, and when the metrics are there, so is the one who waits
                for _ in range(5):
                    check_quick(server.measure_health_s, below_s=0.5)
            assert asking.recv(65_536).startswith(b"HTTP/1.1 200 ")
        # And where something has taken them away, the next worker counts anew
        shutil.rmtree(folder)
        server.kill_worker()
        assert list(folder.glob("counter_*.db"))
        # And in the end nothing is left of them
        server.process.terminate()
        assert server.process.wait(60) == 0
        assert not folder.exists()
