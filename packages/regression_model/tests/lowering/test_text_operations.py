from __future__ import annotations

import pytest

from regression_model.errors import NotLowerableError
from regression_model.lowering.knowledge import Numbers, Texts
from regression_model.lowering.text_operations import fill_text, map_text, one_hot, restrict_text

ZONE, GRADE = 3, 4  # slots: any text or missing; "A" or "B"


def test_fill(builder):
    slot = fill_text(builder, ZONE, "none")
    assert builder.operations == [{"op": "fill_text", "in": ZONE, "out": slot, "value": "none"}]
    assert builder.known[slot] == Texts(None, missing=False)
    assert fill_text(builder, GRADE, "none") == GRADE
    assert builder.known[fill_text(builder, builder.constant("text", None), "x")] == Texts(frozenset({"x"}), False)


def test_restriction(builder):
    slot = restrict_text(builder, ZONE, known=["RL", "RM"], other="Rare")
    assert builder.operations == [
        {"op": "restrict_text", "in": ZONE, "out": slot, "known": ["RL", "RM"], "other": "Rare"}
    ]
    assert builder.known[slot] == Texts(frozenset({"RL", "RM", "Rare"}), missing=True)
    assert restrict_text(builder, slot, known=["RL", "RM", "Rare"], other="RL") == slot
    assert restrict_text(builder, GRADE, known=["A", "B", "C"], other="A") == GRADE
    assert builder.known[restrict_text(builder, GRADE, known=["A"], other=None)] == Texts(frozenset({"A"}), True)


def test_map_fails_rows_only_if_it_can(builder):
    parameters = {"table": {"A": 1, "B": 2}, "unseen": "fail", "missing": "fail"}
    certain = map_text(builder, GRADE, **parameters)
    uncertain = map_text(builder, ZONE, **parameters)
    assert builder.may_fail == [False, True]
    assert builder.operations[0] == {"op": "map_text", "in": GRADE, "out": certain, **parameters}
    assert builder.known[uncertain] == Numbers(1.0, 2.0, missing=False)


def test_what_is_known_of_a_map(builder):
    slot = map_text(builder, ZONE, table={"A": 1, "B": 2}, unseen=-1.0, missing="missing")
    assert builder.known[slot] == Numbers(-1.0, 2.0, missing=True)
    slot = map_text(builder, GRADE, table={"A": 1, "B": 2, "C": 9}, unseen=-1.0, missing="missing")
    assert builder.known[slot] == Numbers(1.0, 2.0, missing=False)
    slot = map_text(builder, GRADE, table={"A": 4, "B": 4}, unseen=-1.0, missing="missing")
    assert builder.operations[-1] == {"op": "constant", "out": slot, "kind": "number", "value": 4.0}


def test_one_hot(builder):
    slots = one_hot(builder, ZONE, ["RL", "RM"])
    assert builder.operations == [
        {"op": "require", "in": [ZONE], "missing": True, "infinite": False, "single_precision": False},
        {"op": "one_hot", "in": ZONE, "out": slots, "categories": ["RL", "RM"], "missing": "zeros"},
    ]


def test_one_hot_of_what_can_not_be_is_zero(builder):
    slots = one_hot(builder, GRADE, ["A", "C", "B"])
    assert [operation["op"] for operation in builder.operations] == ["constant", "one_hot"]
    assert builder.numbers(slots[1]).only_value == 0.0
    assert builder.operations[1]["categories"] == ["A", "B"]
    assert builder.operations[1]["out"] == [slots[0], slots[2]]
    known = one_hot(builder, builder.constant("text", "x"), ["x", "y"])
    assert [builder.numbers(slot).only_value for slot in known] == [1.0, 0.0]


@pytest.mark.parametrize(
    "change",
    [
        lambda builder: fill_text(builder, ZONE, 1.0),
        lambda builder: restrict_text(builder, ZONE, known=[1], other="a"),
        lambda builder: map_text(builder, ZONE, table={1: 1.0}, unseen=0.0, missing=0.0),
        lambda builder: one_hot(builder, ZONE, [True]),
    ],
)
def test_categories_have_to_be_text(builder, change):
    with pytest.raises(NotLowerableError, match="its categories have to be text, found"):
        change(builder)


def test_numbers_are_refused(builder):
    with pytest.raises(NotLowerableError, match="kind 'text'"):
        fill_text(builder, 0, "a")
