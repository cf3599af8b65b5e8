"""The prediction log of real workers, stopped while they are busy: every answer that a client has got is in it."""

from __future__ import annotations

import http.client
import json
import signal
import threading
from pathlib import Path
from typing import Any

import pytest

JSON = {"Content-Type": "application/json"}


def read_records(folder: Path, kind: str) -> list[dict[str, Any]]:
    files = sorted(folder.glob(f"{kind}-*.ndjson"))
    return [json.loads(line) for file in files for line in file.read_text(encoding="ascii").splitlines()]


def find_processes(folder: Path) -> set[str]:
    return {file.name.split("-")[2] for file in folder.glob("predictions-*")}


class Client(threading.Thread):
    """Asks until there is no server any more, and remembers what it was told."""

    def __init__(self, port: int, row: dict[str, Any], *, feeds_back: bool) -> None:
        super().__init__()
        self._port, self._body, self._feeds_back = port, json.dumps([row] * 5), feeds_back
        self.predicted: list[str] = []
        self.fed_back: list[str] = []

    def run(self) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=60)
        try:
            while True:
                connection.close()  # so that both workers get to do something
                status, answer = self._post(connection, "/v1/predict", self._body)
                assert status == 200
                self.predicted.append(answer["prediction_id"])
                if self._feeds_back:
                    outcome = json.dumps({"prediction_id": answer["prediction_id"], "outcome": 1.5})
                    assert self._post(connection, "/v1/feedback", outcome)[0] == 202
                    self.fed_back.append(answer["prediction_id"])
        except (OSError, http.client.HTTPException):
            return
        finally:
            connection.close()

    def _post(self, connection: http.client.HTTPConnection, path: str, body: str) -> tuple[int, dict[str, Any]]:
        connection.request("POST", path, body, JSON)
        response = connection.getresponse()
        return response.status, json.loads(response.read())


@pytest.mark.parametrize("worker_class", ["gevent", "sync"])
def test_nothing_is_lost_when_the_server_stops_under_load(serve, row, tmp_path, artifact, worker_class):
    # Given two busy workers
    settings = {"ML_API_WORKERS": "2", "ML_API_PREDICTION_LOG": str(tmp_path / "kept")}
    if worker_class == "sync":
        settings["GUNICORN_CMD_ARGS"] = "--worker-class sync"
    with serve(**settings) as server:
        assert ("Using worker: sync" in server.read_errors()) == (worker_class == "sync")
        clients = [Client(server.port, row, feeds_back=index % 2 == 0) for index in range(4)]
        for client in clients:
            client.start()
        server.wait_until(lambda: sum(len(client.predicted) for client in clients) > 20)
        server.wait_until(lambda: len(find_processes(tmp_path / "kept")) == 2)
        # When they are told to stop
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(60) == 0
        for client in clients:
            client.join(60)
        assert "Traceback" not in server.read_errors()
    # Then all that the clients know of is kept
    predicted = [identity for client in clients for identity in client.predicted]
    assert len(predicted) > 20
    records = read_records(tmp_path / "kept", "predictions")
    kept = [record["prediction_id"] for record in records]
    assert len(set(kept)) == len(kept)
    assert set(predicted) <= set(kept)
    assert len(kept) - len(predicted) <= len(clients)  # what was in flight
    fed_back = {record["prediction_id"] for record in read_records(tmp_path / "kept", "feedback")}
    assert {identity for client in clients for identity in client.fed_back} <= fed_back
    assert all(record["rows"] == [row] * 5 for record in records)
    assert {record["artifact_digest"] for record in records} == {artifact.digest}
    # And no two processes wrote to one file
    assert len(find_processes(tmp_path / "kept")) == 2
