"""What insights are: frozen, plain, and the same as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

DriftLevel = Literal["stable", "moderate", "major", "too_few_rows", "redacted", "no_baseline"]


@dataclass(frozen=True)
class LogFacts:
    """What was read.

    Attributes
    ----------
    since, first, last : str or None
        Beginning of the part that was asked for, and time of the first and last record in it (ISO 8601, UTC).
    n_unreadable : int
        Lines left out because they are no record: half-written ones, foreign ones, and those over 16 MiB.
    """

    since: str | None
    first: str | None
    last: str | None
    n_unreadable: int


@dataclass(frozen=True)
class ModelFacts:
    """The model whose baseline the log is compared with.

    Attributes
    ----------
    version, digest : str
        Version, and SHA-256 of the manifest.
    task : str
        ``regression`` or ``classification``.
    """

    version: str
    digest: str
    task: str


@dataclass(frozen=True)
class VersionTraffic:
    """How much one model answered."""

    version: str
    digest: str
    n_requests: int
    n_rows: int


@dataclass(frozen=True)
class Period:
    """How much was answered in an hour or a day, and how well.

    Attributes
    ----------
    start : str
        ISO 8601, UTC.
    n_refused : int
        Rows that were not predicted.
    p95_ms : float or None
        95th percentile of the latency; see `Latency`.
    """

    start: str
    n_requests: int
    n_rows: int
    n_refused: int
    p95_ms: float | None


@dataclass(frozen=True)
class Traffic:
    """How much was answered.

    Attributes
    ----------
    days : tuple of Period
        Days with at least one request.
    hours : tuple of Period
        The same by the hour, for the last 48 hours of the log.
    statuses : mapping of str to int
        Requests by the HTTP status of their answer.
    versions : tuple of VersionTraffic
        By model, most requests first.
    """

    n_requests: int
    n_rows: int
    days: tuple[Period, ...]
    hours: tuple[Period, ...]
    statuses: Mapping[str, int]
    versions: tuple[VersionTraffic, ...]


@dataclass(frozen=True)
class Latency:
    """How long answers took, in milliseconds; None without a request.

    Of a streamed request, the time until its first rows were answered counts.
    """

    n_requests: int
    p50_ms: float | None
    p95_ms: float | None
    p99_ms: float | None


@dataclass(frozen=True)
class Reason:
    """A reason for which rows were refused.

    Attributes
    ----------
    reason : str
        As in the answers, such as ``missing_value``.
    n_rows : int
        Rows that were refused for this reason, perhaps among others.
    fraction : float
        Of all rows, in [0, 1].
    fields : mapping of str to int
        Errors by feature, most frequent first; those that concern no feature are left out.
    """

    reason: str
    n_rows: int
    fraction: float
    fields: Mapping[str, int]


@dataclass(frozen=True)
class Refusals:
    """Rows that were not predicted.

    Attributes
    ----------
    n_rows : int
    fraction : float or None
        Of all rows, in [0, 1]; None without a row.
    reasons : tuple of Reason
        Most frequent first.
    """

    n_rows: int
    fraction: float | None
    reasons: tuple[Reason, ...]


@dataclass(frozen=True)
class LiveMetric:
    """A metric of the predictions whose outcome is known.

    Attributes
    ----------
    name : str
        ``mae``, ``rmse``, ``mape`` (a fraction; outcomes of 0 are left out), ``accuracy`` or ``log_loss``.
    n_rows : int
        Rows that it was computed from.
    value : float or None
        None if no row allows it.
    holdout : float or None
        What the same metric was when the model was measured; known for the loaded model only.
    """

    name: str
    n_rows: int
    value: float | None
    holdout: float | None


@dataclass(frozen=True)
class VersionAccuracy:
    """How right one model was, as far as outcomes came back."""

    version: str
    digest: str
    n_rows: int
    metrics: tuple[LiveMetric, ...]


@dataclass(frozen=True)
class Accuracy:
    """How right the predictions were, as far as outcomes came back.

    Attributes
    ----------
    n_outcomes : int
        Rows for which an outcome came back.
    n_unmatched : int
        Those of them whose prediction is not in this part of the log.
    versions : tuple of VersionAccuracy
        By model, most rows first.
    """

    n_outcomes: int
    n_unmatched: int
    versions: tuple[VersionAccuracy, ...]


@dataclass(frozen=True)
class Bin:
    """One bin of two histograms, as shares of rows in [0, 1]."""

    label: str
    expected: float
    actual: float


@dataclass(frozen=True)
class Drift:
    """How far the values of a feature, or the predictions, have moved from their baseline.

    Attributes
    ----------
    name : str
        Of the feature, or ``prediction``.
    level : str
        ``stable``, ``moderate`` or ``major``; or why there is no index: ``too_few_rows``, ``redacted`` (the log does
        not have the values) or ``no_baseline`` (dates move on; and models that were trained by an older version).
    psi : float or None
        The population stability index; see `ml_api.services.insights.stability`.
    chance : float or None
        What chance alone exceeds once in a hundred times, with so many rows and bins.
    n_rows : int
        Predicted rows whose value is in the log, missing ones included.
    unseen : float or None
        Share of rows with a category that was not in the training data; None for what is no category.
    bins : tuple of Bin
        Both histograms; the last bin holds missing values if there is a feature that may have them.
    """

    name: str
    level: DriftLevel
    psi: float | None = None
    chance: float | None = None
    n_rows: int = 0
    unseen: float | None = None
    bins: tuple[Bin, ...] = ()


@dataclass(frozen=True)
class DriftReport:
    """Drift of the rows that the loaded model predicted; other models have other baselines.

    Attributes
    ----------
    n_rows : int
        Rows that it predicted. If they are many, features are compared in a sample of the requests.
    minimum_rows : int
        Rows below which no index is given.
    moderate, major : float
        The usual thresholds of the index.
    prediction : Drift
    features : tuple of Drift
        In the order of the schema.
    """

    n_rows: int
    minimum_rows: int
    moderate: float
    major: float
    prediction: Drift
    features: tuple[Drift, ...]


@dataclass(frozen=True)
class Insights:
    """What the prediction log says."""

    log: LogFacts
    model: ModelFacts
    traffic: Traffic
    latency: Latency
    refusals: Refusals
    accuracy: Accuracy
    drift: DriftReport

    def to_json(self) -> dict[str, Any]:
        """Return plain dictionaries and lists, with the names of the attributes as keys."""
        document: dict[str, Any] = asdict(self)
        return document
