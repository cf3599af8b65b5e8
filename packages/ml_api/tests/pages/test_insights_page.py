"""The page of the insights in a real browser, over traffic that the API itself has answered."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from ml_api.app import create_app
from ml_api.blueprints.context import EXTENSION
from ml_api.settings import TestingSettings
from regression_model import load_pipeline

pytestmark = pytest.mark.slow

PHONES = {
    "phone": {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True},
    "small-phone": {"viewport": {"width": 320, "height": 600}},
}
N_ROWS = 150


@pytest.fixture(scope="module")
def ask_for_predictions(tmp_path_factory) -> Callable[[Path], Path]:
    """Return a function that has the same row predicted over and over, and returns the log; once for each model."""
    logs: dict[Path, Path] = {}

    def ask(folder: Path) -> Path:
        if folder not in logs:
            logs[folder] = log = tmp_path_factory.mktemp("log")
            app = create_app(TestingSettings(artifact=folder, prediction_log=log))
            client, row = app.test_client(), load_pipeline(folder).example_row()
            for _ in range(N_ROWS // 50):
                answer = client.post("/v1/predict", json=[row] * 50).get_json()
            outcome = {"prediction_id": answer["prediction_id"], "outcome": answer["predictions"][0]}
            assert client.post("/v1/feedback", json=outcome).status_code == 202
            broken = {name: [] for name in row}
            assert client.post("/v1/predict", json=broken).status_code == 422
            app.extensions[EXTENSION].prediction_log.close()
        return logs[folder]

    return ask


def _open(browse, ask_for_predictions, folder: Path, **options) -> Page:
    return browse(folder, "/insights", prediction_log=ask_for_predictions(folder), **options).page


def _read_figure(page: Page, label: str) -> str:
    return page.locator(".figures div", has=page.get_by_text(label, exact=True)).locator(".figure").inner_text()


def test_traffic_accuracy_and_drift_are_shown(browse, ask_for_predictions, model_folder):
    page = _open(browse, ask_for_predictions, model_folder)
    assert _read_figure(page, "Requests") == "4"
    assert _read_figure(page, "Failed requests") == "25.0%"
    assert page.locator(".over-time").count() == 3
    bar = page.locator(".over-time rect").first.bounding_box()
    assert bar["width"] > 10
    assert bar["height"] > 50
    assert page.get_by_role("row", name="Mean absolute error").get_by_role("cell").first.inner_text() == "0"
    # The same row over and over: nothing like the training data.
    first = page.locator(".drift-list details").first
    expect(first.locator(".level")).to_have_text("major shift")
    indices = [float(text.split()[-1]) for text in page.locator(".drift-list .psi").all_inner_texts()]
    assert indices == sorted(indices, reverse=True)
    assert indices[0] > 0.25


def test_a_distribution_opens_with_the_keyboard(browse, ask_for_predictions, model_folder):
    page = _open(browse, ask_for_predictions, model_folder)
    first = page.locator(".drift-list details").first
    table = first.get_by_role("table")
    expect(table).to_be_hidden()
    first.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(table).to_be_visible()
    shares = first.locator("tbody td.share:nth-child(3)").all_inner_texts()
    assert sum(float(text.rstrip("%")) for text in shares) == pytest.approx(100, abs=0.1)
    page.get_by_text("The numbers").click()
    expect(page.locator(".numbers tbody tr")).to_have_count(1)


def test_another_period_is_a_click_away(browse, ask_for_predictions, model_folder):
    page = _open(browse, ask_for_predictions, model_folder)
    expect(page.locator(".periods [aria-current]")).to_have_text("7 days")
    page.get_by_role("link", name="24 hours").click()
    expect(page.locator(".periods [aria-current]")).to_have_text("24 hours")
    expect(page.locator(".over-time figcaption").first).to_contain_text("Requests per hour")
    expect(page.get_by_role("navigation", name="Pages").locator("[aria-current]")).to_have_text("Insights")


def test_hostile_names_are_text(browse, ask_for_predictions, hostile_folder):
    page = _open(browse, ask_for_predictions, hostile_folder)
    names = set(page.locator(".drift-name").all_text_contents()) | set(page.locator(".without bdi").all_text_contents())
    assert set(load_pipeline(hostile_folder).schema.names) <= names
    for line in page.locator("details.drift-line summary").all():
        line.click()
    assert page.evaluate("window.broken") is None
    assert page.locator("script, main img, main u, main i, main b").count() == 0


@pytest.mark.parametrize("size", PHONES.values(), ids=PHONES)
@pytest.mark.parametrize("model", ["model_folder", "hostile_folder"])
def test_nothing_is_wider_than_a_phone(browse, ask_for_predictions, request, model, size):
    page = _open(browse, ask_for_predictions, request.getfixturevalue(model), **size)
    for line in page.locator("summary").all():
        line.click()
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0


@pytest.mark.parametrize("model", ["model_folder", "hostile_folder"])
def test_the_basics_of_accessibility_hold(browse, ask_for_predictions, check_basics, request, model):
    check_basics(_open(browse, ask_for_predictions, request.getfixturevalue(model)))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_by_day_and_by_night(browse, ask_for_predictions, check_contrast, model_folder, scheme):
    page = _open(browse, ask_for_predictions, model_folder, color_scheme=scheme)
    for line in page.locator("summary").all():
        line.click()
    check_contrast(page, "h1, h2, h3, .meta, .note, dt, dd, .level, .psi, .most, .axis, th, td, .periods a, nav a")


@pytest.mark.parametrize("path", ["/", "/login", "/docs"])
def test_all_pages_lead_there(browse, model_folder, path):
    page = browse(model_folder, path).page
    expect(page.get_by_role("navigation", name="Pages").get_by_role("link", name="Insights")).to_be_visible()
