import numpy as np
import pytest

from regression_model.search.guardrails.columns import (
    find_constant,
    find_copies,
    find_free_texts,
    find_identifiers,
    find_leaks,
    find_many_categories,
    find_missing,
)

RNG = np.random.default_rng(4)
N = 400
NUMBER = RNG.normal(size=N).round(3)
LETTER = RNG.choice(["p", "q", "r"], N)
TARGET = NUMBER + RNG.normal(size=N)


def names(check, table):
    config, split = table
    return [name for found in check(split, config) for name in found.columns]


def test_columns_of_one_value_are_left_out(make_table):
    table = make_table({"number": {"a": NUMBER, "same": np.ones(N)}, "category": {"b": ["x"] * N}}, TARGET)
    assert names(find_constant, table) == ["same", "b"]
    assert all(found.leaves_out for found in find_constant(table[1], table[0]))


@pytest.mark.parametrize(
    ("role", "name", "values"),
    [
        ("integer", "row", np.arange(N)),
        ("integer", "customer_id", RNG.permutation(10 * N)[:N]),
        ("category", "plate", [f"B-{number}" for number in range(N)]),
    ],
)
def test_identifiers_are_found(make_table, role, name, values):
    assert names(find_identifiers, make_table({"number": {"a": NUMBER}, role: {name: values}}, TARGET)) == [name]


@pytest.mark.parametrize("values", [NUMBER, RNG.integers(0, 10**6, N)], ids=["fractions", "amounts"])
def test_numbers_that_differ_are_no_identifiers(make_table, values):
    assert names(find_identifiers, make_table({"number": {"amount": values}}, TARGET)) == []


def test_copies_are_left_out_but_not_their_originals(make_table):
    renamed = {"p": "1", "q": "2", "r": "3"}
    roles = {
        "number": {"a": NUMBER, "again": NUMBER},
        "category": {"b": LETTER, "coded": [renamed[letter] for letter in LETTER]},
    }
    assert names(find_copies, make_table(roles, TARGET)) == ["again", "coded"]


def test_a_column_that_determines_the_target_is_left_out(make_table):
    config, split = make_table({"number": {"a": NUMBER, "paid": 2 * TARGET + 1}}, TARGET)
    (found,) = find_leaks(split, config)
    assert (found.name, found.columns, found.leaves_out) == ("leaking_columns", ("paid",), True)


def test_a_category_that_determines_the_class_is_left_out(make_table):
    label = np.where(TARGET > 0, "yes", "no")
    config, split = make_table({"number": {"a": NUMBER}, "category": {"answer": np.char.upper(label)}}, label)
    assert [found.columns for found in find_leaks(split, config) if found.leaves_out] == [("answer",)]


def test_a_leak_that_is_all_there_is_stays(make_table):
    config, split = make_table({"number": {"paid": 2 * TARGET}}, TARGET)
    (found,) = find_leaks(split, config)
    assert not found.leaves_out
    assert "beforehand" in found.done


def test_a_column_that_nearly_determines_the_target_is_a_warning(make_table):
    config, split = make_table({"number": {"a": NUMBER, "b": TARGET + RNG.normal(0, 0.05, N)}}, TARGET)
    (found,) = find_leaks(split, config)
    assert (found.name, found.columns, found.leaves_out) == ("suspicious_columns", ("b",), False)


def test_free_text_is_left_out_with_a_reason(make_table):
    words = RNG.choice(["fine", "bad", "room", "view", "sea", "loud", "clean", "near", "far"], (N, 7))
    config, split = make_table({"number": {"a": NUMBER}, "category": {"review": [" ".join(w) for w in words]}}, TARGET)
    found = [*find_free_texts(split, config), *find_identifiers(split, config)]
    assert [item.columns for item in found] == [("review",)]
    assert found[0].leaves_out


def test_categories_are_no_free_text(make_table):
    assert names(find_free_texts, make_table({"category": {"b": LETTER}}, TARGET)) == []


def test_many_categories_are_named(make_table):
    codes = [f"c{number}" for number in RNG.integers(0, 40, N)]
    assert names(find_many_categories, make_table({"category": {"b": LETTER, "code": codes}}, TARGET)) == ["code"]


def test_missing_values_are_counted(make_table):
    holes = np.where(np.arange(N) % 4 == 0, np.nan, NUMBER)
    config, split = make_table({"number": {"a": NUMBER, "b": holes}}, TARGET)
    (found,) = find_missing(split, config)
    assert found.columns == ("b",)
    assert "1 of 2 columns" in found.found
