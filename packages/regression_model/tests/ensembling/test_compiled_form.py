"""Ensembles in compiled form: equal to the pipeline, each shared step once, and nothing that is read is believed."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from regression_model.compiled import CompiledPipeline, Program
from regression_model.errors import ArtifactIntegrityError, CompiledMismatchError, NotLowerableError
from regression_model.lowering import compile_pipeline, prove_equality
from regression_model.lowering.blaming import find_first_difference
from regression_model.pipeline import build_pipeline
from regression_model.processing.schema import infer_schema
from regression_model.train_pipeline.golden_rows import to_wire

from .conftest import CLASS_LINE, FOREST, LINE, TREES, label

BOOSTER = {**TREES, "name": "booster", "model": {"family": "lightgbm", "n_estimators": 9}}
OTHER_BOOSTER = {**BOOSTER, "name": "other", "model": {"family": "lightgbm", "n_estimators": 5, "num_leaves": 4}}


def compile_flats(make_config, flats, model, **settings):
    frame, price = flats
    if settings.get("task") == "classification":
        price = label(price, settings.pop("classes"))
    config = make_config(model, **settings)
    pipeline = build_pipeline(config).fit(frame, price)
    schema = infer_schema(frame, config)
    made = compile_pipeline(pipeline, schema, config, frame)
    return pipeline, schema, Program.from_files(made.to_files(""))


def prove(frame, pipeline, schema, program):
    rows = [to_wire(row, schema) for row in frame.head(30).to_dict(orient="records")]
    return prove_equality(pipeline, CompiledPipeline(program, schema), schema, rows)


@pytest.mark.parametrize(("family", "transform"), [("vote", "none"), ("vote", "log"), ("stack", "log")])
def test_a_regression_predicts_the_same(make_config, flats, family, transform):
    model = {"family": family, "members": [LINE, TREES, FOREST, BOOSTER, OTHER_BOOSTER]}
    made = compile_flats(make_config, flats, model, transform=transform)

    proof = prove(flats[0], *made)

    assert proof.n_rows > 100
    assert proof.n_refused > 10
    assert set(made[2].texts) == {"booster", "booster_2"}


@pytest.mark.parametrize(("family", "classes"), [("vote", 2), ("stack", 2), ("stack", 3)])
def test_a_classification_predicts_the_same(make_config, flats, family, classes):
    model = {"family": family, "members": [CLASS_LINE, TREES, FOREST, BOOSTER]}
    made = compile_flats(make_config, flats, model, task="classification", classes=classes)

    assert prove(flats[0], *made).n_rows > 100


def test_equal_steps_of_members_are_computed_once(make_config, flats):
    members = [TREES, BOOSTER, OTHER_BOOSTER]
    _, _, one = compile_flats(make_config, flats, {"family": "vote", "members": members[:1]})
    _, _, three = compile_flats(make_config, flats, {"family": "vote", "members": members})

    assert three.content["operations"] == one.content["operations"]
    assert three.content["columns"] == one.content["columns"] * 3


def test_what_has_no_compiled_form_is_named(make_config, flats):
    neighbours = {**LINE, "name": "neighbours", "model": {"family": "knn"}}
    with pytest.raises(NotLowerableError, match=r"neighbours.model: there is no compiled form of"):
        compile_flats(make_config, flats, {"family": "vote", "members": [TREES, neighbours]})

    final = {"family": "random_forest", "n_estimators": 3}
    with pytest.raises(NotLowerableError, match="model: a stack whose final model is a RandomForestRegressor"):
        compile_flats(make_config, flats, {"family": "stack", "members": [TREES, LINE], "final": final})


@pytest.fixture(scope="module")
def programs(make_config, flats):
    members = [LINE, BOOSTER, OTHER_BOOSTER]
    return {
        family: compile_flats(make_config, flats, {"family": family, "members": members})[2]
        for family in ("vote", "stack")
    }


def change(program: Program, *path: Any, to: Any) -> Program:
    content = copy.deepcopy(program.content)
    node = content["model"]
    for key in path[:-1]:
        node = node[key]
    if to is None:
        del node[path[-1]]
    else:
        node[path[-1]] = to
    return Program(content, program.arrays, program.texts)


HOSTILE = [
    ("vote", ("members",), [], "list of 1 to"),
    ("vote", ("members",), "all", "list of 1 to"),
    ("vote", ("members", 0), {"columns": [0]}, "'columns' and 'model'"),
    ("vote", ("members", 0, "columns"), [], "positions below"),
    ("vote", ("members", 0, "columns"), [-1], "positions below"),
    ("vote", ("members", 0, "columns"), [True], "positions below"),
    ("vote", ("members", 0, "columns"), [10_000], "positions below"),
    ("vote", ("members", 0, "columns"), [0], "list of 1 finite numbers"),
    ("vote", ("members", 0, "model", "kind"), "vote", "has to be one of"),
    ("vote", ("members", 0, "model", "link"), "sigmoid", "regressions and others are not"),
    ("vote", ("members", 1, "model", "booster"), "booster_3", "one of the texts"),
    ("vote", ("members", 2, "model", "booster"), "booster", "that its model does not name"),
    ("vote", ("weights",), [1.0], "list of 3 finite numbers"),
    ("vote", ("weights",), [1.0, 2.0, "a"], "list of 3 finite numbers"),
    ("vote", ("size",), 3, "unknown keys: size"),
    ("stack", ("final", "kind"), "forest", "one of linear"),
    ("stack", ("final", "coefficients"), [[1.0]], "list of 3 finite numbers"),
    ("stack", ("n_inputs",), 0, "whole number from 1"),
    ("stack", ("final",), None, "has to be an object"),
]


@pytest.mark.parametrize(("family", "path", "to", "message"), HOSTILE)
def test_what_is_no_ensemble_is_refused_when_it_is_read(programs, family, path, to, message):
    changed = change(programs[family], *path, to=to)

    with pytest.raises(ArtifactIntegrityError, match=message):
        Program.from_files(changed.to_files(""))


def test_a_final_model_of_other_members_is_refused(programs, make_config, flats):
    content = copy.deepcopy(programs["stack"].content)
    content["model"] |= {"n_inputs": 4}
    content["model"]["final"]["coefficients"][0].append(1.0)
    changed = Program(content, programs["stack"].arrays, programs["stack"].texts)
    schema = infer_schema(flats[0], make_config(LINE["model"], preprocessing=LINE["preprocessing"]))

    with pytest.raises(ArtifactIntegrityError, match="takes 4 numbers, and its members give 3"):
        CompiledPipeline(changed, schema)


def test_a_difference_names_the_step_of_the_member(make_config, flats, monkeypatch):
    pipeline, schema, program = compile_flats(make_config, flats, {"family": "vote", "members": [TREES, LINE]})
    lowered = copy.deepcopy(pipeline)
    dict(pipeline[-1].members_)["line"]["01_impute_number"].imputer_dict_.update(area=1e4)
    scope = find_first_difference.__globals__
    original = scope["lower_steps"]
    ways = iter(scope["_list_ways"](lowered))
    monkeypatch.setitem(scope, "lower_steps", lambda _, known: original(next(ways), known))

    with pytest.raises(CompiledMismatchError, match="the column 'area' differs") as caught:
        prove(flats[0], pipeline, schema, program)

    assert caught.value.step == "line.01_impute_number"
