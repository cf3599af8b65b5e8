"""Sweeps: the hyperparameters of one model family, tuned under a sampling and a policy that gives hopeless runs up."""

from regression_model.sweep.describing import describe_decisions, describe_replay, describe_runs
from regression_model.sweep.job import SweepJob
from regression_model.sweep.recorded import read_policy, read_sweep, replay_recorded
from regression_model.sweep.records import Run, SweepResult
from regression_model.sweep.running import FinishedSweep, run_sweep

__all__ = [
    "FinishedSweep",
    "Run",
    "SweepJob",
    "SweepResult",
    "describe_decisions",
    "describe_replay",
    "describe_runs",
    "read_policy",
    "read_sweep",
    "replay_recorded",
    "run_sweep",
]
