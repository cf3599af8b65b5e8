from __future__ import annotations

import pandas as pd
import pytest

from regression_model.row_groups import find_row_groups, row_groups


def test_groups_hold_in_their_context_only():
    assert find_row_groups(3) is None
    with row_groups(pd.Series(["b", "a", "b"], index=[7, 8, 9])):
        assert find_row_groups(3).tolist() == [1, 0, 1]
        with row_groups(None):
            assert find_row_groups(2) is None
        with pytest.raises(ValueError, match="a group for each of 2 rows, got 3"):
            find_row_groups(2)
    assert find_row_groups(2) is None
