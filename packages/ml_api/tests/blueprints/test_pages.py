from __future__ import annotations

import html
import json
import re
import subprocess

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ml_api.app import create_app
from ml_api.settings import TestingSettings


def _read_form(page: str) -> dict[str, str]:
    """Return what a browser would send if the form were sent as it is."""
    form = dict(re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)"', page))
    for tag in re.findall(r'<input type="(?:text|date|datetime-local)"[^>]*>', page):
        attributes = dict(re.findall(r'(name|value)="([^"]*)"', tag))
        form[attributes["name"]] = html.unescape(attributes["value"])
    for name, options in re.findall(r'<select id="[^"]*" name="([^"]*)".*?>(.*?)</select>', page, re.DOTALL):
        [chosen] = re.findall(r'<option value="([^"]*)" selected', options)
        form[name] = html.unescape(chosen)
    return form


def _read_answer(page: str) -> str | None:
    found = re.search(r'<data value="([^"]*)"', page)
    return html.unescape(found[1]) if found else None


@pytest.fixture
def form(client) -> dict[str, str]:
    return _read_form(client.get("/").text)


def _id(artifact, name: str) -> str:
    return f"f-{artifact.schema.names.index(name)}"


def test_the_form_as_it_is_predicts(client, form, artifact):
    assert len(form) == len(artifact.schema) + 2  # the model, and the token
    response = client.post("/", data=form)
    assert response.status_code == 200
    row = {feature.name: feature.typical for feature in artifact.schema}
    row |= {feature.name: None for feature in artifact.schema if feature.missing_fraction > 0.5}
    assert float(_read_answer(response.text)) == client.post("/v1/predict", json=row).get_json()["predictions"][0]


def test_the_command_asks_for_the_same_row(client, form, artifact):
    form |= {_id(artifact, "LotArea"): "12345.5", _id(artifact, "Neighborhood"): 'It\'s "new" `id` $HOME'}
    page = client.post("/", data=form).text
    command = html.unescape(re.search(r'<pre [^>]*id="command">(.*?)</pre>', page, re.DOTALL)[1])
    shell = ["bash", "-c", f"curl() {{ printf '%s\\0' \"$@\"; }}; {command}"]
    arguments = subprocess.run(shell, capture_output=True, check=True, text=True, timeout=20).stdout.split("\0")
    assert arguments[:3] == ["--header", "Content-Type: application/json", "--data"]
    assert arguments[4:] == ["http://localhost/v1/predict", ""]
    row = json.loads(arguments[3])
    assert row["LotArea"] == 12345.5
    assert row["Neighborhood"] == 'It\'s "new" `id` $HOME'
    assert str(client.post("/v1/predict", json=row).get_json()["predictions"][0]) == _read_answer(page)


def test_all_errors_are_shown_and_all_values_are_kept(client, form, artifact):
    changes = {"LotArea": "<b>plenty</b>", "OverallQual": "5.5", "MSZoning": "nowhere", "YearBuilt": ""}
    form |= {_id(artifact, name): text for name, text in changes.items()}
    response = client.post("/", data=form)
    assert response.status_code == 200
    assert _read_answer(response.text) is None
    api = client.post("/v1/predict", json=_as_row(form, artifact)).get_json()["error"]["details"]["errors"]["0"]
    assert {error["field"] for error in api} >= {"LotArea", "OverallQual", "MSZoning"}
    for error in api:
        # Once in the summary, once beside the field.
        assert (
            response.text.count(html.escape(error["message"]).replace("&#x27;", "&#39;").replace("&quot;", "&#34;"))
            == 2
        )
    assert response.text.count('aria-invalid="true"') == len(api)
    kept = _read_form(response.text)
    assert {name: kept[_id(artifact, name)] for name in changes} == changes
    assert "<b>plenty" not in response.text


def _as_row(form: dict[str, str], artifact) -> dict[str, str | None]:
    return {name: form[f"f-{index}"] or None for index, name in enumerate(artifact.schema.names)}


def test_values_unlike_those_of_the_training_are_predicted_with_a_word_of_caution(client, form, artifact):
    assert "with care" not in client.post("/", data=form).text
    page = client.post("/", data={**form, _id(artifact, "LotArea"): "500000"}).text
    assert _read_answer(page) is not None
    caution = re.search(r'<p class="caution">(.*?)</p>', page, re.DOTALL)[1]
    assert re.findall(r'href="#([^"]*)"', caution) == [_id(artifact, "LotArea")]


def test_an_error_of_the_row_as_a_whole_is_in_the_summary(client, form, artifact):
    page = client.post("/", data={**form, _id(artifact, "GrLivArea"): "1e308"}).text
    assert _read_answer(page) is None
    assert "too far outside" in page


def test_a_form_of_another_model_is_not_predicted(client, form, classifier_folder):
    other = create_app(TestingSettings(artifact=classifier_folder)).test_client()
    page = other.post("/", data=form).text
    assert "The model has changed" in page
    assert _read_answer(page) is None


def test_a_field_that_is_not_sent_is_an_error(client, form, artifact):
    del form[_id(artifact, "LotArea")]
    page = client.post("/", data=form).text
    assert html.escape("'LotArea' is not there", quote=False).replace("'", "&#39;") in page


@pytest.mark.parametrize("options", [{"json": {}}, {"data": b"x", "content_type": "text/plain"}, {"data": b""}])
def test_what_is_no_form_is_refused(client, check_error, options):
    check_error(client.post("/", **options), 415, "unsupported_media_type")


def test_a_text_that_is_too_long_is_refused_as_everywhere(client, form, artifact, check_error):
    long = {_id(artifact, "Neighborhood"): "x" * 20_000}
    check_error(client.post("/", data={**form, **long}), 413, "text_too_long")


def test_without_a_model_there_is_no_form(empty_client, check_error):
    check_error(empty_client.get("/"), 503, "model_not_ready")


def test_pages_can_be_turned_off(model_folder, check_error):
    client = create_app(TestingSettings(artifact=model_folder, pages=False)).test_client()
    check_error(client.get("/"), 404, "not_found")
    assert client.get("/health").status_code == 200


def test_pages_are_kept_nowhere(client, form):
    assert client.get("/").headers["Cache-Control"] == "no-store"
    assert client.post("/", data=form).headers["Cache-Control"] == "no-store"


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12) | st.sampled_from(
    ["\x00", "1e400", "NaN", "\u202e", "<b>", "&#0;", "-0", "\r", "9" * 400, " "]
)


@given(data=st.data())
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_form_makes_the_server_fail(client, form, data):
    changes = data.draw(st.dictionaries(st.sampled_from(sorted(form)), TEXTS, min_size=1))
    assert client.post("/", data={**form, **changes}).status_code == 200


@pytest.mark.parametrize("body", [b"\xff=\xfe&f-0=%ff%fe", b"&&==&%", b"model=%ED%A0%80", b"f-0=" + b"f-0=" * 1000])
def test_no_broken_form_makes_the_server_fail(client, body):
    response = client.post("/", data=body, content_type="application/x-www-form-urlencoded")
    assert response.status_code == 200
    assert "The model has changed" in response.text


def test_a_page_has_nothing_inline(client, form):
    for page in (client.get("/").text, client.post("/", data=form).text):
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\ssrc=)|javascript:", page)
