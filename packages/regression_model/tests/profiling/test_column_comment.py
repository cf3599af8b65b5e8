from __future__ import annotations

from regression_model.profiling.column_comment import describe_column
from regression_model.profiling.profiles import ColumnProfile


def test_years_have_no_thousands_separator():
    year = ColumnProfile("built", "year", 0, 90, minimum=1900.0, maximum=2010.0)
    assert describe_column(year, 500) == "1900 to 2010"


def test_categories_are_cut_escaped_and_counted():
    column = ColumnProfile(
        "c", "category", 3, 9, ("a\nb", "x" * 40, "z", "w"), (0.5, 0.2, 0.001, 0.001), n_rare=7, note="odd"
    )
    assert describe_column(column, 1000) == (
        r"9 (7 rare): a\nb 50%, xxxxxxxxxxxxxxxxxxxxxxx… 20%, z <1%, ...; 3 missing (<1%); odd"
    )


def test_dates_say_the_first_and_the_last():
    column = ColumnProfile("d", "datetime", 0, 9, ("2020-01-01", "2024-05-31"))
    assert describe_column(column, 9) == "2020-01-01 to 2024-05-31"
