from __future__ import annotations

import logging
import shutil
import socket
import subprocess
import time

import pytest

from ml_api.services.rates import MOST_IDLE_CALLERS, RateCounter, is_loopback


def test_requests_are_let_pass_up_to_the_rate_and_each_caller_has_its_own():
    counter = RateCounter("3 per minute")
    verdicts = [counter.count("a") for _ in range(4)]
    assert [verdict.is_allowed for verdict in verdicts] == [True, True, True, False]
    assert [verdict.remaining for verdict in verdicts] == [2, 1, 0, 0]
    assert {verdict.limit for verdict in verdicts} == {3}
    assert 55 <= verdicts[3].reset_s <= 60
    assert counter.count("b").is_allowed


def test_the_window_moves():
    counter = RateCounter("2 per second")
    assert [counter.count("a").is_allowed for _ in range(3)] == [True, True, False]
    time.sleep(1.05)
    assert counter.count("a").is_allowed


@pytest.mark.parametrize(("n_processes", "share"), [(1, 600), (4, 150), (7, 85), (1000, 1)])
def test_processes_that_count_in_memory_share_the_rate(n_processes, share):
    assert RateCounter("600 per minute", n_processes=n_processes).limit == share


def test_callers_that_went_away_are_forgotten():
    counter = RateCounter("1 per second")
    for number in range(MOST_IDLE_CALLERS + 10):
        counter.count(f"caller {number}")
    time.sleep(1.1)
    counter.count("x")  # has the library drop what is too old, soon
    deadline = time.monotonic() + 10
    while len(counter._memory.events) > 10:
        assert time.monotonic() < deadline
        time.sleep(0.05)
        counter.count("x")


def _find_free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def test_a_storage_that_is_away_costs_no_request_and_the_log_has_no_password(caplog):
    url = f"redis://:canary@127.0.0.1:{_find_free_port()}/0"
    counter = RateCounter("4 per minute", n_processes=2, storage_url=url)
    with caplog.at_level(logging.WARNING, logger="ml_api"):
        verdicts = [counter.count("a") for _ in range(3)]
    assert [verdict.is_allowed for verdict in verdicts] == [True, True, False]  # the share of one of two
    assert [record.message for record in caplog.records] == ["storage of rates failed; counting in memory"]
    assert "canary" not in caplog.text


@pytest.fixture
def redis_url(tmp_path):
    program = shutil.which("redis-server")
    if program is None:
        pytest.skip("there is no redis-server here")
    port = _find_free_port()
    command = [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(tmp_path)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 10
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                assert time.monotonic() < deadline
                time.sleep(0.02)
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        server.terminate()
        server.wait(10)


def test_processes_that_share_a_redis_count_together(redis_url):
    counters = [RateCounter("4 per minute", n_processes=2, storage_url=redis_url) for _ in range(2)]
    verdicts = [counters[number % 2].count("a") for number in range(5)]
    assert [verdict.is_allowed for verdict in verdicts] == [True, True, True, True, False]
    assert [verdict.remaining for verdict in verdicts] == [3, 2, 1, 0, 0]
    assert 55 <= verdicts[4].reset_s <= 60
    for counter in counters:
        counter._shared[0].storage.storage.close()


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("127.0.0.1", True),
        ("127.8.8.8", True),
        ("::1", True),
        ("::ffff:127.0.0.1", True),
        ("localhost", True),
        ("0.0.0.0", False),
        ("::", False),
        ("192.0.2.1", False),
        ("::ffff:192.0.2.1", False),
        ("example.com", False),
        ("", False),
        (None, False),
    ],
)
def test_loopback(address, expected):
    assert is_loopback(address) is expected
