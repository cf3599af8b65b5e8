"""The dashboard and the alert rules ask for metrics and labels that there are."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import strictyaml
from prometheus_client.parser import text_string_to_metric_families

from ml_api.app import create_app
from ml_api.settings import TestingSettings

DEPLOY = Path(__file__).parents[3] / "deploy"
ADDED_BY_PROMETHEUS = {"job", "instance", "up"}
SUFFIXES = re.compile(r"_(total|bucket|count|sum|created)$")


@pytest.fixture(scope="module")
def labels(model_folder, classifier_folder, artifact, tmp_path_factory) -> dict[str, set[str]]:
    """Labels of all samples of a regression's and a classification's application, by name of the sample."""
    found: dict[str, set[str]] = {}
    for folder in (model_folder, classifier_folder):
        log = tmp_path_factory.mktemp("log")
        app = create_app(TestingSettings(artifact=folder, prediction_log=log))
        client = app.test_client()
        row = app.extensions["ml_api"].model.artifact.example_row()
        assert client.post("/v1/predict", json=[row, {}]).status_code == 200
        app.extensions["ml_api"].prediction_log.close()
        for family in text_string_to_metric_families(client.get("/metrics").text):
            for sample in family.samples:
                found.setdefault(sample.name, set()).update(sample.labels)
    return found


def read_dashboard() -> list[str]:
    dashboard = json.loads((DEPLOY / "grafana" / "ml-api.json").read_text())
    return [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]]


def read_alerts() -> list[str]:
    rules = strictyaml.load((DEPLOY / "prometheus" / "alerts.yml").read_text()).data
    return [rule["expr"] for group in rules["groups"] for rule in group["rules"]]


@pytest.mark.parametrize("read", [read_dashboard, read_alerts])
def test_each_expression_asks_for_what_there_is(labels, read):
    expressions = read()
    assert len(expressions) > 5
    for expression in expressions:
        names = re.findall(r"\bml_api_\w+", expression)
        assert set(names) <= set(labels), expression
        assert names or "up{" in expression, expression
        for name, selector in re.findall(r"\b(ml_api_\w+)\{([^}]*)\}", expression):
            asked = set(re.findall(r"(\w+)\s*=?[=~!]", selector))
            assert asked <= labels[name] | ADDED_BY_PROMETHEUS, expression
        for grouping in re.findall(r"\b(?:by|on|ignoring) \(([^)]*)\)", expression):
            known = set().union(*(labels[name] for name in names)) | ADDED_BY_PROMETHEUS
            assert set(grouping.replace(",", " ").split()) <= known, expression


def test_the_dashboard_shows_each_metric(labels):
    def shorten(name: str) -> str:
        return SUFFIXES.sub("", name)

    shown = {shorten(name) for expression in read_dashboard() for name in re.findall(r"\bml_api_\w+", expression)}
    assert shown == {shorten(name) for name in labels}


def test_each_panel_has_a_place_of_its_own():
    panels = json.loads((DEPLOY / "grafana" / "ml-api.json").read_text())["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    places = [panel["gridPos"] for panel in panels]
    cells = [
        (x, y)
        for place in places
        for x in range(place["x"], place["x"] + place["w"])
        for y in range(place["y"], place["y"] + place["h"])
    ]
    assert len(set(cells)) == len(cells)
    assert all(place["x"] + place["w"] <= 24 for place in places)


def test_each_alert_says_what_to_do_about_it():
    rules = strictyaml.load((DEPLOY / "prometheus" / "alerts.yml").read_text()).data
    for rule in rules["groups"][0]["rules"]:
        assert rule["labels"]["severity"] in {"page", "ticket"}
        assert rule["annotations"]["summary"]
        assert rule["annotations"]["description"]
