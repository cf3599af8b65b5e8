from __future__ import annotations

import json

import pytest

from regression_model.config import load_config, shipped_configs
from regression_model.config.search import SearchConfig
from regression_model.train_pipeline import restore_config
from regression_model.train_pipeline.recorded_config import list_key_orders


@pytest.mark.parametrize("name", shipped_configs())
def test_a_config_comes_back_from_a_manifest_as_it_was(name):
    loaded = load_config(name)
    # How a model is looked for is no part of the model.
    config = loaded.model_copy(update={"sweep": None, "search": SearchConfig()})
    content = {"config": config.model_dump(mode="json"), "config_order": list_key_orders(config)}
    # As a manifest is written: with sorted keys.
    restored = restore_config(json.loads(json.dumps(content, sort_keys=True)), file=config.file)

    assert restored == config
    assert list(restored.features.dtypes()) == list(config.features.dtypes())
    assert json.dumps(restored.model_dump(mode="json")) == json.dumps(config.model_dump(mode="json"))
    assert restored.file == config.file


def test_only_what_the_alphabet_does_not_say_is_recorded(config):
    assert list_key_orders(config) == {}
    assert list_key_orders(load_config("california_housing"))
