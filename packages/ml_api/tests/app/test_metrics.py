from __future__ import annotations

import threading
import time

import pytest
from flask import Response, abort
from prometheus_client import CollectorRegistry
from prometheus_client.parser import text_string_to_metric_families

from ml_api.app import create_app
from ml_api.blueprints.context import EXTENSION
from ml_api.services.metrics import PredictionMetrics
from ml_api.services.records import PredictionRecord
from ml_api.services.tally import Tally
from ml_api.settings import TestingSettings


def read_samples(client) -> list:
    return [
        sample for family in text_string_to_metric_families(client.get("/metrics").text) for sample in family.samples
    ]


def add_up(client, name: str, **labels: str) -> float:
    return sum(
        sample.value
        for sample in read_samples(client)
        if sample.name == name and labels.items() <= sample.labels.items()
    )


def test_requests_are_counted_by_rule_never_by_path(client):
    for path in ("/health", "/nowhere/1", "/nowhere/2", "/health?x=1"):
        client.get(path)
    assert add_up(client, "ml_api_requests_total", route="/health", method="GET", status="200") == 2
    assert add_up(client, "ml_api_requests_total", route="unmatched", status="404") == 2
    assert "nowhere" not in client.get("/metrics").text


def test_labels_have_few_values_whatever_clients_send(client):
    n_samples = []
    for name in range(20):
        client.open(f"/path-{name}", method=f"METHOD{name}", headers={"X-Request-ID": f"id-{name}"})
        client.post("/v1/predict", json={f"field-{name}": f"value-{name}"})
        client.post(f"/v1/predict?explain=x{name}", json={})
        n_samples.append(len(read_samples(client)))
    assert add_up(client, "ml_api_requests_total", method="other") == 20
    assert len(set(n_samples[1:])) == 1


def test_latency_is_observed_for_each_request(client):
    for _ in range(3):
        client.get("/health")
    assert add_up(client, "ml_api_request_duration_seconds_count", route="/health") == 3
    assert 0 < add_up(client, "ml_api_request_duration_seconds_sum", route="/health") < 3
    assert add_up(client, "ml_api_request_duration_seconds_bucket", route="/health", le="+Inf") == 3


def test_a_request_is_in_flight_until_it_is_answered(app):
    entered, leave = threading.Event(), threading.Event()

    def wait() -> str:
        entered.set()
        leave.wait(10)
        return "done"

    app.add_url_rule("/wait", view_func=wait)
    asking = threading.Thread(target=lambda: app.test_client().get("/wait"))
    asking.start()
    assert entered.wait(10)
    assert add_up(app.test_client(), "ml_api_requests_in_flight") == 2  # with the one that asks
    leave.set()
    asking.join(10)
    assert add_up(app.test_client(), "ml_api_requests_in_flight") == 1


def test_a_stream_is_in_flight_until_its_end(app):
    app.add_url_rule("/stream", view_func=lambda: Response(iter([b"a", b"b"])))
    client = app.test_client()
    response = client.get("/stream", buffered=False)
    assert add_up(client, "ml_api_requests_in_flight") == 2
    assert add_up(client, "ml_api_requests_total", route="/stream") == 0
    assert response.data == b"ab"
    response.close()
    assert add_up(client, "ml_api_requests_in_flight") == 1
    assert add_up(client, "ml_api_requests_total", route="/stream", status="200") == 1


@pytest.mark.parametrize("fail", [lambda: abort(418), lambda: 1 / 0], ids=["refused", "broken"])
def test_failures_are_counted_once_and_out_again(app, fail):
    app.add_url_rule("/fail", view_func=fail)
    client = app.test_client()
    status = client.get("/fail").status_code
    assert add_up(client, "ml_api_requests_total", route="/fail", status=str(status)) == 1
    assert add_up(client, "ml_api_requests_in_flight") == 1


def test_an_answer_that_no_hook_lets_through_is_a_500(app):
    app.testing = False

    @app.after_request
    def break_down(response: Response) -> Response:
        if response.status_code == 200 and response.mimetype == "application/json":
            raise RuntimeError
        return response

    client = app.test_client()
    with pytest.raises(RuntimeError):
        app.config["PROPAGATE_EXCEPTIONS"] = True
        client.get("/health")
    assert add_up(client, "ml_api_requests_in_flight") == 1


def test_rows_are_counted_by_reason_and_predictions_by_the_deciles_of_the_training(client, row, artifact):
    answer = client.post("/v1/predict", json=[row, {**row, "LotArea": "x"}, 3, row]).get_json()
    version = {"model_version": artifact.version}
    assert add_up(client, "ml_api_rows_predicted_total", **version) == 2
    assert add_up(client, "ml_api_rows_rejected_total", reason="not_a_number") == 1
    assert add_up(client, "ml_api_rows_rejected_total", reason="not_an_object") == 1
    assert add_up(client, "ml_api_prediction_value_count", **version) == 2
    assert add_up(client, "ml_api_prediction_value_sum") == pytest.approx(2 * answer["predictions"][0])
    edges = [
        float(sample.labels["le"]) for sample in read_samples(client) if sample.name == "ml_api_prediction_value_bucket"
    ]
    training = artifact.manifest.content["baseline"]["predictions"]["edges"]
    assert edges[:-1] == pytest.approx(training, rel=1e-3)  # rounded to 4 digits
    assert edges[-1] == float("inf")


def test_a_request_without_one_valid_row_counts_too(client):
    assert client.post("/v1/predict", json={}).status_code == 422
    assert add_up(client, "ml_api_rows_rejected_total") == 1
    assert add_up(client, "ml_api_rows_predicted_total") == 0


def test_labels_of_a_classification_are_counted(classifier_folder):
    app = create_app(TestingSettings(artifact=classifier_folder))
    client = app.test_client()
    row = app.extensions[EXTENSION].model.artifact.example_row()
    [label] = client.post("/v1/predict", json=row).get_json()["predictions"]
    assert add_up(client, "ml_api_predicted_labels_total", label=label) == 1
    assert add_up(client, "ml_api_predicted_labels_total") == 1
    assert "ml_api_prediction_value" not in client.get("/metrics").text


def test_the_model_is_named(client, artifact):
    labels = {"model_version": artifact.version, "artifact_digest": artifact.digest}
    assert add_up(client, "ml_api_model_info", **labels) == 1


def test_without_a_model_there_are_metrics_all_the_same(empty_client):
    assert empty_client.get("/ready").status_code == 503
    assert add_up(empty_client, "ml_api_requests_total", route="/ready", status="503") == 1
    assert add_up(empty_client, "ml_api_model_info") == 0


def test_many_predictions_are_counted_in_no_time_and_rightly(artifact):
    # Given one record of many rows, and the histogram that counts them one by one
    predictions = [float(number) for number in range(100_000)]
    record = build_record(predictions)
    expected, found = (PredictionMetrics(artifact, CollectorRegistry()) for _ in range(2))
    # When the record is looked at, which may be in another thread, and counted
    count = found.observe(record, Tally(lambda *_: None))
    started_s = time.process_time()
    count()
    took_s = time.process_time() - started_s
    # Then the thread that answers was not held up, and the numbers are the same
    for prediction in predictions:
        expected._values.observe(prediction)
    assert took_s < 0.005
    assert [bucket.get() for bucket in found._values._buckets] == [bucket.get() for bucket in expected._values._buckets]
    assert found._values._sum.get() == pytest.approx(expected._values._sum.get())


def build_record(predictions: list[float]) -> PredictionRecord:
    return PredictionRecord(
        prediction_id="p",
        request_id="r",
        model_version="1",
        artifact_digest="d",
        key_id=None,
        latency_ms=1.0,
        features=[],
        rows=[{}] * len(predictions),
        predictions=predictions,
        errors={},
    )
