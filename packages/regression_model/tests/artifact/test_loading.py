from __future__ import annotations

import hashlib
import json
import pickle
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from regression_model.artifact import Manifest, load_artifact, load_pipeline, save_pipeline
from regression_model.artifact.files import SUFFIXES
from regression_model.artifact.loading import published_folder
from regression_model.artifact.manifest import SUFFIX
from regression_model.errors import ArtifactIntegrityError, ArtifactNotFoundError, ArtifactVersionError
from regression_model.predict import make_prediction

FRAME = pd.DataFrame({"x": [1.0]})


@pytest.fixture(scope="module")
def saved(tmp_path_factory, fit, facts, program) -> Path:
    return save_pipeline(fit(2.0), folder=tmp_path_factory.mktemp("saved"), facts=facts(), program=program(2.0))


@pytest.fixture
def copy(saved, tmp_path) -> Path:
    shutil.copytree(saved.parent, tmp_path / "copy")
    return tmp_path / "copy" / saved.name


@pytest.mark.parametrize("load", [load_artifact, load_pipeline])
@given(data=st.data())
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_flipped_bit_anywhere_is_refused_before_unpickling(load, data, saved, monkeypatch):
    files = [path for path in saved.parent.iterdir() if path.name != ".lock"]
    assert len(files) == 5
    file = data.draw(st.sampled_from(files), label="file")
    content = file.read_bytes()
    position = data.draw(st.integers(0, len(content) * 8 - 1), label="bit")
    changed = bytearray(content)
    changed[position // 8] ^= 1 << (position % 8)
    monkeypatch.setattr("regression_model.artifact.unpickling.joblib.load", _never)
    try:
        file.write_bytes(changed)
        with pytest.raises((ArtifactIntegrityError, ArtifactNotFoundError)):
            load(saved)
    finally:
        file.write_bytes(content)


def _never(_file):
    raise AssertionError("something was unpickled")


def test_the_untouched_artifact_is_loaded(saved):
    """The counterpart of the test above: without a flipped bit there is nothing to refuse."""
    assert load_pipeline(saved).version == "1.0.0"
    assert load_artifact(saved.parent).digest == load_pipeline(saved.parent).digest == Manifest.from_file(saved).digest


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


def test_a_hostile_pickle_that_was_sealed_is_not_opened_to_predict_or_explain(copy):
    """Whoever can write the manifest decides what is predicted, but runs no code in the process that predicts."""
    canary = copy.parent / "canary"

    class Hostile:
        def __reduce__(self):
            return (Path.touch, (canary,))

    file = next(copy.parent.glob("*.joblib"))
    file.write_bytes(pickle.dumps(Hostile()))
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    files = json.loads(copy.read_bytes())["files"]
    reseal(copy, files=files | {"pipeline": files["pipeline"] | {"sha256": digest}})

    artifact = load_artifact(copy)
    for rows in ({"x": 1}, [{"x": 1}, {"x": "a"}], pd.DataFrame({"x": [1.0]})):
        answer = make_prediction(input_data=rows, artifact=artifact, explain=True)
        assert answer["predictions"][0] == 2.0
        assert answer["explanations"][0]["contributions"] == {"x": pytest.approx(2.0 - 9.0)}
    assert not canary.exists()

    with pytest.raises(Exception, match="predict"):
        load_pipeline(copy)
    assert canary.exists(), "or else this pickle was harmless, and the test proves nothing"


SERVE = """
import sys
from regression_model.artifact import load_artifact
from regression_model.predict.rows import make_prediction
artifact = load_artifact(sys.argv[1])
rows = [{"x": 1}, {"x": "a"}]
assert make_prediction(input_data=rows, artifact=artifact, explain=True)["predictions"] == [2.0, None]
assert make_prediction(input_data=rows[0], artifact=artifact)["predictions"] == [2.0]
print(*sorted({name.partition(".")[0] for name in sys.modules}))
"""


def test_a_compiled_model_is_loaded_and_predicts_without_what_trained_it(copy):
    done = subprocess.run([sys.executable, "-c", SERVE, copy], check=True, capture_output=True, text=True)

    loaded = set(done.stdout.split())
    assert not loaded & {"sklearn", "pandas", "scipy", "joblib", "feature_engine", "pydantic", "strictyaml"}
    assert "numpy" in loaded, "or else these names are not those of modules"


def test_a_file_outside_the_folder_is_refused(copy):
    files = json.loads(copy.read_bytes())["files"]
    for entry in files:
        reseal(copy, files=files | {entry: files[entry] | {"name": "../other"}})
        for load in (load_artifact, load_pipeline):
            with pytest.raises(ArtifactIntegrityError, match="outside its folder"):
                load(copy)


@pytest.mark.parametrize("suffix", SUFFIXES.values())
def test_a_file_that_is_gone_is_named(copy, suffix):
    file = next(copy.parent.glob(f"*{suffix}"))
    file.unlink()

    for load in (load_artifact, load_pipeline):
        with pytest.raises(ArtifactNotFoundError, match=file.name):
            load(copy)


def test_another_minor_version_of_scikit_learn_is_accepted_by_name_only(copy):
    reseal(copy, libraries={"scikit-learn": "1.2.9"})

    with pytest.raises(ArtifactVersionError, match=r"trained with scikit-learn 1\.2\.9.*accept it by name: 1\.2"):
        load_pipeline(copy)
    with pytest.raises(ArtifactVersionError):
        load_pipeline(copy, accept_sklearn="1.3")
    assert load_pipeline(copy, accept_sklearn="1.2").version == "1.0.0"
    compiled = load_artifact(copy)
    assert compiled.compiled is not None, "which does not depend on scikit-learn"
    with pytest.raises(ArtifactVersionError):
        compiled.pipeline  # noqa: B018 - it is opened when it is looked at
    assert load_artifact(copy, accept_sklearn="1.2").pipeline.predict(FRAME) == pytest.approx(2.0)


def test_a_model_that_predicts_something_else_is_refused(copy):
    reseal(copy, golden_rows={"rows": [{"x": 3.0}], "predictions": [6.0001], "probabilities": None})

    for load in (load_artifact, load_pipeline):
        with pytest.raises(ArtifactIntegrityError, match="does not repeat its golden rows: expected"):
            load(copy)


def test_each_form_has_to_repeat_the_golden_rows_by_itself(tmp_path, fit, facts, program):
    wrong_program = save_pipeline(fit(2.0), folder=tmp_path / "a", facts=facts(2.0), program=program(2.1))
    wrong_pipeline = save_pipeline(fit(2.1), folder=tmp_path / "b", facts=facts(2.0), program=program(2.0))

    with pytest.raises(ArtifactIntegrityError, match="golden rows"):
        load_artifact(wrong_program)
    with pytest.raises(ArtifactIntegrityError, match="golden rows"):
        load_pipeline(wrong_pipeline)
    artifact = load_artifact(wrong_pipeline)
    with pytest.raises(ArtifactIntegrityError, match="golden rows"):
        artifact.pipeline  # noqa: B018 - it is opened when it is looked at


def test_golden_rows_that_the_schema_refuses_are_refused(copy):
    reseal(copy, golden_rows={"rows": [{"x": "a"}], "predictions": [6.0], "probabilities": None})

    for load in (load_artifact, load_pipeline):
        with pytest.raises(ArtifactIntegrityError, match="do not pass the model's own schema"):
            load(copy)


def test_a_model_without_a_compiled_form_is_unpickled_at_once(tmp_path, fit, facts):
    path = save_pipeline(fit(2.0), folder=tmp_path, facts=facts())
    artifact = load_artifact(path)

    assert artifact.compiled is None
    next(tmp_path.glob("*.joblib")).unlink()
    assert artifact.pipeline.predict(FRAME) == pytest.approx(2.0)


def test_a_compiled_form_that_is_none_is_refused(tmp_path, fit, facts, program):
    class Hostile:
        def to_files(self, _stem):
            return {".compiled.json": b'{"format": 1, "import": "os"}'}

    path = save_pipeline(fit(2.0), folder=tmp_path, facts=facts(), program=Hostile())

    with pytest.raises(ArtifactIntegrityError, match="compiled pipeline has other entries"):
        load_artifact(path)


def test_a_manifest_with_other_files_than_it_should_have_is_refused(copy):
    files = json.loads(copy.read_bytes())["files"]
    reseal(copy, files={"pipeline": files["pipeline"]})
    with pytest.raises(ArtifactIntegrityError, match="lacks files.compiled"):
        load_artifact(copy)
    reseal(copy, files={"compiled": files["compiled"]})
    with pytest.raises(ArtifactIntegrityError, match="lacks files.pipeline"):
        load_artifact(copy)
    reseal(copy, files=files | {"plugin": files["pipeline"]})
    with pytest.raises(ArtifactIntegrityError, match="can't belong to this model: plugin"):
        load_artifact(copy)
    reseal(copy, compiled=False, files=files)
    with pytest.raises(ArtifactIntegrityError, match="can't belong to this model: booster, compiled"):
        load_artifact(copy)


@pytest.mark.parametrize(
    "files", [None, [], {"pipeline": None}, {"pipeline": {"name": "x"}}, {"pipeline": {"name": 1}}]
)
def test_files_that_are_not_described_are_refused(copy, files):
    reseal(copy, files=files)

    for load in (load_artifact, load_pipeline):
        with pytest.raises(ArtifactIntegrityError, match="not each a name and a SHA-256"):
            load(copy)


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
