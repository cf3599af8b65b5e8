"""What of the features reaches the members, and what the pipeline does without."""

from __future__ import annotations

import numpy as np

from regression_model.pipeline import build_pipeline, find_features_read, find_shares, prune_pipeline

from .conftest import LINE, TREES

SPARSE = {**LINE, "name": "sparse", "model": {"family": "lasso", "alpha": 2.0}}
WITHOUT_ZONE = [{"step": "drop", "columns": "zone"}]


def test_a_feature_is_read_if_a_member_reads_it(make_config, flats):
    frame, price = flats
    model = {"family": "vote", "members": [SPARSE, {**TREES, "preprocessing": WITHOUT_ZONE}]}
    config = make_config(model)
    assert find_features_read(build_pipeline(config).fit(frame, price), config, frame) == {"area", "rooms", "zone"}

    first = {**SPARSE, "preprocessing": [*WITHOUT_ZONE, LINE["preprocessing"][0]]}
    config = make_config({**model, "members": [first, model["members"][1]]})
    assert find_features_read(build_pipeline(config).fit(frame, price), config, frame) == {"area", "rooms"}


def test_shares_are_those_of_the_members_one_behind_the_other(make_config, flats):
    frame, price = flats
    config = make_config({"family": "vote", "members": [TREES, LINE]})
    shares = find_shares(build_pipeline(config).fit(frame, price), config, frame)

    assert list(shares)[:4] == ["trees.area", "trees.rooms", "trees.zone", "line.area"]
    assert shares["line.zone_west"] == {"zone": 1.0}


def test_a_pruned_pipeline_predicts_the_same(make_config, flats):
    frame, price = flats
    members = [{**LINE, "preprocessing": [*WITHOUT_ZONE, LINE["preprocessing"][0]]}]
    config = make_config({"family": "vote", "members": members})
    pipeline = build_pipeline(config).fit(frame, price)

    pruned = prune_pipeline(pipeline, frame.head(), {"zone": "west"})

    np.testing.assert_array_equal(pruned.predict(frame[["area", "rooms"]]), pipeline.predict(frame))
    assert find_features_read(pruned, config, frame[["area", "rooms"]]) == {"area", "rooms"}
