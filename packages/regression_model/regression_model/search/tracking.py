"""What a tracking server is told of a search: a run for it, and within that one for each trial."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from regression_model.records.leaderboard_file import LEADERBOARD
from regression_model.records.run_folder import RunFolder
from regression_model.search.identity import FREE
from regression_model.search.writing import BEST, REPORT, TABLE
from regression_model.tracking import TrackedRun, open_run, track_training

if TYPE_CHECKING:
    from regression_model.search.job import Report, SearchJob, SearchResult

logger = logging.getLogger(__name__)

_COSTS = ("fit_time_s", "latency_ms", "size_bytes")


class SearchTracker:
    """Takes the events of a search, hands them on, and tells the server that ``MLFLOW_TRACKING_URI`` names.

    It works in the process that shows the search; nothing of it enters the one that searches. The server is told in
    another thread, so that the search never waits for it. Used in a ``with`` block, the run ends with it.

    Parameters
    ----------
    job : SearchJob
    report : callable
        What the events are handed on to.
    """

    def __init__(self, job: SearchJob, report: Report) -> None:
        self._job = job
        self._report = report
        self._run = TrackedRun()
        self._guardrails: list[Mapping[str, Any]] = []
        self._thread = ThreadPoolExecutor(1, "tracking")
        self._minimize = True
        self._best: float | None = None
        self._n_told = 0
        self._has_failed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Wait until all is told."""
        self._thread.shutdown(cancel_futures=kind is not None)
        self._run.__exit__(kind, error, trace)

    def __call__(self, event: dict[str, Any]) -> None:
        """Take an event; see `regression_model.search.job.Report`.

        Raises
        ------
        TrackingError
            If the server does not answer when the trials are about to begin.
        """
        self._report(event)
        match next(iter(event)):
            case "guardrail":
                self._guardrails.append(event["guardrail"])
            case "begin":
                self._begin(event["begin"])
            case "trial":
                self._submit(self._tell_trial, event["trial"])

    def finish(self, result: SearchResult) -> None:
        """Tell what was found, once the search has ended."""
        self._submit(self._tell_result, result)

    def _submit(self, tell: Callable[..., None], *told: object) -> None:
        """Have something told in the other thread; if that fails there, say so, once: nobody waits for it."""

        def try_to_tell() -> None:
            try:
                tell(*told)
            except Exception as error:  # noqa: BLE001 - the search goes on, whatever it is
                if not self._has_failed:
                    logger.warning(
                        "not all is told to MLflow of this search, which goes on: %s: %s", type(error).__name__, error
                    )
                self._has_failed = True

        self._thread.submit(try_to_tell)

    def _begin(self, begin: Mapping[str, Any]) -> None:
        """Begin the run; a resumed search goes on with the one that the server knows by the folder's name."""
        folder, config = RunFolder(Path(begin["folder"])), self._job.config
        self._minimize = begin["minimize"]
        self._run = open_run(config.pipeline_name, f"search {folder.name}", folder.name)
        self._submit(self._tell_beginning, folder, begin)

    def _tell_beginning(self, folder: RunFolder, begin: Mapping[str, Any]) -> None:
        # What may be said anew by a resumed search is no parameter: a server refuses another value of one.
        settings = self._job.settings.model_dump(mode="json", exclude_none=True)
        free = {name: settings.pop(name) for name in FREE if name in settings}
        self._run.log_parameters({"search": settings, "metric": begin["metric"], "folds": begin["folds"]})
        self._run.log_tags({f"search.{name}": str(value) for name, value in free.items()})
        data = folder.read_run()["data"]
        self._run.log_dataset(data["name"], data["sha256"], data["name"])
        self._run.log_text(json.dumps(self._guardrails, indent=1) + "\n", "guardrails.json")
        for result in begin["done"]:
            self._tell_trial(result)

    def _tell_trial(self, result: Mapping[str, Any]) -> None:
        candidate, completed = result["candidate"], result["status"] == "completed"
        number = candidate["number"]
        child = self._run.begin_child(f"trial {number}", str(number))
        model = {key: value for key, value in candidate["changes"].get("model", {}).items() if key != "family"}
        child.log_parameters({"model": {"family": candidate["family"], **model}, "origin": candidate["origin"]})
        child.log_text(json.dumps(candidate["changes"], indent=1) + "\n", "changes.json")
        child.log_tags({"status": result["status"], **({"reason": result["reason"]} if result["reason"] else {})})
        if completed:
            child.log_metrics(_list_metrics(result))
            for fold, score in enumerate(result["fold_scores"]):
                child.log_metrics({"fold_score": score}, step=fold)
            child.log_tags({"compiled": str(result["compiled"]).lower()})
        child.end("FINISHED" if completed else "FAILED")
        self._tell_best(result["score"])

    def _tell_best(self, score: float | None) -> None:
        """Tell the best score so far, over the trials as they end."""
        self._n_told += 1
        if score is not None and (self._best is None or (score < self._best if self._minimize else score > self._best)):
            self._best = score
            self._run.log_metrics({"best_score": score}, step=self._n_told)

    def _tell_result(self, result: SearchResult) -> None:
        from regression_model.artifact import Manifest

        self._run.log_tags({"truncated": str(result.truncated).lower(), "winner": str(result.winner)})
        track_training(self._run, result.manifest, Manifest.from_file(result.manifest))
        for name in (LEADERBOARD, TABLE, REPORT, BEST):
            if (result.folder / name).is_file():
                self._run.log_file(result.folder / name)


def _list_metrics(result: Mapping[str, Any]) -> dict[str, float]:
    """Return what was measured of a trial that was completed, by name."""
    found = {**result["metrics"], "score": result["score"]}
    if result["interval"] is not None:
        found |= dict(zip(("score.low", "score.high"), result["interval"], strict=True))
    return found | {name: float(result[name]) for name in _COSTS if result[name] is not None}
