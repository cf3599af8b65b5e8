"""Reads a sweep back from its folder, and what another policy is to be."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from regression_model.config import Config
from regression_model.config.messages import describe_first
from regression_model.config.sweep import AnyPolicy
from regression_model.errors import ConfigError
from regression_model.evaluation import get_metric
from regression_model.records.run_folder import RunFolder
from regression_model.sweep.policies.choosing import check_policy
from regression_model.sweep.records import SweepResult, find_best_run, list_runs
from regression_model.sweep.replaying import PolicyReplay, replay_policy


def read_policy(text: str) -> AnyPolicy:
    """Read a policy from a YAML file or from YAML text.

    Parameters
    ----------
    text : str
        The path of a file, or the text. Either holds the policy's keys (``type``, ...), alone or under ``policy`` or
        under ``sweep`` and ``policy``.

    Raises
    ------
    ConfigError
        If it is no policy.

    Examples
    --------
    >>> read_policy("{type: bandit, slack_factor: 0.2}").slack_factor
    0.2
    """
    from strictyaml import Any as AnyYaml
    from strictyaml import YAMLError, dirty_load

    path = Path(text) if "\n" not in text and "{" not in text else None
    name = None if path is None else str(path)
    try:
        content = text if path is None else path.read_text(encoding="utf-8")
    except OSError as error:
        raise ConfigError(
            "expected a file with a policy, or its text such as '{type: bandit, slack_factor: 0.2}': "
            f"{error.strerror}",
            file=name,
        ) from error
    try:
        document: Any = dirty_load(content, AnyYaml(), allow_flow_style=True).data
    except (YAMLError, AttributeError) as error:
        raise ConfigError(f"not valid YAML: {error}", file=name) from None
    for key in ("sweep", "policy"):
        document = document.get(key, document) if isinstance(document, dict) else document
    try:
        policy: AnyPolicy = TypeAdapter[Any](AnyPolicy).validate_python(document)
    except ValidationError as error:
        message, keys = describe_first(error, document)
        raise ConfigError(message, file=name, key=".".join(keys) or None) from error
    return policy


def read_sweep(folder: Path) -> tuple[Config, SweepResult]:
    """Read the configuration and the runs of a recorded sweep.

    Raises
    ------
    SearchError
        If this is no folder of a sweep, or its journal is not what was written.
    """
    place = RunFolder(folder)
    content = place.read_run("sweep")
    config = Config.model_validate(content["config"], context={"file": None})
    runs = list_runs(place.read_journal())
    unit = getattr(type(config.model), "interval_unit", "fit")
    goal = content["goal"]
    best = find_best_run(runs, goal)
    return config, SweepResult(runs, content["metric"], goal, best, content["truncated"], unit)


def replay_recorded(folder: Path, policy: AnyPolicy) -> tuple[Config, SweepResult, PolicyReplay]:
    """Apply a policy to a recorded sweep; nothing runs.

    Raises
    ------
    SearchError
        If this is no folder of a sweep.
    ConfigError
        If the policy makes no sense for its metric.
    """
    config, result = read_sweep(folder)
    check_policy(policy, get_metric(config.task, result.metric))
    return config, result, replay_policy(result.runs, policy, result.goal)
