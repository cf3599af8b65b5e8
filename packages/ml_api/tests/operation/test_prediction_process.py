"""A server whose model predicts in a process of its own."""

from __future__ import annotations

import os
import signal
import threading
from pathlib import Path

import pytest

from regression_model import load_pipeline, make_prediction

pytestmark = pytest.mark.slow


def find_children(process_id: int) -> set[int]:
    files = Path(f"/proc/{process_id}/task").glob("*/children")
    return {int(child) for file in files for child in file.read_text().split()}


def is_alive(process_id: int) -> bool:
    try:
        return Path(f"/proc/{process_id}/stat").read_text().rsplit(")", 1)[1].split()[0] not in "ZX"
    except FileNotFoundError:
        return False


@pytest.fixture(scope="module")
def server(serve, neighbours_folder):
    settings = {
        "ML_API_ARTIFACT": str(neighbours_folder),
        "ML_API_TRUSTED_KEYS_FILE": str(neighbours_folder.with_name("key.pub")),
        "ML_API_TIMEOUT_S": "120",
        "ML_API_MAX_ROWS": "20000",
        "ML_API_MAX_BODY_BYTES": "10000000",
    }
    with serve(**settings) as running:
        yield running


def test_it_predicts_meanwhile_answers_others_and_outlives_its_child_but_not_its_worker(
    server, neighbours_folder, build_watch
):
    artifact = load_pipeline(neighbours_folder)
    row = artifact.example_row()
    [expected] = make_prediction(input_data=row, artifact=artifact)["predictions"]
    worker = server.find_workers()[-1]
    # Given one child of the worker, which predicts
    [child] = find_children(worker)
    assert server.predict(row)[1]["predictions"] == [expected]
    assert server.request("GET", "/version")[1]["predicts_in"] == "own_process"
    # When it predicts many rows, then others are answered all the time
    status, answer = build_watch(server.measure_health_s).during(lambda: server.predict([row] * 20_000))
    assert (status, set(answer["predictions"])) == (200, {expected})
    # When it is killed, then another takes its place, also for those who ask at once and together
    os.kill(child, signal.SIGKILL)
    answers: list[object] = []
    clients = [
        threading.Thread(target=lambda: answers.append(server.predict(row)[1].get("predictions"))) for _ in range(4)
    ]
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    assert answers == [[expected]] * 4
    assert server.find_workers()[-1] == worker
    [successor] = find_children(worker)
    assert successor != child
    # When the worker is killed, then so is its child
    os.kill(worker, signal.SIGKILL)
    server.wait_until(lambda: not is_alive(successor))
    server.wait_until(lambda: server.find_workers()[-1] != worker)
    server.wait_until_ready()
    assert server.predict(row)[1]["predictions"] == [expected]
