from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path

import pytest

from regression_model.artifact import load_pipeline
from regression_model.config import load_config
from regression_model.errors import ArtifactWriteError, TrainingError
from regression_model.train_pipeline import run_training, run_training_isolated
from regression_model.train_pipeline.isolation import parent, pinned_environment
from regression_model.train_pipeline.isolation.parent import run_job
from regression_model.train_pipeline.job import TrainingJob

PATIENCE_S = 60.0


def test_it_leaves_what_a_training_here_leaves_and_says_what_was_pinned(tmp_path, text, table, monkeypatch, caplog):
    """With paths that are relative to this folder, and one that is relative to the configuration."""
    stages, here_stages = [], []
    (tmp_path / "configs").mkdir()
    named = text.replace("  name: houses\n", f"  name: houses\n  path: {table(tmp_path / 'configs').name}\n", 1)
    (tmp_path / "configs" / "houses.yml").write_text(named)
    monkeypatch.chdir(tmp_path)
    config = load_config("configs/houses.yml")
    with caplog.at_level(logging.INFO):
        there = run_training_isolated(config, output=Path("there"), report_progress=stages.append)
    assert "the compiled form predicts the same" in caplog.text, "what is logged there is logged here"
    here = run_training(config, output=tmp_path / "here", report_progress=here_stages.append)

    assert stages == here_stages
    assert (tmp_path / there.path).parent == tmp_path / "there"
    assert there.manifest.content["environment"] == pinned_environment()
    assert here.manifest.content["environment"] is None
    assert there.manifest.content["config"] == here.manifest.content["config"]
    assert there.evaluation.get("r2").value == pytest.approx(here.evaluation.get("r2").value, rel=1e-9)
    assert load_pipeline(there.path).version == "2.5.0"


def test_an_error_there_is_the_same_error_here(tmp_path, config, table):
    (tmp_path / "file").write_text("")
    with pytest.raises(ArtifactWriteError, match="can't be written") as caught:
        run_training_isolated(config, data_path=table(tmp_path), output=tmp_path / "file" / "model")
    assert "In the process that trained" in caught.value.__notes__[0]


def start_forever(monkeypatch, code: str) -> None:
    """Let the child do something else than train."""
    monkeypatch.setattr(parent, "_START", textwrap.dedent(code))


def test_another_environment_is_that_of_the_child_and_what_it_is_to_record(config, monkeypatch):
    code = """
        import json, os
        recorded = json.loads(input())["environment"]
        print(json.dumps({"stage": f"{os.environ['TZ']} {recorded['TZ']}"}), flush=True)
    """
    start_forever(monkeypatch, code)
    seen = []
    with pytest.raises(TrainingError, match="without a result"):
        run_job(TrainingJob(config), pinned_environment() | {"TZ": "Asia/Tokyo"}, seen.append)
    assert seen == ["Asia/Tokyo Asia/Tokyo"]


def test_a_child_that_is_killed_is_said_so(config, monkeypatch):
    start_forever(monkeypatch, "import os, signal; os.kill(os.getpid(), signal.SIGKILL)")
    with pytest.raises(TrainingError, match="killed by SIGKILL, which is what the system does when memory runs out"):
        run_training_isolated(config)


def test_a_child_that_can_not_start_is_said_so(config, monkeypatch):
    start_forever(monkeypatch, "raise SystemExit(3)")
    with pytest.raises(TrainingError, match="exit code 3 and without a result"):
        run_training_isolated(config)


FOREVER = """
    import json, os, sys, threading; sys.path[:] = json.loads(sys.argv.pop())
    from regression_model.train_pipeline.isolation import child
    def work(request, channel):
        try:
            channel.send(stage=str(os.getpid()))
            threading.Event().wait()
        finally:
            open("cleaned-up", "x").close()
    child._work = work
    child.main()
"""


def wait_until_gone(process_id: int) -> None:
    deadline_s = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline_s:
        try:
            # A process that nobody has waited for yet is still there, but does nothing any more.
            if Path(f"/proc/{process_id}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z":
                return
        except FileNotFoundError:
            return
        threading.Event().wait(0.05)
    pytest.fail("the child lives on")


@pytest.mark.parametrize("stop", [KeyboardInterrupt, ValueError])
def test_a_call_that_is_interrupted_ends_the_child_which_cleans_up(tmp_path, config, monkeypatch, stop):
    start_forever(monkeypatch, FOREVER)
    monkeypatch.chdir(tmp_path)
    seen = []

    def interrupt(text: str) -> None:
        seen.append(int(text))
        raise stop

    with pytest.raises(stop):
        run_training_isolated(config, report_progress=interrupt)
    wait_until_gone(seen[0])
    assert (tmp_path / "cleaned-up").exists()


def test_a_child_that_does_not_end_is_killed_and_the_interruption_stays_one(config, monkeypatch, caplog):
    stubborn = """
        import os, signal, sys, threading
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        print('{"stage": "%d"}' % os.getpid(), flush=True)
        while True:
            threading.Event().wait(60)
    """
    start_forever(monkeypatch, stubborn)
    monkeypatch.setattr(parent, "GRACE_S", -0.5)
    seen = []

    def interrupt(text: str) -> None:
        seen.append(int(text))
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_training_isolated(config, report_progress=interrupt)
    assert "is killed" in caplog.text
    wait_until_gone(seen[0])


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_the_child_ends_with_its_parent_however_that_ends(tmp_path, text, number):
    (tmp_path / "config.yml").write_text(text)
    script = textwrap.dedent(
        f"""
        from regression_model.config import load_config
        from regression_model.train_pipeline.isolation import parent
        parent._START = {textwrap.dedent(FOREVER)!r}
        parent.run_training_isolated(load_config("config.yml"), report_progress=lambda text: print(text, flush=True))
        """
    )
    # A group of its own, as a terminal would give it: Ctrl-C goes to both.
    process = subprocess.Popen(
        [sys.executable, "-c", script],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=tmp_path,
        process_group=0,
    )
    child = int(process.stdout.readline())
    os.killpg(process.pid, number) if number == signal.SIGINT else process.send_signal(number)
    process.wait(PATIENCE_S)
    wait_until_gone(child)
    process.stdout.close()
    assert (tmp_path / "cleaned-up").exists()
