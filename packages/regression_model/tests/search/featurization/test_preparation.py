import json

import numpy as np
import pytest

from regression_model.errors import ConfigError
from regression_model.pipeline import build_pipeline
from regression_model.records.applying import apply_changes
from regression_model.search.featurization import prepare_features
from regression_model.search.guardrails import check_guardrails

RNG = np.random.default_rng(11)
N = 400
NUMBER = RNG.normal(size=N).round(2)
ROLES = {
    "number": {"a": NUMBER, "tail": RNG.lognormal(size=N)},
    "category": {"b": RNG.choice(list("pqrstu"), N)},
}
TARGET = NUMBER + RNG.normal(size=N)


def prepare(table, metric="rmse"):
    config, split = table
    return prepare_features(split, config, check_guardrails(split, config), metric)


@pytest.mark.parametrize("scale_sensitive", [False, True])
def test_every_variant_fits(make_table, scale_sensitive):
    config, split = make_table(ROLES, TARGET)
    preparation = prepare((config, split))
    variants = preparation.variants(scale_sensitive=scale_sensitive)
    assert len(variants) > 2
    for variant in variants:
        steps = preparation.steps(variant, scale_sensitive=scale_sensitive)
        pipeline = build_pipeline(apply_changes(config, {"preprocessing": steps}))
        assert np.isfinite(pipeline[:-1].fit_transform(split.train, split.train_target).to_numpy()).all()
        # Nobody has seen a missing value or this category in training.
        odd = split.test.assign(a=np.nan, b="new").astype({"b": object})
        assert np.isfinite(pipeline[:-1].transform(odd).to_numpy()).all()


def test_the_configuration_can_be_all_there_is(make_table):
    preparation = prepare(make_table(ROLES, TARGET, search={"features": "config"}))
    assert preparation.space(scale_sensitive=False).keys() == {"source"}
    filled = {"step": "impute_number", "columns": ["a", "tail"]}
    encoded = {"step": "ordered_encoding", "columns": ["b"]}
    assert preparation.steps({}, scale_sensitive=False) == [filled, encoded]
    assert preparation.steps({}, scale_sensitive=True) == [filled, encoded, {"step": "scale"}]


def test_what_the_configuration_fills_is_left_to_it(make_table):
    steps = [{"step": "impute_number", "columns": "a"}, {"step": "ordered_encoding"}]
    preparation = prepare(make_table(ROLES, TARGET, preprocessing=steps))
    assert preparation.steps({"source": "config"}, scale_sensitive=False)[0]["columns"] == ["tail"]


@pytest.mark.parametrize(
    ("target", "metric", "expected"),
    [
        (TARGET, "rmse", ("none",)),
        (TARGET + 100, "rmse", ("none", "log")),
        (np.exp(2 * TARGET), "rmse", ("log", "none")),
        (TARGET + 100, "rmsle", ("log",)),
        (np.where(TARGET > 0, "yes", "no"), "log_loss", ("none",)),
    ],
)
def test_the_target_decides_on_its_logarithm(make_table, target, metric, expected):
    assert prepare(make_table(ROLES, target), metric).transforms == expected


def test_steps_that_leave_categories_to_the_members_of_an_ensemble_are_not_enough(make_table):
    member = {"name": "a", "preprocessing": [{"step": "ordered_encoding"}], "model": {"family": "ridge"}}
    sections = {"preprocessing": [], "model": {"family": "vote", "members": [{**member, "weight": 1}]}}
    assert "source" in prepare(make_table(ROLES, TARGET, **sections)).space(scale_sensitive=False)
    with pytest.raises(ConfigError, match="use 'features: auto'"):
        prepare(make_table(ROLES, TARGET, **sections, search={"features": "config"}))


def test_what_was_found_can_be_recorded(make_table):
    document = prepare(make_table(ROLES, TARGET)).to_json()
    assert json.loads(json.dumps(document))["skewed"] == ["tail"]


def test_the_held_out_target_is_never_read(make_table):
    import dataclasses

    config, split = make_table(ROLES, TARGET)
    blind = dataclasses.replace(split, test_target=None)
    assert prepare((config, blind)) == prepare((config, split))
