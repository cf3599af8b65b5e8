"""Predicts in a process of its own, where the model has to be unpickled for that."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ml_api.errors import PredictionProcessError, RequestTimeoutError
from ml_api.services.offload import run_in_loop

if TYPE_CHECKING:
    from collections.abc import Iterator

    from regression_model import Artifact, PredictionProcess, ProcessLimits


class OwnProcess:
    """A child of this process that alone unpickles the model; what goes wrong there is an error of the API.

    Parameters
    ----------
    process : PredictionProcess
        Started.
    """

    def __init__(self, process: PredictionProcess) -> None:
        self._process = process

    def predict(self, rows: Any, *, explain: bool) -> dict[str, Any]:  # noqa: ANN401 - one row or several
        """Predict rows; see `regression_model.PredictionProcess.predict`.

        Raises
        ------
        RequestTimeoutError
            If it takes longer than it may.
        PredictionProcessError
            If it takes more memory than it may, or the child dies of it or can't be replaced.
        """
        with _as_errors_of_the_api():
            return self._process.predict(rows, explain=explain)

    def close(self) -> None:
        """End the child."""
        self._process.close()


def start_process(
    artifact: Artifact, path: Path | None, trusted_keys: Path, limits: ProcessLimits | None = None
) -> OwnProcess:
    """Start the process of a model, and wait until it has loaded it.

    Parameters
    ----------
    artifact : Artifact
        The model, closed, and signed by a key that is trusted; the child looks at its signature again.
    path : Path or None
        Where it lies; None for the model in the package `regression_model`.
    trusted_keys : Path
        Public keys.
    limits : ProcessLimits, optional

    Raises
    ------
    RegressionModelError
        If it can't be loaded, or the process can't be started in time.
    """
    from regression_model import PredictionProcess

    process = PredictionProcess(path, artifact.digest, trusted_keys=trusted_keys, limits=limits, wait=run_in_loop)
    process.start()
    return OwnProcess(process)


@contextmanager
def _as_errors_of_the_api() -> Iterator[None]:
    from regression_model import ArtifactError, MissingExtraError, WorkerError

    try:
        yield
    except TimeoutError as error:
        raise RequestTimeoutError(f"{_tell(error)}. Send fewer rows, or shorter series.") from error
    except MemoryError as error:
        raise PredictionProcessError(f"{_tell(error)}. Send fewer rows, or shorter series.") from error
    except (ArtifactError, MissingExtraError, WorkerError) as error:
        raise PredictionProcessError(
            "The process that predicts ended, or does not start again. The server's log says why; send the request "
            "again later."
        ) from error


def _tell(error: Exception) -> str:
    text = str(error)
    return text[:1].upper() + text[1:]
