"""The document that describes the API. Renew its snapshot with ``RENEW_SNAPSHOTS=1`` in the environment."""

from __future__ import annotations

import json
import os
from pathlib import Path

import jsonschema_rs
import pytest

from ml_api.app import create_app
from ml_api.settings import TestingSettings
from regression_model import load_pipeline

SNAPSHOT = Path(__file__).parents[1] / "snapshots" / "openapi.json"


@pytest.fixture
def document(client):
    return client.get("/openapi.json").get_json()


def _write(document) -> str:
    # A new version of the package is no change of the contract.
    shown = {**document, "info": {**document["info"], "version": "*"}}
    return json.dumps(shown, indent=2, ensure_ascii=False) + "\n"


def test_a_change_of_the_contract_shows_in_the_snapshot(document):
    if os.environ.get("RENEW_SNAPSHOTS") == "1":
        SNAPSHOT.write_text(_write(document), encoding="utf-8")
    assert _write(document) == SNAPSHOT.read_text(encoding="utf-8"), "see CONTRIBUTING.md, Snapshots"


def test_the_document_is_openapi_3_1(document):
    assert document["openapi"] == "3.1.0"
    for path, operations in document["paths"].items():
        for operation in operations.values():
            assert "default" not in operation["responses"], f"{path}: any other status would pass as documented"
            assert operation["summary"]


def test_every_documented_status_but_success_has_the_one_shape(document):
    for path, operations in document["paths"].items():
        for operation in operations.values():
            for status, response in operation["responses"].items():
                if int(status) >= 400:
                    assert response["content"] == {
                        "application/json": {"schema": {"$ref": "#/components/schemas/ErrorAnswer"}}
                    }, f"{path}: {status}"


def test_a_row_is_described_feature_by_feature(document, artifact):
    row = document["components"]["schemas"]["Row"]
    assert row["required"] == list(row["properties"]) == artifact.schema.names
    described = row["properties"]
    assert described["LotArea"]["type"] == "number"
    assert described["LotArea"]["exclusiveMinimum"] == 0
    assert described["LotArea"]["description"].startswith("Seen in training: ")
    assert described["LotFrontage"]["type"] == ["number", "null"]
    assert described["OverallQual"]["type"] == "integer"
    assert described["CentralAir"]["type"] == "boolean"
    assert described["MSZoning"]["enum"] == list(artifact.schema["MSZoning"].categories)
    assert "enum" not in described["Neighborhood"]  # others are allowed
    assert described["Neighborhood"]["description"].startswith("Where in the town. Seen in training: ")
    assert described["Neighborhood"]["examples"][0] in artifact.schema["Neighborhood"].categories


@pytest.mark.parametrize("path", ["/v1/predict", "/v1/regression-model/predict"])
def test_every_example_of_a_body_works_when_it_is_sent_as_it_is(client, document, path):
    content = document["paths"][path]["post"]["requestBody"]["content"]
    assert set(content) == {"application/json", "text/csv", "application/x-ndjson"}
    bodies = [
        ("application/json", json.dumps(example["value"]))
        for example in content["application/json"]["examples"].values()
    ]
    bodies += [(kind, content[kind]["example"]) for kind in ("text/csv", "application/x-ndjson")]
    for kind, body in bodies:
        response = client.post(path, data=body, content_type=kind)
        assert response.status_code == 200, response.text
        assert '"rejected":0' in response.text or response.get_json()["errors"] == {}


def test_the_examples_agree_with_the_schemas(document):
    body = document["paths"]["/v1/predict"]["post"]["requestBody"]["content"]["application/json"]
    schema = {**body["schema"], "components": document["components"]}
    for example in body["examples"].values():
        jsonschema_rs.validator_for(schema).validate(example["value"])


def test_an_answer_agrees_with_its_schema(client, document, row, classifier_folder):
    schema = {"$ref": "#/components/schemas/PredictionAnswer", "components": document["components"]}
    validator = jsonschema_rs.validator_for(schema)
    validator.validate(client.post("/v1/predict", json=[row, 5]).get_json())
    classifier = create_app(TestingSettings(artifact=classifier_folder)).test_client()
    answer = classifier.post("/v1/predict", json=[load_pipeline(classifier_folder).example_row(), 5]).get_json()
    validator.validate(answer)


def test_without_a_model_rows_are_any_objects(empty_client):
    assert empty_client.get("/openapi.json").get_json()["components"]["schemas"]["Row"] == {"type": "object"}


def test_without_keys_no_route_asks_for_one(document):
    assert "securitySchemes" not in document["components"]
    assert "security" not in document["paths"]["/v1/predict"]["post"]
