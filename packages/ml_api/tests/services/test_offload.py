from __future__ import annotations

import subprocess
import sys
import threading

import pytest

from ml_api.services.offload import run_in_loop, run_in_threadpool


def test_without_gevent_it_is_a_plain_call():
    assert run_in_threadpool(threading.get_native_id) == threading.get_native_id()
    assert run_in_loop(threading.get_native_id) == threading.get_native_id()


def test_an_exception_passes_through():
    with pytest.raises(KeyError, match="missing"):
        run_in_threadpool({}.__getitem__, "missing")


def _run_under_gevent(program: str) -> str:
    """Run a program in a process whose standard library gevent has patched; return its standard error."""
    head = "from gevent import monkey; monkey.patch_all()\n"
    result = subprocess.run(
        [sys.executable, "-W", "error", "-c", head + program], capture_output=True, text=True, timeout=60, check=False
    )
    assert result.returncode == 0, result.stderr
    return result.stderr


def test_under_gevent_others_go_on_meanwhile():
    _run_under_gevent("""
import gevent, threading, time
from ml_api.services.offload import run_in_threadpool

def compute():
    deadline = time.perf_counter() + 0.5
    while time.perf_counter() < deadline:
        sum(range(1000))
    return threading.get_native_id()

def tick(laps):
    while True:
        started = time.perf_counter()
        gevent.sleep(0.01)
        laps.append(time.perf_counter() - started)

laps = []
ticker = gevent.spawn(tick, laps)
assert run_in_threadpool(compute) != threading.get_native_id()
assert len(laps) >= 10, laps
assert max(laps) < 0.2, laps
""")


def test_under_gevent_threads_are_bounded_and_nesting_is_a_plain_call():
    _run_under_gevent("""
import gevent, threading, time
from ml_api.services.offload import MAX_THREADS, run_in_threadpool
sleep = __import__("gevent.monkey").monkey.get_original("time", "sleep")

def outer():
    sleep(0.02)
    outside = threading.get_native_id()
    assert run_in_threadpool(threading.get_native_id) == outside
    return outside

jobs = [gevent.spawn(run_in_threadpool, outer) for _ in range(20)]
gevent.joinall(jobs, timeout=20, raise_error=True)
assert len({job.value for job in jobs}) == MAX_THREADS
""")


def test_under_gevent_exceptions_pass_through_and_a_time_limit_ends_the_wait():
    _run_under_gevent("""
import gevent, time
from ml_api.services.offload import run_in_threadpool
sleep = __import__("gevent.monkey").monkey.get_original("time", "sleep")

try:
    run_in_threadpool({}.__getitem__, "missing")
except KeyError as error:
    assert error.args == ("missing",)
else:
    raise AssertionError("no exception")

started = time.perf_counter()
try:
    with gevent.Timeout(0.1, TimeoutError("late")):
        run_in_threadpool(sleep, 1)
except TimeoutError:
    assert time.perf_counter() - started < 0.6
else:
    raise AssertionError("no time limit")
""")


def test_under_gevent_threads_and_greenlets_may_log_at_the_same_time():
    _run_under_gevent("""
import gevent, io, logging
from ml_api.app.log_buffer import LineBuffer
from ml_api.app.logs import LineHandler
from ml_api.services.offload import run_in_threadpool

written = []
handler = LineHandler(LineBuffer(lambda lines, day: written.append(lines)))
logger = logging.getLogger("ml_api")
logger.addHandler(handler)
logger.setLevel("INFO")

def work(n, yields):
    for i in range(1000):
        logger.info("%d %d", n, i)
        if yields:
            gevent.sleep(0)

jobs = [gevent.spawn(run_in_threadpool, work, n, False) for n in range(4)]
jobs += [gevent.spawn(work, n, True) for n in range(4, 8)]
assert len(gevent.joinall(jobs, timeout=30, raise_error=True)) == 8
handler.close()
assert len(b"".join(written).splitlines()) == 8000
assert len(written) < 800  # several lines at a time
""")


def test_under_gevent_an_error_of_a_thread_is_raised_and_printed_nowhere():
    printed = _run_under_gevent("""
from ml_api.services.offload import run_in_threadpool

def fail(body):
    raise ValueError(f"the secret {body}")

try:
    run_in_threadpool(fail, "canary")
except ValueError as error:
    assert "canary" in str(error)
else:
    raise AssertionError("no exception")
""")
    assert printed == ""


def test_under_gevent_a_thread_waits_for_what_greenlets_do_and_nobody_else_does():
    _run_under_gevent("""
import gevent, threading, time
from ml_api.services.offload import run_in_loop, run_in_threadpool, run_in_waiting_thread
home = threading.get_native_id()

def wait():
    gevent.sleep(0.2)
    return threading.get_native_id()

def fail():
    raise KeyError("missing")

def in_thread():
    assert threading.get_native_id() != home
    try:
        run_in_loop(fail)
    except KeyError:
        return run_in_loop(wait)

assert run_in_loop(wait) == home
laps = []
ticker = gevent.spawn(lambda: [laps.append(gevent.sleep(0.01)) for _ in range(1_000)])
# Those who wait leave the threads to those who compute.
waiting = [gevent.spawn(run_in_waiting_thread, in_thread) for _ in range(4)]
gevent.sleep(0.05)
assert run_in_threadpool(threading.get_native_id) != home
assert not any(one.ready() for one in waiting)
assert [one.get() for one in waiting] == [home] * 4
assert len(laps) >= 5, laps
""")


def test_under_gevent_nothing_is_begun_for_a_request_whose_time_is_over():
    _run_under_gevent("""
import gevent
from ml_api.services.offload import MAX_THREADS, find_native, run_in_waiting_thread
make_lock = find_native("_thread", "allocate_lock")

busy = make_lock()
busy.acquire()
begun = []

def wait():
    with busy:
        pass

waiting = [gevent.spawn(run_in_waiting_thread, wait) for _ in range(MAX_THREADS)]
gevent.sleep(0.05)
late = gevent.spawn(run_in_waiting_thread, lambda: begun.append("late"))
gevent.sleep(0.05)
late.kill()
busy.release()
gevent.joinall(waiting)
run_in_waiting_thread(lambda: begun.append("next"))
assert begun == ["next"], begun
""")
