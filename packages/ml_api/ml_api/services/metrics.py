"""Counts requests and predictions, for Prometheus.

Every label has few values, whatever clients send: routes are rules of the URL map, methods, reasons and labels of a
classification come from fixed lists.
"""

from __future__ import annotations

import math
import time
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from functools import partial
from typing import TYPE_CHECKING, Any

import ml_api
from ml_api.services.metrics_folder import find_metrics_folder, lock_metrics
from ml_api.services.tally import INTERVAL_S, RequestKind, Tally

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry, Histogram

    from ml_api.services.prediction_log import LogCounts
    from ml_api.services.records import PredictionRecord
    from regression_model import Artifact

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
UNMATCHED = "unmatched"
OTHER = "other"

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
REASONS = frozenset(
    {
        *("missing_value", "wrong_type", "not_a_number", "not_whole", "not_finite", "unseen_category"),
        *("not_positive", "bad_date", "unknown_field", "not_an_object"),
    }
)
"""Why rows are rejected; what else a row may be rejected for is counted as ``other``."""

FEW = 10
"""Rows of a request that are sorted into buckets later, with those of other requests."""

LATENCY_BUCKETS_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)


class Metrics:
    """The metrics of one process; `render` gives those of all workers of its server.

    To be built in the process that counts, after any fork.
    """

    def __init__(self) -> None:
        # Not at the top: on import it reads the variable that the server sets before it has workers.
        from prometheus_client import CollectorRegistry, Gauge, Histogram, disable_created_metrics
        from prometheus_client import Counter as CounterMetric

        # Times of creation, which nobody asks for; several workers have none anyway.
        disable_created_metrics()  # type: ignore[no-untyped-call]
        self._registry = registry = CollectorRegistry()
        self._folder = find_metrics_folder()
        self._requests = CounterMetric(
            "ml_api_requests", "Requests answered.", ("method", "route", "status"), registry=registry
        )
        self._latency = Histogram(
            "ml_api_request_duration_seconds",
            "Time from a request's arrival to the end of its answer.",
            ("route",),
            buckets=LATENCY_BUCKETS_S,
            registry=registry,
        )
        self._in_flight = Gauge(
            "ml_api_requests_in_flight",
            "Requests that have arrived and are not yet answered.",
            multiprocess_mode="livesum",
            registry=registry,
        )
        self._model_info = Gauge(
            "ml_api_model_info",
            "Always 1: its labels name the model that is loaded.",
            ("model_version", "artifact_digest", "api_version"),
            multiprocess_mode="livemax",
            registry=registry,
        )
        self._log_records = CounterMetric(
            "ml_api_prediction_log_records",
            "Records of the prediction log: written, dropped because the queue was full, failed to be written.",
            ("outcome",),
            registry=registry,
        )
        self._log_counts: LogCounts | None = None
        self._children: dict[RequestKind, Any] = {}
        self._predictions: PredictionMetrics | None = None
        self._tally = Tally(self._count)

    def use_model(self, artifact: Artifact) -> None:
        """Count the predictions of a model, from now on; once per process."""
        self._predictions = PredictionMetrics(artifact, self._registry)
        self._model_info.labels(artifact.version, artifact.digest, ml_api.__version__).set(1)

    def begin_request(self) -> None:
        """Count a request in."""
        self._tally.begin_request()

    def end_request(self, method: str, route: str | None, status: int, duration_s: float) -> None:
        """Count a request out.

        Parameters
        ----------
        method : str
            As the client sent it.
        route : str or None
            Its rule in the URL map, never its path; None if there is none.
        status : int
        duration_s : float
        """
        self._tally.end_request((method if method in METHODS else OTHER, route or UNMATCHED, str(status)), duration_s)

    def observe_predictions(self, record: PredictionRecord) -> Callable[[], None]:
        """Look at predicted and rejected rows, and at how the predictions are distributed.

        Returns
        -------
        callable
            Counts them, in no time.
        """
        return _count_nothing if self._predictions is None else self._predictions.observe(record, self._tally)

    def observe_log(self, counts: LogCounts) -> None:
        """Count what became of records since the last call."""
        before = self._log_counts
        if counts == before:
            return
        for item in fields(counts):
            n_new = getattr(counts, item.name) - (0 if before is None else getattr(before, item.name))
            self._log_records.labels(item.name).inc(n_new)
        self._log_counts = counts

    def render(self) -> bytes:
        """Return all metrics as Prometheus reads them: of all workers if the server has made a folder for them."""
        from prometheus_client import CollectorRegistry, generate_latest
        from prometheus_client.multiprocess import MultiProcessCollector

        if self._folder is not None:
            time.sleep(INTERVAL_S)  # the other workers hand on what they have counted until now
        self._tally.flush()
        if self._folder is None:
            return generate_latest(self._registry)
        registry = CollectorRegistry()
        MultiProcessCollector(registry, str(self._folder))  # type: ignore[no-untyped-call]
        with lock_metrics(self._folder):
            return generate_latest(registry)

    def _count(self, durations: dict[RequestKind, list[float]], predictions: list[Any], n_in_flight: int) -> None:
        """Count what was tallied."""
        self._in_flight.set(n_in_flight)
        for kind, found in durations.items():
            children = self._children.get(kind)
            if children is None:  # looking children up by their labels costs more than counting
                children = self._children[kind] = (self._requests.labels(*kind), self._latency.labels(kind[1]))
            requests, latency = children
            requests.inc(len(found))
            places = Counter(bisect_left(LATENCY_BUCKETS_S, duration_s) for duration_s in found)
            _observe_many(latency, places, math.fsum(found))
        if predictions and self._predictions is not None:
            self._predictions.count(predictions)


class PredictionMetrics:
    """Counts the predictions of one model.

    Parameters
    ----------
    artifact : Artifact
        For a regression, the deciles of its predictions in training are the limits of a histogram; for a
        classification there is a counter for each of its classes.
    registry : CollectorRegistry
    """

    def __init__(self, artifact: Artifact, registry: CollectorRegistry) -> None:
        from prometheus_client import Counter as CounterMetric
        from prometheus_client import Histogram

        version = artifact.version
        self._predicted = CounterMetric(
            "ml_api_rows_predicted", "Rows that were predicted.", ("model_version",), registry=registry
        ).labels(version)
        rejected = CounterMetric(
            "ml_api_rows_rejected",
            "Rows that were rejected, by their first reason.",
            ("model_version", "reason"),
            registry=registry,
        )
        self._rejected = {reason: rejected.labels(version, reason) for reason in (*sorted(REASONS), OTHER)}
        self._values: Histogram | None = None
        self._limits: list[float] = []
        self._labels: dict[Any, Any] = {}
        if artifact.classes is None:
            self._limits = find_buckets(artifact)
            self._values = Histogram(
                "ml_api_prediction_value",
                "Predictions; the limits of the buckets are their deciles in training.",
                ("model_version",),
                buckets=self._limits,
                registry=registry,
            ).labels(version)
        else:
            labels = CounterMetric(
                "ml_api_predicted_labels", "Predictions by their label.", ("model_version", "label"), registry=registry
            )
            self._labels = {label: labels.labels(version, label) for label in artifact.classes}

    def observe(self, record: PredictionRecord, tally: Tally) -> Callable[[], None]:
        """Go through the rows of a request, or of a chunk of it; what is returned counts them."""
        errors, known = record.errors, record.predictions
        if not errors and len(known) <= FEW:
            return partial(tally.add_predictions, known)
        reasons = Counter(found[0]["reason"] if found else OTHER for found in errors.values())
        if errors:
            known = [prediction for prediction in known if prediction is not None]
        count_known = self._prepare(known)

        def count() -> None:
            for reason, n_rows in reasons.items():
                self._rejected.get(reason, self._rejected[OTHER]).inc(n_rows)
            count_known()

        return count

    def count(self, predictions: Sequence[Any]) -> None:
        """Count predictions, of one or more requests."""
        self._prepare(predictions)()

    def _prepare(self, predictions: Sequence[Any]) -> Callable[[], None]:
        """Sort predictions; what is returned counts them."""
        counts = Counter(predictions) if self._values is None else Counter(map(self._place, predictions))
        total = 0.0 if self._values is None else math.fsum(predictions)

        def count() -> None:
            self._predicted.inc(len(predictions))
            if self._values is not None:
                _observe_many(self._values, counts, total)
            else:
                for label, n_rows in counts.items():
                    if label in self._labels:
                        self._labels[label].inc(n_rows)

        return count

    def _place(self, prediction: Any) -> int:  # noqa: ANN401 - a number, since this is a regression
        """Return the number of the bucket that a prediction belongs to."""
        return bisect_left(self._limits, prediction)


def _observe_many(histogram: Histogram, counts: Mapping[Any, int], total: float) -> None:
    """Do what `Histogram.observe` does, for many values at once: so many in each bucket, and their sum."""
    for place, n_values in counts.items():
        histogram._buckets[place].inc(n_values)
    if counts:
        histogram._sum.inc(total)


def _count_nothing() -> None:
    """Count nothing: there is no model."""


def find_buckets(artifact: Artifact) -> list[float]:
    """Return the limits of the buckets for a regression's predictions: their inner deciles in training.

    Where the model does not know them, as older ones do not, those of its golden rows have to do. Rounded to
    4 significant digits, equal ones once.
    """
    content = artifact.manifest.content
    baseline = content.get("baseline") or {}
    edges = baseline.get("predictions", {}).get("edges") or content["golden_rows"]["predictions"]
    return sorted({float(f"{edge:.4g}") for edge in edges})
