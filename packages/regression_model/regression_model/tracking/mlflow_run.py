"""Runs kept by an MLflow server, told through its client.

Runs are found again by tags of ours. See https://mlflow.org/docs/latest/ml/tracking/ and, for the limits of what a run
may hold, https://mlflow.org/docs/latest/rest-api.html.
"""

from __future__ import annotations

import logging
import math
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

from mlflow import MlflowClient
from mlflow.entities import Dataset, DatasetInput, Metric, Param, RunTag
from mlflow.exceptions import MlflowException

from regression_model.errors import TrackingError
from regression_model.processing.datasets.shown_url import hide_secrets
from regression_model.tracking.base import TrackedRun

logger = logging.getLogger(__name__)

_Item = TypeVar("_Item")

_REFUSED = "INVALID_PARAMETER_VALUE"
"""What a server answers that works, but does not take what it was told, such as another value of a parameter."""

_KEY = "regression_model.key"
_PARENT = "mlflow.parentRunId"
_MAX_TEXT = 500
"""Characters of a parameter or a tag; servers of any age take as many."""
_MAX_PARAMETERS = 100
_MAX_METRICS = 1000
_MAX_DIGEST = 36


def begin_mlflow_run(uri: str, experiment: str, name: str, key: str) -> MlflowRun:
    """Begin a run on a server; see `open_run`."""
    try:
        client = MlflowClient(tracking_uri=uri)
        known = client.get_experiment_by_name(experiment)
        experiment_id = known.experiment_id if known is not None else client.create_experiment(experiment)
        return _begin(client, experiment_id, name, key, {})
    except (MlflowException, OSError) as error:
        raise TrackingError(
            f"the MLflow server {hide_secrets(uri)!r} (MLFLOW_TRACKING_URI) takes no run: {_describe(error)}; "
            "start it, or unset MLFLOW_TRACKING_URI to work without"
        ) from error


def _begin(
    client: MlflowClient,
    experiment_id: str,
    name: str,
    key: str,
    tags: Mapping[str, str],
    parent: MlflowRun | None = None,
) -> MlflowRun:
    found: Sequence[str] = []
    if key:
        # Ours are hexadecimal digits, dots, dashes and slashes; a quote would end the text of the filter.
        wanted = f"tags.`{_KEY}` = '{key.replace(chr(39), '')}'"
        found = [run.info.run_id for run in client.search_runs([experiment_id], wanted, max_results=1)]
    if found:
        client.update_run(found[0], status="RUNNING")
        return MlflowRun(client, experiment_id, found[0], key, parent)
    made = client.create_run(experiment_id, run_name=name, tags={**tags, **({_KEY: key} if key else {})})
    return MlflowRun(client, experiment_id, made.info.run_id, key, parent)


class MlflowRun(TrackedRun):
    """A run on an MLflow server; see `TrackedRun`.

    Once the server has failed to answer, it is asked no more, so that work does not wait for it again and again.

    Parameters
    ----------
    client : MlflowClient
    experiment_id, run_id : str
    key : str
    parent : MlflowRun, optional
        The run that it is a part of.

    Attributes
    ----------
    is_silent : bool
        Whether the server has failed; that of the outermost run counts for all within it.
    """

    def __init__(
        self, client: MlflowClient, experiment_id: str, run_id: str, key: str = "", parent: MlflowRun | None = None
    ) -> None:
        self.run_id = run_id
        self._client = client
        self._experiment_id = experiment_id
        self._key = key
        self._root: MlflowRun = self if parent is None else parent._root
        self.is_silent = False

    def log_parameters(self, parameters: Mapping[str, object]) -> None:
        """See `TrackedRun`."""
        told = [Param(name, _shorten(str(value))) for name, value in _flatten(parameters)]
        for some in _divide(told, _MAX_PARAMETERS):
            self._tell(self._client.log_batch, params=some)

    def log_metrics(self, metrics: Mapping[str, float], step: int = 0) -> None:
        """See `TrackedRun`."""
        now_ms = int(time.time() * 1000)
        told = [Metric(name, value, now_ms, step) for name, value in metrics.items() if math.isfinite(value)]
        for some in _divide(told, _MAX_METRICS):
            self._tell(self._client.log_batch, metrics=some)

    def log_tags(self, tags: Mapping[str, str]) -> None:
        """See `TrackedRun`."""
        for some in _divide([RunTag(name, _shorten(text)) for name, text in tags.items()], _MAX_PARAMETERS):
            self._tell(self._client.log_batch, tags=some)

    def log_dataset(self, name: str, sha256: str, source: str) -> None:
        """See `TrackedRun`; MLflow's digest has room for the first 36 digits, the tag ``data_sha256`` for all."""
        dataset = Dataset(name=name, digest=sha256[:_MAX_DIGEST], source_type="local", source=source)
        self._tell(self._client.log_inputs, datasets=[DatasetInput(dataset)])
        self.log_tags({"data_sha256": sha256})

    def log_file(self, path: Path, folder: str = "") -> None:
        """See `TrackedRun`."""
        self._tell(self._client.log_artifact, local_path=str(path), artifact_path=folder or None)

    def log_text(self, text: str, name: str) -> None:
        """See `TrackedRun`."""
        self._tell(self._client.log_text, text=text, artifact_file=name)

    def begin_child(self, name: str, key: str) -> TrackedRun:
        """See `TrackedRun`."""
        own = f"{self._key}/{key}" if self._key else ""
        made: list[TrackedRun] = []

        def begin(parent_id: str) -> None:
            tags = {_PARENT: parent_id}
            made.append(_begin(self._client, self._experiment_id, name, own, tags, parent=self))

        self._tell(begin)
        return made[0] if made else TrackedRun()

    def end(self, status: str = "FINISHED") -> None:
        """See `TrackedRun`."""
        self._tell(self._client.set_terminated, status=status)

    def _tell(self, method: Callable[..., object], **told: object) -> None:
        """Tell the server something of this run, unless that has failed before; if it fails now, say so, once."""
        if self._root.is_silent:
            return
        try:
            method(self.run_id, **told)
        except Exception as error:  # noqa: BLE001 - whatever its client raises, work goes on without it
            if isinstance(error, MlflowException) and error.error_code == _REFUSED:
                logger.warning("MLflow refuses something of this run, which goes on: %s", _describe(error))
                return
            self._root.is_silent = True
            answers = isinstance(error, MlflowException | OSError)
            found = _describe(error) if answers else f"{type(error).__name__}: {_describe(error)}"
            logger.warning("MLflow does not answer, and is told no more of this run, which goes on: %s", found)


def _divide(items: Sequence[_Item], size: int) -> Iterator[Sequence[_Item]]:
    return (items[start : start + size] for start in range(0, len(items), size))


def _flatten(parameters: Mapping[str, object], prefix: str = "") -> Iterator[tuple[str, object]]:
    for name, value in parameters.items():
        if isinstance(value, Mapping):
            yield from _flatten(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value


def _describe(error: Exception) -> str:
    """Shorten a message, which may quote the server's address with a password in it."""
    return _shorten(re.sub(r"//[^/@\s]+@", "//…@", str(error)))


def _shorten(text: str) -> str:
    return text if len(text) <= _MAX_TEXT else text[: _MAX_TEXT - 3] + "..."
