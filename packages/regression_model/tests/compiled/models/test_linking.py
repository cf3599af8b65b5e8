from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from regression_model.compiled.models import check_model, link_model
from regression_model.compiled.models.linear import LinearModel
from regression_model.errors import ArtifactIntegrityError

LINEAR = {"kind": "linear", "link": "identity", "coefficients": [[1.0, 2.0]], "intercepts": [0.5]}


def describe(model: object, columns: object = (3, 4)) -> SimpleNamespace:
    columns = list(columns) if isinstance(columns, tuple) else columns
    return SimpleNamespace(content={"columns": columns, "model": model}, arrays={}, texts={})


def test_a_linear_model():
    model = link_model(describe(LINEAR))
    assert isinstance(model, LinearModel)
    assert (model.n_columns, model.n_outputs) == (2, 1)
    assert (model.coefficients.tolist(), model.intercepts.tolist()) == ([[1.0, 2.0]], [0.5])
    assert model.predict_row([1.0, -1.0]) == [-0.5]


def test_infinite_outputs_are_the_callers_to_judge():
    model = link_model(describe(LINEAR))
    np.testing.assert_array_equal(model.predict_columns(np.array([[1.7e308, 1.7e308]])), [[np.inf]])
    assert model.predict_row([1.7e308, 1.7e308]) == [np.inf]


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (None, "'model' has to be an object, not NoneType"),
        ([], "'model' has to be an object, not list"),
        ({}, "'model.kind' has to be one of linear, forest"),
        ({**LINEAR, "kind": "magic"}, "'model.kind' has to be one of"),
        ({**LINEAR, "kind": ["linear"]}, "'model.kind' has to be one of"),
        ({**LINEAR, "code": "..."}, "unknown keys: code"),
        ({**LINEAR, "coefficients": [[1.0]]}, "a list of 2 finite numbers"),
        ({**LINEAR, "coefficients": [[1.0, 2.0]] * 2}, "a list of 1 lists"),
        ({**LINEAR, "coefficients": [[1.0, "2"]]}, "a list of 2 finite numbers"),
        ({**LINEAR, "coefficients": [[1.0, True]]}, "a list of 2 finite numbers"),
        ({**LINEAR, "coefficients": [[1.0, float("nan")]]}, "a list of 2 finite numbers"),
        ({**LINEAR, "coefficients": [[1.0, 10**400]]}, "a list of 2 finite numbers"),
        ({**LINEAR, "coefficients": 1.0}, "a list of 1 lists"),
        ({**LINEAR, "intercepts": []}, "finite numbers"),
        ({**LINEAR, "intercepts": {}}, "finite numbers"),
        ({"kind": "forest", "link": "identity"}, "'model.starts' has to name one of the arrays"),
        ({"kind": "boosting", "link": "identity", "baselines": [0.0], "starts": ["x"]}, "'model.starts' has to name"),
        ({"kind": "lightgbm", "link": "identity", "booster": "b", "n_outputs": 1}, "has to name one of the texts"),
        ({"kind": "lightgbm", "link": "identity", "booster": 1}, "has to name one of the texts"),
    ],
)
def test_what_describes_no_model_is_refused(model, message):
    for read in (link_model, check_model):
        with pytest.raises(ArtifactIntegrityError, match=message):
            read(describe(model))


@pytest.mark.parametrize("columns", [None, [], {}, "ab"])
def test_a_model_needs_columns(columns):
    with pytest.raises(ArtifactIntegrityError, match="'columns' has to be a list"):
        link_model(describe(LINEAR, columns))


@pytest.mark.parametrize("n_outputs", [0, -1, 1.0, True, 10**9, None])
def test_numbers_of_outputs_have_bounds(n_outputs):
    source = describe({"kind": "lightgbm", "link": "identity", "booster": "booster", "n_outputs": n_outputs})
    source.texts["booster"] = "tree"
    with pytest.raises(ArtifactIntegrityError, match="a whole number from 1 to 1000"):
        check_model(source)
