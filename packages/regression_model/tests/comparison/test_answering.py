from __future__ import annotations

import json
import shutil

import pytest

from regression_model.artifact import Manifest
from regression_model.artifact.integrity import check_model_files
from regression_model.comparison.answering import answer_rows, load_compiled, read_golden_rows
from regression_model.errors import ArtifactIntegrityError

ROW = {"x": 1.0}


def content(classes=None, **golden):
    return {"classes": classes, "golden_rows": {"rows": [ROW], "predictions": [2.0], "probabilities": None, **golden}}


def test_golden_rows_are_read_with_their_answers():
    rows, answers = read_golden_rows(content())
    assert (rows, list(answers.predictions), answers.probabilities) == ([ROW], [2.0], None)


def test_probabilities_go_by_label():
    _, answers = read_golden_rows(content(["no", "yes"], predictions=["yes"], probabilities=[[0.25, 0.75]]))
    assert answers.probabilities == [{"no": 0.25, "yes": 0.75}]


@pytest.mark.parametrize(
    "broken",
    [
        {"golden_rows": None},
        {},
        content(rows=[]),
        content(rows="abc"),
        content(rows=[1.0]),
        content(predictions=[1.0, 2.0]),
        content(predictions=[True]),
        content(predictions=[None]),
        content(probabilities=[[1.0]]),  # of no class
        content(["a"], predictions=["a"], probabilities=[[0.5, 0.5]]),
        content(["a"], predictions=["a"], probabilities=[["1"]]),
        content(["a"], predictions=["a"], probabilities=[]),
        content(["a"], predictions=["a"], probabilities=7),
    ],
)
def test_what_has_another_shape_is_refused_whatever_its_digest_says(broken):
    with pytest.raises(ArtifactIntegrityError, match="golden rows are not of the shape"):
        read_golden_rows(broken)


def test_a_model_repeats_its_golden_rows(first, load):
    model = load(first)
    rows, answers = read_golden_rows(model.manifest.content)
    assert answer_rows(model, rows).predictions == pytest.approx(answers.predictions, rel=1e-9)


def test_a_compiled_model_is_loaded(old):
    artifact, reason = load_compiled(old)
    assert artifact.compiled is not None
    assert reason == ""


def test_the_manifest_that_was_checked_is_loaded_and_no_other(first, other, tmp_path):
    """A stranger may name the file as he likes, and put another one under the usual name."""
    folder = shutil.copytree(first, tmp_path / "copy")
    manifest = next(folder.glob("*.manifest.json"))
    named = manifest.rename(folder / "renamed.manifest.json")
    content = json.loads(next(other.glob("*.manifest.json")).read_bytes())
    manifest.write_bytes(Manifest.seal({**content, "model_version": "1.0.0"}).to_bytes())
    for path in other.glob("houses*"):
        shutil.copy(path, folder) if not path.name.endswith(".manifest.json") else None
    checked = check_model_files(named)
    artifact, reason = load_compiled(checked)
    assert reason == ""
    assert artifact.digest == checked.manifest.digest


def test_a_manifest_that_is_exchanged_in_between_is_noticed(first, second, tmp_path):
    folder = shutil.copytree(first, tmp_path / "copy")
    checked = check_model_files(folder)
    shutil.copytree(second, folder, dirs_exist_ok=True)
    checked.file.write_bytes(next(second.glob("*.manifest.json")).read_bytes())
    artifact, reason = load_compiled(checked)
    assert artifact is None
    assert "was exchanged" in reason
