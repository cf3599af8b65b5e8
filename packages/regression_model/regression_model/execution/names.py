"""Finds the function that a task names."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any


def find_function(name: str) -> Callable[..., Any]:
    """Return the function that ``module:function`` names.

    Examples
    --------
    >>> find_function("json:dumps")([1])
    '[1]'
    """
    module, _, function = name.partition(":")
    found: Callable[..., Any] = getattr(importlib.import_module(module), function)
    return found
