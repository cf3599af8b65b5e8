from __future__ import annotations

import shutil
import sys

import pytest

from ml_api.app import create_app
from ml_api.errors import InsightsError, ModelNotReadyError, SettingsError
from ml_api.services import ModelService, server_start
from ml_api.services.insights import collect_insights, run_insights
from ml_api.services.server_start import check_start, note_start
from ml_api.services.trust import check_trust
from ml_api.settings import TestingSettings
from regression_model import sign_artifact
from regression_model.artifact.signing_keys import create_key


@pytest.fixture(scope="module")
def keys(tmp_path_factory):
    """A folder with two keys, `ours` and `theirs`, and the id of ours."""
    folder = tmp_path_factory.mktemp("keys")
    (folder / "ours.id").write_text(create_key(folder / "ours"))
    create_key(folder / "theirs")
    return folder


@pytest.fixture
def model(model_folder, tmp_path):
    """A model that nobody has signed yet."""
    return shutil.copytree(model_folder, tmp_path / "model")


@pytest.fixture
def settings(model, keys):
    return TestingSettings(artifact=model, trusted_keys_file=keys / "ours.pub")


@pytest.fixture
def started(monkeypatch):
    """What a worker finds that takes the place of another."""
    monkeypatch.setattr(server_start, "_server", server_start._Server())
    note_start()


def test_a_model_that_is_signed_by_a_trusted_key_is_served_and_the_key_is_named(settings, keys, row):
    sign_artifact(settings.artifact, keys / "ours")
    check_start(settings)
    client = create_app(settings).test_client()
    assert client.get("/version").get_json()["signed_by"] == (keys / "ours.id").read_text()
    assert client.post("/v1/predict", json=row).status_code == 200


@pytest.mark.parametrize("start", [check_trust, check_start, create_app])
def test_a_model_that_nobody_signed_stops_the_start(settings, start):
    with pytest.raises(SettingsError) as caught:
        start(settings)
    first, problem = str(caught.value).splitlines()
    assert first == "The API does not start:"
    assert problem.startswith("- ML_API_TRUSTED_KEYS_FILE: ")
    assert "is not signed" in problem
    assert str(settings.trusted_keys_file) in problem


@pytest.mark.parametrize("start", [check_start, create_app])
def test_so_does_one_that_somebody_else_signed(settings, keys, start):
    sign_artifact(settings.artifact, keys / "theirs")
    with pytest.raises(SettingsError, match="which is none of the 1 in"):
        start(settings)


@pytest.mark.parametrize("start", [check_start, create_app])
def test_so_does_one_that_was_changed_since(settings, keys, start):
    sign_artifact(settings.artifact, keys / "ours")
    [manifest] = settings.artifact.glob("*.manifest.json")
    manifest.write_bytes(manifest.read_bytes().replace(b"LotArea", b"LotWide"))
    with pytest.raises(SettingsError, match="is not of these bytes"):
        start(settings)


@pytest.mark.parametrize("content", [None, "", "scribble"])
def test_so_do_keys_that_can_not_be_used(settings, keys, tmp_path, content):
    sign_artifact(settings.artifact, keys / "ours")
    file = tmp_path / "trusted.pem"
    if content is not None:
        file.write_text(content)
    with pytest.raises(SettingsError, match=r"(?m)^- ML_API_TRUSTED_KEYS_FILE: .*trusted\.pem"):
        check_start(TestingSettings(artifact=settings.artifact, trusted_keys_file=file))


def test_without_the_library_the_extra_is_named(settings, monkeypatch):
    monkeypatch.setitem(sys.modules, "cryptography", None)
    with pytest.raises(SettingsError, match=r"pip install 'ml-api\[signing\]'"):
        check_start(settings)


def test_a_model_that_is_damaged_or_gone_is_no_matter_of_trust(settings, keys, caplog):
    sign_artifact(settings.artifact, keys / "ours")
    [pipeline] = settings.artifact.glob("*.joblib")
    pipeline.write_bytes(b"")
    check_start(settings)
    shutil.rmtree(settings.artifact)
    check_start(settings)
    assert create_app(settings).test_client().get("/ready").status_code == 503


def test_a_replaced_worker_refuses_what_was_exchanged_meanwhile(started, settings, row):
    client = create_app(settings).test_client()
    assert client.get("/health").status_code == 200
    assert client.get("/version").get_json()["signed_by"] is None
    for answer in (client.get("/ready"), client.post("/v1/predict", json=row)):
        assert answer.status_code == 503
        assert answer.get_json()["error"]["details"] == {"reason": "ArtifactSignatureError"}


def test_the_service_looks_at_signatures_where_it_has_keys(model, keys):
    service = ModelService(model, trusted_keys=keys / "ours.pub")
    assert not service.load()
    with pytest.raises(ModelNotReadyError):
        _ = service.artifact
    sign_artifact(model, keys / "ours")
    assert service.load()
    assert ModelService(model).load()


def test_the_insights_hold_to_it_too(settings, keys, tmp_path, monkeypatch):
    log = tmp_path / "log"
    log.mkdir()
    given = {"artifact_path": settings.artifact, "trusted_keys": settings.trusted_keys_file}
    with pytest.raises(InsightsError, match="is not signed"):
        collect_insights(log, **given)
    with pytest.raises(InsightsError, match="is not signed"):
        run_insights(log, **given)
    monkeypatch.setenv("ML_API_TRUSTED_KEYS_FILE", str(settings.trusted_keys_file))
    with pytest.raises(InsightsError, match="is not signed"):
        run_insights(log, artifact_path=settings.artifact)
