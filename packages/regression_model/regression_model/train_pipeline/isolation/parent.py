"""Has a training done by a child process, and passes on what it tells."""

from __future__ import annotations

import contextlib
import json
import logging
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from regression_model.errors import TrainingError
from regression_model.train_pipeline.isolation.child import GRACE_S
from regression_model.train_pipeline.isolation.environment import build_environment, pinned_environment
from regression_model.train_pipeline.isolation.messages import decode, decode_error, encode, handle_record
from regression_model.train_pipeline.job import Progress, TrainingJob, TrainingResult

if TYPE_CHECKING:
    from regression_model.config import Config
    from regression_model.processing.datasets import Progress as DownloadProgress

logger = logging.getLogger(__name__)

# The child finds modules where this process finds them, whatever this process did to its path.
_START = (
    "import json, sys; sys.path[:] = json.loads(sys.argv.pop()); "
    "from regression_model.train_pipeline.isolation.child import main; main()"
)


def run_training_isolated(
    config: Config,
    *,
    data_path: Path | None = None,
    sample: bool = False,
    output: Path | None = None,
    report_progress: Progress | None = None,
    download_progress: DownloadProgress | None = None,
) -> TrainingResult:
    """Do what `run_training` does, in a child process with a pinned environment.

    So hash seed, threads, time zone, locale and the instructions that BLAS and numpy choose are the same whoever
    trains; the manifest says so under ``environment``. Log records of the child are logged here. The child ends with
    this process, however that ends, and when the call is interrupted.

    Parameters
    ----------
    config, data_path, sample, output, report_progress, download_progress
        As those of `run_training`.

    Returns
    -------
    TrainingResult

    Raises
    ------
    RegressionModelError
        What `run_training` raises; the child's traceback is a note of it.
    TrainingError
        Also if the child was killed, or could not start.
    """
    job = TrainingJob(config, data_path, sample, output)
    return run_job(job, pinned_environment(), report_progress or logger.info, download_progress)


def run_job(
    job: TrainingJob,
    environment: Mapping[str, str],
    report_progress: Progress,
    download_progress: DownloadProgress | None = None,
) -> TrainingResult:
    """Have a job done in an environment; see `run_training_isolated`.

    Parameters
    ----------
    job : TrainingJob
    environment : mapping of str to str
        Recorded in the manifest. Another one than `pinned_environment` is for measuring what a processor changes.
    report_progress, download_progress : callable
        See `run_training`.
    """
    request = {"job": job.to_json(), "environment": dict(environment), "levels": _list_levels()}
    with _child(environment) as child:
        _send(child, request)
        # While the child imports what it needs, so does this process: later nobody has to wait for it.
        from regression_model.artifact import Manifest
        from regression_model.evaluation import Evaluation

        path = _listen(child, report_progress, download_progress)
    manifest = Manifest.from_file(path)
    return TrainingResult(path, manifest, Evaluation.from_json(manifest.content["metrics"]["holdout"]))


@contextlib.contextmanager
def _child(environment: Mapping[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """Start the child, and see to it that it is gone at the end of the block."""
    command = [sys.executable, "-P", "-c", _START, json.dumps([entry for entry in sys.path if isinstance(entry, str)])]
    # Ctrl-C in a terminal goes to both processes: this one decides, and the child inherits that it does not hear it.
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        child = _start(command, build_environment(environment))
        try:
            # Here, where it ends the child, comes a Ctrl-C of the meantime.
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
            yield child
        finally:
            _end(child)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _start(command: list[str], variables: dict[str, str]) -> subprocess.Popen[bytes]:
    # Without a stderr here, its number may be that of any file.
    stderr = subprocess.DEVNULL if sys.__stderr__ is None else None
    try:
        return subprocess.Popen(  # noqa: S603 - the command is ours
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=stderr, env=variables
        )
    except OSError as error:
        raise TrainingError(f"the process that trains could not be started: {error}") from error


def _end(child: subprocess.Popen[bytes]) -> None:
    """Let go of the lifeline, and insist if that is not enough."""
    for stream in (child.stdin, child.stdout):
        if stream is not None:
            with contextlib.suppress(BrokenPipeError):
                stream.close()
    try:
        child.wait(GRACE_S + 1.0)
    except subprocess.TimeoutExpired:
        logger.warning("the process that trained did not end within %.0f s and is killed", GRACE_S + 1.0)
    finally:
        if child.returncode is None:
            child.kill()
            child.wait()


def _send(child: subprocess.Popen[bytes], request: Mapping[str, Any]) -> None:
    assert child.stdin is not None
    with contextlib.suppress(BrokenPipeError):  # it has ended already, and its exit code says how
        child.stdin.write(encode(request))
        child.stdin.flush()


def _listen(
    child: subprocess.Popen[bytes], report_progress: Progress, download_progress: DownloadProgress | None
) -> Path:
    """Pass on what the child tells, until it has a result; return the path of the manifest."""
    assert child.stdout is not None
    for line in child.stdout:
        message = decode(line)
        if message is None:
            _pass_on_print(line)
            continue
        match next(iter(message)):
            case "stage":
                report_progress(message["stage"])
            case "download":
                if download_progress is not None:
                    download_progress(*message["download"])
            case "log":
                handle_record(message["log"])
            case "error":
                raise decode_error(message["error"])
            case "result":
                # Not waiting for its end: what hangs then is ended as all else is.
                return Path(message["result"])
    raise _describe_end(child)


def _pass_on_print(line: bytes) -> None:
    """Show what Python's start-up files have printed in the child, before it could see to that itself."""
    if sys.stderr is not None and line.strip():
        sys.stderr.write(line.decode(errors="backslashreplace"))


def _describe_end(child: subprocess.Popen[bytes]) -> TrainingError:
    """Say how a child ended that told of no result and no error."""
    try:
        code = child.wait(GRACE_S)
    except subprocess.TimeoutExpired:
        return TrainingError("the process that trains tells nothing any more, and was ended; train again")
    if code < 0:
        name = next((known.name for known in signal.Signals if known == -code), f"signal {-code}")
        why = (
            "which is what the system does when memory runs out; train on fewer rows or columns, or with more memory"
            if name == "SIGKILL"
            else "which is a crash of a library, or somebody's doing; train again, and report it if it happens again"
        )
        return TrainingError(f"the process that trains was killed by {name}, {why}")
    return TrainingError(
        f"the process that trains ended with exit code {code} and without a result; what it said is on stderr"
    )


def _list_levels() -> dict[str, int]:
    """Return the log levels of the root and of this package, so that the child sends no more than is wanted."""
    return {name: logging.getLogger(name or None).getEffectiveLevel() for name in ("", "regression_model")}
