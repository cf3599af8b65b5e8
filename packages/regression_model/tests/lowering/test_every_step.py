"""Every kind of step has a lowering, and it computes what the transformer computes, row by row."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
import pytest
from pydantic import TypeAdapter
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import PolynomialFeatures

from regression_model.build_context import BuildContext
from regression_model.errors import NotLowerableError
from regression_model.lowering.blaming import are_equal
from regression_model.lowering.builder import Builder
from regression_model.lowering.dispatch import lower_transformer
from regression_model.lowering.knowledge import Numbers, Texts
from regression_model.lowering.preprocessing import lower_steps
from regression_model.lowering.replaying import replay
from regression_model.schema import Feature, Schema
from regression_model.steps.plan import plan_steps
from regression_model.steps.registry import step_kinds

N_ROWS = 80
DTYPES = {
    "area": "number",
    "rooms": "integer",
    "year": "integer",
    "same": "number",
    "latitude": "number",
    "longitude": "number",
    "pool": "boolean",
    "zone": "category",
    "quality": "category",
    "sold": "datetime",
}
DTYPES_HELD = {
    "number": "float64",
    "integer": "float64",
    "boolean": "float64",
    "category": "object",
    "datetime": "datetime64[us]",
}
FILL = [
    {"step": "impute_constant_number", "columns": ["number", "boolean"], "value": "0.5"},
    {"step": "impute_category", "columns": "category", "value": "none"},
]
FILLED_DATES = [{"step": "drop", "columns": "sold"}, *FILL, {"step": "frequency_encoding"}]

EXAMPLES: dict[str, list[list[dict[str, Any]]]] = {
    "binarise": [[{"step": "binarise", "columns": ["area", "rooms"], "threshold": "2.5"}]],
    "cap_outliers": [
        [{"step": "cap_outliers", "columns": "number", "method": method, "tail": tail, "fold": fold}]
        for method, tail, fold in (
            ("gaussian", "right", "1"),
            ("iqr", "left", "0.1"),
            ("mad", "both", "auto"),
            ("quantiles", "both", "0.1"),
        )
    ],
    "category_fallback": [
        [{"step": "category_fallback"}],
        [{"step": "category_fallback", "columns": "zone", "fallback": "RM"}],
    ],
    "combine": [
        [{"step": "combine", "columns": ["area", "rooms", "pool"], "operation": "sum", "into": "new"}],
        [{"step": "combine", "columns": ["area", "rooms", "year"], "operation": "product", "into": "new"}],
        [{"step": "combine", "columns": ["year", "rooms"], "operation": "difference", "into": "new"}],
        [{"step": "combine", "columns": ["rooms", "area"], "operation": "ratio", "into": "new"}],
    ],
    "combine_pairs": [
        [{"step": "combine_pairs", "n": "4", "operations": ["ratio", "difference", "sum", "product"]}],
        [*FILL, {"step": "combine_pairs", "columns": ["area", "year", "rooms"]}],
    ],
    "date_parts": [
        [{"step": "date_parts"}],
        [
            {
                "step": "date_parts",
                "features_to_extract": ["month", "quarter", "semester", "year", "week", "day_of_week"],
            }
        ],
        [{"step": "date_parts", "features_to_extract": ["day_of_month", "day_of_year", "weekend", "month_start"]}],
        [{"step": "date_parts", "features_to_extract": ["month_end", "quarter_start", "quarter_end", "year_start"]}],
        [{"step": "date_parts", "features_to_extract": ["year_end", "leap_year", "days_in_month"]}],
        [{"step": "date_parts", "features_to_extract": ["hour", "minute", "second"]}],
    ],
    "drop": [[{"step": "drop", "columns": ["same", "zone", "sold"]}]],
    "drop_constant": [[{"step": "drop_constant", "tol": "0.5"}], [{"step": "drop_constant", "columns": "number"}]],
    "drop_correlated": [[{"step": "drop_correlated", "threshold": "0.9"}]],
    "drop_duplicated": [[{"step": "drop_duplicated"}]],
    "elapsed_time": [
        [{"step": "elapsed_time", "columns": ["rooms", "area"], "reference": "year"}],
        [{"step": "elapsed_time", "columns": "area", "reference": "year", "drop_reference": "yes"}],
    ],
    "frequency_encoding": [
        [{"step": "frequency_encoding"}],
        [*FILL, {"step": "frequency_encoding", "measure": "count"}],
    ],
    "impute_category": [[{"step": "impute_category", "columns": ["zone", "quality"], "value": "None"}]],
    "impute_constant_number": [[{"step": "impute_constant_number", "columns": ["area", "pool"], "value": "-1"}]],
    "impute_frequent": [[{"step": "impute_frequent", "columns": ["zone", "pool"]}]],
    "impute_number": [
        [{"step": "impute_number", "columns": ["area", "pool"], "statistic": statistic}]
        for statistic in ("mean", "median")
    ],
    "impute_related": [
        [{"step": "impute_related", "columns": ["area", "same", "rooms"]}],
        [{"step": "impute_related", "columns": "same", "related": ["rooms", "year", "area"], "most": "2"}],
    ],
    "impute_sample": [
        [
            {
                "step": "impute_sample",
                "columns": ["area", "zone", "pool"],
                "seed_columns": ["year", "quality", "area", "rooms"],
            }
        ]
    ],
    "log": [[{"step": "log", "columns": ["area", "rooms"]}], [*FILL, {"step": "log", "columns": "area"}]],
    "log_plus_one": [
        [{"step": "log_plus_one", "columns": ["area", "rooms"]}],
        [*FILL, {"step": "log_plus_one", "columns": "area"}],
    ],
    "lookup": [
        [{"step": "lookup", "table": "zones", "key": "zone", "values": ["people"], "prefix": "zone_"}],
        [{"step": "lookup", "table": "both", "key": ["zone", "rooms"], "values": ["people", "height"]}],
        [{"step": "lookup", "table": "rooms", "key": "rooms", "values": "height"}],
        [{"step": "lookup", "table": "places", "nearest": ["latitude", "longitude"], "values": "height"}],
        [
            {
                "step": "lookup",
                "table": "places",
                "nearest": ["latitude", "longitude"],
                "values": ["height", "people"],
                "max_distance_km": "300",
            }
        ],
    ],
    "missing_indicator": [
        [{"step": "missing_indicator", "columns": ["area", "zone", "sold", "pool"]}],
        [*FILL, {"step": "missing_indicator", "columns": ["area", "zone"]}],
    ],
    "native_category": [
        [{"step": "native_category"}],
        [{"step": "native_category", "columns": "zone", "most": "2"}],
        [*FILL, {"step": "native_category"}],
    ],
    "neighbour_target": [
        [{"step": "neighbour_target", "columns": ["latitude", "longitude"], "k": ["1", "4", "30"]}],
        [
            {
                "step": "neighbour_target",
                "columns": ["year", "area"],
                "k": "3",
                "weights": "uniform",
                "geographic": "no",
            }
        ],
    ],
    "one_hot": [
        [{"step": "one_hot"}],
        [*FILL, {"step": "rare_labels", "tol": "0.3"}, {"step": "one_hot", "drop_last": "yes"}],
    ],
    "ordered_encoding": [
        [{"step": "ordered_encoding"}],
        [*FILL, {"step": "ordered_encoding", "unseen": "below"}],
    ],
    "ordinal_mapping": [
        [{"step": "ordinal_mapping", "columns": "quality", "order": ["Fa", "TA", "Gd"], "unseen": unseen}]
        for unseen in ("missing", "lowest", "error")
    ],
    "place_clusters": [
        [{"step": "place_clusters", "columns": ["latitude", "longitude"], "nearest": "yes"}],
        [
            {
                "step": "place_clusters",
                "columns": ["area", "year"],
                "distances": "no",
                "nearest": "yes",
                "geographic": "no",
            }
        ],
        [{"step": "place_clusters", "columns": ["area", "year"], "n_clusters": "3", "geographic": "no"}],
    ],
    "rare_labels": [
        [{"step": "rare_labels", "tol": "0.2"}],
        [{"step": "rare_labels", "tol": "0.3", "n_categories": "3", "replace_with": "Other"}],
    ],
    "rotate_coordinates": [
        [{"step": "rotate_coordinates", "columns": ["latitude", "longitude"]}],
        [{"step": "rotate_coordinates", "columns": ["area", "year"], "angles_degrees": ["10", "33.5"]}],
    ],
    "scale": [
        [{"step": "scale", "columns": ["number", "boolean"], "method": m}] for m in ("standard", "minmax", "robust")
    ]
    + [[{"step": "combine", "columns": ["area", "year"], "operation": "product", "into": "new"}, {"step": "scale"}]],
    "select_filter": [
        [*FILLED_DATES, {"step": "select_filter", "k": "3"}],
        [*FILLED_DATES, {"step": "select_filter", "percentile": "50", "score": "mutual_information"}],
    ],
    "select_lasso": [[*FILLED_DATES, {"step": "scale"}, {"step": "select_lasso", "alpha": "0.01"}]],
    "select_recursive": [[*FILLED_DATES, {"step": "select_recursive", "n_features": "3"}]],
    "select_trees": [[*FILLED_DATES, {"step": "select_trees", "n_estimators": "5"}]],
    "target_encoding": [
        [{"step": "target_encoding"}],
        [{"step": "target_encoding", "columns": "zone", "smoothing": "0"}],
        [*FILL, {"step": "rare_labels", "tol": "0.3"}, {"step": "target_encoding"}],
    ],
    "yeo_johnson": [
        [{"step": "yeo_johnson", "columns": ["area", "year"]}],
        [*FILL, {"step": "yeo_johnson", "columns": ["area", "latitude"]}],
    ],
}
BEHIND = [
    [{"step": "drop_constant"}, {"step": kind, "columns": "all", **more}]
    for kind, more in (
        ("cap_outliers", {"tail": "both"}),
        ("category_fallback", {}),
        ("date_parts", {}),
        ("impute_category", {}),
        ("impute_constant_number", {"value": "1"}),
        ("impute_frequent", {}),
        ("impute_number", {}),
        ("missing_indicator", {}),
        ("rare_labels", {}),
        ("scale", {}),
        ("target_encoding", {}),
        ("native_category", {}),
        ("combine_pairs", {}),
        ("binarise", {}),
    )
]
"""Steps behind one that learns its columns, where they choose them when they are fitted."""

FALLING_BACK = ("extract_series_features",)
"""Steps without a lowering: their models are computed by the pipeline."""

NEEDS_FILLED = ("log", "log_plus_one", "yeo_johnson", "one_hot", "ordered_encoding", "frequency_encoding")


TABLES = {
    "zones": pd.DataFrame({"zone": ["RL", "RM", "EE"], "people": [1000, 2000, 3000]}),
    "both": pd.DataFrame({"zone": ["RL", "RL", "RM"], "rooms": [1, 2, 2], "people": [1.0, None, 3.0], "height": 5}),
    "rooms": pd.DataFrame({"rooms": [1.0, 0.0, 3.0], "height": [10.5, 20.5, math.nan]}),
    "places": pd.DataFrame(
        {
            "latitude": [10.0, 10.0, 12.0, -90.0, 90.0, 11.0],
            "longitude": [20.0, 22.0, 21.0, 0.0, 0.0, 200.0],
            "height": [1.0, 2.0, 3.0, 4.0, 5.0, 6.0],
            "people": [1, 2, 3, 4, 5, 6],
        }
    ),
}


def build_frame(*, with_missing: bool) -> pd.DataFrame:
    random = np.random.default_rng(5)
    frame = pd.DataFrame(
        {
            "area": np.round(random.gamma(3, 20, N_ROWS) + 1, 1),
            "rooms": random.integers(1, 9, N_ROWS).astype("float64"),
            "year": random.integers(1900, 2020, N_ROWS).astype("float64"),
            "same": 0.0,
            "latitude": np.round(random.uniform(8, 14, N_ROWS), 2),
            "longitude": np.round(random.uniform(18, 24, N_ROWS), 2),
            "pool": random.integers(0, 2, N_ROWS).astype("float64"),
            "zone": random.choice(["RL", "RM", "FV", "C (all)"], N_ROWS, p=[0.6, 0.2, 0.15, 0.05]),
            "quality": random.permutation(["Fa", "TA", "Gd", "TA"] * (N_ROWS // 4)),
            "sold": pd.to_datetime(random.integers(0, 10**9, N_ROWS), unit="s").astype("datetime64[us]"),
        }
    )
    frame["same"] = frame["rooms"]
    frame = frame.astype({"zone": object, "quality": object})
    if with_missing:
        for position, name in enumerate(frame.columns):
            frame.loc[frame.index[position::11], name] = None
    return frame


def fit(chain: list[dict[str, Any]], *, with_missing: bool) -> tuple[Pipeline, Schema]:
    """Fit a chain of steps on a table of every kind of column, each of which may be missing in a request."""
    frame = build_frame(with_missing=with_missing)
    kinds = {name: "number" if dtype == "integer" else dtype for name, dtype in DTYPES.items()}
    steps = [TypeAdapter(step_kinds()[item["step"]]).validate_python(item) for item in chain]
    context = BuildContext(task="regression", seed=3, tables=TABLES)
    built = [(planned.name, planned.step.build(planned.columns, context)) for planned in plan_steps(steps, kinds).steps]
    target = frame["area"].fillna(50) * 2 + frame["rooms"].fillna(3)
    pipeline = Pipeline([*built, ("model", "passthrough")]).fit(frame, target)
    return pipeline, Schema(tuple(Feature(name, dtype, nullable=True) for name, dtype in DTYPES.items()))


def build_odd_rows() -> pd.DataFrame:
    """Rows that validation passes and that no training saw."""
    usual = build_frame(with_missing=False).iloc[0].to_dict()
    odd: dict[str, list[Any]] = {
        "zone": ["Moon", "RM", "none", "", None],
        "quality": ["Ex", "none", None],
        "sold": [
            *map(pd.Timestamp, ("2024-02-29", "2023-12-31 23:59:59.999999", "2021-01-03", "1969-12-31 23:59:59.5")),
            *map(pd.Timestamp, ("1677-09-22", "2262-04-11", "2020-06-30", "2020-10-01")),
            pd.NaT,
        ],
        "pool": [0.0, 1.0, math.nan],
        "latitude": [11.0, 10.0, 90.0, -90.0, 90.5, math.nan, 1e300],
        "longitude": [21.0, 200.0, -160.0, 361.0, -180.5, math.nan, 1e300],
    }
    numbers = [0.0, -0.0, -1.0, -0.5, 1.0, 3.0, 1e-300, 1e-9, -1e-17, 1e39, 1e300, -1e300, 1.7e308, -1.7e308, math.nan]
    odd |= dict.fromkeys(["area", "rooms", "year", "same"], numbers)
    rows = [{**usual, name: value} for name, values in odd.items() for value in values]
    rows += [{**usual, "area": a, "year": -a, "rooms": -a} for a in (1.7e308, -1.7e308, 0.0)]
    rows += [dict.fromkeys(usual), *build_frame(with_missing=True).head(20).to_dict(orient="records")]
    return pd.DataFrame(
        {name: pd.Series([row[name] for row in rows], dtype=DTYPES_HELD[DTYPES[name]]) for name in usual}
    )


def transform(pipeline: Pipeline, frame: pd.DataFrame) -> pd.DataFrame:
    with np.errstate(all="ignore"):
        return pipeline[:-1].transform(frame)


CASES = [*(chain for chains in EXAMPLES.values() for chain in chains), *BEHIND]


def name_of(chain: list[dict[str, Any]]) -> str:
    return "-".join(["behind" if chain in BEHIND else "named", chain[-1]["step"], str(CASES.index(chain))])


def test_every_kind_has_an_example():
    assert {*EXAMPLES, *FALLING_BACK} == set(step_kinds())
    assert all(chain[-1]["step"] == kind for kind, chains in EXAMPLES.items() for chain in chains if kind != "scale")


def learns_from_missing(chain: list[dict[str, Any]]) -> bool:
    """Say whether the chain can be fitted on missing values."""
    return chain[:2] == FILL or chain[-1]["step"] not in NEEDS_FILLED


@pytest.mark.parametrize("chain", CASES, ids=name_of)
def test_operations_compute_what_the_transformers_compute(chain):
    pipeline, schema = fit(chain, with_missing=learns_from_missing(chain))
    frame = build_odd_rows()
    last = replay(lower_steps(pipeline, schema), schema, frame)[-1]
    expected = transform(pipeline, frame.loc[~last.failed])
    assert list(expected.columns) == list(last.columns)
    for name, column in last.columns.items():
        assert are_equal(expected[name], column[~last.failed]), name
    for position in np.flatnonzero(last.failed):
        with pytest.raises(ValueError):
            transform(pipeline, frame.iloc[[position]])
    assert last.failed.mean() < 0.5, "most rows have a result"


@pytest.mark.parametrize("chain", CASES, ids=name_of)
def test_what_is_known_of_a_slot_holds(chain):
    pipeline, schema = fit(chain, with_missing=learns_from_missing(chain))
    builder = lower_steps(pipeline, schema)
    frame = build_odd_rows()
    last = replay(builder, schema, frame)[-1]
    for name, slot in builder.columns.items():
        known, values = builder.known[slot], last.columns[name][~last.failed]
        missing = pd.isna(values)
        assert known.missing or not missing.any(), name
        if isinstance(known, Numbers):
            assert known.is_empty <= missing.all(), name
            assert (missing | ((known.lower <= values) & (values <= known.upper))).all(), name
        if isinstance(known, Texts) and known.values is not None:
            assert set(values[~missing]) <= known.values, name


def test_unlowered_class_is_refused_by_the_name_of_its_step():
    builder = Builder(Schema((Feature("a", "number", nullable=True),)))
    builder.step = "03_squares"
    with pytest.raises(NotLowerableError, match=r"03_squares: there is no lowering of sklearn\..*PolynomialFeatures"):
        lower_transformer(PolynomialFeatures(), builder)
