"""The smallest task: to try out a pool, or a cluster."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from regression_model.execution.context import TaskContext


def echo(payload: Mapping[str, Any], context: TaskContext) -> dict[str, Any]:
    """Report the payload, and return it."""
    context.report(dict(payload))
    return dict(payload)
