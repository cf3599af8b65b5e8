from __future__ import annotations

import copy
import hashlib
import json
import pickle

import pytest

from regression_model.artifact import load_artifact
from regression_model.artifact.integrity import check_model_files
from regression_model.config import parse_config
from regression_model.errors import ArtifactIntegrityError, ArtifactWriteError, DataError, DataNotFoundError
from regression_model.processing.datasets import read_table
from regression_model.processing.datasets.snapshot_store import erase_snapshot
from regression_model.processing.sample import load_sample_path
from regression_model.train_pipeline import run_training, run_training_isolated
from regression_model.verification import Outcome, VerificationInputs, verify_model
from regression_model.verification.recipe import read_recipe
from regression_model.verification.verifying import conclude


def verify(model, **inputs):
    return verify_model(VerificationInputs(model, **inputs), report_progress=lambda _: None)


def states(found):
    return {item.name: item.state for item in found.items}


def test_a_model_is_rebuilt_to_the_byte(saved, tmp_path):
    output = tmp_path / "rebuilt"
    found = verify(saved, output=output)
    assert found.outcome is Outcome.IDENTICAL
    assert found.recorded == found.rebuilt
    assert found.reasons == ()
    assert "differs" not in states(found).values()
    assert {"digests", "data", "config", "libraries", "metrics", "golden rows", "artifact"} <= states(found).keys()
    names = [{path.name: path.read_bytes() for path in folder.glob("houses*")} for folder in (saved, output)]
    assert names[0] == names[1]


class Evil:
    """A pickle that leaves a mark when it is opened."""

    def __init__(self, mark):
        self.mark = mark

    def __reduce__(self):
        return (open, (str(self.mark), "w"))


def test_a_pickle_that_somebody_put_there_is_found_and_not_opened(doctor, content, tmp_path):
    data = pickle.dumps(Evil(tmp_path / "mark"))
    files = copy.deepcopy(content["files"])
    files["pipeline"] |= {"sha256": hashlib.sha256(data).hexdigest(), "n_bytes": len(data)}
    folder = doctor(files=files)
    (folder / files["pipeline"]["name"]).write_bytes(data)

    found = verify(folder)

    assert found.outcome is Outcome.DIFFERENT
    assert [name for name, state in states(found).items() if state == "differs"] == ["file: pipeline", "artifact"]
    assert "not what the manifest says" in found.reasons[-1]
    assert not (tmp_path / "mark").exists()


@pytest.fixture
def tampered(doctor, content):
    """Return a function that lets the compiled form predict something else, and makes all digests anew."""

    def tamper(**changes):
        files = copy.deepcopy(content["files"])
        folder = doctor()
        path = folder / files["compiled"]["name"]
        program = json.loads(path.read_bytes())
        program["target"] = "identity"  # no longer the exponential
        data = json.dumps(program).encode()
        files["compiled"] |= {"sha256": hashlib.sha256(data).hexdigest(), "n_bytes": len(data)}
        folder = doctor(files=files, **changes)
        path.write_bytes(data)
        return folder

    return tamper


def test_a_compiled_form_that_predicts_something_else_is_found(tampered, saved):
    found = conclude_on(tampered(), saved)
    assert found.outcome is Outcome.DIFFERENT
    assert states(found)["compiled form"] == "differs"
    said = {item.name: item.said for item in found.items}["compiled form"]
    assert "does not repeat its golden rows" in said
    assert any("compiled form is not that of the rebuilt model" in reason for reason in found.reasons)


def test_no_surroundings_excuse_a_compiled_form_that_predicts_something_else(tampered, saved, content):
    found = conclude_on(tampered(libraries={**content["libraries"], "numpy": "2.3.9"}), saved)
    assert found.outcome is Outcome.DIFFERENT


@pytest.mark.parametrize(("numpy", "outcome"), [(None, Outcome.DIFFERENT), ("2.3.9", Outcome.SIMILAR)])
def test_other_bytes_of_a_file_need_an_explanation(doctor, saved, content, numpy, outcome):
    """Other spaces in the compiled form: the same predictions."""
    files = copy.deepcopy(content["files"])
    libraries = {**content["libraries"], **({"numpy": numpy} if numpy else {})}
    data = (saved / files["compiled"]["name"]).read_bytes() + b"\n"
    files["compiled"] |= {"sha256": hashlib.sha256(data).hexdigest(), "n_bytes": len(data)}
    folder = doctor(files=files, libraries=libraries)
    (folder / files["compiled"]["name"]).write_bytes(data)
    found = conclude_on(folder, saved)
    assert (found.outcome, states(found)["compiled form"]) == (outcome, "equal")


@pytest.mark.parametrize("same_bytes", [True, False])
def test_without_a_compiled_form_only_bytes_are_compared(doctor, saved, content, same_bytes):
    """Nobody can say what a pickle predicts without opening it."""
    files = copy.deepcopy({"pipeline": content["files"]["pipeline"]})
    data = (saved / files["pipeline"]["name"]).read_bytes() + (b"" if same_bytes else b" ")
    files["pipeline"] |= {"sha256": hashlib.sha256(data).hexdigest(), "n_bytes": len(data)}
    libraries = {**content["libraries"], "numpy": "2.3.9"}
    folder = doctor(files=files, libraries=libraries, compiled=False)
    (folder / files["pipeline"]["name"]).write_bytes(data)
    found = conclude_on(folder, saved)
    assert (found.outcome, states(found)["compiled form"]) == (Outcome.DIFFERENT, "unknown")


def test_a_manifest_that_contradicts_itself_is_another_model(doctor, saved):
    found = conclude_on(doctor(config_sha256="0" * 64), saved)
    assert found.outcome is Outcome.DIFFERENT


@pytest.mark.parametrize("changes", [{"model_version": "9.9.9"}, {"compiled_reason": "trust me"}])
def test_a_manifest_with_an_entry_that_nothing_explains_is_another_model(doctor, saved, changes):
    assert conclude_on(doctor(**changes), saved).outcome is Outcome.DIFFERENT


@pytest.mark.slow
def test_a_model_of_a_snapshot_is_found_among_the_snapshots(config_text, tmp_path, monkeypatch):
    snapshots = tmp_path / "snapshots"
    snapshots.mkdir()
    frame = read_table(load_sample_path())
    frame.to_parquet(snapshots / "table", index=False)
    digest = hashlib.sha256((snapshots / "table").read_bytes()).hexdigest()
    (snapshots / "table").rename(snapshots / f"{digest}.parquet")
    monkeypatch.setenv("REGRESSION_MODEL_SNAPSHOTS", str(snapshots))
    monkeypatch.chdir(tmp_path)
    text = config_text.replace("  sample: house_prices\n", f"  snapshot: {digest}\n")
    model = tmp_path / "model"
    run_training_isolated(parse_config(text, file=tmp_path / "config.yml"), output=model)

    found = verify(model)

    assert found.outcome is Outcome.IDENTICAL, found
    assert {item.name: item.said for item in found.items}["data"] == f"the snapshots, SHA-256 {digest}"

    erase_snapshot(snapshots, digest, "a customer asked for it")
    with pytest.raises(DataNotFoundError, match="was erased on .* a customer asked for it"):
        verify(model)


def test_a_changed_byte_is_found_before_anything_is_trained(saved, doctor):
    folder = doctor()
    path = next(folder.glob("*.joblib"))
    path.write_bytes(path.read_bytes() + b" ")
    stages = []
    with pytest.raises(ArtifactIntegrityError, match="was changed after it was saved"):
        verify_model(VerificationInputs(folder), report_progress=stages.append)
    assert stages == ["Checking the digests"]


def test_the_model_that_is_verified_is_never_written_over(saved):
    before = sorted((path.name, path.stat().st_mtime_ns) for path in saved.iterdir())
    with pytest.raises(ArtifactWriteError, match="holds a model.*name another folder"):
        verify(saved, output=saved / ".." / saved.name)
    assert sorted((path.name, path.stat().st_mtime_ns) for path in saved.iterdir()) == before


def test_no_other_model_is_written_over(saved, doctor):
    """Of a wheel, the folder with its model is not that of the user's own."""
    other = doctor(description="mine")
    (other / "mine.sig").write_text("signature")
    before = sorted((path.name, path.stat().st_mtime_ns) for path in other.iterdir())
    with pytest.raises(ArtifactWriteError, match="holds a model.*name another folder"):
        verify(saved, output=other)
    assert sorted((path.name, path.stat().st_mtime_ns) for path in other.iterdir()) == before


def test_another_table_is_refused_before_anything_is_trained(saved, tmp_path):
    table = tmp_path / "table.csv"
    table.write_text("x\n1\n")
    with pytest.raises(DataError, match="is not the table that the model was trained on"):
        verify(saved, data_path=table)


def conclude_on(folder, rebuilt):
    return conclude(check_model_files(folder), load_artifact(rebuilt), [])


def test_metrics_that_somebody_improved_are_found(saved, doctor, content):
    metrics = copy.deepcopy(content["metrics"])
    metrics["cross_validation"]["metrics"]["mae"]["mean"] *= 0.9
    found = conclude_on(doctor(metrics=metrics), saved)
    assert found.outcome is Outcome.DIFFERENT
    assert (states(found)["metrics"], states(found)["golden rows"]) == ("differs", "equal")


def test_golden_rows_that_differ_are_another_model(saved, doctor, content):
    golden = copy.deepcopy(content["golden_rows"])
    golden["predictions"][0] *= 1 + 1e-6
    found = conclude_on(doctor(golden_rows=golden), saved)
    assert found.outcome is Outcome.DIFFERENT
    golden["predictions"][0] = content["golden_rows"]["predictions"][0] * (1 + 1e-12)
    libraries = {**content["libraries"], "numpy": "2.3.9"}
    assert conclude_on(doctor(golden_rows=golden, libraries=libraries), saved).outcome is Outcome.SIMILAR


def test_other_surroundings_are_the_reason(saved, doctor, content):
    libraries = {**content["libraries"], "numpy": "2.3.9"}
    found = conclude_on(doctor(libraries=libraries, git={"commit": "0" * 40, "dirty": True}), saved)
    assert found.outcome is Outcome.SIMILAR
    assert any("numpy 2.3.9, here" in reason for reason in found.reasons)
    assert any("uncommitted changes" in reason for reason in found.reasons)


def test_training_without_the_pinned_environment_is_told_apart(saved, content, tmp_path):
    config = read_recipe(content, spare=tmp_path).config
    run_training(config, sample=True, output=tmp_path / "here")
    found = conclude_on(tmp_path / "here", saved)
    assert found.outcome is not Outcome.IDENTICAL
    assert states(found)["environment"] == "unknown"
    assert any("without a pinned environment" in reason for reason in found.reasons)


def test_the_report_is_json(saved, doctor):
    found = conclude_on(doctor(git=None), saved)
    said = json.loads(json.dumps(found.to_json(), allow_nan=False))
    assert set(said) == {"outcome", "recorded", "rebuilt", "items", "reasons"}
    assert {"name", "state", "said"} == set(said["items"][0])
