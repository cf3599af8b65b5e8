from __future__ import annotations

import pytest

from regression_model.build_context import BuildContext
from regression_model.errors import ConfigError
from regression_model.families.class_weights import class_settings


def test_only_classifiers_have_them():
    assert class_settings("balanced", BuildContext(task="classification")) == {"class_weight": "balanced"}
    assert class_settings(None, BuildContext(task="classification")) == {"class_weight": None}
    assert class_settings(None, BuildContext(task="regression")) == {}
    with pytest.raises(ConfigError, match="leave it out"):
        class_settings("balanced", BuildContext(task="regression"))
