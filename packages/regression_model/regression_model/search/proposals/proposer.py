"""Proposes candidates: the configuration as it stands, then known-good starts, then samples."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from regression_model.config.ensembles import Ensemble
from regression_model.evaluation.metrics import get_metric
from regression_model.search.featurization import Preparation
from regression_model.search.proposals.families import choose_families, is_in_haste
from regression_model.search.proposals.sampling import Told, sample_choices
from regression_model.search.proposals.space import FamilySpace
from regression_model.search.records import Candidate, TrialResult

if TYPE_CHECKING:
    from regression_model.config import Config
    from regression_model.config.search import SearchConfig
    from regression_model.search_space import TableFacts

_BEFORE_BASELINE = 3
_N_ATTEMPTS = 20
_SHARE_OF_ANY_FAMILY = 0.1


class Proposer:
    """Proposes what to try, as a pure function of the seed, the trial's number and the results that were told.

    Trial 0 is the configuration as it stands (trial 3 where time is short). Then comes the first start of each family's
    portfolio, the strongest family first. For each further trial a family is drawn, rather one that has done well: it
    gives the next of its starts, first with the preparation that does best on most tables, then with others; behind
    them its hyperparameters and preparation are sampled near its best result or by Optuna's TPE.

    Parameters
    ----------
    config : Config
    facts : TableFacts
    preparation : Preparation
    settings : SearchConfig
    seed : int
        At least 0.

    Raises
    ------
    ConfigError
        If ``search.families`` names one that can't be tried.
    MissingExtraError
        If the library of a named family is not installed.
    """

    def __init__(
        self, config: Config, facts: TableFacts, preparation: Preparation, settings: SearchConfig, seed: int
    ) -> None:
        self._config = config
        self._direction = get_metric(facts.task, facts.metric).direction
        self._haste = is_in_haste(facts, settings)
        series = preparation.roles is not None and bool(preparation.roles.series)
        families = choose_families(facts, settings.families, haste=self._haste, series=series)
        self._spaces = [FamilySpace(family, facts, preparation) for family in families]
        self._seed = seed

    @cached_property
    def starts(self) -> tuple[Candidate, ...]:
        """The candidates that need no results: the configuration as it stands, and each family's first start."""
        baseline = propose_baseline(self._config)
        found, seen = [baseline], {_identify(baseline)}
        for space in self._spaces:
            candidate = space.build(0, "portfolio", space.starts()[0])
            if _identify(candidate) not in seen:
                found.append(candidate)
                seen.add(_identify(candidate))
        if self._haste:
            found.insert(min(_BEFORE_BASELINE, len(found) - 1), found.pop(0))
        found = [replace(candidate, number=number) for number, candidate in enumerate(found)]
        return tuple(found)

    def propose(
        self, numbers: Sequence[int], told: Sequence[TrialResult], pending: Sequence[Candidate] = ()
    ) -> list[Candidate]:
        """Propose a candidate for each number.

        Parameters
        ----------
        numbers : sequence of int
            From 0, ascending.
        told : sequence of TrialResult
            Results of earlier trials; their order does not matter.
        pending : sequence of Candidate
            What was proposed before, and has no result among those.

        Returns
        -------
        list of Candidate
            In the order of the numbers. None has the document of another one among them, of a start, or of a told
            result, unless there is no other after some attempts.
        """
        results = sorted(told, key=lambda result: result.candidate.number)
        seen = {_identify(item) for item in (*self.starts, *pending, *(result.candidate for result in results))}
        proposed = []
        for number in numbers:
            candidate = self.starts[number] if number < len(self.starts) else self._sample(number, results, seen)
            seen.add(_identify(candidate))
            proposed.append(candidate)
        return proposed

    def _sample(self, number: int, told: Sequence[TrialResult], seen: Collection[str]) -> Candidate:
        rng = np.random.default_rng([self._seed, number])
        losses = self._find_losses(told)
        for _ in range(_N_ATTEMPTS):
            space = self._draw_family(told, losses, rng)
            fresh = (space.build(number, "portfolio", start) for start in space.starts())
            unused = next((candidate for candidate in fresh if _identify(candidate) not in seen), None)
            if unused is not None:
                return unused
            history = [
                Told(result.candidate.choices, loss)
                for result, loss in zip(told, losses, strict=True)
                if result.candidate.choices.get("family") == space.name
            ]
            start = space.starts()[0]
            choices = sample_choices(space.distributions(), start, history, rng)
            candidate = space.build(number, "sampler", {k: v for k, v in choices.items() if k != "family"})
            if _identify(candidate) not in seen:
                break
        return candidate

    def _find_losses(self, told: Sequence[TrialResult]) -> list[float]:
        """Return what is to be small; of failed trials somewhat more than the worst of all."""
        sign = 1.0 if self._direction == "minimize" else -1.0
        scores = [sign * result.score for result in told if result.score is not None]
        bad = max(scores) + (max(scores) - min(scores)) + 1e-9 if scores else 1.0
        return [bad if result.score is None else sign * result.score for result in told]

    def _draw_family(
        self, told: Sequence[TrialResult], losses: Sequence[float], rng: np.random.Generator
    ) -> FamilySpace:
        """Draw any family at times, and otherwise one in proportion to one over its rank by its best result."""
        if rng.random() < _SHARE_OF_ANY_FAMILY:
            return self._spaces[int(rng.integers(len(self._spaces)))]
        best: dict[str, float] = {}
        for result, loss in zip(told, losses, strict=True):
            best[result.candidate.family] = min(loss, best.get(result.candidate.family, loss))
        ranked = sorted(self._spaces, key=lambda space: best.get(space.name, float("inf")))
        weights = 1.0 / np.arange(1, len(ranked) + 1) ** 1.5
        return ranked[int(rng.choice(len(ranked), p=weights / weights.sum()))]


def propose_baseline(config: Config) -> Candidate:
    """Return the configuration as it stands as a candidate: its sections, without what is at its default."""
    changes: dict[str, Any] = {
        "preprocessing": [
            {"step": step.step, **step.model_dump(mode="json", exclude_defaults=True)} for step in config.preprocessing
        ],
        "model": _say_model(config),
    }
    if config.task == "regression":
        changes["target"] = {"transform": config.target.transform}
    plain = {
        key: value
        for key, value in changes["model"].items()
        if key != "family" and not isinstance(value, list | dict | None)
    }
    return Candidate(0, "baseline", config.model.family, changes, {}, plain)


def _say_model(config: Config) -> dict[str, Any]:
    """Say the model as the file would; of an ensemble all, because its members are told apart by what is a default."""
    if isinstance(config.model, Ensemble):
        return config.model.model_dump(mode="json")
    return {"family": config.model.family, **config.model.model_dump(mode="json", exclude_defaults=True)}


def _identify(candidate: Candidate) -> str:
    """Return the same text for candidates that are the same model."""
    return json.dumps(candidate.changes, sort_keys=True)
