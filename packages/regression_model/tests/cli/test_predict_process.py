"""What only a process of its own can show: signals, kills, pipes, memory."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from regression_model.cli.exit_codes import ExitCode

TIMEOUT_S = 120


def command(source, target, model, *options):
    return [
        sys.executable,
        "-m",
        "regression_model",
        "predict",
        *map(str, (source, "-o", target, "-a", model, *options)),
    ]


def write_many(rows: Path, target: Path, n_rows: int) -> Path:
    header, *lines = rows.read_text(encoding="utf-8").splitlines()
    with target.open("w", encoding="utf-8") as stream:
        stream.write(header + "\n")
        stream.writelines(f"{lines[number % len(lines)]}\n" for number in range(n_rows))
    return target


def wait_for_part(folder: Path, process: subprocess.Popen[bytes]) -> None:
    """Wait until something was written to the temporary file."""
    deadline_s = time.monotonic() + TIMEOUT_S
    while time.monotonic() < deadline_s:
        assert process.poll() is None, "it ended before it could be stopped"
        if any(part.stat().st_size for part in folder.glob(".out.csv.*.part")):
            return
        time.sleep(0.01)
    pytest.fail("nothing was written")


@pytest.fixture
def running(rows, model, tmp_path):
    """Start a prediction that waits for more rows after its first chunks, and stop it in any case."""
    reader, writer = os.pipe()
    with os.fdopen(writer, "wb") as feed:
        target = command("-", tmp_path / "out.csv", model, "--chunk-rows", "5")
        process = subprocess.Popen(target, stdin=reader, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL)
        os.close(reader)
        many = write_many(rows, tmp_path / "many.csv", 2_000)
        try:
            feed.write(many.read_bytes())
            feed.flush()
            wait_for_part(tmp_path, process)
            yield process
        finally:
            process.kill()
            process.communicate()


def test_ctrl_c_ends_with_130_and_leaves_nothing(running, tmp_path):
    running.send_signal(signal.SIGINT)
    _, said = running.communicate(timeout=TIMEOUT_S)
    assert running.returncode == ExitCode.INTERRUPTED
    assert b"Traceback" not in said
    assert sorted(path.name for path in tmp_path.iterdir()) == ["many.csv", "rows.csv"]


def test_a_kill_leaves_nothing_under_the_final_name(running, tmp_path):
    running.kill()
    running.wait(TIMEOUT_S)
    assert not (tmp_path / "out.csv").exists()
    assert not (tmp_path / "out.csv.errors.ndjson").exists()


def test_a_reader_that_goes_away_is_no_traceback(rows, model, tmp_path):
    many = write_many(rows, tmp_path / "many.csv", 20_000)
    process = subprocess.Popen(
        command(many, "-", model, "--chunk-rows", "100"), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.readline()
    process.stdout.close()
    said = process.stderr.read()
    process.stderr.close()
    assert process.wait(TIMEOUT_S) == ExitCode.READER_GONE
    assert b"Traceback" not in said


@pytest.mark.slow
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads the peak of the memory as Linux reports it")
def test_memory_does_not_grow_with_the_rows(rows, model, tmp_path):
    code = (
        "import resource, runpy, sys\n"
        "sys.argv[0] = 'regression-model'\n"
        "try:\n    runpy.run_module('regression_model', run_name='__main__')\n"
        "finally:\n    print('peak', resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, file=sys.stderr)\n"
    )

    def peak_kib(n_rows: int) -> int:
        source = write_many(rows, tmp_path / f"{n_rows}.csv", n_rows)
        arguments = command(source, tmp_path / f"{n_rows}.out.csv", model)[3:]
        done = subprocess.run(
            [sys.executable, "-c", code, *arguments], capture_output=True, text=True, timeout=TIMEOUT_S, check=True
        )
        return int(re.search(r"^peak (\d+)$", done.stderr, re.MULTILINE)[1])

    few, many = peak_kib(20_000), peak_kib(200_000)
    # Two chunks against twenty. All rows at once would take 200 MiB more; 30 are room for the allocator's moods.
    assert many - few < 30 * 1024
