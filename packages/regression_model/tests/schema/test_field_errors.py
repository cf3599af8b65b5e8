"""What is missing in rows, and how long it may take to find out why."""

from __future__ import annotations

import time

import pytest

from regression_model.compiled.column_parsing import ColumnParser
from regression_model.processing.validation import validate_inputs
from regression_model.schema import Feature, Schema, check_row, field_errors
from regression_model.schema.field_errors import (
    MOST_CATEGORIES_COMPARED,
    MOST_NAMES_COMPARED,
    MOST_NAMES_FOLDED,
    MOST_PAIRS_COMPARED,
    AbsentFields,
    UnseenCategories,
    find_absent,
)

SCHEMA = Schema(tuple(Feature(f"feature number {letter}", "number", nullable=False) for letter in "abcdefghij"))
NAME = "feature number a"


@pytest.fixture
def calls(monkeypatch):
    """Count the pairs that are compared, and the names that are folded."""
    counts = {"pairs": 0, "names": 0}
    compare, fold = field_errors.difflib.get_close_matches, field_errors._fold

    def count_pairs(word, others, **options):
        counts["pairs"] += len(others)
        return compare(word, others, **options)

    def count_names(name):
        counts["names"] += 1
        return fold(name)

    monkeypatch.setattr(field_errors.difflib, "get_close_matches", count_pairs)
    monkeypatch.setattr(field_errors, "_fold", count_names)
    return counts


def _find_hint(row) -> bool:
    return "was sent, which is no feature" in find_absent(row, SCHEMA)[0].message


@pytest.mark.parametrize("sent", ["Feature Number A", "feature_number_a", "featurenumberA", "feature numbr a"])
def test_a_misspelt_field_is_named(sent):
    row = {name: 1 for name in SCHEMA.names if name != NAME}
    [error] = find_absent({**row, sent: 1}, SCHEMA)
    assert error.field == NAME
    assert f"{sent!r} was sent, which is no feature" in error.message


def test_among_many_unknown_fields_only_the_same_letters_are_found():
    row = {name: 1 for name in SCHEMA.names if name != NAME}
    few = {f"x{number}": 1 for number in range(MOST_NAMES_COMPARED - 1)}
    many = few | {"y": 1}
    assert _find_hint(row | few | {"feature numbr a": 1})
    assert not _find_hint(row | many | {"feature numbr a": 1})
    assert _find_hint(row | many | {"feature_number_a": 1})


def test_rows_with_the_same_fields_share_what_is_found(calls):
    absent = AbsentFields(SCHEMA)
    found = [absent.find({f"feature numbr {letter}": number for letter in "abc"}) for number in range(1_000)]
    assert calls == {"pairs": 3 * len(SCHEMA.names), "names": 3 + len(SCHEMA.names)}
    assert all(errors == found[0] for errors in found)
    found[0].clear()  # what one row makes of it is not the others' concern
    assert len(found[1]) == len(SCHEMA.names)


def test_rows_with_different_fields_have_a_limit_to_their_hints(calls):
    absent = AbsentFields(SCHEMA)
    for number in range(1_000):
        errors = absent.find({f"feature numbr {number} {other}": 1 for other in range(20)})
        assert [error.field for error in errors] == SCHEMA.names
    assert calls["pairs"] <= MOST_PAIRS_COMPARED
    assert calls["names"] <= MOST_NAMES_FOLDED + len(SCHEMA.names)


def test_a_thousand_unknown_fields_of_a_row_are_folded_once_each(calls):
    find_absent({f"{number}feature number": 1 for number in range(1_000)}, SCHEMA)
    assert calls == {"pairs": 0, "names": 1_000 + len(SCHEMA.names)}


def test_what_is_sent_to_take_long_does_not():
    # Given names with the letters of features in another order, the slowest to compare: 10 s if all of them were
    letters = "abcdefgh"
    schema = Schema(
        tuple(Feature(f"feature number {x}{y}", "number", nullable=False) for x in letters for y in letters)
    )
    turned = [f"{NAME[number:]}{NAME[:number]}" for number in range(10)]
    rows = [{f"{name}{number}{other}": 1 for name in turned for other in letters[:5]} for number in range(750)]
    absent = AbsentFields(schema)
    started_s = time.process_time()
    assert {len(absent.find(row)) for row in rows} == {64}
    assert time.process_time() - started_s < 1


def test_unseen_categories_have_a_limit_to_their_hints():
    feature = Feature("town", "category", True, categories={f"Town {n}": 0.01 for n in range(100)}, on_unseen="reject")
    unseen = UnseenCategories()
    errors = [unseen.refuse(feature, f"Towm {number}") for number in range(1_000)]

    hinted = ["did you mean" in error.message for error in errors]
    n_hinted = MOST_CATEGORIES_COMPARED // 100
    assert hinted == [True] * n_hinted + [False] * (1_000 - n_hinted)
    assert {(error.reason, error.field) for error in errors} == {("unseen_category", "town")}
    assert unseen.refuse(feature, "Towm 0") is errors[0], "which is compared no more"


def test_more_categories_than_are_ever_compared_have_no_hints():
    many = {f"Town {n}": 0.0 for n in range(MOST_CATEGORIES_COMPARED + 1)}
    few = {f"Town {n}": 0.0 for n in range(9)}
    unseen = UnseenCategories()
    for categories, is_hinted in ((many, False), (few, True)):
        feature = Feature(f"town {len(categories)}", "category", True, categories=categories, on_unseen="reject")
        assert ("did you mean" in unseen.refuse(feature, "Towm 1").message) is is_hinted


def test_each_way_of_checking_rows_gives_the_same_hints():
    town = {f"Town {n}": 0.01 for n in range(100)}
    features = [Feature(f"x{n}", "category", True, categories=town, on_unseen="reject") for n in range(3)]
    schema = Schema(tuple(features))
    rows = [{feature.name: f"Towm {row} {feature.name}" for feature in schema} for row in range(30)]
    del rows[5]["x0"]
    rows[7]["x1"] = 5.5
    together = validate_inputs(input_data=rows, schema=schema).errors
    unseen = UnseenCategories()
    for feature in schema:
        cells = [row.get(feature.name) if len(row) == 3 else None for row in rows]
        for row, error in ColumnParser(feature, ()).parse(cells, unseen)[1].items():
            assert error in together[row]
    assert sum("did you mean" in error.message for errors in together.values() for error in errors) == 39, (
        "of 5.5 nothing is near"
    )
    assert check_row(rows[29], schema)[1] == list(validate_inputs(input_data=rows[29], schema=schema).errors[0])
    assert all("did you mean" in error.message for error in check_row(rows[29], schema)[1])
