import numpy as np
import pytest

from regression_model.errors import ConfigError
from regression_model.search.featurization.roles import find_roles
from regression_model.search.guardrails import check_guardrails

RNG = np.random.default_rng(9)
N = 300
NUMBER = RNG.normal(size=N).round(2)
ROLES = {
    "number": {"a": NUMBER, "tail": RNG.lognormal(size=N)},
    "integer": {"built_year": RNG.integers(1950, 2000, N), "sold_year": RNG.integers(2001, 2010, N)},
    "category": {"b": RNG.choice(["p", "q"], N)},
}
TARGET = NUMBER + RNG.normal(size=N)


def read(table):
    config, split = table
    return find_roles(split, config, check_guardrails(split, config))


def test_columns_have_their_roles(make_table):
    roles = read(make_table(ROLES, TARGET))
    assert roles.numbers == ("a", "tail", "built_year", "sold_year")
    assert roles.categories == ("b",)
    assert (roles.skewed, roles.rare, roles.classes) == (("tail",), (), ())
    assert (roles.year_reference, roles.years) == ("sold_year", ("built_year",))
    assert (roles.left_out, roles.coordinates, roles.places()) == ({}, None, ())


def test_guardrails_leave_columns_out(make_table):
    roles = read(make_table({**ROLES, "boolean": {"same": [True] * N}}, TARGET))
    assert list(roles.left_out) == ["same"]
    assert "same" not in roles.names()


def test_a_person_may_keep_what_a_guardrail_would_leave_out(make_table):
    codes = {"category": {"plate": [f"B-{number}" for number in range(N)]}}
    assert list(read(make_table({**ROLES, **codes}, TARGET)).left_out) == ["plate"]
    kept = read(make_table({**ROLES, **codes}, TARGET, search={"columns": {"plate": {"encode": "target"}}}))
    assert kept.left_out == {}


def test_a_person_may_leave_out_any_column(make_table):
    roles = read(make_table(ROLES, TARGET, search={"columns": {"tail": {"role": "left_out"}}}))
    assert roles.left_out == {"tail": "search.columns says so"}


def test_coordinates_can_be_named(make_table):
    said = {"a": {"role": "latitude"}, "tail": {"role": "longitude"}}
    roles = read(make_table(ROLES, TARGET, search={"columns": said}))
    assert roles.places() == ("a", "tail")


def test_several_classes_are_listed(make_table):
    roles = read(make_table(ROLES, RNG.choice(["x", "z", "y"], N)))
    assert roles.classes == ("x", "y", "z")


@pytest.mark.parametrize(
    ("columns", "match"),
    [
        ({"tial": {"scale": "none"}}, "did you mean 'tail'"),
        ({"a": {"role": "latitude"}, "tail": {"role": "latitude"}}, "one column is the latitude, found a, tail"),
        ({name: {"role": "left_out"} for held in ROLES.values() for name in held}, "no feature is left"),
    ],
)
def test_what_makes_no_sense_is_refused(make_table, columns, match):
    with pytest.raises(ConfigError, match=match):
        read(make_table(ROLES, TARGET, search={"columns": columns}))


@pytest.mark.parametrize(("step", "clocked"), [(24, False), (7, True)])
def test_the_time_of_day_counts_where_there_is_one(make_table, step, clocked):
    dates = np.datetime64("2020-01-01T00") + step * np.arange(N)
    roles = read(make_table({**ROLES, "datetime": {"moment": dates.astype("datetime64[s]").astype(str)}}, TARGET))
    assert roles.clocked == clocked


def test_of_many_numbers_only_the_strongest_are_paired(make_table):
    many = {f"c{number}": RNG.normal(size=N) for number in range(40)}
    target = sum(many[f"c{number}"] for number in (3, 17)) + 0.1 * RNG.normal(size=N)
    roles = read(make_table({"number": many}, target))
    assert len(roles.paired) < len(roles.numbers)
    assert {"c3", "c17"} <= set(roles.paired)
