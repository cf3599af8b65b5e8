"""Chooses among single models, votes and stacks, by what they answer for rows that they have not learned from."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from regression_model.evaluation.bootstrap import bootstrap_intervals
from regression_model.evaluation.metrics import UndefinedMetricError, get_metrics
from regression_model.evaluation.scoring import Scorer
from regression_model.search.ensembling.documents import build_stack, build_vote, get_family, get_transform
from regression_model.search.ensembling.folds import draw_folds, find_others
from regression_model.search.ensembling.greedy import Budget, average, choose_weights
from regression_model.search.ensembling.losses import LossMaker
from regression_model.search.ensembling.parsimony import rank_choices
from regression_model.search.ensembling.records import (
    QUICK_MS,
    EnsembleChoice,
    EnsembleSettings,
    FloatArray,
    IntArray,
    Kind,
    Member,
)
from regression_model.search.ensembling.stacking import predict_stack
from regression_model.search.records import TrialResult

MAX_CANDIDATES = 20
"""So many trials, the best ones, may become members: those behind them hardly ever do, and all cost time."""
STACK_FOLDS = 5


def select_ensemble(
    results: Sequence[TrialResult],
    predictions: Mapping[int, FloatArray],
    target: npt.NDArray[Any],
    scorer: Scorer,
    settings: EnsembleSettings | None = None,
) -> list[EnsembleChoice]:
    """Return what could be a search's answer, the best first.

    One of them is the best single trial. Votes and stacks are made of trials that belong together: that transform the
    target in the same way, since a vote averages on the transformed scale, and that all have a compiled form or all
    have none, since one without it would take that of the others away. A vote's weights are chosen greedily (see
    `greedy`), a stack's members are those of the vote. Each is scored by cross-fitting: in every fold, weights come
    from the rows of the other folds, so that the score of an ensemble is not the better for what it has learned.
    Ensembles that are worse than the best single trial are among them, too.

    Parameters
    ----------
    results : sequence of TrialResult
        In any order; those that are not completed, or have no predictions, do not count.
    predictions : mapping of int to array
        Out-of-fold predictions by the number of the trial: shape (n_rows,) on the target's scale, or
        (n_rows, n_classes) probabilities in the order of ``scorer.classes``.
    target : array of shape (n_rows,)
        Numbers or labels.
    scorer : Scorer
        What is to be best.
    settings : EnsembleSettings, optional

    Returns
    -------
    list of EnsembleChoice
        The best score first, of equal ones the simpler; within ``max_latency_ms``, and empty if no trial is. With
        ``auto``, ensembles that are not clearly better than the best single trial come behind it (`is_worth_it`).
    """
    settings = settings or EnsembleSettings()
    order = _sort(results, predictions, scorer)
    singles = [result for result in order if _is_affordable(result, settings)]
    if not singles:
        return []
    choices = [_choose_single(_find_best(singles, settings), predictions, settings)]
    if settings.wanted != "none":
        from threadpoolctl import threadpool_limits

        with threadpool_limits(1):
            for (transform, _), group in _group(singles, settings).items():
                maker = LossMaker(scorer, np.asarray(target), transform)
                choices += _Selection(group, predictions, maker, settings).choose()
    return rank_choices(choices, np.asarray(target), scorer, settings)


def _sort(results: Sequence[TrialResult], predictions: Mapping[int, FloatArray], scorer: Scorer) -> list[TrialResult]:
    sign = 1.0 if scorer.definition.direction == "minimize" else -1.0
    usable = [
        (sign * result.score, result.candidate.number, result)
        for result in results
        if result.status == "completed" and result.score is not None and result.candidate.number in predictions
    ]
    return [result for _, _, result in sorted(usable, key=lambda entry: entry[:2])]


def _is_affordable(result: TrialResult, settings: EnsembleSettings) -> bool:
    return settings.max_latency_ms is None or (
        result.latency_ms is not None and result.latency_ms <= settings.max_latency_ms
    )


def _find_best(singles: Sequence[TrialResult], settings: EnsembleSettings) -> TrialResult:
    """Return the first that can be fitted in the time that is left; if none can, the first."""
    limit = settings.max_fit_time_s
    return next((result for result in singles if _cost(result.fit_time_s, limit) <= (limit or 0.0)), singles[0])


def _group(singles: Sequence[TrialResult], settings: EnsembleSettings) -> dict[tuple[str, bool], list[TrialResult]]:
    groups: dict[tuple[str, bool], list[TrialResult]] = {}
    for result in singles:
        if get_family(result.candidate, settings.base) not in ("vote", "stack"):  # no ensembles inside ensembles
            key = get_transform(result.candidate, settings.base), result.compiled
            groups.setdefault(key, []).append(result)
    return {key: group for key, group in groups.items() if len(group) > 1}


def _choose_single(
    result: TrialResult, predictions: Mapping[int, FloatArray], settings: EnsembleSettings
) -> EnsembleChoice:
    candidate = result.candidate
    assert result.score is not None
    return EnsembleChoice(
        "single",
        (Member(candidate.number, _name(result, settings), None),),
        candidate.changes,
        result.score,
        result.interval,
        predictions[candidate.number],
        result.fit_time_s,
        result.latency_ms,
        result.size_bytes,
        result.compiled,
        dict(result.metrics),
    )


def _name(result: TrialResult, settings: EnsembleSettings) -> str:
    return f"{get_family(result.candidate, settings.base)}_{result.candidate.number}"


class _Selection:
    """The ensembles of one group of trials."""

    def __init__(
        self,
        group: Sequence[TrialResult],
        predictions: Mapping[int, FloatArray],
        maker: LossMaker,
        settings: EnsembleSettings,
    ) -> None:
        self.settings, self.maker = settings, maker
        self.results, self.answers = _keep_different(group, predictions, maker)
        n_rows = len(maker.target)
        self.everything = np.arange(n_rows)
        # A validation table is held out as one: there are no other rows to learn weights from.
        given = [fold for fold in settings.folds if len(fold) < n_rows]
        self.folds = given or draw_folds(
            maker.target, settings.groups, classification=maker.codes is not None, seed=settings.seed
        )

    def choose(self) -> list[EnsembleChoice]:
        """Return the group's vote and stack, as far as they are wanted and have more than one member."""
        if len(self.results) < 2:
            return []
        weights = self._choose_weights(self.everything)
        if len(weights) < 2:
            return []
        places = sorted(weights, key=lambda place: (-weights[place], place))
        found = []
        if self.settings.wanted in ("auto", "vote"):
            found.append(self._build("vote", {place: weights[place] for place in places}, self._cross_fit_vote()))
        if self.settings.wanted in ("auto", "stack") and self._can_stack(places):
            answers = [self.answers[place] for place in places]
            stacked = predict_stack(answers, self.maker, self.folds)
            found.append(self._build("stack", {place: weights[place] for place in places}, stacked))
        return [choice for choice in found if choice is not None]

    def _choose_weights(self, rows: IntArray) -> dict[int, float]:
        rows = self.maker.choose_rows(rows)
        answers = [answer[rows] for answer in self.answers]
        return choose_weights(answers, self.maker.build(rows), self._budget(), rounds=self.settings.rounds)

    def _budget(self) -> Budget:
        settings = self.settings
        quick_ms = QUICK_MS if all(result.compiled for result in self.results) else None
        limits = (settings.max_latency_ms or quick_ms, settings.max_fit_time_s, settings.max_size_bytes)
        known = tuple(limit if limit is not None else math.inf for limit in limits)
        costs = [
            tuple(
                _cost(cost, limit)
                for cost, limit in zip((one.latency_ms, one.fit_time_s, one.size_bytes), limits, strict=True)
            )
            for one in self.results
        ]
        return Budget(costs, known, settings.max_members)

    def _can_stack(self, places: Sequence[int]) -> bool:
        """Say whether each of a stack's folds can have all classes, and all its fits fit into the time that is left."""
        if not self.settings.can_stack:
            return False
        codes, limit = self.maker.codes, self.settings.max_fit_time_s
        if codes is not None and np.bincount(codes, minlength=len(self.maker.scorer.classes or ())).min() < STACK_FOLDS:
            return False
        total = sum(_cost(self.results[place].fit_time_s, limit) for place in places)
        return limit is None or (STACK_FOLDS + 1) * total <= limit

    def _cross_fit_vote(self) -> FloatArray:
        averaged = np.empty_like(self.answers[0])
        for held_out in self.folds:
            weights = self._choose_weights(find_others(held_out, len(averaged)))
            averaged[held_out] = average([answer[held_out] for answer in self.answers], weights)
        return self.maker.turn_back(averaged)

    def _build(self, kind: Kind, weights: Mapping[int, float], answered: FloatArray) -> EnsembleChoice | None:
        settings, scorer = self.settings, self.maker.scorer
        sample = scorer.build_sample(self.maker.target, answered)
        metrics = _compute_all(scorer, sample)
        score = metrics.get(scorer.definition.name)
        if score is None:
            return None
        found = bootstrap_intervals(
            [scorer.definition], sample, n_resamples=settings.n_bootstrap, confidence=settings.confidence,
            seed=settings.seed,
        )[scorer.definition.name]  # fmt: skip
        chosen = [self.results[place] for place in weights]
        members = [
            Member(result.candidate.number, _name(result, settings), round(weight, 6) if kind == "vote" else None)
            for result, weight in zip(chosen, weights.values(), strict=True)
        ]
        build = build_vote if kind == "vote" else build_stack
        pairs = [(member, result.candidate) for member, result in zip(members, chosen, strict=True)]
        n_fits = 1 if kind == "vote" else STACK_FOLDS + 1
        return EnsembleChoice(
            kind,
            tuple(members),
            build(pairs, settings.base, self.maker.transform),
            score,
            (found.low, found.high) if found else None,
            answered,
            _sum([None if one.fit_time_s is None else n_fits * one.fit_time_s for one in chosen]),
            _sum([one.latency_ms for one in chosen]),
            _whole(_sum([one.size_bytes for one in chosen])),
            all(one.compiled for one in chosen),
            metrics,
        )


def _keep_different(
    group: Sequence[TrialResult], predictions: Mapping[int, FloatArray], maker: LossMaker
) -> tuple[list[TrialResult], list[FloatArray]]:
    """Take the best trials, without those that answer the same as a better one, on the scale of the average."""
    results: list[TrialResult] = []
    answers: list[FloatArray] = []
    for result in group:
        predicted = np.asarray(predictions[result.candidate.number], dtype=np.float64)
        if maker.transform == "log" and (predicted <= 0).any():
            continue
        answer = maker.turn(predicted)
        if not any(np.array_equal(answer, other) for other in answers):
            results.append(result)
            answers.append(answer)
        if len(results) == MAX_CANDIDATES:
            break
    return results, answers


def _compute_all(scorer: Scorer, sample: Any) -> dict[str, float]:  # noqa: ANN401 - a sample of either task
    found = {}
    for metric in (*get_metrics(scorer.task).values(), scorer.definition):
        try:
            found[metric.name] = metric.compute(sample)
        except UndefinedMetricError:
            continue
    return found


def _cost(value: float | None, limit: float | None) -> float:
    """Return what counts against a limit: all of it, where a cost is not known."""
    if limit is None:
        return 0.0
    return math.inf if value is None else value


def _sum(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) if len(known) == len(values) else None


def _whole(value: float | None) -> int | None:
    return None if value is None else int(value)
