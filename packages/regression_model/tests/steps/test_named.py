from __future__ import annotations

import pytest

from regression_model.errors import ConfigError
from regression_model.steps.named import check_named, list_or_none


def test_names_pass():
    assert check_named("drop", ("a", "b")) == ["a", "b"]
    assert list_or_none(("a", "b")) == ["a", "b"]


def test_all_has_no_names():
    assert list_or_none(("all",)) is None
    with pytest.raises(ConfigError, match="'drop' works on named columns") as caught:
        check_named("drop", ("all",))
    assert caught.value.key == "preprocessing"
