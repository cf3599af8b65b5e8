"""The section ``sweep``: which hyperparameters to try, and which runs to give up early."""

from __future__ import annotations

from contextlib import suppress
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from regression_model.config.run_settings import Experiment, Limit
from regression_model.errors import ConfigError
from regression_model.frozen import Frozen


def _as_goal(value: object) -> object:
    """Take the British spelling, too."""
    return {"minimise": "minimize", "maximise": "maximize"}.get(str(value), value)


def _as_range(value: object) -> object:
    """Let ``randint: 5`` stand for the whole numbers from 0 to 4, as in other tools."""
    return value if isinstance(value, list | tuple) else (0, value)


def _as_numbers(value: object) -> object:
    """Turn texts that are numbers into numbers, also in lists of lists; a configuration file holds texts alone."""
    if isinstance(value, list | tuple):
        return tuple(_as_numbers(item) for item in value)
    if isinstance(value, str):
        for kind in (int, float):
            with suppress(ValueError):
                return kind(value)
    return value


Pair = tuple[float, float]
Choices = Annotated[tuple[Any, ...], BeforeValidator(_as_numbers), Field(min_length=1)]


class ParameterConfig(Frozen):
    """How the values of one hyperparameter are drawn; exactly one of these is given.

    Attributes
    ----------
    choice : list
        One of these values, whatever they are: numbers, words, lists.
    uniform : [low, high]
        A number in [low, high).
    loguniform : [low, high]
        A number in [low, high), uniform in its logarithm; both are the number's own bounds and above 0.
    quniform : [low, high, step]
        A number in [low, high], rounded to a multiple of ``step``.
    normal : [mean, deviation]
        Normally distributed; the deviation is above 0.
    randint : [low, high] or high
        A whole number with low <= number < high; without ``low`` from 0.
    """

    choice: Choices | None = None
    uniform: Pair | None = None
    loguniform: Pair | None = None
    quniform: tuple[float, float, float] | None = None
    normal: Pair | None = None
    randint: Annotated[tuple[int, int], BeforeValidator(_as_range)] | None = None

    @property
    def kind(self) -> str:
        """Name of the distribution."""
        return next(name for name in type(self).model_fields if getattr(self, name) is not None)

    @model_validator(mode="after")
    def _check_one(self) -> ParameterConfig:
        given = [name for name in type(self).model_fields if getattr(self, name) is not None]
        if len(given) != 1:
            found = " and ".join(given) or "none"
            raise ValueError(f"give exactly one of {', '.join(type(self).model_fields)}, not {found}")
        bounds = self.uniform or self.loguniform or self.quniform or self.randint
        if bounds is not None and bounds[0] >= bounds[1]:
            raise ValueError(f"the lower bound {bounds[0]:g} has to be below the upper bound {bounds[1]:g}")
        if self.loguniform is not None and self.loguniform[0] <= 0:
            raise ValueError(
                f"both bounds of 'loguniform' have to be above 0, not {self.loguniform[0]:g}; they are bounds of the "
                "number, not of its logarithm"
            )
        if self.quniform is not None and self.quniform[2] <= 0:
            raise ValueError(f"the step of 'quniform' has to be above 0, not {self.quniform[2]:g}")
        if self.normal is not None and self.normal[1] <= 0:
            raise ValueError(f"the deviation of 'normal' has to be above 0, not {self.normal[1]:g}")
        return self


class PolicyConfig(Frozen):
    """When a policy looks at a run: at interval N if it is a multiple of ``evaluation_interval``, after the delay.

    Attributes
    ----------
    evaluation_interval : int
        At least 1.
    delay_evaluation : int
        First interval at which it may look, at least 0.
    """

    evaluation_interval: int = Field(default=1, ge=1)
    delay_evaluation: int = Field(default=0, ge=0)


class BanditConfig(PolicyConfig):
    """Give up a run whose best value is behind the best of all by more than some slack.

    Attributes
    ----------
    slack_factor : float, optional
        Slack relative to the run's own best (when larger is better) or to the best of all (when smaller is), at
        least 0. Only for metrics that are never negative.
    slack_amount : float, optional
        Slack in the metric's own unit, at least 0. Exactly one of the two is given; 0 counts as given.
    """

    type: Literal["bandit"] = "bandit"
    slack_factor: float | None = Field(default=None, ge=0)
    slack_amount: float | None = Field(default=None, ge=0)

    @model_validator(mode="after")
    def _check_slack(self) -> BanditConfig:
        if (self.slack_factor is None) == (self.slack_amount is None):
            raise ValueError("give exactly one of 'slack_factor' and 'slack_amount'")
        return self


class MedianStoppingConfig(PolicyConfig):
    """Give up a run whose best value is worse than the median of the running averages of earlier runs."""

    type: Literal["median_stopping"] = "median_stopping"


class TruncationConfig(PolicyConfig):
    """Give up the worst part of the runs.

    Attributes
    ----------
    truncation_percentage : int
        Part of the runs, in [1, 99].
    """

    type: Literal["truncation"] = "truncation"
    truncation_percentage: int = Field(ge=1, le=99)


AnyPolicy = Annotated[BanditConfig | MedianStoppingConfig | TruncationConfig, Field(discriminator="type")]


class SweepConfig(Frozen):
    """Which hyperparameters to try, how the runs are compared, and which of them to give up early.

    Attributes
    ----------
    sampling : {"random", "grid", "sobol", "tpe"}
        ``grid`` takes only ``choice``. ``tpe`` (Bergstra et al. 2011) learns from complete runs and needs the extra
        ``search``.
    parameters : dict of str to ParameterConfig
        By the key in the section ``model``; ``hidden_layers.0`` is the first entry of a list. Keys that begin with
        ``model.``, ``preprocessing.`` or ``target.`` count from the top of the file.
    primary_metric : str, optional
        By default RMSE for a regression, log loss for a classification.
    goal : {"minimize", "maximize"}, optional
        By default what is better of the metric; anything else is refused.
    max_total_runs : int
        Configurations to try at most, at least 1.
    max_concurrent_runs : int
        Runs of a batch. Policies and ``tpe`` compare with the batches before, so that the result does not depend on
        how many runs there is room for at the same time.
    max_duration_minutes : float, optional
        After which the sweep tries nothing more, and says so. It counts from the beginning, loading included, and a
        resumed sweep goes on counting; the last training, that of the best run's configuration, comes on top.
    run_time_limit_s : float, optional
        Seconds after which a single run is ended and counts as failed.
    run_memory_mb : int, optional
        Memory that a single run may take, in MB (10^6 bytes).
    validation_fraction : float
        Part of the rows to train on that is kept for comparing runs, in (0, 0.5]. The holdout stays unseen.
    allow_policy : bool
        Let ``tpe`` go with a policy, although it then learns from runs that were given up.
    policy : optional
        ``type: bandit``, ``median_stopping`` or ``truncation``, and its parameters.
    experiment : str
        Folder of runs that belong together.
    """

    sampling: Literal["random", "grid", "sobol", "tpe"] = "random"
    parameters: dict[str, ParameterConfig] = Field(min_length=1)
    primary_metric: str | None = None
    goal: Annotated[Literal["minimize", "maximize"] | None, BeforeValidator(_as_goal)] = None
    max_total_runs: int = Field(default=20, ge=1, le=10_000)
    max_concurrent_runs: int = Field(default=4, ge=1, le=1024)
    max_duration_minutes: Annotated[float | None, Field(gt=0), Limit] = None
    run_time_limit_s: Annotated[float | None, Field(gt=0), Limit] = None
    run_memory_mb: Annotated[int | None, Field(ge=64), Limit] = None
    validation_fraction: float = Field(default=0.2, gt=0, le=0.5)
    allow_policy: bool = False
    policy: Annotated[AnyPolicy | None, Limit] = None
    experiment: Experiment = "sweep"

    @model_validator(mode="after")
    def _check_sampling(self) -> SweepConfig:
        if self.sampling == "grid":
            for name, parameter in self.parameters.items():
                if parameter.choice is None:
                    raise ConfigError(
                        f"'sampling: grid' takes only 'choice', not {parameter.kind!r}; list the values, or choose "
                        "another sampling",
                        key=f"sweep.parameters.{name}",
                    )
        if self.sampling == "tpe" and self.policy is not None and not self.allow_policy:
            raise ConfigError(
                "'sampling: tpe' learns from complete results, which a policy prevents; leave out the policy, choose "
                "another sampling, or insist with 'allow_policy: true'",
                key="sweep.policy",
            )
        return self
