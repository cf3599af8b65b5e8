from __future__ import annotations

import pytest

from regression_model.evaluation.markdown import escape, fact_list, heading, table


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a|b", r"a\|b"),
        ("<script>", "&lt;script&gt;"),
        ("two\nlines", "two lines"),
        ("snake_case", "snake_case"),
        ("_emphasis_", r"\_emphasis\_"),
        ("[link](x) `code` *b*", r"\[link\](x) \`code\` \*b\*"),
        ("back\\slash", r"back\\slash"),
    ],
)
def test_text_is_shown_as_it_is(text, expected):
    assert escape(text) == expected


def test_tables_keep_their_columns_whatever_the_cells_hold():
    lines = table(["a", "b"], [["x|y", "1\n2"]]).splitlines()
    assert lines == ["| a | b |", "| --- | --- |", r"| x\|y | 1 2 |"]
    assert table(["a"], []) == ""


def test_headings_and_lists():
    assert heading(2, "A*") == r"## A\*"
    assert fact_list([("Name", "v_1"), ("Other", "x")]) == "- Name: v_1\n- Other: x"
