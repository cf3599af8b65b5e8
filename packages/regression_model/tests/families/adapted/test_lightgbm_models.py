from __future__ import annotations

import lightgbm
import numpy as np
import pandas as pd
import pytest

QUIET = {"n_estimators": 5, "verbose": -1, "n_jobs": 1, "random_state": 0}
ODD = ["zone_{a}", 'b, "c"', "d e"]


@pytest.fixture
def frame():
    return pd.DataFrame(np.random.default_rng(0).normal(size=(200, 3)), columns=ODD)


def test_predictions_are_the_library_s_own(frame):
    from regression_model.families.adapted.lightgbm_models import LightGBMClassifier, LightGBMRegressor

    plain = frame.set_axis(["a", "b", "c"], axis=1)
    target = frame.sum(axis=1)
    np.testing.assert_array_equal(
        LightGBMRegressor(**QUIET).fit(frame, target).predict(frame),
        lightgbm.LGBMRegressor(**QUIET).fit(plain, target).predict(plain),
    )
    classes = np.where(target > 0, "yes", "no")
    ours = LightGBMClassifier(**QUIET).fit(frame, classes)
    theirs = lightgbm.LGBMClassifier(**QUIET).fit(plain, classes)
    assert ours.predict(frame).tolist() == theirs.predict(plain).tolist()
    np.testing.assert_array_equal(ours.predict_proba(frame), theirs.predict_proba(plain))


def test_the_library_still_refuses_such_names(frame):
    # The reason for these classes: once this fails, they can go.
    with pytest.raises(lightgbm.basic.LightGBMError, match="special JSON characters"):
        lightgbm.LGBMRegressor(**QUIET).fit(frame, frame["d e"])
