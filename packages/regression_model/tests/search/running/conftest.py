"""A search that takes a moment: linear models of the embedded sample, listed beforehand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from regression_model.config import load_config
from regression_model.config.search import SearchConfig
from regression_model.execution import SerialBackend, Setup
from regression_model.search.job import SearchJob, SearchResult, with_settings
from regression_model.search.parts import Parts
from regression_model.search.records import Candidate, TrialResult
from regression_model.search.running import run_search

CONFIG = """
pipeline_name: houses
task: regression
seed: 3
data:
  name: house_prices
  sample: house_prices
target:
  column: SalePrice
  transform: log
features:
  number: [LotArea, GrLivArea]
  integer:
    OverallQual: From 1 to 10
    YearBuilt:
  category: [Neighborhood]
preprocessing:
- step: ordered_encoding
  columns: [Neighborhood]
model:
  family: ridge
evaluation:
  folds: 3
  bootstrap_samples: 100
"""

SCALED = [{"step": "ordered_encoding", "columns": ["Neighborhood"]}, {"step": "scale"}]
TREES = {"family": "extra_trees", "n_estimators": 5, "min_samples_leaf": 3}
CHANGES: tuple[dict[str, Any], ...] = (
    {},
    {"model": {"family": "ridge", "alpha": 50.0}},
    {"preprocessing": SCALED, "model": {"family": "lasso", "alpha": 0.01}},
    {"preprocessing": [], "model": {"family": "ridge"}},
    {"model": TREES},
    {"preprocessing": SCALED, "model": {"family": "elastic_net", "alpha": 0.02}},
    {"model": {"family": "ridge", "alpha": 500.0}},
)
"""The fourth fails: a category would reach the model."""


class Listed:
    """Proposes `CHANGES`, and from then on a ridge whose penalty depends on what was told, in the order of numbers."""

    def propose(
        self, numbers: Sequence[int], told: Sequence[TrialResult], pending: Sequence[Candidate] = ()
    ) -> list[Candidate]:
        """See `Proposer.propose`."""
        return [self._propose(number, told) for number in numbers]

    def _propose(self, number: int, told: Sequence[TrialResult]) -> Candidate:
        if number < len(CHANGES):
            changes = CHANGES[number]
            return Candidate(number, "portfolio", changes.get("model", {"family": "ridge"})["family"], changes)
        alpha = 1.0 + sum(result.score or 0.0 for result in told) / 1e4 + number
        return Candidate(number, "sampler", "ridge", {"model": {"family": "ridge", "alpha": alpha}}, {"alpha": alpha})


def build_serial_backend(job: SearchJob) -> SerialBackend:
    """Do trials in this process: most tests are about what is made of them."""
    return SerialBackend(Setup("regression_model.search.material:prepare", job.source.to_json()))


@pytest.fixture(scope="session")
def parts() -> Parts:
    """What the searches of these tests are made of."""
    return Parts(lambda _material, _job, _guardrails: Listed(), build_serial_backend, SerialBackend)


@pytest.fixture(scope="session")
def make_job(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., SearchJob]:
    """Return a function that makes the job of a search with these settings."""
    file = tmp_path_factory.mktemp("config") / "houses.yml"
    file.write_text(CONFIG, encoding="utf-8")

    def make(output: Path, validation: Path | None = None, **settings: object) -> SearchJob:
        chosen = {"trials": 8, "batch_size": 2, "folds": 3, **settings}
        config = with_settings(load_config(file), SearchConfig.model_validate(chosen))
        return SearchJob(config, sample=True, validation=validation, output=output)

    return make


@pytest.fixture(scope="session")
def done(
    make_job: Callable[..., SearchJob], parts: Parts, tmp_path_factory: pytest.TempPathFactory
) -> tuple[SearchResult, list[dict[str, Any]]]:
    """A search that has ended, not to be changed, and its events."""
    events: list[dict[str, Any]] = []
    return run_search(make_job(tmp_path_factory.mktemp("runs")), events.append, parts), events
