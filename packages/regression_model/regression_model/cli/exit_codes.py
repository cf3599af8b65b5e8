"""What the exit codes of ``regression-model`` mean, and which error leads to which."""

from __future__ import annotations

from enum import IntEnum

from regression_model.errors import (
    ArtifactError,
    ConfigError,
    DataError,
    ExplanationError,
    InputDataError,
    MissingExtraError,
    NotCompiledError,
    SearchError,
    TrackingError,
    TrainingError,
    WorkerError,
)


class ExitCode(IntEnum):
    """How a command ended."""

    OK = 0
    ROWS_REFUSED = 1
    USAGE = 2
    CONFIG = 3
    DATA = 4
    TRAINING = 5
    ARTIFACT = 6
    INPUT = 7
    MISSING_EXTRA = 8
    REBUILT_SIMILAR = 10
    REBUILT_DIFFERENT = 11
    PREDICTIONS_MOVED = 12
    TRACKING = 13
    INTERNAL = 70
    FILE = 74
    INTERRUPTED = 130
    READER_GONE = 141


MEANINGS = {
    ExitCode.OK: "done",
    ExitCode.ROWS_REFUSED: "done, but some rows could not be predicted",
    ExitCode.USAGE: "wrong command, option or argument",
    ExitCode.CONFIG: "the configuration can't be used",
    ExitCode.DATA: "a table can't be found, downloaded or used",
    ExitCode.TRAINING: "the model can't be trained",
    ExitCode.ARTIFACT: "the saved model can't be found, trusted or written",
    ExitCode.INPUT: "the input of a prediction can't be read as rows",
    ExitCode.MISSING_EXTRA: "an optional dependency is not installed",
    ExitCode.REBUILT_SIMILAR: "rebuilt: other bytes, explained; golden rows agree",
    ExitCode.REBUILT_DIFFERENT: "rebuilt: other results, or bytes that nothing explains",
    ExitCode.PREDICTIONS_MOVED: "predictions moved too far, and no changelog says so",
    ExitCode.TRACKING: "MLflow was to be told of the run, and takes none",
    ExitCode.INTERNAL: "a defect of this program; --debug shows where",
    ExitCode.FILE: "a file can't be read or written: disk full, no permission",
    ExitCode.INTERRUPTED: "stopped by Ctrl-C",
    ExitCode.READER_GONE: "whoever read the output has gone",
}
"""For people, in ``--help`` and the README."""

_CODES: tuple[tuple[type[Exception], ExitCode], ...] = (
    (ConfigError, ExitCode.CONFIG),
    (DataError, ExitCode.DATA),
    (TrainingError, ExitCode.TRAINING),
    (WorkerError, ExitCode.TRAINING),
    (SearchError, ExitCode.TRAINING),
    (NotCompiledError, ExitCode.TRAINING),
    (ArtifactError, ExitCode.ARTIFACT),
    (ExplanationError, ExitCode.ARTIFACT),
    (InputDataError, ExitCode.INPUT),
    (TrackingError, ExitCode.TRACKING),
    (MissingExtraError, ExitCode.MISSING_EXTRA),
    (BrokenPipeError, ExitCode.READER_GONE),
    (OSError, ExitCode.FILE),
)


def find_exit_code(error: Exception) -> ExitCode:
    """Return the exit code for an error; anything that nobody raised on purpose is a defect.

    Examples
    --------
    >>> find_exit_code(DataError("no such column"))
    <ExitCode.DATA: 4>
    >>> find_exit_code(ZeroDivisionError())
    <ExitCode.INTERNAL: 70>
    """
    return next((code for kind, code in _CODES if isinstance(error, kind)), ExitCode.INTERNAL)


def describe_exit_codes() -> str:
    """List the codes, as the end of ``--help`` shows them."""
    return "\n".join(["Exit codes:", *(f"{code.value:>4}  {meaning}" for code, meaning in MEANINGS.items())])
