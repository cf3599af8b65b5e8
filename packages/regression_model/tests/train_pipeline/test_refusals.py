from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from regression_model.artifact import load_pipeline
from regression_model.config import parse_config
from regression_model.errors import DataError, DataNotFoundError, TrainingError
from regression_model.predict import make_prediction
from regression_model.train_pipeline import run_training


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"price": "much"}, "column 'price' is the target of a regression.*240 are not.*row 1: 'much'"),
        ({"price": 0}, "'price' has 240 values of zero or below, which have no logarithm"),
        ({"price": 5}, "the same value in all rows"),
        ({"price": ""}, "0 rows with a value of 'price'"),
        ({"area": "large"}, "column 'area' is listed under 'features.number'.*row 1: 'large'"),
        ({"rooms": 2.5}, "each value has to be a whole number"),
    ],
)
def test_a_table_that_can_not_be_used_is_refused(tmp_path, changes, message, config, table):
    with pytest.raises(DataError, match=message):
        run_training(config, data_path=table(tmp_path, **changes), output=tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_missing_column_is_refused_with_a_suggestion(tmp_path, config, table):
    path = table(tmp_path)
    path.write_text(path.read_text().replace("rooms", "room"))

    with pytest.raises(DataError, match=r"no column 'rooms'.*as feature \(did you mean 'room'\?\); it has: id, area"):
        run_training(config, data_path=path)


def test_missing_values_that_nothing_handles_are_refused(tmp_path, table, changed_config):
    changed = changed_config("  - step: impute_number\n    columns: rooms\n", "")

    with pytest.raises(
        TrainingError, match=r"missing values reach the model 'lasso'.*rooms \(\d+\); add 'impute_number'"
    ):
        run_training(changed, data_path=table(tmp_path), output=tmp_path / "out")


def test_a_zero_before_a_logarithm_is_refused_in_training_and_in_a_request(tmp_path, config, table):
    path = table(tmp_path)

    artifact = load_pipeline(run_training(config, data_path=path, output=tmp_path / "out").path)
    answer = make_prediction(input_data={"area": 0, "rooms": 3, "town": "Ames", "noise": 0}, artifact=artifact)
    assert answer["predictions"] == [None]
    assert [error["reason"] for error in answer["errors"][0]] == ["not_positive"]

    frame = pd.read_csv(path)
    frame.loc[11, "area"] = 0
    frame.to_csv(path, index=False)
    with pytest.raises(
        DataError,
        match="'area' goes through a step that takes its logarithm, but 1 of its values.*row 12.*log_plus_one",
    ):
        run_training(config, data_path=path, output=tmp_path / "out")


def test_too_few_rows_for_the_rules_are_refused(tmp_path, table, changed_config):
    changed = changed_config("      above: 300", "      above: 1")

    with pytest.raises(TrainingError, match="0 rows are left to train on after 'data.leave_out'"):
        run_training(changed, data_path=table(tmp_path), output=tmp_path / "out")


def test_a_table_that_is_nowhere_is_an_error(tmp_path, config):
    with pytest.raises(DataNotFoundError, match="absent"):
        run_training(config, data_path=tmp_path / "absent.csv")


@pytest.mark.parametrize("row", range(6))  # some of them are in the holdout
def test_a_value_that_is_missing_in_any_row_is_refused_before_training(tmp_path, row, config, table):
    path = table(tmp_path)
    frame = pd.read_csv(path)
    frame.loc[row, "noise"] = np.nan
    frame.to_csv(path, index=False)

    with pytest.raises(TrainingError, match=r"noise \(1\); add 'impute_number'"):
        run_training(config, data_path=path, output=tmp_path / "out")


def test_what_has_no_result_in_the_holdout_is_an_error_of_training(tmp_path, text, table):
    text = text.replace(
        "  - step: ordered_encoding\n",
        "  - step: ordinal_mapping\n    order: [Ames, Boone, Nevada]\n    unseen: error\n",
    )
    path = table(tmp_path)
    frame = pd.read_csv(path)
    frame.loc[frame.index % 20 == 0, "town"] = [f"Town {number}" for number in range(12)]
    frame.to_csv(path, index=False)

    with pytest.raises(TrainingError, match="pipeline can't be fitted|can't predict the held-out rows"):
        run_training(parse_config(text), data_path=path, output=tmp_path / "out")


def test_a_feature_without_any_value_is_refused_by_name(tmp_path, config, table):
    with pytest.raises(TrainingError, match="no row to train on has a value of: rooms"):
        run_training(config, data_path=table(tmp_path, rooms=""), output=tmp_path / "out")


def test_more_folds_than_the_rows_allow_are_refused(tmp_path, table, changed_config):
    changed = changed_config("  folds: 3", "  folds: 50")

    with pytest.raises(TrainingError, match=r"'evaluation.folds' is 50, but there are 78 rows"):
        run_training(changed, data_path=table(tmp_path, n_rows=80), output=tmp_path / "out")
