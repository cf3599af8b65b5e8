from __future__ import annotations

import numpy as np
import pandas as pd
from sklearn.compose import TransformedTargetRegressor
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import Pipeline

from regression_model.pipeline import predict_frame

FRAME = pd.DataFrame({"x": [0.0, 1.0, 2.0, 3.0]})


def test_classes_are_in_the_order_of_the_probabilities():
    pipeline = Pipeline([("model", LogisticRegression())]).fit(FRAME, ["no", "no", "yes", "yes"])
    outputs = predict_frame(pipeline, FRAME)

    assert outputs.classes == ("no", "yes")
    assert outputs.predictions.tolist() == ["no", "no", "yes", "yes"]
    np.testing.assert_allclose(outputs.probabilities.sum(axis=1), 1.0, rtol=1e-12)
    assert outputs.probabilities[3, 1] > 0.5


def test_an_overflow_is_infinite_and_no_warning():
    model = TransformedTargetRegressor(LinearRegression(), func=np.log, inverse_func=np.exp)
    pipeline = Pipeline([("model", model)]).fit(FRAME, [1.0, 10.0, 100.0, 1000.0])

    assert predict_frame(pipeline, pd.DataFrame({"x": [1e6]})).predictions[0] == np.inf
