from __future__ import annotations

import numpy as np
import pytest

from regression_model.errors import ExplanationError
from regression_model.lowering.models.typical_row import build_typical_frame
from regression_model.schema import Feature, Schema


def test_typical_values_and_nothing_where_most_rows_have_none():
    schema = Schema(
        (
            Feature("area", "number", nullable=True, typical=90.5, missing_fraction=0.2),
            Feature("pool", "number", nullable=True, typical=80.0, missing_fraction=0.9),
            Feature("zone", "category", nullable=False, typical="RL", categories={"RL": 0.8, "FV": 0.2}),
            Feature("lift", "boolean", nullable=False, typical=True),
            Feature("sold", "datetime", nullable=False, typical="2010-03-01T00:00:00"),
        )
    )
    (row,) = build_typical_frame(schema).to_dict("records")
    assert row["area"] == 90.5
    assert np.isnan(row["pool"])
    assert (row["zone"], row["lift"], row["sold"].year) == ("RL", 1.0, 2010)


def test_a_typical_value_that_is_refused_is_named():
    schema = Schema((Feature("area", "number", nullable=False, typical=0.0, exclusive_minimum=0.0),))
    with pytest.raises(ExplanationError, match="refused of area"):
        build_typical_frame(schema)
