from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from regression_model.compiled.models import check_model, link_finish, link_model
from regression_model.errors import ArtifactIntegrityError
from regression_model.families.adapted.sklearn_network import SklearnClassNetwork, SklearnNumberNetwork

# Sums of some dozens of terms in another order.
TOLERANCE = 1e-11
KINDS = ["regression", "tanh", "two", "three"]


def fit(kind: str) -> Any:
    draw = np.random.default_rng(1)
    rows = draw.normal(size=(200, 4)) * [1, 100, 1e-3, 5] + [0, 2000, 0, 1]
    target = rows[:, 0] + rows[:, 1] / 100 + draw.normal(size=200) / 10
    few: dict[str, Any] = {"hidden_layers": (7, 5, 3), "epochs": 4, "learning_rate": 0.01}
    if kind in ("regression", "tanh"):
        return SklearnNumberNetwork(**few, activation="tanh" if kind == "tanh" else "relu").fit(rows, target)
    n_classes = {"two": 2, "three": 3}[kind]
    labels = np.array(["a", "b", "c"])[np.digitize(target, np.quantile(target, np.arange(1, n_classes) / n_classes))]
    return SklearnClassNetwork(**few).fit(rows, labels)


@pytest.mark.parametrize("kind", KINDS)
def test_any_rows_are_answered_alike(kind, lower):
    model = fit(kind)
    program = lower(model, 4)
    compiled = link_model(program)
    finish = link_finish(program, compiled.n_outputs)
    some = st.one_of(st.floats(-1e300, 1e300), st.floats(-3, 3), st.floats(1900, 2100), st.just(-0.0))

    @settings(max_examples=30, deadline=None)
    @given(arrays.arrays(np.float64, st.tuples(st.integers(1, 5), st.just(4)), elements=some))
    def check(rows: np.ndarray) -> None:
        answers, probabilities = finish.finish_columns(compiled.predict_columns(rows))
        singly = [finish.finish_row(compiled.predict_row(row)) for row in rows.tolist()]
        if probabilities is None:
            expected = model.predict(rows)
            np.testing.assert_allclose(answers, expected, rtol=TOLERANCE)
            np.testing.assert_allclose([each[0] for each in singly], expected, rtol=TOLERANCE)
        else:
            expected = model.predict_proba(rows)
            np.testing.assert_allclose(probabilities, expected, rtol=1e-9, atol=1e-15)
            np.testing.assert_allclose([each[1] for each in singly], expected, rtol=1e-9, atol=1e-15)

    check()


@dataclass
class Described:
    content: dict[str, Any]
    arrays: dict[str, Any]
    texts: dict[str, str] = field(default_factory=dict)


def describe(**changes: Any) -> Described:
    content = {
        "kind": "network",
        "link": "identity",
        "n_layers": 2,
        "activation": "relu",
        "target": [0.0, 1.0, -1.0, 1.0],
        **{name: name for name in ("centre", "scale", "lowest", "highest")},
        **{name: name for name in ("weights_0", "biases_0", "weights_1", "biases_1")},
    }
    parts = {
        **{name: np.zeros(2) for name in ("centre", "lowest", "highest")},
        "scale": np.ones(2),
        "weights_0": np.ones((2, 3)),
        "biases_0": np.zeros(3),
        "weights_1": np.ones((3, 1)),
        "biases_1": np.zeros(1),
    }
    model = {key: changes.get(key, value) for key, value in content.items()}
    model |= {key: value for key, value in changes.items() if key not in parts and key not in content}
    arrays = {key: changes[key] if isinstance(changes.get(key), np.ndarray) else value for key, value in parts.items()}
    model |= {key: key for key in parts if isinstance(changes.get(key), np.ndarray)}
    return Described({"columns": [0, 1], "model": model}, arrays)


def test_what_describes_a_network_is_read():
    assert link_model(describe()).predict_row([1.0, 1.0]) == [0.0]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"scale": np.zeros(2)}, "as many scales, all above 0"),
        ({"centre": np.zeros(3)}, "as many scales"),
        ({"weights_0": np.ones((3, 3))}, r"layer 0 of a network has weights of shape \(3, 3\), for 2 inputs"),
        ({"weights_1": np.ones((2, 1))}, "layer 1 of a network"),
        ({"biases_1": np.zeros(2)}, "layer 1 of a network"),
        ({"biases_0": np.array([0.0, np.nan, 0.0])}, "'model.biases_0' has to have finite numbers only"),
        ({"weights_0": np.ones((2, 3), dtype=np.float32)}, "the type float64"),
        ({"weights_0": "elsewhere"}, "has to name one of the arrays"),
        ({"n_layers": 12}, "from 1 to 11"),
        ({"activation": "gelu"}, "one of relu, tanh"),
        ({"target": [0.0, 1.0]}, "a list of 4 finite numbers"),
        ({"dropout": 0.5}, "unknown keys: dropout"),
    ],
)
def test_what_describes_no_network_is_refused(changes, message):
    for read in (link_model, check_model):
        with pytest.raises(ArtifactIntegrityError, match=message):
            read(describe(**changes))
