"""What a search is made of: what proposes, where trials run, where the winner is trained."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from regression_model.execution import Backend, PoolSettings, Setup, WorkerPool
from regression_model.search.final_training import start_trainer
from regression_model.search.identity import describe_worker
from regression_model.search.job import SearchJob
from regression_model.search.material import Material
from regression_model.search.running_trials import Proposing

if TYPE_CHECKING:
    from regression_model.search.guardrails import Guardrail
    from regression_model.search.guide import Guide

BuildProposer = Callable[[Material, SearchJob, Sequence["Guardrail"]], Proposing]
BuildBackend = Callable[[SearchJob], Backend]


@dataclass(frozen=True)
class Parts:
    """What a search is made of; by default, what it is made of.

    Attributes
    ----------
    build_proposer : callable
        Makes what proposes candidates.
    build_backend : callable
        Makes where trials run. Each of its workers loads the tables by `prepare`.
    build_trainer : callable
        Makes where the winner is trained: on this machine.
    guide : Guide or None
        In a replay: what the run that is replayed has measured.
    """

    build_proposer: BuildProposer
    build_backend: BuildBackend
    build_trainer: Callable[[], Backend] = start_trainer
    guide: Guide | None = None


def build_proposer(material: Material, job: SearchJob, guardrails: Sequence[Guardrail]) -> Proposing:
    """Prepare the columns automatically, and propose from portfolios and samplers."""
    from regression_model.search.featurization import prepare_features
    from regression_model.search.proposals import Proposer, describe_table

    metric = material.scorer.metric
    preparation = prepare_features(material.split, job.config, guardrails, metric)
    facts = describe_table(material.split, job.config, metric)
    return Proposer(job.config, facts, preparation, job.settings, job.config.seed)


def build_backend(job: SearchJob) -> Backend:
    """Start processes on this machine, or let a cluster start them on its own."""
    prepare, settings = "regression_model.search.material:prepare", job.settings
    if settings.scheduler is None:
        return WorkerPool(PoolSettings(settings.jobs, Setup(prepare, job.source.to_json()), settings.trial_memory_mb))
    from regression_model.execution.cluster import ClusterBackend

    setup = Setup(prepare, {**job.source.to_json(), "expected": describe_worker(job.validation)})
    return ClusterBackend(settings.scheduler, PoolSettings(setup=setup, memory_mb=settings.trial_memory_mb))
