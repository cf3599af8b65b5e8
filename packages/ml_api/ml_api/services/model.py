"""Holds the model of this process: loaded once, then only read."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import ml_api
from ml_api.errors import ModelNotReadyError
from ml_api.services.pace import Pace, SlowPace
from ml_api.services.prediction_process import OwnProcess, start_process

if TYPE_CHECKING:
    from regression_model import Artifact, ProcessLimits

logger = logging.getLogger(__name__)

UNSIGNED = (
    "the model has no compiled form, so that it has to be unpickled, which can run any code: it is served only if it "
    "is signed by somebody who is trusted. Let whoever answers for it run 'regression-model sign', and set "
    "ML_API_TRUSTED_KEYS_FILE to the file of their public key"
)
_SEE_LOG = "The server's log says why."
_HINTS = {
    "ArtifactSignatureError": "It has to be signed by somebody who is trusted: with 'regression-model sign', by a key "
    "whose public half is in the file that ML_API_TRUSTED_KEYS_FILE names. The server's log says more."
}


@dataclass(frozen=True)
class VersionInfo:
    """Which model answers; the model's parts are None while there is none.

    Attributes
    ----------
    model_version : str or None
    api_version : str
    artifact_digest : str or None
        SHA-256 of the manifest.
    compiled : bool
        Whether predictions come from the compiled form of the pipeline.
    predicts_in : str or None
        ``web_worker``, or ``own_process`` if the model has no compiled form: it is unpickled there only.
    signed_by : str or None
        Id of the trusted key that the model is signed with; None if signatures are not looked at.
    """

    model_version: str | None
    api_version: str
    artifact_digest: str | None
    compiled: bool
    predicts_in: str | None
    signed_by: str | None


class ModelService:
    """The model, and why there is none if so.

    A model that can't be loaded does not stop the process: it goes on to say so under ``/ready``, where the
    platform that starts it looks.

    Parameters
    ----------
    path : Path, optional
        Manifest of a saved model, or a folder with one. By default the model in the package
        `regression_model`.
    trusted_keys : Path, optional
        Public keys: only a model that is signed with one of them is loaded. By default any is that has a compiled
        form.
    limits : ProcessLimits, optional
        For the process of a model without a compiled form.

    Attributes
    ----------
    pace : Pace
        How fast it predicts. A model without a compiled form, or one that reads series, may take any time for a row.
    """

    def __init__(
        self, path: Path | None = None, *, trusted_keys: Path | None = None, limits: ProcessLimits | None = None
    ) -> None:
        self.pace = Pace()
        self._path = path
        self._trusted_keys = trusted_keys
        self._limits = limits
        self._process: OwnProcess | None = None
        self._artifact: Artifact | None = None
        self._failure = "NotLoaded"

    def load(self) -> bool:
        """Load the model, which also predicts its golden rows again: in its compiled form or, if it has none, closed.

        Nothing is unpickled here. A model without a compiled form has to be signed, and is opened by a child process.

        To be called in the process that predicts, once: threads that numeric libraries have started do not
        survive a fork.

        Returns
        -------
        bool
            Whether there is a model now. Why not is in the log.
        """
        try:
            self._artifact = self._open()
        except Exception as error:  # whatever it is: gunicorn would end the whole server for it
            self._failure = type(error).__name__
            logger.exception("the model can't be loaded", extra={"fields": {"path": _show(self._path)}})
            return False
        logger.info(
            "model loaded",
            extra={
                "fields": {
                    "model_version": self._artifact.version,
                    "artifact_digest": self._artifact.digest,
                    "task": self._artifact.task,
                    "compiled": self._artifact.compiled is not None,
                    "predicts_in": _find_place(self._artifact),
                    "signed_by": self._artifact.signed_by,
                    "path": _show(self._path),
                }
            },
        )
        return True

    def _open(self) -> Artifact:
        # Not at the top: importing the API is free.
        from regression_model import ArtifactSignatureError, load_artifact

        artifact = load_artifact(self._path, trusted_keys=self._trusted_keys, closed=True)
        if artifact.compiled is None:
            if self._trusted_keys is None or artifact.signed_by is None:
                raise ArtifactSignatureError(UNSIGNED)
            self._process = start_process(artifact, self._path, self._trusted_keys, self._limits)
            artifact.predictor = self._process
        if artifact.compiled is None or any(feature.dtype == "series" for feature in artifact.schema):
            self.pace = SlowPace()
        return artifact

    def close(self) -> None:
        """End the process that predicts, if there is one. It ends by itself when this one does."""
        if self._process is not None:
            self._process.close()

    @property
    def artifact(self) -> Artifact:
        """The loaded model.

        Raises
        ------
        ModelNotReadyError
            If there is none. The message names the kind of failure only: paths are for the log.
        """
        if self._artifact is None:
            raise ModelNotReadyError(
                f"The model is not loaded, so nothing can be predicted. {_HINTS.get(self._failure, _SEE_LOG)}",
                details={"reason": self._failure},
            )
        return self._artifact

    def describe(self) -> VersionInfo:
        """Say which model answers."""
        artifact = self._artifact
        return VersionInfo(
            model_version=None if artifact is None else artifact.version,
            api_version=ml_api.__version__,
            artifact_digest=None if artifact is None else artifact.digest,
            compiled=artifact is not None and artifact.compiled is not None,
            predicts_in=None if artifact is None else _find_place(artifact),
            signed_by=None if artifact is None else artifact.signed_by,
        )


def import_model_runtime() -> None:
    """Import what loads compiled models and predicts, before a server has workers.

    It starts no thread where numeric libraries are told to use one, and waits for nothing, so that gevent need not have
    patched the standard library before.
    """
    from regression_model import load_artifact, make_prediction  # noqa: F401 - for what they bring along


def _find_place(artifact: Artifact) -> str:
    return "web_worker" if artifact.compiled is not None else "own_process"


def _show(path: Path | None) -> str | None:
    return None if path is None else str(path)
