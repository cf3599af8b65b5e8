from __future__ import annotations

import ml_api


def test_version_names_model_api_and_digest(client, artifact):
    response = client.get("/version")
    assert response.status_code == 200
    assert response.get_json() == {
        "model_version": artifact.version,
        "api_version": ml_api.__version__,
        "artifact_digest": artifact.digest,
        "compiled": True,
        "predicts_in": "web_worker",
        "signed_by": None,
    }
    assert len(artifact.digest) == 64


def test_version_answers_without_a_model(empty_client):
    response = empty_client.get("/version")
    assert response.status_code == 200
    assert response.get_json() == {
        "model_version": None,
        "api_version": ml_api.__version__,
        "artifact_digest": None,
        "compiled": False,
        "predicts_in": None,
        "signed_by": None,
    }
