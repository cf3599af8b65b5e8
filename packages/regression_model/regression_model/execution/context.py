"""What a task is given besides its payload."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Report = Callable[[Any], None]
"""Sends any JSON to whoever submitted the task, while the task runs."""


@dataclass(frozen=True)
class TaskContext:
    """What a task is given besides its payload.

    Attributes
    ----------
    state : object
        What the set-up function has returned in this process; None without one. Tasks share it: none may change it.
    report : callable
        Sends any JSON to whoever submitted the task.
    """

    state: Any
    report: Report
