import numpy as np
import pytest

from regression_model.search.guardrails.rows import find_duplicates, find_groups, find_overlapping_windows, find_time

RNG = np.random.default_rng(6)
N = 400
TARGET = RNG.normal(size=N)


def test_rows_that_repeat_each_other_are_counted(make_table):
    few = RNG.integers(0, 5, N)
    config, split = make_table({"integer": {"a": few, "b": few % 3}}, TARGET)
    inside, across = find_duplicates(split, config)
    assert (inside.name, inside.severity) == ("duplicated_rows", "warning")
    assert across.name == "rows_across_the_split"
    assert "100 of 100" in across.found


def test_rows_that_differ_are_fine(make_table):
    config, split = make_table({"number": {"a": RNG.normal(size=N), "b": RNG.normal(size=N)}}, TARGET)
    assert list(find_duplicates(split, config)) == []


def test_an_identifier_that_rows_share_hints_at_groups(make_table):
    config, split = make_table({"integer": {"patient_id": np.arange(N) // 5, "age": np.arange(N) // 5}}, TARGET)
    (found,) = find_groups(split, config)
    assert found.columns == ("patient_id",)


def test_dates_hint_at_an_order_in_time(make_table):
    dates = np.datetime64("2020-01-01") + np.arange(N)
    config, split = make_table({"datetime": {"sold": dates.astype(str)}, "number": {"a": TARGET}}, TARGET + 1)
    (found,) = find_time(split, config)
    assert found.columns == ("sold",)


@pytest.mark.parametrize(("groups", "severity"), [(None, "warning"), ("overlap", "information")])
def test_windows_that_overlap_are_found(make_table, groups, severity):
    signal = RNG.normal(size=(N + 1) * 10)
    windows = [list(signal[10 * number : 10 * number + 20]) for number in range(N)]
    evaluation = {"holdout_fraction": 0.25, **({} if groups is None else {"groups": groups})}
    config, split = make_table({"series": {"wave": [windows[row // 4 * 4 + row % 2] for row in range(N)]}}, TARGET)
    config = config.model_copy(update={"evaluation": type(config.evaluation)(**evaluation)})
    (found,) = find_overlapping_windows(split, config)
    assert (found.severity, found.columns) == (severity, ("wave",))


def test_tables_without_series_have_no_windows(make_table):
    config, split = make_table({"number": {"a": RNG.normal(size=N)}}, TARGET)
    assert list(find_overlapping_windows(split, config)) == []
