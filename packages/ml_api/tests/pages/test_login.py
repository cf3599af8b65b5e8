"""The form behind a key, in a real browser."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from playwright.sync_api import expect

from ml_api.services.keys import create_key
from ml_api.services.keys_file import change_keys

pytestmark = pytest.mark.slow


def _make_key(keys_file) -> str:
    def change(keys):
        changed, _, token = create_key(keys, "shop", ["predict"])
        return changed, token

    return change_keys(keys_file, change)


def test_somebody_with_a_key_logs_in_predicts_and_logs_out(browse, model_folder, tmp_path):
    keys_file = tmp_path / "keys.json"
    token = _make_key(keys_file)
    visit = browse(model_folder, "/login?next=/", keys_file=keys_file)
    page = visit.page
    page.get_by_label("Your key").fill(token)
    page.get_by_role("button", name="Log in").click()
    expect(page).to_have_url(f"{visit.url}/")
    page.wait_for_load_state("load")  # which of the two buttons is shown, the style sheet says
    page.locator("button:visible", has_text="Predict").click()
    page.locator("#answer data").wait_for()
    assert "Authorization: Bearer $ML_API_KEY" in page.locator("#command").text_content()
    assert token not in page.content()
    page.get_by_role("button", name="Log out").click()
    expect(page).to_have_url(f"{visit.url}/login")
    assert visit.complaints == []
    page.goto(visit.url)
    expect(page.locator("h1")).to_have_text("Log in")
    [complaint] = visit.complaints  # the browser's own line for the status 401
    assert "401" in complaint
    visit.complaints.clear()


def test_a_session_that_has_ended_leads_to_the_login_and_back(browse, model_folder, tmp_path):
    keys_file = tmp_path / "keys.json"
    token = _make_key(keys_file)
    visit = browse(model_folder, "/login", keys_file=keys_file)
    page = visit.page
    page.get_by_label("Your key").fill(token)
    page.get_by_role("button", name="Log in").click()
    expect(page).to_have_url(f"{visit.url}/")
    page.goto(f"{visit.url}/?a=1&b=//evil.example")
    page.context.clear_cookies()
    page.wait_for_load_state("load")  # which of the two buttons is shown, the style sheet says
    page.locator("button:visible", has_text="Predict").click()
    expect(page).to_have_url(f"{visit.url}/login?next={quote('/?a=1&b=//evil.example', safe='')}")
    [complaint] = visit.complaints
    assert "401" in complaint
    visit.complaints.clear()
    page.get_by_label("Your key").fill(token)
    page.get_by_role("button", name="Log in").click()
    expect(page).to_have_url(f"{visit.url}/?a=1&b=//evil.example")


def test_a_key_that_is_none_is_told_beside_its_field(browse, model_folder, tmp_path):
    keys_file = tmp_path / "keys.json"
    _make_key(keys_file)
    visit = browse(model_folder, "/login", keys_file=keys_file, viewport={"width": 390, "height": 844})
    page = visit.page
    page.get_by_label("Your key").fill("rm_nothing")
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("alert")).to_be_visible()
    assert page.get_by_label("Your key").get_attribute("aria-invalid") == "true"
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    visit.complaints.clear()  # the browser's own line for the status 401
