from __future__ import annotations

import logging
import shutil
import socket
import subprocess
import threading
import time

import pytest

from ml_api.services.rates import RateCounter, is_loopback


def test_requests_are_let_pass_up_to_the_rate_and_each_caller_has_its_own():
    counter = RateCounter("3 per minute")
    verdicts = [counter.count("a") for _ in range(4)]
    assert [verdict.is_allowed for verdict in verdicts] == [True, True, True, False]
    assert [verdict.remaining for verdict in verdicts] == [2, 1, 0, 0]
    assert {verdict.limit for verdict in verdicts} == {3}
    assert 55 <= verdicts[3].reset_s <= 60
    assert counter.count("b").is_allowed


class Clock:
    """Goes on when it is told to."""

    def __init__(self):
        self.now_s = 1_000_000.0

    def __call__(self):
        return self.now_s


@pytest.fixture
def clock():
    return Clock()


def test_the_window_moves(clock):
    counter = RateCounter("2 per minute", clock=clock)
    assert counter.count("a").is_allowed
    clock.now_s += 20
    assert [counter.count("a").is_allowed for _ in range(2)] == [True, False]
    clock.now_s += 39.5
    assert counter.count("a").reset_s == 1
    clock.now_s += 0.5  # the first is a minute old
    assert [counter.count("a").is_allowed for _ in range(2)] == [True, False]
    assert counter.count("a").reset_s == 20


def test_what_is_refused_does_not_count(clock):
    counter = RateCounter("1 per minute", clock=clock)
    for _ in range(12):
        counter.count("a")
        clock.now_s += 5
    assert counter.count("a").is_allowed


@pytest.mark.parametrize(("n_processes", "share"), [(1, 600), (4, 150), (7, 85), (1000, 1)])
def test_processes_that_count_in_memory_share_the_rate(n_processes, share):
    assert RateCounter("600 per minute", n_processes=n_processes).limit == share


def test_callers_that_went_away_are_forgotten_bit_by_bit(clock):
    # Given many callers, each a little later than the one before
    counter = RateCounter("1 per minute", clock=clock)
    for number in range(1_000):
        counter.count(f"caller {number}")
        clock.now_s += 0.001
    # When all have been quiet for longer than the window, then each new caller makes room for itself and another
    clock.now_s += 60
    for number in range(600):
        before = counter._memory.n_callers
        counter.count(f"later {number}")
        assert before - 1 <= counter._memory.n_callers <= before + 1
        clock.now_s += 0.001
    assert counter._memory.n_callers <= 600
    # And none of these is forgotten before its time
    assert not any(counter.count(f"later {number}").is_allowed for number in range(600))


def test_a_caller_that_comes_again_is_not_forgotten(clock):
    counter = RateCounter("2 per minute", clock=clock)
    counter.count("faithful")
    clock.now_s += 50
    counter.count("faithful")
    clock.now_s += 11
    for number in range(5):
        counter.count(f"caller {number}")
    assert [counter.count("faithful").is_allowed for _ in range(2)] == [True, False]


def test_counting_starts_no_thread():
    counter = RateCounter("100 per minute")
    counter._memory.timer.join(10)  # the library starts one, once
    before = threading.active_count()
    for number in range(50):
        counter.count(f"caller {number}")
    assert threading.active_count() == before


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
