from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest

from regression_model.profiling.association import as_scores
from regression_model.profiling.cells import read_cells
from regression_model.profiling.kinds import decide_kind

N_ROWS = 400
GENERATOR = np.random.default_rng(7)
TARGET = GENERATOR.normal(size=N_ROWS)


def kind_of(values, name="x", target=TARGET):
    cells = read_cells(name, pd.Series(values, dtype=object))
    return decide_kind(cells, as_scores(target[: len(values)]), 0.05)


def draw(values, **options):
    return [str(value) for value in GENERATOR.choice(values, N_ROWS, **options)]


@pytest.mark.parametrize(
    ("values", "looks_like"),
    [
        (draw([0.5, 1.5, 2.25]), "number"),
        (draw(range(10)), "integer"),
        (draw(range(1000, 9000)), "number"),
        (draw([f"{n}.0" for n in range(9)]), "number"),
        (draw(["red", "green", "blue"]), "category"),
        (draw(["Y", "N"]), "boolean"),
        (draw([0, 1]), "boolean"),
        (draw(["2024-01-01", "2024-01-02"]), "datetime"),
        (draw(["007", "012", "100"]), "code"),
        (draw(["5", ""]), "category"),  # one value or none: imputed, it would be a constant
    ],
)
def test_features(values, looks_like):
    kind = kind_of(values)
    assert (kind.looks_like, kind.reason) == (looks_like, "")


@pytest.mark.parametrize(
    ("name", "values", "looks_like", "reason"),
    [
        ("a", [""] * N_ROWS, "constant", "no row has a value"),
        ("a", ["x"] * N_ROWS, "constant", "every row holds 'x'"),
        ("a", ["x"] * (N_ROWS - 2) + ["y", ""], "constant", "but for 2 of 400 rows"),
        ("a", [""] * (N_ROWS - 4) + list("abcd"), "mostly missing", "4 of 400 rows"),
        ("a", [str(n) for n in range(7, N_ROWS + 7)], "identifier", "it numbers the rows"),
        ("user_id", [str(n * 17 % 9973) for n in range(N_ROWS)], "identifier", "by its name"),
        ("a", [f"{n:x}-{n * n:x}" for n in range(N_ROWS)], "identifier", "400 different texts"),
        ("a", [str(2**60 + n * n) for n in range(N_ROWS)], "identifier", "400 different texts"),
        ("a", [f"a note of {n} with {n * n} more words" for n in range(N_ROWS)], "free text", "8 words"),
        ("a", [f"v{n // 2}" for n in range(N_ROWS)], "free text", "too many categories, 200; only 0%"),
        (
            "a",
            [f"{n % 28 + 1}.{n % 12 + 1}.{1900 + n // 4}" for n in range(N_ROWS)],
            "unreadable",
            "YYYY-MM-DD",
        ),
        ("a", [f"${n},{n:03}.50" for n in range(N_ROWS)], "unreadable", "plain numbers"),
        ("a", [*map(str, range(N_ROWS - 4)), "?", "?", "?", "?"], "unreadable", r"found '\?'"),
    ],
)
def test_columns_that_are_left_out(name, values, looks_like, reason):
    kind = kind_of(values, name)
    assert kind.looks_like == looks_like
    assert re.search(reason, kind.reason), kind.reason


def test_few_rows_are_no_reason_to_call_a_column_constant():
    assert kind_of(["x"] * 28 + ["y"] * 2).looks_like == "category"


def test_a_number_named_like_an_identifier_that_repeats_is_a_code():
    assert kind_of(draw(range(8)), "shop_id").looks_like == "code"


def test_a_code_by_its_name_may_not_have_too_many_values():
    assert kind_of(draw(range(1000, 9000)), "zip_code").looks_like == "number"


def test_uneven_numbers_without_order_are_codes_and_with_order_numbers():
    codes = GENERATOR.choice([20, 30, 45, 60, 120, 190], N_ROWS)
    effect = {20: 3.0, 30: -2.0, 45: 5.0, 60: -4.0, 120: 2.0, 190: 0.0}
    unordered = np.array([effect[code] for code in codes]) + TARGET
    assert kind_of(codes.astype(str), target=unordered).looks_like == "code"
    assert kind_of(codes.astype(str), target=codes + TARGET).looks_like == "integer"
    assert kind_of(codes.astype(str)).looks_like == "integer"  # they say nothing of this target


def test_even_steps_and_amounts_are_no_codes():
    steps = GENERATOR.choice([10, 20, 30, 40], N_ROWS)
    amounts = GENERATOR.choice([0, 7, 90, 95, 400], N_ROWS)
    for values in (steps, amounts):
        bumps = np.sin(values * 1.0) * 10 + TARGET
        assert kind_of(values.astype(str), target=bumps).looks_like == "integer"


def test_a_year_takes_name_and_values_and_one_misprint_in_a_hundred():
    years = draw(range(1950, 2020))
    assert kind_of(years, "YearBuilt").looks_like == "year"
    assert kind_of(years, "pressure").looks_like == "integer"
    assert kind_of(["9999", *years[1:]], "YearBuilt").looks_like == "year"
    assert kind_of(draw(range(30)), "years_employed").looks_like == "integer"


def test_notes_say_what_is_worth_knowing():
    assert "'NA' is kept" in kind_of(draw(["NA", "Ex", "Gd"])).note
    assert "case or spaces" in kind_of(draw(["Red", "red ", "blue"])).note
    assert "leading zeros" in kind_of(draw(["007", "012", "100"])).note
    assert "time of day" in kind_of(draw(["2024-01-01T10:00", "2024-01-02"])).note
