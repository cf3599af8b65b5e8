"""Importing the package is free: no files, no environment, nothing heavy."""

from __future__ import annotations

import subprocess
import sys

import pytest

import ml_api
import ml_api.wsgi

HEAVY = {"flask", "marshmallow", "gunicorn", "click", "pandas", "sklearn", "numpy", "regression_model"}


@pytest.mark.parametrize("module", ["ml_api", "ml_api.wsgi"])
def test_an_import_brings_nothing_heavy(module):
    program = f"import sys, {module}; heavy = {HEAVY} & set(sys.modules); assert not heavy, heavy"
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)


FREE = """
import os, sys

class Untouchable(dict):
    def __getitem__(self, key):
        raise AssertionError(f"{key} was read from the environment")
    get = __contains__ = __getitem__

# What Python itself imports for us may read its own variables; only then does the trap shut.
import importlib.resources, dataclasses, difflib, pathlib, typing, logging
os.environ = Untouchable()

def refuse(event, arguments):
    if event == "open" and not str(arguments[0]).endswith((".py", ".pyc")):
        raise AssertionError(f"{arguments[0]} was opened")
    if event in {"socket.connect", "subprocess.Popen", "os.exec"}:
        raise AssertionError(event)

sys.addaudithook(refuse)
import ml_api, ml_api.wsgi, ml_api.settings, ml_api.errors, ml_api.services
"""


def test_an_import_opens_no_file_and_takes_no_environment():
    subprocess.run([sys.executable, "-c", FREE], check=True, timeout=60)


def test_every_public_name_resolves():
    for name in ml_api.__all__:
        assert getattr(ml_api, name) is not None
        assert name in dir(ml_api)


@pytest.mark.parametrize("module", [ml_api, ml_api.wsgi])
def test_an_unknown_name_is_an_attribute_error(module):
    with pytest.raises(AttributeError, match="has no attribute 'nonsense'"):
        _ = module.nonsense
