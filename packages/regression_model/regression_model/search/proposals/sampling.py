"""Samples choices of one family: near the best that is known, or by Optuna's TPE once there is enough to learn from."""

from __future__ import annotations

import math
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import numpy as np

from regression_model.search_space import Choice, Distribution, Real, Value, Whole

if TYPE_CHECKING:
    from optuna.distributions import BaseDistribution

Choices = Mapping[str, Value]

MIN_TOLD_FOR_TPE = 6
"""Results of a family from which on the sampler learns from them; before, it looks around the best."""

_STEP = 0.2
"""Standard deviation of a step, as a part of the whole range."""

_SHARE_OF_TPE = 0.6
_SHARE_MOVED = 0.4
_SIGNIFICANT_DIGITS = 4


@dataclass(frozen=True)
class Told:
    """Choices with the score they got; the larger the loss the worse."""

    choices: Choices
    loss: float


def sample_choices(
    space: Mapping[str, Distribution], start: Choices, told: Sequence[Told], rng: np.random.Generator
) -> dict[str, Value]:
    """Sample choices.

    Parameters
    ----------
    space : mapping of str to distribution
    start : mapping
        Where to begin while nothing is told; what is not in the space is kept.
    told : sequence of Told
        Failed trials among them with a bad loss.
    rng : Generator

    Returns
    -------
    dict
        A value for each name of the space, and what else the best had.
    """
    best = min(told, key=lambda item: item.loss).choices if told else start
    learn = len(told) >= MIN_TOLD_FOR_TPE and find_spec("optuna") is not None and rng.random() < _SHARE_OF_TPE
    found = _ask_tpe(space, told, rng) if learn else _move(space, best, rng)
    return {**best, **found}


def _move(space: Mapping[str, Distribution], best: Choices, rng: np.random.Generator) -> dict[str, Value]:
    """Take a step away from the best in some directions, at least one."""
    moved = [name for name in space if rng.random() < _SHARE_MOVED]
    if not moved and space:
        moved = [list(space)[int(rng.integers(len(space)))]]
    return {name: _step(space[name], best.get(name), rng) for name in moved}


def _step(distribution: Distribution, value: Value, rng: np.random.Generator) -> Value:
    if isinstance(distribution, Choice):
        others = [item for item in distribution.values if item != value or type(item) is not type(value)]
        return others[int(rng.integers(len(others)))] if others else value
    low, high = _to_line(distribution, distribution.low), _to_line(distribution, distribution.high)
    known = isinstance(value, int | float) and not isinstance(value, bool)
    centre = _to_line(distribution, max(float(value), distribution.low)) if known else rng.uniform(low, high)  # type: ignore[arg-type]
    point = min(max(centre + rng.normal(0.0, _STEP) * (high - low), low), high)
    return _from_line(distribution, point)


def _to_line(distribution: Real | Whole, value: float) -> float:
    return math.log(value) if distribution.log else float(value)


def _from_line(distribution: Real | Whole, point: float) -> float | int:
    value = math.exp(point) if distribution.log else point
    return _round(distribution, value)


def _round(distribution: Real | Whole, value: float) -> float | int:
    """Keep the digits that matter, so that the configuration stays readable; the range's ends are never passed."""
    if isinstance(distribution, Whole):
        return min(max(round(value), distribution.low), distribution.high)
    return min(max(float(f"{value:.{_SIGNIFICANT_DIGITS}g}"), distribution.low), distribution.high)


def _ask_tpe(space: Mapping[str, Distribution], told: Sequence[Told], rng: np.random.Generator) -> dict[str, Value]:
    """Ask Optuna's TPE (Bergstra et al. 2011), with all parameters of a candidate considered together."""
    import optuna

    distributions = {name: _convert(item) for name, item in space.items()}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Optuna calls 'multivariate' experimental; its version is pinned by the locks
        sampler = optuna.samplers.TPESampler(
            seed=int(rng.integers(2**31)), n_startup_trials=0, multivariate=True, constant_liar=False
        )
        before = optuna.logging.get_verbosity()
        optuna.logging.set_verbosity(optuna.logging.ERROR)
        try:
            study = optuna.create_study(sampler=sampler, direction="minimize")
            for item in told:
                params = _fit_into(space, item.choices)
                study.add_trial(optuna.trial.create_trial(params=params, distributions=distributions, value=item.loss))
            params = study.ask(distributions).params
        finally:
            optuna.logging.set_verbosity(before)
    return {name: _tidy(space[name], params[name]) for name in space}


def _tidy(distribution: Distribution, value: Any) -> Value:  # noqa: ANN401 - whatever Optuna returns
    return value if isinstance(distribution, Choice) else _round(distribution, value)


def _convert(distribution: Distribution) -> BaseDistribution:
    from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution

    if isinstance(distribution, Choice):
        return CategoricalDistribution(distribution.values)
    if isinstance(distribution, Whole):
        return IntDistribution(distribution.low, distribution.high, log=distribution.log)
    return FloatDistribution(distribution.low, distribution.high, log=distribution.log)


def _fit_into(space: Mapping[str, Distribution], choices: Choices) -> dict[str, Value]:
    """Say choices in terms of the space: known starts may lie outside, or leave something at its default."""
    fitted: dict[str, Value] = {}
    for name, distribution in space.items():
        value = choices.get(name)
        if isinstance(distribution, Choice):
            fitted[name] = value if value in distribution.values else distribution.values[0]
        elif isinstance(value, int | float) and not isinstance(value, bool):
            fitted[name] = _round(distribution, float(value))
        else:
            middle = (_to_line(distribution, distribution.low) + _to_line(distribution, distribution.high)) / 2
            fitted[name] = _from_line(distribution, middle)
    return fitted
