"""Runs functions in processes that can be ended: for time, for memory, and when they crash.

`WorkerPool` keeps such processes ready. A task is a function's name and a payload of JSON, and so is its result:
what runs here in a child process can run as well on another machine.
"""

from regression_model.execution.backend import Backend
from regression_model.execution.context import Report, TaskContext
from regression_model.execution.pool import PoolSettings, WorkerPool
from regression_model.execution.prediction import PredictionProcess, ProcessLimits
from regression_model.execution.serial import SerialBackend
from regression_model.execution.tasks import Outcome, OutcomeStatus, Progress, Setup, Task

__all__ = [
    "Backend",
    "Outcome",
    "OutcomeStatus",
    "PoolSettings",
    "PredictionProcess",
    "ProcessLimits",
    "Progress",
    "Report",
    "SerialBackend",
    "Setup",
    "Task",
    "TaskContext",
    "WorkerPool",
]
