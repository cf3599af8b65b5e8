from __future__ import annotations


def test_health_is_200_with_a_model(client):
    response = client.get("/health")
    assert response.status_code == 200
    assert response.get_json() == {"status": "ok"}


def test_health_is_200_without_a_model(empty_client):
    assert empty_client.get("/health").get_json() == {"status": "ok"}


def test_ready_is_200_once_the_model_is_loaded(client, artifact):
    response = client.get("/ready")
    assert response.status_code == 200
    assert response.get_json() == {"status": "ready", "model_version": artifact.version}


def test_ready_is_503_without_a_model_and_names_no_path(empty_client, check_error, tmp_path):
    response = empty_client.get("/ready")
    error = check_error(response, 503, "model_not_ready")
    assert error["details"] == {"reason": "ArtifactNotFoundError"}
    assert str(tmp_path) not in response.text
