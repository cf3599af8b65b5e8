"""How right the predictions were, for those whose outcome was told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ml_api.services.insights.log_database import LogDatabase
from ml_api.services.insights.results import Accuracy, LiveMetric, VersionAccuracy

if TYPE_CHECKING:
    from regression_model import Artifact

# The last line for a prediction and row counts: whoever told an outcome may correct it.
_OUTCOMES = """
CREATE TABLE outcomes AS
SELECT prediction_id, "row", arg_max(outcome, time) AS outcome
FROM (
    SELECT prediction_id, coalesce("row", 0) AS "row", outcome, try_cast(time AS TIMESTAMPTZ) AS time
    FROM read_json($files, format = 'newline_delimited', ignore_errors = true, columns = {
        time: 'VARCHAR', prediction_id: 'VARCHAR', "row": 'BIGINT', outcome: 'VARCHAR'
    })
)
WHERE prediction_id IS NOT NULL AND outcome IS NOT NULL AND time IS NOT NULL
GROUP BY prediction_id, "row"
"""
# A label that is a whole number may be told as a number: 1.0 means "1".
_PAIRS = r"""
CREATE TABLE pairs AS
SELECT model_version, artifact_digest, prediction, probability, classes,
    CASE WHEN classes IS NULL OR list_contains(classes, outcome) THEN outcome
        ELSE regexp_replace(outcome, '\.0$', '') END AS outcome
FROM (
    SELECT prediction_id, model_version, artifact_digest, classes, unnest(predictions) AS prediction,
        unnest(probabilities) AS probability, unnest(range(first_row, first_row + n_rows)) AS "row"
    FROM answers SEMI JOIN outcomes USING (prediction_id)
)
JOIN outcomes USING (prediction_id, "row")
WHERE prediction IS NOT NULL
"""
_REGRESSION = """
SELECT model_version, artifact_digest, count(*), count(*) FILTER (actual <> 0),
    avg(abs(predicted - actual)), sqrt(avg((predicted - actual) ** 2)),
    avg(abs(predicted - actual) / abs(actual)) FILTER (actual <> 0)
FROM (
    SELECT *, try_cast(prediction AS DOUBLE) AS predicted, try_cast(outcome AS DOUBLE) AS actual
    FROM pairs WHERE classes IS NULL
)
WHERE isfinite(predicted) AND isfinite(actual) GROUP BY ALL
"""
# A probability of 0 counts as 2.2e-16, as in the metrics of the model package.
_CLASSIFICATION = """
SELECT model_version, artifact_digest, count(*), avg((prediction = outcome)::INTEGER),
    count(of_outcome), avg(-ln(greatest(of_outcome, 2.220446049250313e-16))) FILTER (of_outcome IS NOT NULL)
FROM (
    SELECT *, probability[list_position(classes, outcome)] AS of_outcome FROM pairs WHERE classes IS NOT NULL
)
GROUP BY ALL
"""


def measure_accuracy(log: LogDatabase, artifact: Artifact) -> Accuracy:
    """Compare predictions with their outcomes, model by model.

    Parameters
    ----------
    log : LogDatabase
    artifact : Artifact
        The loaded model, whose metrics on its holdout are put beside those of its predictions.

    Returns
    -------
    Accuracy
        Errors of a regression are in the unit of the target; outcomes that are no number are left out.
    """
    if not log.feedback_files:
        return Accuracy(0, 0, ())
    connection = log.connection
    connection.execute(_OUTCOMES, {"files": log.feedback_files})
    connection.execute(_PAIRS)
    [[n_outcomes, n_pairs]] = connection.execute(
        "SELECT (SELECT count(*) FROM outcomes), (SELECT count(*) FROM pairs)"
    ).fetchall()
    holdout = _find_holdout_metrics(artifact)
    versions = []
    for version, digest, n, n_not_zero, mae, rmse, mape in connection.execute(_REGRESSION).fetchall():
        values = {"mae": (n, mae), "rmse": (n, rmse), "mape": (n_not_zero, mape)}
        versions.append(_build(version, digest, values, holdout if digest == artifact.digest else {}))
    for version, digest, n, accuracy, n_probable, log_loss in connection.execute(_CLASSIFICATION).fetchall():
        values = {"accuracy": (n, accuracy), "log_loss": (n_probable, log_loss)}
        versions.append(_build(version, digest, values, holdout if digest == artifact.digest else {}))
    versions.sort(key=lambda item: (-item.n_rows, item.version, item.digest))
    return Accuracy(n_outcomes, n_outcomes - n_pairs, tuple(versions))


def _build(
    version: str, digest: str, values: Mapping[str, tuple[int, float | None]], holdout: Mapping[str, float | None]
) -> VersionAccuracy:
    metrics = tuple(LiveMetric(name, n, value, holdout.get(name)) for name, (n, value) in values.items())
    return VersionAccuracy(version, digest, metrics[0].n_rows, metrics)


def _find_holdout_metrics(artifact: Artifact) -> dict[str, float | None]:
    metrics: Mapping[str, Any] = artifact.manifest.content["metrics"]["holdout"]["metrics"]
    return {name: metric["value"] for name, metric in metrics.items()}
