from __future__ import annotations

import numpy as np
import pytest
from sklearn.compose import TransformedTargetRegressor
from sklearn.neighbors import KNeighborsRegressor
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

from regression_model.compiled import Program
from regression_model.errors import NotCompiledError, NotLowerableError
from regression_model.lowering import compile_pipeline
from regression_model.lowering.preprocessing import lower_steps


def test_content(build_small):
    pipeline, schema, config, frame = build_small(transform="log")
    program = compile_pipeline(pipeline, schema, config, frame)
    assert set(program.content) == {
        "format",
        "inputs",
        "operations",
        "columns",
        "model",
        "target",
        "classes",
        "explanation",
    }
    assert program.content["inputs"] == ["number", "number", "text"]
    assert program.content["target"] == "exp"
    assert program.content["classes"] is None
    assert len(program.content["columns"]) == 3
    assert [operation["op"] for operation in program.content["operations"]][:3] == [
        "fill_number",
        "log",
        "restrict_text",
    ]


def test_classes(build_small):
    pipeline, schema, config, frame = build_small(family={"family": "logistic_regression"}, task="classification")
    program = compile_pipeline(pipeline, schema, config, frame)
    assert program.content["classes"] == ["cheap", "dear"]
    assert program.content["target"] == "identity"


def test_same_pipeline_gives_the_same_bytes(build_small):
    first, second = (compile_pipeline(*build_small()).to_files("x") for _ in range(2))
    assert first == second
    assert Program.from_files(first).to_files("x") == first


def test_stages_say_where_the_columns_are(build_small):
    pipeline, schema, *_ = build_small()
    builder = lower_steps(pipeline, schema)
    assert [stage.step for stage in builder.stages] == [name for name, _ in pipeline.steps[:-1]]
    assert [list(stage.columns) for stage in builder.stages] == [["area", "rooms", "zone"]] * 5
    assert builder.stages[-1].n_operations == len(builder.operations)


@pytest.mark.parametrize(
    ("position", "step", "message"),
    [
        (0, FunctionTransformer(), "there is no lowering of sklearn.*FunctionTransformer"),
        (4, StandardScaler(), "there is no lowering of sklearn.*StandardScaler"),
    ],
)
def test_unknown_step_is_named(build_small, position, step, message):
    pipeline, schema, config, frame = build_small()
    steps = [*pipeline.steps]
    steps.insert(position, ("strange", step))
    with pytest.raises(NotLowerableError, match=rf"^strange: {message}") as caught:
        compile_pipeline(Pipeline(steps), schema, config, frame)
    assert caught.value.step == "strange"
    assert isinstance(caught.value, NotCompiledError)


def test_subclass_may_do_anything_and_is_refused(build_small):
    pipeline, schema, config, frame = build_small()
    name, imputer = pipeline.steps[0]

    class Doubling(type(imputer)):
        def transform(self, X):
            return 2 * super().transform(X)

    imputer.__class__ = Doubling
    with pytest.raises(NotLowerableError, match=f"^{name}: there is no lowering of .*Doubling"):
        compile_pipeline(pipeline, schema, config, frame)


def test_unknown_model_and_unknown_transform_of_the_target(build_small):
    pipeline, schema, config, frame = build_small()
    columns = pipeline[:-1].transform(frame)
    steps = pipeline.steps[:-1]
    model = KNeighborsRegressor().fit(columns, frame["rooms"])
    with pytest.raises(NotLowerableError, match="KNeighborsRegressor"):
        compile_pipeline(Pipeline([*steps, ("model", model)]), schema, config, frame)
    model = TransformedTargetRegressor(pipeline.steps[-1][1], func=np.sqrt, inverse_func=np.square)
    model.fit(columns, frame["rooms"])
    with pytest.raises(NotLowerableError, match="model: there is no lowering of its transform of the target"):
        compile_pipeline(Pipeline([*steps, ("model", model)]), schema, config, frame)
