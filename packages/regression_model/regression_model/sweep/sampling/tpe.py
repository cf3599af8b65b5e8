"""Runs near those that were good."""

from __future__ import annotations

import math
import warnings
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from regression_model.config.sweep import ParameterConfig
from regression_model.errors import MissingExtraError
from regression_model.sweep.parameters import Assignment, draw_value, quantise
from regression_model.sweep.sampling.base import Sampler, Told

if TYPE_CHECKING:
    from optuna.distributions import BaseDistribution

_N_RANDOM = 10
"""Runs before the first that is not random: Optuna's default."""


class TPESampler(Sampler):
    """Tree-structured Parzen estimator (Bergstra et al. 2011; `optuna.samplers.TPESampler`).

    The first runs are random. A failed run counts as the worst one. Scores are to be minimised here.

    Raises
    ------
    MissingExtraError
        If Optuna is not installed.
    """

    def __init__(self, parameters: Mapping[str, ParameterConfig], n_runs: int, seed: int) -> None:
        super().__init__(parameters, n_runs, seed)
        try:
            import optuna  # noqa: F401 - so that it is missed at the beginning
        except ImportError as error:
            raise MissingExtraError("'sampling: tpe'", "search") from error

    def choose(self, number: int, told: Sequence[Told]) -> Assignment:
        """Ask Optuna, who is told all that is known; see `Sampler.choose`."""
        import optuna

        distributions = {name: _convert(parameter) for name, parameter in self.parameters.items()}
        seed = int(np.random.default_rng([self.seed, number]).integers(2**31))
        known = [run.score for run in told if run.score is not None and math.isfinite(run.score)]
        worst = max(known, default=0.0)
        before = optuna.logging.get_verbosity()
        optuna.logging.set_verbosity(optuna.logging.ERROR)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # what Optuna calls experimental is pinned by the locks
                sampler = optuna.samplers.TPESampler(seed=seed, n_startup_trials=_N_RANDOM, constant_liar=False)
                study = optuna.create_study(sampler=sampler, direction="minimize")
                for run in told:
                    score = worst if run.score is None or not math.isfinite(run.score) else run.score
                    params = {name: self._encode(name, run.assignment[name]) for name in self.parameters}
                    study.add_trial(optuna.trial.create_trial(params=params, distributions=distributions, value=score))
                asked = study.ask(distributions).params
        finally:
            optuna.logging.set_verbosity(before)
        return {name: self._decode(name, asked[name]) for name in self.parameters}

    def _encode(self, name: str, value: Any) -> Any:  # noqa: ANN401 - any value of a hyperparameter
        parameter = self.parameters[name]
        if parameter.choice is not None:  # by position: choices may be lists, which Optuna does not take
            return next(position for position, choice in enumerate(parameter.choice) if _same(choice, value))
        if parameter.normal is not None:
            from scipy.special import ndtr

            mean, deviation = parameter.normal
            return float(np.clip(ndtr((value - mean) / deviation), *_SHARES))
        return value

    def _decode(self, name: str, value: Any) -> Any:  # noqa: ANN401 - any value of a hyperparameter
        parameter = self.parameters[name]
        if parameter.choice is not None:
            return parameter.choice[value]
        if parameter.normal is not None:
            return draw_value(parameter, value)
        if parameter.quniform is not None:
            return quantise(value, *parameter.quniform)
        return value


_SHARES = (1e-9, 1 - 1e-9)
"""What a normally distributed parameter is to Optuna: the share of the distribution that lies below it."""


def _same(choice: Any, value: Any) -> bool:  # noqa: ANN401 - any value of a hyperparameter
    """Compare what may have been a tuple before it was JSON."""
    if isinstance(choice, list | tuple) and isinstance(value, list | tuple):
        return len(choice) == len(value) and all(map(_same, choice, value))
    return bool(choice == value)


def _convert(parameter: ParameterConfig) -> BaseDistribution:
    from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution

    if parameter.choice is not None:
        return CategoricalDistribution(range(len(parameter.choice)))
    if parameter.randint is not None:
        return IntDistribution(parameter.randint[0], parameter.randint[1] - 1)
    if parameter.normal is not None:
        return FloatDistribution(*_SHARES)
    low, high = (parameter.uniform or parameter.loguniform or parameter.quniform or (0.0, 1.0))[:2]
    return FloatDistribution(low, high, log=parameter.loguniform is not None)
