from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from regression_model.config import parse_config
from regression_model.pipeline import ModelOutputs
from regression_model.train_pipeline.scoring import evaluate_outputs, order_classes

CONFIG = """
pipeline_name: classes
task: {task}
data:
  name: classes
target:
  column: y
features:
  number: [a]
model:
  family: {family}
"""


def test_the_positive_class_is_the_rarer_one_of_the_rows_to_learn_from_whatever_is_held_out():
    config = parse_config(CONFIG.format(task="classification", family="logistic_regression"))
    order = order_classes(pd.Series(["a"] * 3 + ["b"] * 5), config)
    assert order == ("b", "a")
    held_out = pd.Series(["a", "a", "a", "b"])  # here b is the rarer one
    shares = np.array([[0.9, 0.1], [0.8, 0.2], [0.3, 0.7], [0.2, 0.8]])
    outputs = ModelOutputs(np.array(["a", "a", "b", "b"]), shares, ("a", "b"))
    found = evaluate_outputs(outputs, held_out, config, order=order, with_intervals=False)
    assert found.classes == order
    assert found.get("recall").value == pytest.approx(2 / 3)
    assert found.get("precision").value == 1.0


def test_a_regression_has_no_classes():
    assert order_classes(pd.Series([1.0, 2.0]), parse_config(CONFIG.format(task="regression", family="ridge"))) is None
