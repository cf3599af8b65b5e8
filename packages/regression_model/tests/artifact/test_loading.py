from __future__ import annotations

import json
import pickle
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from regression_model.artifact import Manifest, load_pipeline, save_pipeline
from regression_model.artifact.loading import published_folder
from regression_model.artifact.manifest import SUFFIX
from regression_model.errors import ArtifactIntegrityError, ArtifactNotFoundError, ArtifactVersionError


@pytest.fixture(scope="module")
def saved(tmp_path_factory, fit, facts) -> Path:
    return save_pipeline(fit(2.0), folder=tmp_path_factory.mktemp("saved"), facts=facts())


@pytest.fixture
def copy(saved, tmp_path) -> Path:
    shutil.copytree(saved.parent, tmp_path / "copy")
    return tmp_path / "copy" / saved.name


@given(data=st.data())
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_flipped_bit_anywhere_is_refused_before_unpickling(data, saved, monkeypatch):
    files = [saved, next(saved.parent.glob("*.joblib"))]
    file = data.draw(st.sampled_from(files), label="file")
    content = file.read_bytes()
    position = data.draw(st.integers(0, len(content) * 8 - 1), label="bit")
    changed = bytearray(content)
    changed[position // 8] ^= 1 << (position % 8)
    monkeypatch.setattr("regression_model.artifact.loading.joblib.load", _never)
    try:
        file.write_bytes(changed)
        with pytest.raises((ArtifactIntegrityError, ArtifactNotFoundError)):
            load_pipeline(saved)
    finally:
        file.write_bytes(content)


def _never(_file):
    raise AssertionError("something was unpickled")


def test_the_untouched_artifact_is_loaded(saved):
    """The counterpart of the test above: without a flipped bit there is nothing to refuse."""
    assert load_pipeline(saved).version == "1.0.0"
    assert load_pipeline(saved.parent).digest == Manifest.from_file(saved).digest


def reseal(path: Path, **changes) -> None:
    content = json.loads(path.read_bytes())
    path.write_bytes(Manifest.seal(content | changes).to_bytes())


def test_a_manifest_that_was_only_reformatted_is_refused(copy):
    copy.write_text(json.dumps(json.loads(copy.read_text())))

    with pytest.raises(ArtifactIntegrityError, match="was changed after it was saved"):
        load_pipeline(copy)


def test_a_hostile_pickle_is_not_opened(copy):
    class Hostile:
        def __reduce__(self):
            return (Path.touch, (copy.parent / "canary",))

    next(copy.parent.glob("*.joblib")).write_bytes(pickle.dumps(Hostile()))

    with pytest.raises(ArtifactIntegrityError, match="was not opened"):
        load_pipeline(copy)
    assert not (copy.parent / "canary").exists()


def test_a_file_outside_the_folder_is_refused(copy):
    entry = json.loads(copy.read_bytes())["files"]["pipeline"]
    reseal(copy, files={"pipeline": entry | {"name": "../other.joblib"}})

    with pytest.raises(ArtifactIntegrityError, match="outside its folder"):
        load_pipeline(copy)


def test_a_file_that_is_gone_is_named(copy):
    file = next(copy.parent.glob("*.joblib"))
    file.unlink()

    with pytest.raises(ArtifactNotFoundError, match=file.name):
        load_pipeline(copy)


def test_another_minor_version_of_scikit_learn_is_accepted_by_name_only(copy):
    reseal(copy, libraries={"scikit-learn": "1.2.9"})

    with pytest.raises(ArtifactVersionError, match=r"trained with scikit-learn 1\.2\.9.*accept it by name: 1\.2"):
        load_pipeline(copy)
    with pytest.raises(ArtifactVersionError):
        load_pipeline(copy, accept_sklearn="1.3")
    assert load_pipeline(copy, accept_sklearn="1.2").version == "1.0.0"


def test_a_model_that_predicts_something_else_is_refused(copy):
    reseal(copy, golden_rows={"rows": [{"x": 3.0}], "predictions": [6.0001], "probabilities": None})

    with pytest.raises(ArtifactIntegrityError, match="does not repeat its golden rows: expected"):
        load_pipeline(copy)


def test_another_layout_is_refused(copy):
    reseal(copy, format=99)

    with pytest.raises(ArtifactIntegrityError, match="layout 99"):
        load_pipeline(copy)


@pytest.mark.parametrize("content", [b"", b"[]", b"{", b"null", b"[" * 100_000, b"\xff"])
def test_what_is_no_manifest_is_refused(tmp_path, content):
    path = tmp_path / f"x{SUFFIX}"
    path.write_bytes(content)

    with pytest.raises(ArtifactIntegrityError, match="is no manifest"):
        load_pipeline(path)


def test_a_folder_without_a_model_says_how_to_get_one(tmp_path):
    with pytest.raises(ArtifactNotFoundError, match="regression-model train"):
        load_pipeline(tmp_path)
    assert published_folder().name == "trained_models"


def test_a_folder_with_several_models_asks_for_one(copy, fit, facts):
    save_pipeline(fit(1.0), folder=copy.parent, facts=facts(1.0, name="other"))

    with pytest.raises(ArtifactNotFoundError, match=r"2 models; name the manifest of one: line_output.*other_output"):
        load_pipeline(copy.parent)


def test_of_two_versions_that_a_kill_left_the_newer_is_loaded(copy, fit, facts, tmp_path):
    newer = save_pipeline(fit(3.0), folder=tmp_path / "newer", facts=facts(3.0, "0.9.0"))
    for path in newer.parent.iterdir():
        if path.name != ".lock":
            shutil.copy(path, copy.parent)  # later, although its version is lower

    assert load_pipeline(copy.parent).version == "0.9.0"


def test_a_folder_in_the_place_of_a_file_is_no_model(copy):
    file = next(copy.parent.glob("*.joblib"))
    file.unlink()
    file.mkdir()

    with pytest.raises(ArtifactNotFoundError, match="can't be read"):
        load_pipeline(copy)


def test_a_sealed_manifest_without_its_parts_is_refused(copy):
    content = json.loads(copy.read_bytes())
    copy.write_bytes(Manifest.seal({key: content[key] for key in content if key != "libraries"}).to_bytes())

    with pytest.raises(ArtifactIntegrityError, match="lacks libraries"):
        load_pipeline(copy)
