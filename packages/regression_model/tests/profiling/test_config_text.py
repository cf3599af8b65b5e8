from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from regression_model.config import parse_config
from regression_model.errors import DataError
from regression_model.pipeline import build_pipeline
from regression_model.processing.training_table import build_training_table
from regression_model.profiling import Heading, make_name, profile_table, write_config

HEADING = Heading("model", "table", "table.csv", "config.yml")
N_ROWS = 60

SELECTORS = ("all", "number", "category", "boolean", "datetime")
CLASHES = ("id", "year", "year_1", "a", "a_na", "a_month", "features", "left_out")
NAMES = st.one_of(
    # A table with a column without a name is refused when it is read.
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), min_size=1, max_size=20),
    st.sampled_from([*SELECTORS, *CLASHES, "on", "1stFlrSF", "emp.var.rate", "{a}", "<<", "a: b", " #x", "- b"]),
)
CELLS = st.sampled_from(
    ["", "NA", "0", "1", "7", "007", "1.5", "-3", "1e5", "yes", "no", "x", "y: #", "2024-05-31", "1,000", "?", "é"]
)
COLUMNS = st.one_of(
    st.lists(CELLS, min_size=2, max_size=6),
    st.lists(st.integers(1900, 2020).map(str), min_size=3, max_size=9),
    st.lists(st.dates().filter(lambda day: 1700 < day.year < 2200).map(str), min_size=2, max_size=9),
    st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=9), min_size=2, max_size=9),
    st.just([str(row) for row in range(N_ROWS)]),
)


def fill(values, step):
    """Spread a few values over all rows, each column at its own pace."""
    return [values[(row * step + row // 7) % len(values)] for row in range(N_ROWS)]


@st.composite
def tables(draw):
    names = draw(st.lists(NAMES, min_size=3, max_size=6, unique=True))
    columns = {name: fill(draw(COLUMNS), index + 1) for index, name in enumerate(names[1:])}
    target = draw(st.sampled_from([["yes", "no"], ["a", "b", "c"], [f"{n}.5" for n in range(1, 20)], ["on", "1"]]))
    columns[names[0]] = fill(target, 5)
    order = draw(st.permutations(names))
    return pd.DataFrame({name: columns[name] for name in order}, dtype=object), names[0]


@given(tables())
@settings(deadline=None, max_examples=150)
def test_any_table_gives_a_config_that_fits_it(table):
    frame, target = table
    try:
        profile = profile_table(frame, target)
    except DataError as error:
        assert "no column is left" in str(error)
        return
    config = parse_config(write_config(profile, HEADING))
    assert config.target.column == target
    assert config.task == profile.target.task
    assert config.features.dtypes() == {column.name: column.role for column in profile.features()}
    assert set(config.features.left_out) == {column.name for column in profile.left_out()}
    assert {*config.features.dtypes(), *config.features.left_out, target} == set(frame.columns)
    build_pipeline(config)
    prepared = build_training_table(frame, config)  # every cell can be what its column is said to be
    assert len(prepared.frame) == N_ROWS - profile.target.n_missing


def test_reasons_and_choices_are_in_the_comments():
    generator = np.random.default_rng(0)
    n_rows = 800
    frame = pd.DataFrame(
        {
            "Id": np.arange(n_rows),
            "area": generator.exponential(80, n_rows).round(1) + 20,
            "quality": generator.choice(["good", "fair", "NA"], n_rows),
            "door": generator.choice(["oak", "steel"], n_rows),
            "price": np.exp(generator.normal(12, 0.8, n_rows)).round(),
        }
    )
    text = write_config(profile_table(frame.astype(str).astype(object), "price"), HEADING)
    assert "#     regression-model train --config config.yml" in text
    assert re.search(r"task: regression +# a number, [\d,]+ to [\d,]+, \d+ distinct", text)
    assert re.search(r"transform: log +# all values are positive and the skew falls from \d", text)
    assert re.search(r"area: +# 2\d(\.\d)? to \d+(\.\d)?; skew [12]\.\d", text)
    assert "often for 'has none' (here in quality)" in text
    assert re.search(r"door: +# 2: .*\n +on_unseen: reject", text)
    assert "    Id: identifier, it numbers the rows\n" in text


def test_lines_fit_on_a_screen():
    frame = pd.DataFrame({f"a_rather_long_column_{n}": [f"{n + row % 7}.5" for row in range(99)] for n in range(60)})
    frame["y"] = ["yes", "no", "no"] * 33
    text = write_config(profile_table(frame.astype(object), "y"), HEADING)
    assert max(len(line) for line in text.splitlines()) <= 120


def test_few_rows_are_cross_validated_and_small_classes_reach_the_holdout():
    frame = pd.DataFrame({"x": [f"{n}.5" for n in range(24)], "y": list("abcdefgh") * 3}, dtype=object)
    config = parse_config(write_config(profile_table(frame, "y"), HEADING))
    assert config.evaluation.folds == 0  # a class has fewer rows than there would be folds
    assert config.evaluation.holdout_fraction * len(frame) >= 8
    frame = pd.DataFrame({"x": [f"{n}.5" for n in range(24)], "y": list("ab") * 12}, dtype=object)
    assert parse_config(write_config(profile_table(frame, "y"), HEADING)).evaluation.folds == 5


@pytest.mark.parametrize(
    ("text", "name"), [("", "table"), ("--", "table"), ("9 lives", "table_9_lives"), ("x" * 99, "x" * 60)]
)
def test_names_are_made_safe(text, name):
    assert make_name(text) == name
