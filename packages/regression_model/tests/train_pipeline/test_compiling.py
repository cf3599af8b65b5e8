from __future__ import annotations

import dataclasses

import pytest

from regression_model import load_artifact, make_prediction, run_training
from regression_model.errors import ArtifactIntegrityError, NotLowerableError
from regression_model.lowering import compile_pipeline
from regression_model.train_pipeline import compiling


@pytest.fixture
def train(tmp_path, config, table):
    without_folds = config.model_copy(update={"evaluation": config.evaluation.model_copy(update={"folds": 0})})

    def call():
        return run_training(without_folds, data_path=table(tmp_path), output=tmp_path / "out")

    return call


def test_a_model_is_saved_with_its_compiled_form(train):
    result = train()
    content = result.manifest.content
    artifact = load_artifact(result.path)

    assert content["compiled"] is True
    assert "compiled_reason" not in content
    assert artifact.compiled is not None
    golden = content["golden_rows"]
    answer = make_prediction(input_data=golden["rows"], artifact=artifact)
    assert answer["predictions"] == pytest.approx(golden["predictions"], rel=1e-9)


def test_a_step_without_a_lowering_is_named_and_the_model_saved_all_the_same(train, monkeypatch):
    def refuse(*_arguments):
        raise NotLowerableError("town", "there is no lowering of Horoscope")

    monkeypatch.setattr(compiling, "compile_pipeline", refuse)
    result = train()
    content = result.manifest.content
    artifact = load_artifact(result.path)

    assert content["compiled"] is False
    assert content["compiled_reason"] == "town: there is no lowering of Horoscope"
    assert artifact.compiled is None
    assert make_prediction(input_data=artifact.example_row(), artifact=artifact)["errors"] == {}
    assert sorted(path.suffix for path in result.path.parent.iterdir() if path.name != ".lock") == [".joblib", ".json"]


def test_a_compiled_form_that_predicts_something_else_is_not_saved(train, monkeypatch):
    def compile_wrongly(*arguments):
        program = compile_pipeline(*arguments)
        (intercept,) = program.content["model"]["intercepts"]
        model = program.content["model"] | {"intercepts": [intercept + 1e-7]}
        return dataclasses.replace(program, content=program.content | {"model": model})

    monkeypatch.setattr(compiling, "compile_pipeline", compile_wrongly)
    content = train().manifest.content

    assert content["compiled"] is False
    assert content["compiled_reason"].startswith("model: ")
    assert list(content["files"]) == ["pipeline"]


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (ArtifactIntegrityError("no number is finite"), "no number is finite"),
        (KeyError("leaves"), "compiling failed: KeyError: 'leaves'"),
    ],
)
def test_whatever_fails_while_compiling_the_training_is_not_lost(train, monkeypatch, caplog, error, reason):
    def fail(*_arguments):
        raise error

    monkeypatch.setattr(compiling, "prove_equality", fail)
    content = train().manifest.content

    assert content["compiled"] is False
    assert content["compiled_reason"] == reason
    [record] = [record for record in caplog.records if "has no compiled form" in record.getMessage()]
    assert bool(record.exc_info) is isinstance(error, KeyError), "of what nobody expected, where it happened"


def test_what_is_proven_is_what_is_read_from_the_files(train, monkeypatch):
    def compile_unsaid(*arguments):
        program = compile_pipeline(*arguments)
        found = dataclasses.replace(program, content=dict(program.content))
        found.steps  # noqa: B018 - checked while it is still right
        found.content["model"] = found.content["model"] | {"intercepts": [float("nan")]}
        return found

    proven = []
    monkeypatch.setattr(compiling, "compile_pipeline", compile_unsaid)
    monkeypatch.setattr(compiling, "prove_equality", lambda *arguments: proven.append(arguments))
    content = train().manifest.content

    assert content["compiled"] is False
    assert not proven
