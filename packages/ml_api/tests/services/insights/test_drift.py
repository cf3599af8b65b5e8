from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ml_api.services.insights.drift import report_drift
from ml_api.services.insights.log_database import open_log
from ml_api.services.insights.results import Drift, DriftReport
from ml_api.services.insights.stability import compute_psi, find_chance_level
from regression_model import Artifact

ROW = {"area": 5, "town": "Ames", "garden": True, "built": "2020-01-01"}


def report(folder: Path, artifact: Artifact) -> DriftReport:
    with open_log(folder) as log:
        return report_drift(log, artifact)


def find(found: DriftReport, name: str) -> Drift:
    [drift] = [item for item in found.features if item.name == name]
    return drift


def shares(drift: Drift) -> dict[str, float]:
    return {item.label: item.actual for item in drift.bins}


def test_a_number_is_compared_bin_by_bin(log, made):
    # 200 rows: 40 missing, 80 up to 10, 20 up to 20, 60 above, in all the ways in which a number can be sent.
    values = [None] * 20 + ["NA"] * 10 + [-9] * 5 + ["-9"] * 3 + ["-9.0", " "]
    values += [10] * 40 + [10.0] * 20 + ["1e1"] * 20 + [20] * 20 + [20.000001] * 30 + [1e300] * 30
    log.predict([{**ROW, "area": value} for value in values], [1.0] * 200)
    drift = find(report(log.folder, made), "area")
    assert [(item.label, item.actual) for item in drift.bins] == [
        ("up to 10", 0.4),
        ("10 to 20", 0.1),
        ("above 20", 0.3),
        ("missing", 0.2),
    ]
    # A tenth was missing in training; the rest of it lay in the three bins in the proportion 5 : 4 : 1.
    assert [item.expected for item in drift.bins] == pytest.approx([0.45, 0.36, 0.09, 0.1])
    by_hand = (
        (0.4 - 0.45) * math.log(0.4 / 0.45)
        + (0.1 - 0.36) * math.log(0.1 / 0.36)
        + (0.3 - 0.09) * math.log(0.3 / 0.09)
        + (0.2 - 0.1) * math.log(0.2 / 0.1)
    )
    assert drift.psi == pytest.approx(by_hand, rel=1e-12)
    assert drift.level == "major"
    assert drift.chance == find_chance_level(4, 1000, 200)
    assert (drift.n_rows, drift.unseen) == (200, None)


def test_rare_and_unseen_categories_are_counted_together_and_the_unseen_told(log, made):
    # A category of digits may be sent as a number.
    values = ["Ames"] * 100 + ["7"] * 20 + [7] * 20 + [7.0] * 20 + ["Rare"] * 10 + ["Mars"] * 20 + ["ames"] * 10
    log.predict([{**ROW, "town": value} for value in values], [1.0] * 200)
    drift = find(report(log.folder, made), "town")
    assert shares(drift) == {"Ames": 0.5, "7": 0.3, "other": 0.2}
    assert [item.expected for item in drift.bins] == pytest.approx([0.7, 0.295, 0.005])
    assert drift.unseen == 0.15
    assert drift.psi == pytest.approx(compute_psi([0.7, 0.295, 0.005], [0.5, 0.3, 0.2], floor=0.5 / 200), rel=1e-9)


def test_booleans_count_however_they_are_spelled(log, made):
    values = [True] * 10 + ["Yes"] * 10 + [1] * 10 + [1.0] * 5 + ["T "] * 5 + [False] * 30 + ["n"] * 20 + [0] * 10
    log.predict([{**ROW, "garden": value} for value in values], [1.0] * 100)
    drift = find(report(log.folder, made), "garden")
    assert shares(drift) == {"true": 0.4, "false": 0.6}
    # A tenth has moved, but so it would once in a while with a hundred rows.
    assert drift.level == "stable"


def test_the_distribution_of_training_is_stable(log, made):
    areas = [5] * 45 + [15] * 36 + [25] * 9 + [None] * 10
    towns = ["Ames"] * 70 + ["7"] * 30
    gardens = [True] * 30 + [False] * 70
    for _ in range(10):
        log.predict(
            [
                {**ROW, "area": area, "town": town, "garden": garden}
                for area, town, garden in zip(areas, towns, gardens, strict=True)
            ],
            [99.0] * 50 + [101.0] * 50,
        )
    found = report(log.folder, made)
    assert found.n_rows == 1000
    assert find(found, "area").psi == pytest.approx(0, abs=1e-12)
    assert find(found, "garden").psi == pytest.approx(0, abs=1e-12)
    assert found.prediction.psi == pytest.approx(0, abs=1e-12)
    assert {drift.level for drift in found.features if drift.name != "built"} == {"stable"}


def test_predictions_of_a_regression_have_drift_of_their_own(log, made):
    log.predict([ROW] * 400, [100.0] * 100 + [100.5] * 300)
    drift = report(log.folder, made).prediction
    assert [(item.label, item.expected, item.actual) for item in drift.bins] == [
        ("up to 100", 0.5, 0.25),
        ("above 100", 0.5, 0.75),
    ]
    assert drift.psi == pytest.approx(0.25 * math.log(2) + 0.25 * math.log(1.5))
    assert drift.level == "major"


def test_predictions_of_a_classification_are_compared_by_label(log, build_made):
    log.artifact = classifier = build_made("classification")
    log.predict([ROW] * 200, ["no"] * 100 + ["yes"] * 100, classes=["no", "yes"])
    drift = report(log.folder, classifier).prediction
    assert [(item.label, item.expected, item.actual) for item in drift.bins] == [("no", 0.8, 0.5), ("yes", 0.2, 0.5)]
    assert drift.level == "major"


def test_a_feature_may_be_called_prediction(log, build_made, made):
    schema = made.manifest.content["schema"]
    features = [{**feature, "name": feature["name"].replace("area", "prediction")} for feature in schema["features"]]
    baseline = {**made.manifest.content["baseline"], "features": {"prediction": {"edges": [1.0], "shares": [0.5, 0.5]}}}
    log.artifact = named = build_made(schema={**schema, "features": features}, baseline=baseline)
    log.predict([{**ROW, "prediction": 0.0}] * 100, [101.0] * 100)
    found = report(log.folder, named)
    assert find(found, "prediction").bins[0].actual == 1.0
    assert found.prediction.bins[0].actual == 0.0


def test_rows_of_another_model_do_not_count(log, made):
    log.predict([ROW] * 150, [1.0] * 150)
    log.predict([{**ROW, "area": 25}] * 500, [900.0] * 500, artifact_digest="another")
    found = report(log.folder, made)
    assert found.n_rows == find(found, "area").n_rows == found.prediction.n_rows == 150


def test_refused_rows_do_not_count(log, made):
    rows = [ROW] * 100 + [{**ROW, "area": "wide"}, None]
    log.predict(rows, [1.0] * 100 + [None, None], errors={100: [("area", "not_a_number")], 101: [(None, "x")]})
    found = report(log.folder, made)
    assert found.n_rows == find(found, "area").n_rows == 100


@pytest.mark.parametrize(("n_rows", "level"), [(99, "too_few_rows"), (100, "major")])
def test_few_rows_have_no_index(log, made, n_rows, level):
    log.predict([{**ROW, "area": 25}] * n_rows, [1.0] * n_rows)
    drift = find(report(log.folder, made), "area")
    assert drift.level == level
    assert (drift.psi is None) == (level == "too_few_rows")
    assert drift.n_rows == n_rows


def test_redacted_features_and_dates_have_no_index(log, made):
    log.hidden = {"town"}
    log.predict([ROW] * 100, [1.0] * 100)
    found = report(log.folder, made)
    assert find(found, "town") == Drift("town", "redacted")
    assert find(found, "built") == Drift("built", "no_baseline")


def test_what_was_logged_before_a_feature_was_redacted_counts(log, made):
    log.predict([ROW] * 100, [1.0] * 100)
    log.hidden = {"town"}
    log.predict([ROW] * 100, [1.0] * 100)
    assert find(report(log.folder, made), "town").n_rows == 100


def test_a_model_without_a_baseline_still_has_its_categories(log, build_made):
    log.artifact = old = build_made(baseline={})
    log.predict([ROW] * 100, [1.0] * 100)
    found = report(log.folder, old)
    assert found.prediction.level == find(found, "area").level == find(found, "garden").level == "no_baseline"
    assert find(found, "town").psi is not None


def test_only_the_asked_part_counts(log, made):
    log.predict([ROW] * 100, [1.0] * 100)
    log.predict([ROW] * 120, [1.0] * 120, after=timedelta(days=3))
    with open_log(log.folder, since=datetime(2026, 3, 2, tzinfo=UTC)) as opened:
        found = report_drift(opened, made)
    assert found.n_rows == find(found, "area").n_rows == found.prediction.n_rows == 120


def test_of_many_rows_a_sample_is_compared(log, made, monkeypatch):
    monkeypatch.setattr("ml_api.services.insights.drift.MOST_ROWS", 1000)
    for number in range(500):
        log.predict([{**ROW, "garden": number % 4 == 0}] * 10, [1.0] * 10)
    found = report(log.folder, made)
    assert found.n_rows == found.prediction.n_rows == 5000
    drift = find(found, "garden")
    # One request in five, which the hash of its id chooses: 100 of 500, give or take 5 standard deviations.
    assert 550 <= drift.n_rows <= 1450
    assert shares(drift)["true"] == pytest.approx(0.25, abs=0.22)
