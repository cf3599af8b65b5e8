from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from regression_model.search.report import build_search_report
from regression_model.search.report.page import SECTIONS, TRUNCATED


def build(outcome):
    return build_search_report(outcome, outcome.build_leaderboard())


@pytest.fixture(scope="module")
def regression_page(regression_outcome):
    return build(regression_outcome)


@pytest.fixture(scope="module")
def classification_page(classification_outcome):
    return build(classification_outcome)


class Balance(HTMLParser):
    """Counts what is open."""

    VOID = ("meta", "path", "use", "rect", "image", "br", "link")

    def __init__(self):
        super().__init__()
        self.open = []

    def handle_starttag(self, tag, attrs):
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if tag not in self.VOID:
            assert self.open.pop() == tag


@pytest.mark.parametrize("page", ["regression_page", "classification_page"])
def test_all_sections_are_there_and_closed(page, request):
    text = request.getfixturevalue(page)
    parser = Balance()

    parser.feed(text)

    assert parser.open == []
    for anchor, title, _ in SECTIONS:
        assert f'<section id="{anchor}"><h2>{title}</h2>' in text
    for plot in (
        "Score over trials",
        "Score against the time",
        "Hyperparameters and rank",
        "Correlation of",
        "Weights of",
    ):
        assert plot in text


def test_it_needs_nothing_but_itself(regression_page):
    assert "<script" not in regression_page
    assert "default-src 'none'" in regression_page
    assert not re.search(r'(src|href)="(?!#|data:)', regression_page)
    ids = re.findall(r'\sid="([^"]+)"', regression_page)
    assert len(ids) == len(set(ids))


def test_what_comes_from_data_is_escaped(regression_page):
    assert "&lt;b&gt;missing&lt;/b&gt; only in the holdout" in regression_page


def test_the_answer_stands_at_the_top(regression_page, regression_outcome):
    result = regression_page[regression_page.index('id="result"') : regression_page.index('id="guardrails"')]

    assert '<p class="value">vote</p>' in result
    assert f"regression-model promote runs/search/{regression_outcome.run}" in result


def test_a_search_that_was_cut_short_says_so(regression_page, classification_page):
    assert TRUNCATED in classification_page
    assert TRUNCATED not in regression_page


def test_the_same_search_gives_the_same_page(regression_page, regression_outcome):
    assert build(regression_outcome) == regression_page


def test_failures_are_rows_too(regression_page):
    assert "took more than 10 s" in regression_page
    assert "1 more failed" in regression_page


def test_a_search_without_a_model_has_a_page(regression_outcome):
    nothing = replace(
        regression_outcome, results=[row for row in regression_outcome.results if row.score is None],
        predictions={}, choices=(), winner=None, holdout={}, guardrails=(), facts={},
    )  # fmt: skip

    assert "No trial has led to a model." in build(nothing)


def test_a_search_of_one_trial_has_a_page(regression_outcome):
    first = regression_outcome.results[0]
    one = replace(
        regression_outcome, results=[replace(first, latency_ms=None, fit_time_s=None, size_bytes=None, interval=None)],
        predictions={0: regression_outcome.predictions[0]}, choices=(), winner=0, holdout={},
    )  # fmt: skip

    page = build(one)

    assert "not measured" in page
    assert "Hyperparameters and rank" not in page
