"""A worker that is killed takes with it what it was doing, and nothing else."""

from __future__ import annotations

import os
import signal
import threading
import time

import pytest

CLIENTS = 4


@pytest.mark.slow
def test_a_worker_killed_under_load_costs_at_most_the_requests_in_its_hands(serve, row):
    with serve(ML_API_WORKERS="2") as server:
        expected = server.predict(row)[1]["predictions"]
        stop, wrong, failed, right = threading.Event(), [], [], []

        def load() -> None:
            while not stop.is_set():
                try:
                    status, answer = server.predict(row)
                except OSError as error:
                    failed.append(error)
                    # A client that asks once more is answered.
                    status, answer = server.predict(row)
                (right if (status, answer.get("predictions")) == (200, expected) else wrong).append(answer)

        clients = [threading.Thread(target=load) for _ in range(CLIENTS)]
        for client in clients:
            client.start()
        time.sleep(1.5)
        killed = server.find_workers()[0]
        os.kill(killed, signal.SIGKILL)
        time.sleep(2.5)
        stop.set()
        for client in clients:
            client.join(30)
            assert not client.is_alive()
        assert wrong == []
        assert len(failed) <= CLIENTS
        assert len(right) > 20
        assert len(server.find_workers()) == 3
