from __future__ import annotations

import numpy as np
import pandas as pd

from regression_model.compiled.columns import Texts
from regression_model.lowering.preprocessing import lower_steps
from regression_model.lowering.replaying import read_column, replay


def test_columns_behind_each_step(build_small):
    pipeline, schema, _, frame = build_small()
    rows = frame.head(30)
    replays = replay(lower_steps(pipeline, schema), schema, rows)
    assert [item.step for item in replays] == [name for name, _ in pipeline.steps[:-1]]
    for (_, step), item in zip(pipeline.steps[:-1], replays, strict=True):
        rows = step.transform(rows)
        assert list(item.columns) == list(rows.columns)
        for name, column in item.columns.items():
            if column.dtype == object:
                assert column.tolist() == rows[name].tolist()
            else:
                np.testing.assert_allclose(column, rows[name], rtol=1e-14)
        assert not item.failed.any()


def test_rows_fail_at_their_step(build_small):
    pipeline, schema, _, frame = build_small()
    rows = frame.head(3).assign(area=[1.0, -1.0, 2.0])
    replays = replay(lower_steps(pipeline, schema), schema, rows)
    assert [item.failed.tolist() for item in replays[:2]] == [[False] * 3, [False, True, False]]


def test_columns_of_a_frame():
    numbers = read_column(pd.Series([True, False]))
    assert numbers.tolist() == [1.0, 0.0]
    texts = read_column(pd.Series(["b", None, "a", "b"], dtype=object))
    assert isinstance(texts, Texts)
    assert texts.to_list() == ["b", None, "a", "b"]
    dates = read_column(pd.Series(pd.to_datetime(["2020-01-01", None]).astype("datetime64[ns]")))
    assert dates.dtype == "datetime64[us]"
