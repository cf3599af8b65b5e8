from __future__ import annotations

from regression_model.evaluation.report.html import Html, definitions, element, join, table


def test_text_and_attributes_are_escaped_and_elements_are_not():
    inner = element("b", "<i>")
    assert inner == "<b>&lt;i&gt;</b>"
    assert element("p", inner, " & ", title='"<') == '<p title="&quot;&lt;"><b>&lt;i&gt;</b> &amp; </p>'


def test_names_of_attributes_and_what_is_absent():
    assert element("th", None, class_="x", aria_label="y", scope=None) == '<th class="x" aria-label="y"></th>'


def test_join_keeps_html():
    assert isinstance(join("a", Html("<hr>")), Html)
    assert join("<", Html("<hr>"), None) == "&lt;<hr>"


def test_tables_name_columns_and_rows_and_have_a_caption():
    html = table("Cap", ["A", "B"], [["r<", "1"]])
    assert "<caption>Cap</caption>" in html
    assert '<th scope="col">A</th><th scope="col" class="number">B</th>' in html
    assert '<tr><th scope="row">r&lt;</th><td class="number">1</td></tr>' in html


def test_definitions():
    assert definitions([("a", "<")]) == '<dl class="facts"><div><dt>a</dt><dd>&lt;</dd></div></dl>'
