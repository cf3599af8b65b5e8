from __future__ import annotations

from regression_model.lowering.pruning import prune, slots_read, slots_written

OPERATIONS = [
    {"op": "fill_text", "in": 1, "out": 2, "value": "a"},
    {"op": "shift_scale", "in": 0, "out": 3, "shift": 1.0, "scale": 2.0},
    {"op": "log", "in": 3, "out": 4},
    {"op": "one_hot", "in": 2, "out": [5, 6, 7], "categories": ["a", "b", "c"], "missing": "zeros"},
    {"op": "draw", "in": 0, "out": 8, "seeds": [2], "kind": "number"},
    {"op": "require", "in": [8], "missing": True},
    {"op": "sum", "in": [6, 0], "out": 9},
]


def test_what_nothing_depends_on_is_left_out():
    operations, numbers = prune(OPERATIONS, [False] * 7, 2, [9])
    assert operations == [
        {"op": "fill_text", "in": 1, "out": 2, "value": "a"},
        {"op": "one_hot", "in": 2, "out": [3], "categories": ["b"], "missing": "zeros"},
        {"op": "sum", "in": [3, 0], "out": 4},
    ]
    assert numbers == {0: 0, 1: 1, 2: 2, 6: 3, 9: 4}


def test_what_can_fail_a_row_stays_with_all_that_it_reads():
    operations, _ = prune(OPERATIONS, [False, False, True, False, False, True, False], 2, [0])
    assert [operation["op"] for operation in operations] == ["fill_text", "shift_scale", "log", "draw", "require"]
    assert operations[-1]["in"] == [operations[-2]["out"]]
    assert operations[3]["seeds"] == [2]


def test_operations_are_not_changed():
    before = repr(OPERATIONS)
    prune(OPERATIONS, [True] * 7, 2, [9])
    assert repr(OPERATIONS) == before


def test_slots():
    assert slots_read(OPERATIONS[4]) == [0, 2]
    assert slots_written(OPERATIONS[3]) == [5, 6, 7]
    assert slots_written(OPERATIONS[5]) == []
    assert slots_read({"op": "constant", "out": 3}) == []
