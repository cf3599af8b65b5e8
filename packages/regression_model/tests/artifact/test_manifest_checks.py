from __future__ import annotations

import json

import pytest

from regression_model.artifact import Manifest, load_artifact, load_pipeline, save_pipeline
from regression_model.errors import ArtifactIntegrityError


@pytest.fixture
def saved(tmp_path, fit, facts, program):
    return save_pipeline(fit(2.0), folder=tmp_path, facts=facts(), program=program(2.0))


def reseal(path, **changes):
    content = json.loads(path.read_bytes())
    path.write_bytes(Manifest.seal(content | changes).to_bytes())


FEATURE = {
    "name": "x", "dtype": "number", "nullable": False, "minimum": None, "maximum": None, "exclusive_minimum": None,
    "categories": None, "on_unseen": "other", "description": "", "typical": None, "missing_fraction": 0.0,
    "deciles": None,
}  # fmt: skip
SCHEMA = {"features": [FEATURE], "missing_values": [], "ignored": []}
GOLDEN = {"rows": [{"x": 3.0}], "predictions": [6.0], "probabilities": None}


def feature_with(**changes):
    return SCHEMA | {"features": [FEATURE | changes]}


@pytest.mark.parametrize(
    ("change", "place"),
    [
        *(({"schema": schema}, "schema") for schema in (None, [], {}, "x", SCHEMA | {"features": []})),
        *(({"schema": SCHEMA | {"features": features}}, "schema") for features in (None, [1], [{}], [FEATURE] * 2)),
        *(({"schema": SCHEMA | {"missing_values": values}}, "missing_values") for values in (None, "NA", [1])),
        ({"schema": feature_with(more=1)}, "features.0"),
        ({"schema": feature_with(name=["x"])}, "name"),
        ({"schema": feature_with(dtype="complex")}, "dtype"),
        ({"schema": feature_with(dtype=["number"])}, "dtype"),
        ({"schema": feature_with(nullable=0)}, "nullable"),
        ({"schema": feature_with(exclusive_minimum="0")}, "exclusive_minimum"),
        ({"schema": feature_with(exclusive_minimum=10**400)}, "exclusive_minimum"),
        ({"schema": feature_with(dtype="category", exclusive_minimum=0)}, "features.0"),
        ({"schema": feature_with(categories=["a"])}, "categories"),
        ({"schema": feature_with(categories={"a": "b"})}, "categories"),
        ({"schema": feature_with(on_unseen="reject", categories={"a": 1})}, "features.0"),
        ({"schema": feature_with(deciles=1)}, "deciles"),
        *(({"schema": feature_with(longest=length)}, "longest") for length in (1, 0, True, 1.5, "1")),
        *(({"schema": feature_with(dtype="series", longest=length)}, "longest") for length in (0, True, 1.5, "1")),
        *(({"golden_rows": golden}, "golden_rows") for golden in (None, [], {}, GOLDEN | {"rows": []})),
        *(({"golden_rows": GOLDEN | {"rows": rows}}, "golden_rows") for rows in (None, {}, [1])),
        *(({"golden_rows": GOLDEN | {"predictions": found}}, "predictions") for found in (None, 6.0, [None], ["6"])),
        *(({"golden_rows": GOLDEN | {"probabilities": found}}, "probabilities") for found in (1, [1.0], [["1"]])),
        *(({"libraries": libraries}, "libraries") for libraries in (None, [], {}, {"scikit-learn": 1})),
        ({"task": ["regression"]}, "task"),
        ({"classes": "ab"}, "classes"),
        ({"model_version": 1}, "model_version"),
    ],
)
def test_parts_of_another_shape_are_refused(saved, change, place):
    reseal(saved, schema=SCHEMA, golden_rows=GOLDEN)
    assert load_artifact(saved).schema.names == ["x"]
    reseal(saved, **change)

    for load in (load_artifact, load_pipeline):
        with pytest.raises(ArtifactIntegrityError, match=rf"the manifest's [\w.]*{place}[\w.]* is not of the shape"):
            load(saved)


def test_a_name_that_no_file_can_have_is_refused(saved):
    files = json.loads(saved.read_bytes())["files"]
    reseal(saved, files=files | {"pipeline": files["pipeline"] | {"name": "a\0b"}})

    for load in (load_artifact, load_pipeline):
        with pytest.raises(ArtifactIntegrityError, match="outside its folder"):
            load(saved)
