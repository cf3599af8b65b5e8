from __future__ import annotations

import subprocess
import sys
import threading
import time

import pytest

from ml_api.services.record_queue import RecordQueue


@pytest.fixture
def queue():
    queue = RecordQueue(capacity=10, patience_s=0.02, idle=lambda: None)
    queue.start()
    yield queue
    queue.close(5)


def test_jobs_run_in_order_and_all_of_them_before_the_end(queue):
    done: list[int] = []
    for number in range(10):
        assert queue.put(lambda number=number: done.append(number), 1)
    assert queue.close(5)
    assert done == list(range(10))
    assert (queue.done, queue.dropped, queue.failed) == (10, 0, 0)


def test_a_full_queue_makes_wait_for_a_moment_and_then_drops(queue):
    leave = threading.Event()
    assert queue.put(lambda: leave.wait(10), 10)
    started = time.monotonic()
    assert not queue.put(lambda: None, 1)
    assert 0.02 <= time.monotonic() - started < 2
    assert queue.dropped == 1
    leave.set()


def test_room_that_comes_in_time_is_taken():
    queue = RecordQueue(capacity=10, patience_s=10, idle=lambda: None)
    queue.start()
    queue.put(lambda: time.sleep(0.1), 10)
    assert queue.put(lambda: None, 1)
    assert queue.close(5)
    assert (queue.done, queue.dropped) == (2, 0)


def test_a_job_heavier_than_the_queue_is_taken_when_nothing_waits(queue):
    assert queue.put(lambda: None, 11)


def test_a_job_that_fails_is_counted_and_the_next_one_runs(queue):
    done = []
    assert queue.put(lambda: 1 / 0, 1)
    assert queue.put(lambda: done.append(1), 1)
    assert queue.close(5)
    assert done == [1]
    assert (queue.done, queue.failed) == (1, 1)
    assert queue.last_error == "ZeroDivisionError: division by zero"


def test_a_closed_queue_takes_nothing(queue):
    assert queue.close(5)
    assert not queue.put(lambda: None, 1)
    assert queue.close(5)


def test_closing_waits_no_longer_than_it_may(queue):
    leave = threading.Event()
    queue.put(lambda: leave.wait(10), 1)
    assert not queue.close(0.02)
    leave.set()


def test_what_is_to_be_done_when_idle_is_done_again_and_again():
    n_idle = []
    queue = RecordQueue(capacity=1, patience_s=0.02, idle=lambda: n_idle.append(1), idle_s=0.01)
    queue.start()
    deadline = time.monotonic() + 10
    while len(n_idle) < 3:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    assert queue.close(5)


GEVENT = """
from gevent import monkey
monkey.patch_all()
import threading, time, gevent
from gevent.monkey import get_original
from ml_api.services.record_queue import RecordQueue

sleep, get_ident = get_original("time", "sleep"), get_original("threading", "get_ident")
threads = set()

def job():
    threads.add(get_ident())
    sleep(0.3)  # the whole thread, as a slow disk would

queue = RecordQueue(capacity=1, patience_s=5, idle=lambda: None)
queue.start()
assert queue.put(job, 1)
ticks = []
ticking = gevent.spawn(lambda: [(ticks.append(1), gevent.sleep(0.01)) for _ in range(20)])
assert queue.put(job, 1)  # waits for room, and lets the other greenlet run
assert len(ticks) > 3, len(ticks)  # none, if the wait had held the thread
assert queue.close(5)
assert threads and get_ident() not in threads
print(queue.done)
"""


def test_under_gevent_a_slow_disk_holds_nobody_up():
    finished = subprocess.run([sys.executable, "-c", GEVENT], capture_output=True, text=True, timeout=60, check=False)
    assert finished.returncode == 0, finished.stderr
    assert finished.stdout == "2\n"
