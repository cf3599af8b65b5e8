"""Finds the sampler that a configuration names, and has it choose where trainings run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from regression_model.config.sweep import SweepConfig
from regression_model.sweep.sampling.base import Sampler, Told
from regression_model.sweep.sampling.grid import GridSampler
from regression_model.sweep.sampling.random import RandomSampler
from regression_model.sweep.sampling.sobol import SobolSampler
from regression_model.sweep.sampling.tpe import TPESampler

if TYPE_CHECKING:
    from regression_model.execution import TaskContext

CHOOSE = "regression_model.sweep.sampling.choosing:choose_in_worker"

_SAMPLERS: dict[str, type[Sampler]] = {
    "random": RandomSampler,
    "grid": GridSampler,
    "sobol": SobolSampler,
    "tpe": TPESampler,
}


def build_sampler(settings: SweepConfig, seed: int) -> Sampler:
    """Make the sampler of a sweep.

    Raises
    ------
    MissingExtraError
        If its library is not installed.
    """
    return _SAMPLERS[settings.sampling](settings.parameters, settings.max_total_runs, seed)


def choose_in_worker(payload: Mapping[str, Any], context: TaskContext) -> list[dict[str, Any]]:
    """Choose the values of several runs as a task: what surrounds a sampler has a say in what it computes.

    Parameters
    ----------
    payload : mapping
        ``settings`` (the section ``sweep``), ``seed``, ``numbers`` of the runs, and ``told``: for each run of the
        batches before, its ``assignment`` and its ``score``.
    context : TaskContext

    Returns
    -------
    list of dict
        The value of each hyperparameter, for each run.
    """
    del context
    sampler = build_sampler(SweepConfig.model_validate(payload["settings"]), payload["seed"])
    told = [Told(run["assignment"], run["score"]) for run in payload["told"]]
    return [dict(sampler.choose(number, told)) for number in payload["numbers"]]
