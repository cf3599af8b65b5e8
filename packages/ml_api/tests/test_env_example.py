"""The example of a file with settings names each of them, with a value that is allowed."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from ml_api.errors import SettingsError
from ml_api.settings import read_settings
from ml_api.settings.classes import declared_settings

EXAMPLE = Path(__file__).parents[1] / ".env.example"
LINES = re.findall(r"(?m)^# (ML_API_\w+)=(.*)$", EXAMPLE.read_text(encoding="utf-8"))
PLACEHOLDER = "ML_API_SECRET_KEY"


def test_each_setting_is_named_once_in_the_order_of_the_table():
    assert [name for name, _ in LINES] == ["ML_API_ENV", *(item.variable for item in declared_settings())]


def test_a_shell_can_read_it_and_the_values_are_allowed():
    values = {name: shlex.split(value) for name, value in LINES}
    assert all(len(words) == 1 for words in values.values()), values
    assert read_settings({name: words[0] for name, words in values.items() if name != PLACEHOLDER})


def test_the_secret_of_the_example_is_accepted_nowhere():
    with pytest.raises(SettingsError, match=f"{PLACEHOLDER} must be"):
        read_settings({PLACEHOLDER: dict(LINES)[PLACEHOLDER]})
