from __future__ import annotations

import pytest

from regression_model.errors import ConfigError
from regression_model.evaluation.metrics import get_metric, get_metrics

ALL = [(task, name) for task in ("regression", "classification") for name in get_metrics(task)]


@pytest.mark.parametrize(("task", "name"), ALL)
def test_every_metric_is_described(task, name):
    metric = get_metric(task, name)
    assert metric.name == name
    assert metric.label
    assert metric.description.endswith(".")
    assert metric.lowest < metric.highest
    assert metric.direction == ("minimize" if metric.lowest == 0 and metric.highest > 1 else "maximize")


def test_unknown_names_get_a_hint():
    with pytest.raises(ConfigError, match=r"classification has no metric 'acuracy'; did you mean 'accuracy'\?"):
        get_metric("classification", "acuracy")
    with pytest.raises(ConfigError, match="it has r2, rmse"):
        get_metric("regression", "zzzz")
    with pytest.raises(ConfigError, match="found 'clustering'"):
        get_metrics("clustering")


def test_the_registry_cannot_be_changed():
    with pytest.raises(TypeError):
        get_metrics("regression")["mine"] = None
