from __future__ import annotations

import json
import pickle
import shutil
from hashlib import sha256

import pandas as pd
import pytest

from regression_model.artifact import Manifest
from regression_model.artifact.integrity import check_model_files
from regression_model.comparison import NamedTable, compare_models
from regression_model.config import parse_config
from regression_model.errors import ArtifactIntegrityError, ConfigError, InputDataError
from regression_model.processing.datasets import read_table
from regression_model.processing.sample import load_sample_path
from regression_model.train_pipeline import run_training


@pytest.fixture(scope="module")
def table():
    return NamedTable("sample", read_table(load_sample_path()).head(100))


def reseal(folder, **changes):
    """Change a manifest as somebody who computes its digest anew."""
    path = next(folder.glob("*.manifest.json"))
    path.write_bytes(Manifest.seal({**json.loads(path.read_bytes()), **changes}).to_bytes())
    return folder


def test_the_same_settings_predict_the_same(old, second, load, table):
    found = compare_models(old, load(second), table=table)
    assert found.breaches == ()
    assert [(rows.n_rows, rows.n_moved) for rows in found.rows] == [(10, 0), (100, 0)]
    assert found.schema_changes == ()
    assert (found.old["version"], found.new["version"]) == ("1.0.0", "1.1.0")
    assert found.notes == ()


def test_other_settings_move_the_predictions(old, other, load, table):
    found = compare_models(old, load(other), table=table)
    assert [rows.n_moved > 0 for rows in found.rows] == [True, True]
    assert len(found.breaches) == 2
    assert "golden rows of the old version moved by more than 1e-06" in found.breaches[0]
    golden = old.manifest.content["golden_rows"]["predictions"]
    move = found.rows[0].movers[0]
    assert move.old == golden[move.row - 1]
    assert move.difference == pytest.approx(abs(move.new - move.old) / max(move.new, move.old))


def test_the_tolerance_may_be_widened_by_the_caller(old, other, load):
    assert compare_models(old, load(other), tolerance=1.0).breaches == ()


def test_a_share_of_rows_may_move_if_the_configuration_says_so(old, train, load):
    lenient = load(train("1.1.0", alpha=1e-3, share=0.999))
    found = compare_models(old, lenient)
    assert found.tolerance.share_of_rows == 0.999
    assert found.rows[0].moved_share == 1.0
    assert len(found.breaches) == 1
    found = compare_models(old, lenient, tolerance=found.rows[0].median)
    assert 0 < found.rows[0].moved_share <= 0.5
    assert found.breaches == ()


@pytest.mark.parametrize("tolerance", [-1.0, 2.0, float("nan")])
def test_a_tolerance_out_of_range_is_refused(old, second, load, tolerance):
    with pytest.raises(ConfigError, match=r"comparison: expected a relative_tolerance in \[0, 1\]"):
        compare_models(old, load(second), tolerance=tolerance)


def test_a_new_feature_breaks_requests_and_is_reported(old, train, load, table):
    wider = load(train("1.1.0", numbers="LotArea, GrLivArea, OverallQual"))
    found = compare_models(old, wider, table=table)
    assert [(change.feature, change.breaking) for change in found.schema_changes] == [("OverallQual", True)]
    assert found.rows[0].n_newly_refused == 10
    assert found.rows[1].n_newly_refused == 0
    assert "may be refused, because of what is read of: OverallQual" in found.breaches[-1]


def test_a_table_that_neither_answers_is_an_error(old, second, load):
    with pytest.raises(InputDataError, match="neither version answers any of the 2 rows of odd.*columns"):
        compare_models(old, load(second), table=NamedTable("odd", pd.DataFrame({"x": ["1", "2"]})))


def test_a_table_without_rows_is_an_error(old, second, load, table):
    with pytest.raises(InputDataError, match="there are no rows"):
        compare_models(old, load(second), table=NamedTable("none", table.frame.head(0)))


def test_a_table_of_which_no_row_is_answered_by_both_is_a_breach(old, train, load, table):
    frame = table.frame[["LotArea", "GrLivArea"]].assign(LotArea="")
    frame.loc[0, "LotArea"] = "9000"
    wider = load(train("1.1.0", numbers="LotArea, GrLivArea, OverallQual", share=0.5))
    found = compare_models(old, wider, table=NamedTable("odd", frame))
    assert (found.rows[1].n_newly_refused, found.rows[1].n_refused_by_both) == (1, 99)
    assert found.rows[1].moved_share == 1.0
    assert "1 of 1 rows of odd moved" in " ".join(found.breaches)
    assert "no row of odd was answered by both versions" in " ".join(found.breaches)


def test_other_data_and_the_same_model_are_noted(old, first, load, tmp_path):
    assert "same model, to the byte" in compare_models(old, load(first)).notes[0]
    copy = shutil.copytree(first, tmp_path / "copy")
    data = {**old.manifest.content["data"], "sha256": "0" * 64, "synthetic": False}
    found = compare_models(check_model_files(reseal(copy, data=data)), load(first))
    assert "different tables: SHA-256 000000000000 and " in found.notes[0]
    assert "the embedded sample, whose rows are made up" in found.notes[0]


class Evil:
    """A pickle that leaves a mark when it is opened."""

    def __init__(self, mark):
        self.mark = mark

    def __reduce__(self):
        return (open, (str(self.mark), "w"))


def poison(folder, mark, **changes):
    """Replace the pipeline of a saved model by code."""
    entries = json.loads(next(folder.glob("*.manifest.json")).read_bytes())["files"]
    data = pickle.dumps(Evil(mark))
    (folder / entries["pipeline"]["name"]).write_bytes(data)
    entries["pipeline"] |= {"sha256": sha256(data).hexdigest(), "n_bytes": len(data)}
    return entries


def test_the_pickle_of_the_old_version_is_never_opened(first, second, load, table, tmp_path):
    copy = shutil.copytree(first, tmp_path / "copy")
    reseal(copy, files=poison(copy, tmp_path / "mark"))
    found = compare_models(check_model_files(copy), load(second), table=table)
    assert [rows.n_rows for rows in found.rows] == [10, 100]
    assert not (tmp_path / "mark").exists()


def test_an_old_version_without_a_compiled_form_is_compared_by_its_golden_rows(first, second, load, table, tmp_path):
    copy = shutil.copytree(first, tmp_path / "copy")
    reseal(copy, files={"pipeline": poison(copy, tmp_path / "mark")["pipeline"]}, compiled=False)
    found = compare_models(check_model_files(copy), load(second), table=table)
    assert [rows.n_rows for rows in found.rows] == [10]
    assert "sample was not compared: of the old version, it has no compiled form" in found.breaches[0]
    assert found.to_json()["breaches"] == list(found.breaches)
    assert not (tmp_path / "mark").exists()


def test_a_compiled_form_that_this_release_can_not_read_is_no_obstacle(first, second, load, table, tmp_path):
    copy = shutil.copytree(first, tmp_path / "copy")
    content = json.loads(next(copy.glob("*.manifest.json")).read_bytes())
    features = [{key: one[key] for key in ("name", "dtype", "nullable")} for one in content["schema"]["features"]]
    reseal(copy, schema={"features": features})
    found = compare_models(check_model_files(copy), load(second), table=table)
    assert [rows.n_rows for rows in found.rows] == [10]
    assert "this release can't use its compiled form" in found.breaches[0]
    assert compare_models(check_model_files(copy), load(second)).uncompared == ()


@pytest.mark.parametrize("schema", [None, {}, {"features": [7]}, {"features": [{"dtype": "number"}]}])
def test_an_old_schema_of_another_shape_is_refused(first, second, load, tmp_path, schema):
    copy = reseal(shutil.copytree(first, tmp_path / "copy"), schema=schema)
    with pytest.raises(ArtifactIntegrityError, match="schema is not of the shape"):
        compare_models(check_model_files(copy), load(second))


def test_the_report_is_json(old, other, load, table):
    found = json.loads(json.dumps(compare_models(old, load(other), table=table).to_json(), allow_nan=False))
    assert found["breaches"]
    assert found["tolerance"] == {"relative_tolerance": 1e-6, "share_of_rows": 0.0}


CLASSIFICATION = """
pipeline_name: cooling
version: {version}
task: classification
data:
  name: house_prices
  sample: house_prices
target:
  column: CentralAir
features:
  number: [LotArea, GrLivArea, SalePrice]
preprocessing:
- step: scale
model:
  family: logistic_regression
  C: {strength}
evaluation:
  bootstrap_samples: 100
"""


def test_probabilities_of_a_classification_are_compared(load, table, tmp_path):
    for version, strength in (("1.0.0", 1.0), ("1.0.1", 1.0), ("1.1.0", 0.5)):
        config = parse_config(CLASSIFICATION.format(version=version, strength=strength))
        run_training(config, sample=True, output=tmp_path / version)
    first = check_model_files(tmp_path / "1.0.0")
    assert compare_models(first, load(tmp_path / "1.0.1"), table=table).breaches == ()
    found = compare_models(first, load(tmp_path / "1.1.0"), table=table)
    assert [rows.n_moved for rows in found.rows] == [10, 100]
    assert 0 < found.rows[1].maximum < 0.5  # of a probability
    assert {type(move.old) for move in found.rows[1].movers} == {str}
