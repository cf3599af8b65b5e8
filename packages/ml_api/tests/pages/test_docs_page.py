"""The documentation page in a real browser, under the content security policy that all answers have."""

from __future__ import annotations

import json
import urllib.request

import pytest

pytestmark = pytest.mark.slow


def test_try_it_out_predicts_the_example_row(browse, model_folder, row):
    visit = browse(model_folder, "/docs")
    page = visit.page
    operation = page.locator("#operations-prediction-post_v1_predict")
    operation.locator(".opblock-summary-control").click()
    operation.get_by_role("button", name="Try it out").click()
    assert json.loads(operation.locator("textarea").input_value()) == row
    with page.expect_response(lambda response: response.url.startswith(f"{visit.url}/v1/predict")) as answered:
        operation.get_by_role("button", name="Execute").click()
    assert answered.value.status == 200
    shown = operation.locator(".live-responses-table .response-col_description code").first
    answer = json.loads(shown.inner_text())
    asked = urllib.request.Request(
        f"{visit.url}/v1/predict", json.dumps(row).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(asked, timeout=30) as response:
        assert answer["predictions"] == json.load(response)["predictions"]


def test_the_page_describes_every_documented_operation(browse, model_folder):
    visit = browse(model_folder, "/docs")
    visit.page.locator(".opblock").first.wait_for()
    with urllib.request.urlopen(f"{visit.url}/openapi.json", timeout=30) as response:
        document = json.load(response)
    assert visit.page.locator(".opblock").count() == sum(len(operations) for operations in document["paths"].values())
