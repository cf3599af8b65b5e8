"""The prediction form in a real browser."""

from __future__ import annotations

import json
import urllib.request
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from regression_model import Artifact, load_pipeline

pytestmark = pytest.mark.slow

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
SMALL_PHONE = {"viewport": {"width": 320, "height": 600}}


def _typical_row(artifact: Artifact) -> dict[str, Any]:
    """What the form holds at first; where most rows have nothing, that is null."""
    return {feature.name: None if feature.missing_fraction > 0.5 else feature.typical for feature in artifact.schema}


def _ask(url: str, row: dict[str, Any]) -> Any:
    request = urllib.request.Request(
        f"{url}/v1/predict", json.dumps(row).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=30) as response:
        return json.load(response)["predictions"][0]


def _field(page: Page, artifact: Artifact, name: str) -> Any:
    return page.locator(f"#f-{artifact.schema.names.index(name)}")


def _predict(page: Page) -> str | None:
    """Click, wait for the answer and return its number, or its class."""
    with page.expect_response(lambda response: response.request.method == "POST"):
        page.locator("button[type=submit]:visible", has_text="Predict").first.click()
    answer = page.locator("#answer data")
    answer.wait_for()
    expect(page.locator(".predict")).not_to_have_class("predict is-stale")
    return answer.get_attribute("value")


@pytest.mark.parametrize("with_script", [True, False])
def test_one_click_predicts_what_the_api_predicts(browse, model_folder, artifact, with_script):
    visit = browse(model_folder, java_script_enabled=with_script)
    shown = _predict(visit.page)
    assert float(shown) == _ask(visit.url, _typical_row(artifact))
    assert f"exactly {shown}" in visit.page.locator("#answer").inner_text()


@pytest.mark.parametrize("with_script", [True, False])
def test_a_changed_field_changes_the_answer_and_is_in_the_chart(browse, model_folder, artifact, with_script):
    visit = browse(model_folder, java_script_enabled=with_script)
    page = visit.page
    before = _predict(page)
    _field(page, artifact, "GrLivArea").fill("2875.5")
    _field(page, artifact, "CentralAir").select_option(label="No")
    _field(page, artifact, "LotFrontage").fill("")
    after = _predict(page)
    row = {**_typical_row(artifact), "GrLivArea": 2875.5, "CentralAir": False, "LotFrontage": None}
    assert float(after) == _ask(visit.url, row) != float(before)
    chart = page.locator("#details .effects")
    assert "GrLivArea = 2876" in chart.inner_text()
    assert chart.locator("rect.raises").count() >= 1
    assert _field(page, artifact, "GrLivArea").input_value() == "2875.5"


def test_a_class_is_shown_with_the_probabilities_of_all(browse, classifier_folder):
    artifact = load_pipeline(classifier_folder)
    visit = browse(classifier_folder)
    assert _predict(visit.page) == _ask(visit.url, _typical_row(artifact))
    rows = visit.page.locator("#details .chart").first.locator("tbody tr")
    assert {rows.nth(index).locator("th").inner_text() for index in range(rows.count())} == {"N", "Y"}
    assert all("%" in rows.nth(index).inner_text() for index in range(rows.count()))


@pytest.mark.parametrize("with_script", [True, False])
def test_a_bad_value_has_its_message_beside_its_field(browse, model_folder, artifact, with_script):
    page = browse(model_folder, java_script_enabled=with_script).page
    _field(page, artifact, "LotArea").fill("plenty")
    page.locator("button[type=submit]:visible").first.click()
    problem = page.locator("[data-field]", has=_field(page, artifact, "LotArea")).locator(".problem")
    expect(problem).to_have_text("'LotArea' has to be a number")
    lot_area = _field(page, artifact, "LotArea")
    assert lot_area.get_attribute("aria-invalid") == "true"
    assert problem.get_attribute("id") in lot_area.get_attribute("aria-describedby").split()
    assert lot_area.input_value() == "plenty"
    assert page.locator(".problem").count() == 1
    assert page.locator("#answer data").count() == 0
    page.locator("#summary a").click()
    lot_area.fill("9000")
    _predict(page)
    assert page.locator(".problem, #summary a, [aria-invalid]").count() == 0


def test_the_summary_of_problems_has_the_focus_and_leads_to_a_field_that_was_hidden(browse, model_folder, artifact):
    page = browse(model_folder).page
    _field(page, artifact, "LotArea").fill("plenty")
    page.locator("#find").fill("neighborhood")
    assert not _field(page, artifact, "LotArea").is_visible()
    page.locator("button[type=submit]:visible").first.click()
    expect(page.locator("#summary .notice")).to_be_focused()
    page.locator("#summary a").click()
    expect(_field(page, artifact, "LotArea")).to_be_focused()


def test_fields_are_found_by_name_and_by_description(browse, model_folder, artifact):
    page = browse(model_folder).page
    everything = len(artifact.schema)
    expect(page.locator("#found")).to_have_text(f"{everything} fields")
    page.locator("#find").fill("where town")
    expect(page.locator("[data-field]:visible label bdi")).to_have_text(["Neighborhood"])
    expect(page.locator("#found")).to_have_text("1 field")
    page.locator("#find").press("Enter")
    page.locator("#find").fill("")
    expect(page.locator("[data-field]:visible")).to_have_count(everything)
    assert page.locator("#answer data").count() == 0  # Enter in the search has predicted nothing


def test_it_works_with_the_keyboard_alone(browse, model_folder, artifact):
    visit = browse(model_folder)
    page = visit.page
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    _field(page, artifact, "OverallQual").focus()
    page.keyboard.press("Control+A")
    page.keyboard.type("9")
    page.keyboard.press("Enter")
    answer = page.locator("#answer data")
    answer.wait_for()
    assert float(answer.get_attribute("value")) == _ask(visit.url, {**_typical_row(artifact), "OverallQual": 9})


def test_the_command_can_be_copied(browse, model_folder):
    page = browse(model_folder, permissions=["clipboard-read", "clipboard-write"]).page
    _predict(page)
    page.locator("#details summary").click()
    page.locator("#details .copy").click()
    expect(page.locator("#details .copy")).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()") == page.locator("#command").text_content()


def test_without_an_answer_from_the_server_its_message_is_shown(browse, model_folder):
    visit = browse(model_folder)
    refusal = {"error": {"code": "x", "message": "Not <b>now</b>.", "details": {}, "request_id": "x"}}
    visit.page.route(
        "**/", lambda route: route.fulfill(status=429, content_type="application/json", body=json.dumps(refusal))
    )
    visit.page.locator("button[type=submit]:visible").first.click()
    expect(visit.page.locator("#summary [role=alert]")).to_have_text("Not <b>now</b>.")
    [complaint] = visit.complaints  # the browser's own line for a status of 400 or more
    assert "429" in complaint
    visit.complaints.clear()


def test_hostile_names_and_values_are_text(browse, hostile_folder, hostile):
    visit = browse(hostile_folder)
    page = visit.page
    labels = page.locator("[data-field] label")
    assert sorted(labels.all_text_contents()) == sorted(hostile.schema.names)
    shown = _predict(page)
    assert float(shown) == _ask(visit.url, _typical_row(hostile))
    page.locator("#f-0").fill("</input><script>window.broken = 1</script>")
    page.locator("button[type=submit]:visible").first.click()
    page.locator(".problem").wait_for()
    assert page.locator("#f-0").input_value() == "</input><script>window.broken = 1</script>"
    assert page.evaluate("window.broken") is None
    assert page.locator("script").count() == 1
    assert page.locator("main img, main u, main i, main b").count() == 0


@pytest.mark.parametrize("with_script", [True, False])
def test_hostile_values_reach_the_model_as_they_are(browse, hostile_folder, hostile, with_script):
    visit = browse(hostile_folder, java_script_enabled=with_script)
    row = _typical_row(hostile)
    for feature in hostile.schema:
        if feature.categories:
            row[feature.name] = "line\nbreak"
            _field(visit.page, hostile, feature.name).select_option(index=list(feature.categories).index("line\nbreak"))
    assert float(_predict(visit.page)) == _ask(visit.url, row)


@pytest.mark.parametrize("size", [PHONE, SMALL_PHONE], ids=["phone", "small-phone"])
@pytest.mark.parametrize("model", ["model_folder", "hostile_folder"])
def test_nothing_is_wider_than_a_phone(browse, request, model, size):
    page = browse(request.getfixturevalue(model), **size).page
    number = page.locator("input[inputmode=decimal]").first
    states = []
    for value in (None, "2", "much"):
        if value is not None:
            number.fill(value)
            page.locator("button[type=submit]:visible").first.click()
            page.locator("#answer data" if value == "2" else ".problem").wait_for()
        states.append(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))
    assert states == [0, 0, 0]


@pytest.mark.parametrize("model", ["model_folder", "classifier_folder", "hostile_folder"])
def test_the_basics_of_accessibility_hold(browse, check_basics, request, model):
    page = browse(request.getfixturevalue(model)).page
    for value in (None, "2", "much"):
        if value is not None:
            page.locator("input[inputmode=decimal]").first.fill(value)
            page.locator("button[type=submit]:visible").first.click()
            page.locator("#answer data" if value == "2" else ".problem").wait_for()
        check_basics(page)


def test_text_stands_out_by_day_and_by_night(browse, check_contrast, model_folder):
    for scheme in ("light", "dark"):
        page = browse(model_folder, color_scheme=scheme).page
        page.locator("input[inputmode=decimal]").first.fill("much")
        page.locator("button[type=submit]:visible").first.click()
        page.locator(".problem").wait_for()
        page.wait_for_timeout(300)  # colours of buttons fade
        selectors = "h1, .lead, .meta, label, .about, .seen, .problem, legend, button.primary, .note, nav a, .quiet"
        check_contrast(page, selectors)
