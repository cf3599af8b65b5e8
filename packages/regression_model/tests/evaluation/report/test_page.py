from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pytest

from regression_model.errors import ConfigError
from regression_model.evaluation import build_report, evaluate_predictions

VOID = {"meta", "br", "hr", "img", "input", "link"}


class Page(HTMLParser):
    """What a reader and a browser find in a page."""

    def __init__(self, html):
        super().__init__()
        self.open, self.tags, self.ids, self.addresses, self.text, self.labels = [], [], [], [], [], []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attributes):
        values = dict(attributes)
        self.tags.append((tag, values))
        self.ids += [values["id"]] if "id" in values else []
        self.addresses += [values[key] for key in ("href", "src", "xlink:href", "action", "data") if key in values]
        if values.get("role") == "img":
            self.labels.append(values["aria-label"])
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if not {"style", "script"} & set(self.open):
            self.text.append(data)

    def count(self, tag):
        return sum(1 for found, _ in self.tags if found == tag)

    @property
    def headings(self):
        return re.findall(r"<h[23]>(.*?)</h[23]>", self.rawdata)


@pytest.fixture(scope="module")
def pages(regression_inputs, classification_inputs):
    return {
        "regression": build_report(regression_inputs),
        "classification": build_report(classification_inputs),
    }


@pytest.fixture(params=["regression", "classification"])
def html(request, pages):
    return pages[request.param]


def test_is_well_formed_and_its_ids_are_unique(html):
    page = Page(html)
    assert page.open == []
    assert len(page.ids) == len(set(page.ids))
    assert html.startswith("<!DOCTYPE html>\n<html lang=")
    assert page.count("h1") == page.count("main") == page.count("title") == 1


def test_needs_nothing_but_itself(html):
    page = Page(html)
    assert page.addresses
    assert all(address.startswith(("#", "data:image/png;base64,")) for address in page.addresses)
    assert {address[1:] for address in page.addresses if address.startswith("#")} <= set(page.ids)
    assert "http:" not in html
    assert "https:" not in html
    assert "@import" not in html
    assert not re.search(r"url\((?!#)", html)


def test_names_from_the_data_are_inert(html):
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    page = Page(html)
    assert page.count("script") == 0
    assert not [name for _, values in page.tags for name in values if name.startswith("on")]
    assert "default-src 'none'" in html


def test_every_plot_has_a_description_and_a_caption(html):
    page = Page(html)
    assert page.count("svg") == page.count("figure") == page.count("figcaption") == len(page.labels)
    assert all(len(label) > 40 for label in page.labels)


def test_every_table_has_a_caption_and_headers(html):
    page = Page(html)
    assert page.count("table") == page.count("caption") > 1
    headers = [values for tag, values in page.tags if tag == "th"]
    assert all(values["scope"] in {"col", "row"} for values in headers)


@pytest.mark.parametrize(
    ("task", "expected"),
    [
        (
            "regression",
            [
                "Predicted against actual",
                "Residuals",
                "Distribution of residuals",
                "Most different segments",
                "What the predictions depend on",
                "Score by number of training rows",
            ],
        ),
        (
            "classification",
            [
                "Confusion matrix",
                "ROC curve",
                "Precision and recall",
                "Calibration",
                "Most different segments",
                "What the predictions depend on",
            ],
        ),
    ],
)
def test_shows_the_plots_of_its_task(pages, task, expected):
    titles = re.findall(r"<figure><h3>(.*?)</h3>", pages[task])
    assert titles == expected


def test_shows_metrics_and_provenance(pages, regression_inputs):
    text = " ".join(Page(pages["regression"]).text)
    r2 = regression_inputs.evaluation.get("r2")
    assert f"{r2.value:.3f}" in text
    assert f"{r2.low:.3f} to {r2.high:.3f}" in text
    assert regression_inputs.facts["data"]["sha256"] in text
    assert "Left out: target is missing" in text
    assert "EUR" in text
    assert "impute_number" in text


def test_long_tables_show_that_they_scroll_and_are_printed_whole(html):
    screen, paper = re.search(r"<style>(.*?)</style>", html, re.DOTALL)[1].split("@media print")
    limited = re.search(r"\.scroll \{[^}]*max-height: (\w+)", screen)
    shadow = re.search(r"\.scroll \{[^}]*var\(--shadow\)[^}]* scroll,", screen)
    assert limited and shadow
    assert re.search(r"\.scroll \{[^}]*overflow: visible; max-height: none;", paper)


def test_the_column_that_matters_is_the_most_important(pages):
    rows = re.findall(r'<th scope="row">([^<]*)</th>', pages["regression"].split('id="columns"')[1])
    assert rows[0] == "area"
    assert "constant" in rows


def test_the_same_inputs_give_the_same_page(regression_inputs, pages):
    assert build_report(regression_inputs) == pages["regression"]


def test_what_is_unknown_is_left_out(regression_inputs):
    bare = replace(regression_inputs, facts={}, predict=None, learning_curve=None, frame=regression_inputs.frame[[]])
    page = build_report(bare)
    assert re.findall(r'<section id="(\w+)">', page) == ["metrics", "predictions"]
    assert re.findall(r'<li><a href="#(\w+)">', page) == ["metrics", "predictions"]


def test_synthetic_data_are_announced(regression_inputs):
    facts = {**regression_inputs.facts, "data": {"synthetic": True, "name": "sample"}}
    page = build_report(replace(regression_inputs, facts=facts, predict=None))
    assert 'class="notice" role="note"' in page
    assert "made-up sample data" in page


def test_labels_without_probabilities_have_a_report_too(classification_inputs):
    evaluation = evaluate_predictions(
        "classification", classification_inputs.actual, classification_inputs.predicted, n_bootstrap=0
    )
    classes = classification_inputs.known_classes

    def predict(frame):
        return np.asarray(classes, dtype=object)[classification_inputs.predict(frame).argmax(axis=1)]

    page = build_report(
        replace(classification_inputs, evaluation=evaluation, probabilities=None, predict=predict, classes=classes)
    )
    assert "Not defined here: the model gives no probabilities." in page
    assert "Fall of Balanced accuracy" in page
    assert "ROC curve" not in page


def test_unknown_task_is_refused(regression_inputs):
    with pytest.raises(ConfigError, match="found 'ranking'"):
        build_report(replace(regression_inputs, task="ranking"))
