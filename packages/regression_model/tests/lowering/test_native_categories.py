"""Models that split by categories have a compiled form, and it answers the same, whatever a category is."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from regression_model.compiled import CompiledPipeline, Program
from regression_model.compiled.models import link_model
from regression_model.config import Config
from regression_model.errors import ArtifactIntegrityError
from regression_model.families.adapted.category_boosting import CategoryBoostingClassifier, CategoryBoostingRegressor
from regression_model.lowering import compile_pipeline, prove_equality
from regression_model.lowering.models.boosting import lower_category_boosting
from regression_model.pipeline import build_pipeline
from regression_model.processing.schema import infer_schema

FAMILIES = [
    pytest.param("lightgbm", {"n_estimators": 15, "min_child_samples": 5, "num_leaves": 12}, "lightgbm"),
    pytest.param(
        "hist_gradient_boosting",
        {"max_iter": 12, "min_samples_leaf": 5, "max_leaf_nodes": 12},
        "category_boosting",
    ),
]
N_ROWS = 600


class Kept:
    """Keeps the arrays of one model as a builder does."""

    def __init__(self) -> None:
        self.arrays: dict[str, np.ndarray] = {}

    def add_array(self, name: str, values: np.ndarray) -> str:
        self.arrays[name] = values
        return name

    def column_slots(self) -> list[int]:
        return [10, 11, 12]

    def require(self, slots: list[int], *, infinite: bool) -> None:
        self.required = (slots, infinite)


def build_table(n_classes: int = 0) -> tuple[pd.DataFrame, pd.Series]:
    """Make a table whose target hangs on groups of categories that no order puts side by side."""
    random = np.random.default_rng(7)
    zone, shape = random.integers(0, 40, N_ROWS), random.integers(0, 6, N_ROWS)
    score = pd.Series(3.0 * (zone * 7 % 5) + 2.0 * (shape % 2) + random.normal(size=N_ROWS)) + 10
    frame = pd.DataFrame(
        {
            "area": random.normal(size=N_ROWS).round(2),
            "zone": pd.Series([f"zone {number}" for number in zone], dtype=object),
            "shape": pd.Series([None if n == 5 else "abcde"[n] for n in shape], dtype=object),
        }
    )
    if not n_classes:
        return frame, score
    labels = np.array(["low", "middle", "high"][:n_classes], dtype=object)
    return frame, pd.Series(labels[np.floor(score.rank(pct=True) * n_classes * 0.999).astype(int)])


def build_config(family: str, settings: dict, n_classes: int, steps: list[dict]) -> Config:
    return Config.model_validate(
        {
            "pipeline_name": "categories",
            "task": "classification" if n_classes else "regression",
            "data": {"name": "categories"},
            "target": {"column": "y", "transform": "none" if n_classes else "log"},
            "features": {"number": ["area"], "category": ["zone", "shape"]},
            "preprocessing": steps,
            "model": {"family": family, **settings},
        }
    )


def as_rows(frame: pd.DataFrame) -> list[dict]:
    return [
        {key: None if pd.isna(value) else value for key, value in row.items()}
        for row in frame.to_dict(orient="records")
    ]


@pytest.mark.parametrize("n_classes", [0, 2, 3])
@pytest.mark.parametrize(("family", "settings", "kind"), FAMILIES)
def test_families_split_by_categories_and_are_compiled(family, settings, kind, n_classes):
    frame, target = build_table(n_classes)
    config = build_config(family, settings, n_classes, [{"step": "native_category", "most": 30}])
    pipeline = build_pipeline(config).fit(frame[:400], target[:400])
    schema = infer_schema(frame[:400], config, frame)
    program = compile_pipeline(pipeline, schema, config, frame[:400])
    assert program.content["model"]["kind"] == kind
    if kind == "lightgbm":
        assert "num_cat=1" in program.texts["booster"]
    assert ("unavailable" in program.content["explanation"]) == (kind == "category_boosting")
    read = Program.from_files(program.to_files("model"))
    proof = prove_equality(pipeline, CompiledPipeline(read, schema), schema, as_rows(frame[400:]))
    assert proof.n_rows > 200
    assert proof.largest_difference <= 1e-9


@pytest.mark.parametrize(("family", "settings", "kind"), FAMILIES)
def test_codes_that_a_selection_dropped_or_a_step_rewrote_are_no_categories(family, settings, kind):
    frame, target = build_table()
    steps = [{"step": "native_category"}, {"step": "scale", "columns": ["zone", "shape"]}]
    config = build_config(family, settings, 0, steps)
    model = build_pipeline(config).fit(frame, target).steps[-1][1].regressor_
    assert not hasattr(model, "coded_categories")
    steps = [{"step": "native_category"}, {"step": "drop", "columns": ["zone"]}]
    config = build_config(family, settings, 0, steps)
    pipeline = build_pipeline(config).fit(frame, target)
    schema = infer_schema(frame[["area", "zone", "shape"]], config, frame)
    program = compile_pipeline(pipeline, schema, config, frame)
    assert program.content["model"]["kind"] == kind


def fit_boosting(n_classes: int) -> tuple[object, pd.DataFrame]:
    frame, target = build_table(n_classes)
    frame["zone"] = frame["zone"].astype("category").cat.codes.astype(float) * 3  # codes with gaps
    frame["shape"] = frame["shape"].astype("category").cat.codes.astype(float).replace(-1.0, np.nan)
    make = CategoryBoostingClassifier if n_classes else CategoryBoostingRegressor
    model = make(categorical_features=["shape", "zone", "gone"], max_iter=10, min_samples_leaf=4, random_state=0)
    return model.fit(frame, target), frame


@pytest.mark.parametrize("n_classes", [0, 2, 3])
def test_any_number_is_answered_as_by_scikit_learn(n_classes):
    model, frame = fit_boosting(n_classes)
    kept = Kept()
    section = lower_category_boosting(model, kept)
    source = SimpleNamespace(content={"columns": [0, 1, 2], "model": section}, arrays=kept.arrays, texts={})
    compiled = link_model(source)
    assert kept.required == ([11, 12], True)  # which its encoder refuses
    odd = [*map(float, range(125)), 2.5, -1.0, 255.0, 256.0, 1e300, -1e300, np.nan]
    rows = pd.DataFrame([[0.3, code, code] for code in odd] + [[0.1, 3.0, code] for code in odd], columns=frame.columns)
    rows = pd.concat([frame, rows], ignore_index=True)
    raw = model._raw_predict(rows)
    outputs = compiled.predict_columns(rows.to_numpy())
    np.testing.assert_allclose(outputs, raw, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose([compiled.predict_row(row) for row in rows.to_numpy().tolist()], outputs, rtol=1e-12)
    assert compiled.predict_columns(np.empty((0, 3))).shape == (0, raw.shape[1])


@pytest.mark.parametrize(
    ("name", "change", "message"),
    [
        ("category_columns", lambda a: a[:-1], "different lengths"),
        ("category_columns", lambda a: a + 3, "none of the 3"),
        ("category_columns", lambda a: a - 9, "none of the 3"),
        ("category_columns", lambda a: a.astype(np.int64), "the type int32"),
        ("category_answers", lambda a: a + 1, "neither left nor right"),
        ("category_answers", lambda a: np.zeros((len(a), 257), dtype=np.uint8), "too many categories"),
        ("tree_features", lambda a: a + 999, "a column that is none of"),
    ],
)
def test_what_describes_no_splits_is_refused(name, change, message):
    model, _ = fit_boosting(0)
    kept = Kept()
    section = lower_category_boosting(model, kept)
    kept.arrays[name] = change(kept.arrays[name])
    source = SimpleNamespace(content={"columns": [0, 1, 2], "model": section}, arrays=kept.arrays, texts={})
    with pytest.raises(ArtifactIntegrityError, match=message):
        link_model(source)
