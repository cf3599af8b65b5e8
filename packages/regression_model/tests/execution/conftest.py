"""Tasks that end in every way that a task can end."""

from __future__ import annotations

from pathlib import Path

import pytest

TASKS = '''
import logging, os, signal, sys, threading, time

import regression_model.errors as errors


def prepare(payload):
    if payload.get("file"):
        with open(payload["file"], "a") as file:
            file.write(f"{os.getpid()}\\n")
    if "error" in payload:
        raise errors.DataError(payload["error"])
    if payload.get("die"):
        os.kill(os.getpid(), signal.SIGKILL)
    return payload


def add(payload, context):
    return payload["a"] + payload["b"]


def tell(payload, context):
    return {
        "process": os.getpid(),
        "state": context.state,
        "environment": {name: os.environ.get(name) for name in payload["names"]},
        "stdin": sys.stdin.read(),
    }


def count(payload, context):
    for number in range(payload["n"]):
        context.report({"number": number})
    return "done"


def talk(payload, context):
    print("to nobody")
    logging.getLogger("regression_model.tasks").warning("a %s", "warning")
    return None


def fail(payload, context):
    raise errors.TrainingError("two\\nlines")


def answer_no_json(payload, context):
    return object()


def crash(payload, context):
    os.kill(os.getpid(), getattr(signal, payload["signal"]))


def leave(payload, context):
    os._exit(3)


def hang(payload, context):
    """With Python's lock held, as a library does that computes."""
    context.report(os.getpid())
    import ctypes
    if payload.get("with_lock"):
        ctypes.PyDLL(None).sleep(3600)
    threading.Event().wait()


def wait(payload, context):
    threading.Event().wait(payload["seconds"])
    return payload["value"]


def take_memory(payload, context):
    taken = []
    while True:
        taken.append(bytearray(payload["step_bytes"]))
        time.sleep(0.01)


def ask_for_much(payload, context):
    return len(bytearray(1 << 40))
'''


@pytest.fixture
def tasks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Name of a module of tasks that child processes can import."""
    folder = tmp_path / "modules"
    folder.mkdir()
    (folder / "pool_tasks.py").write_text(TASKS, encoding="utf-8")
    monkeypatch.syspath_prepend(folder)
    return "pool_tasks"
