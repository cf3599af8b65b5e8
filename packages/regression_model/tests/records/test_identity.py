from __future__ import annotations

import pytest

from regression_model.errors import SearchError
from regression_model.records.identity import check_identity, describe_surroundings


def test_libraries_and_platform_have_a_say():
    found = describe_surroundings()
    assert {"scikit-learn", "numpy"} <= set(found["the libraries"])
    assert set(found["the platform"]) == {"system", "machine", "python"}


def test_a_run_goes_on_where_all_is_the_same():
    check_identity({"the table": "a", "more": 1}, {"the table": "a"}, "one")


def test_what_differs_is_named():
    with pytest.raises(SearchError, match=r"run one can't go on, because the table changed.*'a' then, 'b' now"):
        check_identity({"the table": "a", "seed": 1}, {"the table": "b", "seed": 1}, "one")
