"""What the child may do, or have done to it, without the parent losing the thread."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import textwrap
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from regression_model.errors import TrainingError
from regression_model.train_pipeline.isolation import parent

MEMORY = "killed by SIGKILL, which is what the system does when memory runs out"

# The child as it is, but for its work, and for what Python runs before it.
START = """
{before}
import atexit, ctypes, json, logging, os, signal, sys, threading, time; sys.path[:] = json.loads(sys.argv.pop())
from regression_model.train_pipeline.isolation import child
def work(request, channel):
{work}
    return "a.manifest.json"
child._work = work
child.main()
"""


@pytest.fixture
def talk(monkeypatch) -> Callable[..., tuple[Path, list[str], subprocess.Popen]]:
    """Have a child do other work; return the path that it told, the stages, and the ended child."""

    def talk(work: str, *, before: str = "") -> tuple[Path, list[str], subprocess.Popen]:
        monkeypatch.setattr(parent, "_START", START.format(before=before, work=textwrap.indent(work or "pass", "    ")))
        stages = []
        with parent._child({}) as child:
            parent._send(child, {"levels": {"": 20}})
            path = parent._listen(child, stages.append, None)
        return path, stages, child

    return talk


def test_what_start_up_files_print_is_shown_and_breaks_nothing(talk, capfd):
    before = r"""import os; os.write(1, b'hello\n5\n[]\n{}\n\xff no end')"""
    path, stages, _ = talk("channel.send(stage='Fitting')", before=before)
    assert (path, stages) == (Path("a.manifest.json"), ["Fitting"])
    shown = capfd.readouterr()
    assert shown.err == "hello\n5\n[]\n{}\n\\xff no end\n"
    assert shown.out == ""


def test_what_native_libraries_print_goes_to_stderr_however_much_it_is(talk, capfd):
    work = """
    library = ctypes.CDLL(None)
    library.puts(b'{"stage": "from C"}')
    library.fflush(None)
    for number in (1, 2):
        data = b"x" * 300_000
        while data:
            data = data[os.write(number, data):]
    print("from Python")
    """
    path, stages, _ = talk(textwrap.dedent(work))
    assert (path, stages) == (Path("a.manifest.json"), [])
    shown = capfd.readouterr()
    assert shown.out == ""
    assert shown.err.count("x") == 600_000
    assert "from C" in shown.err
    assert "from Python" in shown.err


def test_nobody_in_the_child_takes_the_lifeline_for_an_input(talk):
    _, stages, _ = talk("channel.send(stage=repr(sys.stdin.read()))")
    assert stages == ["''"]


def test_a_message_that_breaks_off_is_no_defect(talk):
    with pytest.raises(TrainingError, match=MEMORY):
        talk("""os.write(channel._handle, b'{"stage": "Fit'); os.kill(os.getpid(), signal.SIGKILL)""")


@pytest.mark.skipif(not hasattr(signal, "SIGRTMIN"), reason="this system has no real-time signals")
def test_a_signal_without_a_name_is_said_by_its_number(talk):
    with pytest.raises(TrainingError, match=rf"killed by signal {signal.SIGRTMIN + 3}, which is a crash"):
        talk("os.kill(os.getpid(), signal.SIGRTMIN + 3)")


def test_a_child_that_hangs_after_its_result_is_not_waited_for(talk, monkeypatch, caplog):
    monkeypatch.setattr(parent, "GRACE_S", -0.5)
    path, _, child = talk("atexit.register(threading.Event().wait)")
    assert path == Path("a.manifest.json")
    assert child.returncode == -signal.SIGKILL
    assert "is killed" in caplog.text


def test_a_child_that_tells_nothing_any_more_is_not_waited_for(monkeypatch, talk):
    monkeypatch.setattr(parent, "GRACE_S", 0.2)
    monkeypatch.setattr(parent, "_end", kill_after(parent._end))
    with pytest.raises(TrainingError, match="tells nothing any more"):
        talk("", before="import os, threading; os.close(1); threading.Event().wait()")


def kill_after(end: Callable[[subprocess.Popen], None]) -> Callable[[subprocess.Popen], None]:
    def kill_and_end(child: subprocess.Popen) -> None:
        child.kill()
        end(child)

    return kill_and_end


def test_a_child_that_takes_its_time_to_end_does_so_in_silence(talk, capfd):
    with pytest.raises(ValueError, match="odd"):
        talk("atexit.register(time.sleep, 0.3); raise ValueError('odd')")
    assert capfd.readouterr().err == ""


def test_a_log_call_that_is_wrong_is_complained_of_and_no_reason_to_stop(talk, capfd):
    path, _, _ = talk("logging.getLogger('some.library').warning('%d rows', 'many')")
    assert path == Path("a.manifest.json")
    assert "Logging error" in capfd.readouterr().err


def list_open_files() -> set[str]:
    return {entry.name for entry in Path("/proc/self/fd").iterdir()}


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="this system does not list a process's files")
@pytest.mark.parametrize("work", ["", "raise ValueError('odd')", "os._exit(3)"])
def test_neither_a_file_nor_a_process_is_left(talk, work):
    before = list_open_files()
    try:
        talk(work)
    except (ValueError, TrainingError):
        assert work
    assert list_open_files() == before
    children = Path(f"/proc/self/task/{threading.get_native_id()}/children")
    if children.exists():
        names = [Path(f"/proc/{child}/stat").read_text().split()[2] for child in children.read_text().split()]
        assert "Z" not in names


def test_ctrl_c_while_the_child_starts_ends_it(talk, monkeypatch):
    started, start = [], parent._start

    def start_and_interrupt(*arguments):
        started.append(start(*arguments))
        # To this very thread, where it waits until it is wanted.
        signal.pthread_kill(threading.get_ident(), signal.SIGINT)
        return started[0]

    monkeypatch.setattr(parent, "_start", start_and_interrupt)
    with pytest.raises(KeyboardInterrupt):
        talk("")
    assert started[0].returncode is not None
    assert signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, ())


def test_a_child_that_can_not_be_started_is_said_so(talk, monkeypatch):
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with pytest.raises(TrainingError, match="could not be started: .*/nowhere/python"):
        talk("")
    assert signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, ())


def test_a_closed_stderr_is_not_taken_for_any_file(tmp_path):
    """As a service may start it: number 2 is free then, and the first pipe would get it."""
    script = f"""
        import json
        from regression_model.train_pipeline.isolation import parent
        parent._START = "import json, os; print(json.dumps({{'stage': os.readlink('/proc/self/fd/2')}}), flush=True)"
        with parent._child({{}}) as child:
            try:
                parent._listen(child, open({str(tmp_path / "stage")!r}, "w").write, None)
            except parent.TrainingError:
                pass
    """
    if not Path("/proc/self/fd").exists():
        pytest.skip("this system does not list a process's files")
    command = ["/bin/sh", "-c", 'exec "$0" -c "$1" 2>&-', sys.executable, textwrap.dedent(script)]
    done = subprocess.run(command, check=False, timeout=60)
    assert done.returncode == 0
    assert (tmp_path / "stage").read_text() == os.devnull


# What the surroundings decide in a process that takes them as they are.
PROBE = """
import hashlib, json, time
import numpy as np
import threadpoolctl
table = np.random.default_rng(0).normal(size=(300, 40))
seen = {
    "order of a set": list({"Ames", "Boone", "Nevada", "Polk", "Story"}),
    "hour": time.localtime(0).tm_hour,
    "encoding": open("/dev/null").encoding.lower(),
    "threads": max(library["num_threads"] for library in threadpoolctl.threadpool_info()),
    "last bits": hashlib.sha256((table.T @ table).tobytes()).hexdigest(),
}
print(json.dumps({"stage": json.dumps(seen)}), flush=True)
"""

HOSTILE = [
    {"PYTHONHASHSEED": seed, "TZ": zone, "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "LC_ALL": "C"}
    | {"OPENBLAS_NUM_THREADS": "2", "OPENBLAS_CORETYPE": core, "PYTHONIOENCODING": "latin-1"}
    for seed, zone, core in (("99", "Asia/Tokyo", "Prescott"), ("7", "America/Lima", "Sandybridge"))
]


def test_hostile_surroundings_change_what_is_computed_but_not_in_the_child(config, monkeypatch):
    there, here = [], []
    monkeypatch.setattr(parent, "_START", PROBE)
    for variables in HOSTILE:
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        with pytest.raises(TrainingError, match="without a result"):
            parent.run_training_isolated(config, report_progress=lambda text: there.append(json.loads(text)))
        done = subprocess.run([sys.executable, "-c", PROBE], capture_output=True, text=True, check=True)
        here.append(json.loads(json.loads(done.stdout)["stage"]))

    assert there[0] == there[1]
    expected = {"order of a set", "hour", "encoding"}
    if "OPENBLAS_CORETYPE" in parent.pinned_environment():
        expected.add("last bits")
    if len(getattr(os, "sched_getaffinity", lambda _: [0])(0)) > 1:
        expected.add("threads")
    for surroundings in here:
        assert {name for name, value in surroundings.items() if value != there[0][name]} >= expected
