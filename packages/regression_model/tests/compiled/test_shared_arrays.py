"""Operations and members may name the same arrays; that must not take many times the memory of the file."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from sklearn.ensemble import HistGradientBoostingRegressor

from regression_model.compiled import Program
from regression_model.compiled.models import check_model, link_model
from regression_model.errors import ArtifactIntegrityError
from regression_model.lowering.models.boosting import lower_boosting


class Kept:
    """Keeps the arrays of one model as a builder does."""

    def __init__(self) -> None:
        self.arrays: dict[str, np.ndarray] = {}

    def add_array(self, name: str, values: np.ndarray) -> str:
        self.arrays[name] = values
        return name


@pytest.fixture(scope="module")
def boosting() -> tuple[dict, dict[str, np.ndarray]]:
    rows = np.random.default_rng(1).normal(size=(3_000, 3))
    model = HistGradientBoostingRegressor(max_iter=120, max_leaf_nodes=60, min_samples_leaf=2, random_state=0)
    kept = Kept()
    return lower_boosting(model.fit(rows, rows[:, 0] * rows[:, 1]), kept), kept.arrays


def make_vote(sections: list[dict], arrays: dict[str, np.ndarray]) -> SimpleNamespace:
    members = [{"columns": [0, 1, 2], "model": section} for section in sections]
    model = {"kind": "vote", "link": "identity", "weights": [1 / len(members)] * len(members), "members": members}
    return SimpleNamespace(content={"columns": [0, 1, 2], "model": model}, arrays=arrays, texts={})


def test_equal_members_are_one_model(boosting):
    section, arrays = boosting
    model = link_model(make_vote([section] * 100, arrays))
    assert len({id(member.model) for member in model.members}) == 1
    alone = link_model(make_vote([section], arrays))
    assert model.predict_row([0.1, -0.4, 1.0]) == pytest.approx(alone.predict_row([0.1, -0.4, 1.0]), rel=1e-12)


def test_members_that_differ_can_not_name_the_same_arrays_again_and_again(boosting):
    section, arrays = boosting
    assert sum(array.nbytes for array in arrays.values()) > 300_000
    several = [{**section, "baselines": [float(number)]} for number in range(100)]
    check_model(make_vote(several[:4], arrays))
    for read in (check_model, link_model):
        with pytest.raises(ArtifactIntegrityError, match="too many members of the ensemble name the same arrays"):
            read(make_vote(several, arrays))


def make_program(operations: list[dict], arrays: dict[str, np.ndarray]) -> Program:
    content = {
        "format": 1,
        "inputs": ["number", "number"],
        "operations": operations,
        "columns": [0],
        "model": {"kind": "linear", "link": "identity", "coefficients": [[2.0]], "intercepts": [1.0]},
        "target": "identity",
        "classes": None,
        "explanation": None,
    }
    return Program(content, arrays)


def describe_neighbours(number: int) -> dict:
    return {"op": "neighbour_means", "in": [0, 1], "out": [2 + number], "places": "places", "values": "values",
            "counts": "counts", "k": [1 + number], "softening": None, "shrink": 1.0, "geographic": False}  # fmt: skip


def make_places(n: int, dtype: type = np.float64) -> dict[str, np.ndarray]:
    places = np.random.default_rng(2).normal(size=(n, 2)).astype(dtype)
    return {"places": places, "values": places[:, :1].copy(), "counts": np.ones(n, dtype=dtype)}


def test_neighbours_over_one_array_share_it_and_the_search():
    arrays = make_places(500)
    first, second = make_program([describe_neighbours(0), describe_neighbours(1)], arrays).steps.operations
    assert first.places is second.places is arrays["places"]
    assert (first.values is second.values, first.counts is second.counts) == (True, True)
    assert first.nearest is second.nearest
    (other,) = make_program([describe_neighbours(0)], make_places(500)).steps.operations
    assert other.nearest is not first.nearest


def test_neighbours_of_single_precision_would_be_copied():
    with pytest.raises(ArtifactIntegrityError, match="'places' whose array is float32; expected float64"):
        _ = make_program([describe_neighbours(0)], make_places(5, np.float32)).steps


def test_lookups_can_not_copy_one_array_again_and_again():
    arrays = {"places": np.zeros((30_000, 2)), "values": np.zeros((30_000, 1))}
    several = [
        {"op": "lookup_nearest", "in": [0, 1], "out": [2 + number], "places": "places", "values": "values",
         "max_distance_km": 1.0}
        for number in range(50)
    ]  # fmt: skip
    assert len(make_program(several[:8], arrays).steps.operations) == 8
    with pytest.raises(ArtifactIntegrityError, match="names the same arrays in too many operations"):
        _ = make_program(several, arrays).steps
