"""From the configuration of a sweep to values of hyperparameters, and from those to the configuration of a run."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from regression_model.config.sweep import ParameterConfig
from regression_model.errors import ConfigError
from regression_model.records.applying import SECTIONS, apply_changes

if TYPE_CHECKING:
    from regression_model.config import Config

Assignment = Mapping[str, Any]
"""The value of each hyperparameter of a run."""


def draw_value(parameter: ParameterConfig, share: float) -> Any:  # noqa: ANN401 - whatever the choices are
    """Return the value below which lies this share of the distribution.

    Parameters
    ----------
    parameter : ParameterConfig
    share : float
        In [0, 1); uniformly drawn shares give values of the distribution.

    Examples
    --------
    >>> draw_value(ParameterConfig(loguniform=(0.001, 0.1)), 0.5)
    0.01
    >>> draw_value(ParameterConfig(quniform=(2, 10, 2)), 0.99), draw_value(ParameterConfig(randint=(2, 11)), 0.99)
    (10, 10)
    """
    if parameter.choice is not None:
        return parameter.choice[min(int(share * len(parameter.choice)), len(parameter.choice) - 1)]
    if parameter.randint is not None:
        first, end = parameter.randint
        return min(first + int(share * (end - first)), end - 1)
    if parameter.normal is not None:
        from scipy.special import ndtri

        mean, deviation = parameter.normal
        return mean + deviation * float(ndtri(min(max(share, 1e-12), 1 - 1e-12)))
    if parameter.quniform is not None:
        low, high, step = parameter.quniform
        return quantise(low + share * (high - low), low, high, step)
    if parameter.loguniform is not None:
        low, high = parameter.loguniform
        value = math.exp(math.log(low) + share * (math.log(high) - math.log(low)))
        return float(f"{value:.12g}")  # exactly what is written down and read again
    low, high = parameter.uniform or (0.0, 1.0)
    return low + share * (high - low)


def quantise(value: float, low: float, high: float, step: float) -> float | int:
    """Round to a multiple of the step within the bounds; whole numbers become integers."""
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    rounded = float(f"{min(max(round(value / step), first), last) * step:.12g}")
    return int(rounded) if rounded.is_integer() else rounded


def build_changes(config: Config, assignment: Assignment) -> dict[str, Any]:
    """Return the sections of the configuration that an assignment changes, as the file would say them.

    Raises
    ------
    ConfigError
        If a parameter has no place in the configuration.
    """
    document = config.model_dump(mode="json", include=set(SECTIONS))
    changed = ["model"]
    for name, value in assignment.items():
        path = name.split(".")
        path = path if path[0] in SECTIONS and len(path) > 1 else ["model", *path]
        _put(document, path, list(value) if isinstance(value, tuple) else value, f"sweep.parameters.{name}")
        changed.append(path[0])
    changes = {section: document[section] for section in SECTIONS if section in changed}
    if "target" in changes:
        changes["target"] = {"transform": changes["target"]["transform"]}
    return changes


def _put(document: dict[str, Any], path: list[str], value: Any, key: str) -> None:  # noqa: ANN401 - any JSON
    node: Any = document
    for depth, part in enumerate(path):
        place: Any = part
        if isinstance(node, list):
            place = int(part) if part.isdigit() and int(part) < len(node) else None
            if place is None:
                where = ".".join(path[:depth])
                raise ConfigError(f"{where!r} has {len(node)} entries, numbered from 0; there is no {part!r}", key=key)
        elif not isinstance(node, dict):
            raise ConfigError(f"{'.'.join(path[:depth])!r} is a single value and has no {part!r}", key=key)
        if depth == len(path) - 1:
            node[place] = value
        elif isinstance(node, dict) and place not in node:
            raise ConfigError(f"the configuration has no {'.'.join(path[: depth + 1])!r}", key=key)
        else:
            node = node[place]


def check_parameters(config: Config, parameters: Mapping[str, ParameterConfig]) -> None:
    """Refuse, before anything runs, parameters that have no place, and values that no run could have.

    Raises
    ------
    ConfigError
        Naming the parameter.
    """
    for name, parameter in parameters.items():
        for value in list_extremes(parameter):
            changes = build_changes(config, {name: value})
            try:
                apply_changes(config, changes)
            except ConfigError as error:
                raise ConfigError(
                    f"{name} = {value!r} is no configuration: {error.message}", key=f"sweep.parameters.{name}"
                ) from error


def list_extremes(parameter: ParameterConfig) -> tuple[Any, ...]:
    """Return all choices, or the lowest and the highest value; none of a distribution without bounds."""
    if parameter.choice is not None:
        return parameter.choice
    if parameter.normal is not None:
        return ()
    return (draw_value(parameter, 0.0), draw_value(parameter, 1 - 1e-12))
