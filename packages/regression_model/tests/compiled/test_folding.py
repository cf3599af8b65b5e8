from __future__ import annotations

import numpy as np
import pytest

from regression_model.compiled import Program
from regression_model.compiled.folding import fold


def make_steps(operations, columns, inputs=("text", "number")):
    model = {"kind": "linear", "link": "identity", "coefficients": [[1.0] * len(columns)], "intercepts": [0.0]}
    content = {"format": 1, "inputs": list(inputs), "operations": operations, "columns": columns, "model": model,
               "target": "identity", "classes": None, "explanation": None}  # fmt: skip
    return Program(content, {"v": np.array([1.0, 2.0]), "c": np.array([1, 2])}).steps


FILL = {"op": "fill_text", "in": 0, "out": 2, "value": "a"}
CODE = {"op": "map_text", "in": 2, "out": 3, "table": {"a": 1.0, "b": 2.0}, "unseen": "fail", "missing": "missing"}


def test_what_depends_on_one_text_becomes_a_table():
    steps = make_steps([FILL, CODE, {"op": "log", "in": 3, "out": 4}], [4, 1])
    folded = fold(steps, steps.columns)
    (table,) = folded.tables
    assert (table.feature, table.texts, table.slots) == (0, ("a", "b"), (4,))
    # Two texts, another one, which fails, and a missing one, which is filled.
    np.testing.assert_allclose(table.values[[0, 1, 3], 0], [0.0, np.log(2.0), 0.0])
    assert table.failed.tolist() == [False, False, True, False]
    assert folded.operations == ()
    assert folded.text_features == frozenset()


def test_what_depends_on_several_features_is_left():
    draw = {"op": "draw", "in": 1, "out": 4, "kind": "number", "state": 1, "seeds": [2], "values": "v",
            "cumulative_counts": "c"}  # fmt: skip
    steps = make_steps([FILL, CODE, draw, {"op": "sum", "in": [3, 4], "out": 5}], [5])
    folded = fold(steps, steps.columns)
    # The text that the draw hashes is made for each row; the code that the sum reads comes from the table.
    assert [operation.NAME for operation in folded.operations] == ["fill_text", "draw", "sum"]
    assert folded.tables[0].slots == (3,)
    assert folded.text_features == {0}


def test_what_nothing_reads_is_left_out_unless_it_can_fail():
    shift = {"op": "shift_scale", "in": 1, "out": 2, "shift": 1.0, "scale": 1.0}
    steps = make_steps([shift, {"op": "log", "in": 1, "out": 3}], [1])
    assert [operation.NAME for operation in fold(steps, steps.columns).operations] == ["log"]


@pytest.mark.parametrize("n_categories", [5000])
def test_a_table_that_would_be_too_large_is_not_made(n_categories):
    categories = [f"c{number}" for number in range(n_categories)]
    one_hot = {"op": "one_hot", "in": 0, "out": list(range(2, 2 + n_categories)), "categories": categories,
               "missing": "zeros"}  # fmt: skip
    steps = make_steps([one_hot], one_hot["out"])
    folded = fold(steps, steps.columns)
    assert folded.tables[0].values.shape == (2, 0)
    assert [operation.NAME for operation in folded.operations] == ["one_hot"]
    assert folded.text_features == {0}


def test_tables_that_would_be_too_large_together_are_not_all_made():
    n_features, n_categories = 80, 200
    categories = [f"c{number}" for number in range(n_categories)]
    operations = []
    for feature in range(n_features):
        start = n_features + feature * n_categories
        out = list(range(start, start + n_categories))
        operations.append({"op": "one_hot", "in": feature, "out": out, "categories": categories, "missing": "zeros"})
    columns = [slot for operation in operations for slot in operation["out"]]
    steps = make_steps(operations, columns, inputs=("text",) * n_features)
    folded = fold(steps, columns)
    n_made = sum(table.values.size > 0 for table in folded.tables)
    assert n_made == 50
    assert len(folded.operations) == n_features - n_made
