"""What every kind of step promises, checked for all of them: a kind without an example fails."""

from __future__ import annotations

import copy
import inspect
import pickle
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, get_args

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal
from pydantic import TypeAdapter, ValidationError
from sklearn.base import clone
from sklearn.compose import TransformedTargetRegressor

from regression_model.build_context import BuildContext
from regression_model.errors import ConfigError
from regression_model.steps.base import Kind, Step
from regression_model.steps.plan import plan_steps
from regression_model.steps.registry import step_kinds

N_ROWS = 60
KINDS: dict[str, Kind] = {
    "built": "number",
    "sold": "number",
    "area": "number",
    "rooms": "number",
    "copy": "number",
    "constant": "number",
    "pool": "boolean",
    "zone": "category",
    "quality": "category",
    "since": "datetime",
    "wave": "series",
}


@dataclass(frozen=True)
class Example:
    """A step as the file declares it (all values are text there), and what it can do."""

    declared: dict[str, Any]
    missing: tuple[str, ...] = ()  # columns that may have missing values
    unseen: tuple[str, ...] = ()  # columns that may have categories that were not seen
    numbers_only: bool = False  # selections by a model: what reaches them is all numbers
    fits_all: bool = True  # whether it can work on columns that are not known by name
    series: bool = False  # whether there is a column of series


NUMBERS = ("built", "sold", "area", "rooms", "pool")
CATEGORIES = ("zone", "quality")
ANY = (*NUMBERS, *CATEGORIES, "since")


def build_examples() -> dict[str, list[Example]]:
    number = {"columns": ["area", "rooms"]}
    category = {"columns": ["zone", "quality"]}
    return {
        "binarise": [Example({**number, "threshold": "2.5"}, missing=ANY)],
        "cap_outliers": [
            Example({**number, "method": method, "tail": "both"}, missing=ANY)
            for method in ("gaussian", "iqr", "quantiles", "mad")
        ]
        + [Example({"columns": "area", "method": "quantiles", "fold": "0.1"}, missing=ANY)],
        "category_fallback": [
            Example({}, missing=ANY, unseen=CATEGORIES),
            Example({"columns": "zone", "fallback": "RM"}, missing=ANY, unseen=CATEGORIES),
        ],
        "combine": [
            Example({"columns": ["area", "rooms", "pool"], "operation": "sum", "into": "total"}, missing=ANY),
            Example({"columns": ["area", "rooms"], "operation": "product", "into": "x"}, missing=ANY),
            Example({"columns": ["sold", "built"], "operation": "difference", "into": "age"}, missing=ANY),
            Example({"columns": ["area", "rooms"], "operation": "ratio", "into": "size"}, missing=ANY),
        ],
        "combine_pairs": [
            Example({"n": "3", "operations": ["ratio", "difference", "sum", "product"]}, missing=ANY),
            Example({"columns": ["area", "rooms", "built"]}, missing=ANY, unseen=CATEGORIES),
        ],
        "date_parts": [
            Example({}, missing=ANY),
            Example({"columns": "since", "features_to_extract": ["week", "weekend", "month_end"]}, missing=ANY),
        ],
        "drop": [Example({"columns": ["copy", "zone"]}, missing=ANY, unseen=CATEGORIES, fits_all=False)],
        "drop_constant": [
            Example({}, missing=ANY, unseen=CATEGORIES),
            Example({"columns": "number", "tol": "0.9"}, missing=ANY),
        ],
        "drop_correlated": [
            Example({}, missing=ANY),
            Example({"threshold": "0.8", "method": "spearman"}, missing=ANY),
        ],
        "drop_duplicated": [Example({}, missing=ANY, unseen=CATEGORIES)],
        "elapsed_time": [
            Example({"columns": "built", "reference": "sold"}, missing=ANY, fits_all=False),
            Example(
                {"columns": ["built"], "reference": "sold", "drop_reference": "yes"},
                missing=ANY,
                fits_all=False,
            ),
        ],
        "extract_series_features": [
            Example({"extractor": "minirocket", "n_features": "168"}, missing=("wave",), series=True),
        ],
        "frequency_encoding": [
            Example({}, missing=NUMBERS, unseen=CATEGORIES),
            Example({"measure": "count"}, missing=NUMBERS, unseen=CATEGORIES),
        ],
        "impute_category": [Example({**category, "value": "None"}, missing=ANY, unseen=CATEGORIES)],
        "impute_constant_number": [Example({**number, "value": "-1"}, missing=ANY, unseen=CATEGORIES)],
        "impute_frequent": [
            Example(category, missing=ANY, unseen=CATEGORIES),
            Example({"columns": ["pool", "zone"]}, missing=ANY, unseen=CATEGORIES),
        ],
        "impute_number": [
            Example(number, missing=ANY, unseen=CATEGORIES),
            Example({"columns": ["area", "pool"], "statistic": "mean"}, missing=ANY),
        ],
        "impute_related": [
            Example({"columns": ["area", "copy"]}, missing=(*ANY, "copy"), unseen=CATEGORIES, fits_all=False),
            Example({"columns": "copy", "related": ["rooms", "sold"], "most": "1"}, missing=("copy",), fits_all=False),
        ],
        "impute_sample": [
            Example(
                {"columns": ["area", "zone"], "seed_columns": ["built", "quality", "area"]},
                missing=ANY,
                unseen=CATEGORIES,
                fits_all=False,
            )
        ],
        "log": [Example(number, missing=CATEGORIES, unseen=CATEGORIES)],
        "log_plus_one": [Example(number, missing=CATEGORIES, unseen=CATEGORIES)],
        "lookup": [
            Example(
                {"table": "zones", "key": "zone", "values": ["people"], "prefix": "zone_"},
                missing=ANY,
                unseen=CATEGORIES,
                fits_all=False,
            ),
            Example(
                {
                    "table": "places",
                    "nearest": ["rooms", "area"],
                    "values": "height",
                    "max_distance_km": "2000",
                },
                missing=ANY,
                fits_all=False,
            ),
        ],
        "missing_indicator": [Example({"columns": ["area", "zone", "since"]}, missing=ANY, unseen=CATEGORIES)],
        "native_category": [
            Example({}, missing=ANY, unseen=CATEGORIES),
            Example({"columns": "zone", "most": "1"}, missing=ANY, unseen=CATEGORIES),
        ],
        "neighbour_target": [
            Example({"columns": ["rooms", "area"], "k": ["1", "5"]}, missing=ANY, unseen=CATEGORIES, fits_all=False),
            Example(
                {"columns": ["area", "built"], "k": "3", "weights": "uniform", "geographic": "no", "into": "near"},
                missing=ANY,
                fits_all=False,
            ),
        ],
        "one_hot": [
            Example({}, missing=NUMBERS, unseen=CATEGORIES),
            Example({"columns": "zone", "drop_last": "true"}, missing=NUMBERS, unseen=CATEGORIES),
        ],
        "ordered_encoding": [
            Example({}, missing=NUMBERS, unseen=CATEGORIES),
            Example({"columns": "zone", "unseen": "below"}, missing=NUMBERS, unseen=CATEGORIES),
        ],
        "ordinal_mapping": [
            Example(
                {"columns": "quality", "order": ["Fa", "TA", "Gd"]},
                missing=ANY,
                unseen=CATEGORIES,
                fits_all=False,
            ),
            Example(
                {"columns": "quality", "order": ["Fa", "TA"], "unseen": "lowest"},
                missing=ANY,
                unseen=CATEGORIES,
                fits_all=False,
            ),
        ],
        "place_clusters": [
            Example({"columns": ["rooms", "area"], "n_clusters": "3", "nearest": "yes"}, missing=ANY, fits_all=False),
            Example(
                {"columns": ["area", "built"], "distances": "no", "nearest": "yes", "geographic": "no"},
                missing=ANY,
                unseen=CATEGORIES,
                fits_all=False,
            ),
        ],
        "rare_labels": [
            Example({}, missing=ANY, unseen=CATEGORIES),
            Example({"tol": "0.3", "n_categories": "10", "replace_with": "Other"}, missing=ANY, unseen=CATEGORIES),
        ],
        "rotate_coordinates": [
            Example({"columns": ["area", "rooms"]}, missing=ANY, unseen=CATEGORIES, fits_all=False),
            Example(
                {"columns": ["sold", "area"], "angles_degrees": ["12.5"], "into": "t"}, missing=ANY, fits_all=False
            ),
        ],
        "scale": [Example({}, missing=ANY, unseen=CATEGORIES)]
        + [Example({**number, "method": method}, missing=ANY) for method in ("minmax", "robust", "standard")],
        "select_filter": [
            Example({"k": "2"}, numbers_only=True),
            Example({"percentile": "50", "score": "mutual_information"}, numbers_only=True),
            Example({"columns": ["area", "rooms"], "k": "1"}, missing=CATEGORIES, unseen=CATEGORIES),
        ],
        "select_lasso": [Example({"alpha": "0.01", "C": "0.5"}, numbers_only=True)],
        "select_recursive": [
            Example({"n_features": "3"}, numbers_only=True),
            Example({"n_features": "2", "step_fraction": "0.5", "estimator": "trees"}, numbers_only=True),
        ],
        "select_trees": [
            Example({"n_estimators": "10"}, numbers_only=True),
            Example({"n_estimators": "10", "threshold": "0.05"}, numbers_only=True),
        ],
        "target_encoding": [
            Example({}, missing=ANY, unseen=CATEGORIES),
            Example({"columns": "zone", "smoothing": "0", "folds": "3"}, missing=ANY, unseen=CATEGORIES),
        ],
        "yeo_johnson": [Example({"columns": ["area", "built"]}, missing=CATEGORIES, unseen=CATEGORIES)],
    }


def build_frame(missing: tuple[str, ...] = ()) -> pd.DataFrame:
    """Return a new frame each time, no object of which is shared with another."""
    generator = np.random.default_rng(7)
    built = generator.integers(1900, 2000, N_ROWS).astype("float64")
    frame = pd.DataFrame(
        {
            "built": built,
            "sold": built + generator.integers(1, 60, N_ROWS),
            "area": np.round(generator.uniform(0.5, 80, N_ROWS), 1),
            "rooms": generator.integers(1, 9, N_ROWS).astype("float64"),
            "copy": 0.0,
            "constant": 1.0,
            "pool": generator.integers(0, 2, N_ROWS).astype("float64"),
            "zone": generator.choice(["RL", "RM", "FV", "C (all)"], N_ROWS, p=[0.6, 0.2, 0.15, 0.05]),
            "quality": generator.permutation(["Fa", "TA", "Gd"] * (N_ROWS // 3)),
            "since": pd.to_datetime(generator.integers(0, 10**9, N_ROWS), unit="s").astype("datetime64[ns]"),
        }
    )
    frame["copy"] = frame["rooms"]
    for position, column in enumerate(missing):
        frame.loc[position::9, column] = None
    for column in CATEGORIES:
        # Text as a file gives it: equal strings are not the same object, unlike a program's constants.
        cells = [None if pd.isna(cell) else "".join(list(cell)) for cell in frame[column]]
        frame[column] = pd.Series(cells, dtype=object)
    return frame


def build_target(task: str) -> pd.Series:
    frame = build_frame()
    price = 1000 * frame["area"] + 20_000 * frame["rooms"] + (frame["zone"] == "RL") * 30_000
    if task == "regression":
        return price
    return pd.Series(np.where(price > price.median(), "dear", "cheap"), dtype=object)


def wrap_target(regressor: Any) -> Any:
    return TransformedTargetRegressor(regressor, func=np.log, inverse_func=np.exp)


def build_context(task: str) -> BuildContext:
    return BuildContext(
        task=task,
        seed=3,
        wrap_target=wrap_target if task == "regression" else lambda model: model,
        tables={
            "zones": pd.DataFrame({"zone": ["RL", "RM"], "people": [1000, 2000], "note": ["a", "b"]}),
            "places": pd.DataFrame({"rooms": [1.0, 8.0], "area": [5.0, 70.0], "height": [10.0, 20.0]}),
        },
    )


DEPEND_ON_TASK = (
    "combine_pairs",
    "native_category",
    "neighbour_target",
    "ordered_encoding",
    "select_filter",
    "select_lasso",
    "select_recursive",
    "select_trees",
    "target_encoding",
)


@dataclass(frozen=True)
class Case:
    """An example, planned."""

    kind: str
    example: Example
    task: str
    frame: pd.DataFrame = field(compare=False)

    @cached_property
    def step(self) -> Any:
        return TypeAdapter(step_kinds()[self.kind]).validate_python({"step": self.kind, **self.example.declared})

    @property
    def kinds(self) -> dict[str, Kind]:
        return {name: KINDS[name] for name in self.frame.columns}

    def build(self) -> Any:
        planned = plan_steps([self.step], self.kinds).steps[0]
        return self.step.build(planned.columns, build_context(self.task))

    def fit(self) -> Any:
        return self.build().fit(self.frame, build_target(self.task))

    @cached_property
    def fitted(self) -> Any:
        """For tests that change nothing."""
        return self.fit()

    def awkward(self) -> pd.DataFrame:
        """Return rows with everything that the step accepts: missing values, unseen categories."""
        frame = self.frame.head(12).copy()
        for column in self.example.unseen:
            if column in frame:
                frame.loc[3, column] = "Moon"
        return frame


def build_cases(chosen: Callable[[type[Step]], bool] = lambda step: True) -> list[Any]:
    """Return all cases, or those of some kinds of step."""
    return [
        pytest.param(Case(kind, example, task, prepare(example)), id=f"{kind}-{number}-{task}")
        for kind, of_kind in build_examples().items()
        if chosen(step_kinds()[kind])
        for number, example in enumerate(of_kind)
        for task in (("regression", "classification") if kind in DEPEND_ON_TASK else ("regression",))
    ]


def prepare(example: Example) -> pd.DataFrame:
    frame = build_frame(tuple(name for name in example.missing if name != "wave"))
    if example.series:
        waves = [tuple(np.sin(np.arange(1, 5 + row % 9) * (row + 1.0)).tolist()) for row in range(N_ROWS)]
        frame["wave"] = pd.Series([None if row % 7 == 3 else wave for row, wave in enumerate(waves)], dtype=object)
    return frame.drop(columns=[*CATEGORIES, "since"]) if example.numbers_only else frame


each_case = pytest.mark.parametrize("case", build_cases())


@each_case
def test_a_step_says_whether_it_looks_at_the_target(case):
    assert case.step.learns_from_target == (case.kind in DEPEND_ON_TASK)
    if not case.step.learns_from_target:
        other = pd.Series(np.random.default_rng(0).permutation(build_target(case.task)))
        answers = case.build().fit(case.frame, other).transform(case.frame)
        assert_frame_equal(case.fitted.transform(case.frame), answers)


def test_relevance_of_series_features_is_a_look_at_the_target():
    make = step_kinds()["extract_series_features"].model_validate
    assert make({"step": "extract_series_features"}).learns_from_target
    assert not make({"step": "extract_series_features", "relevant": "no"}).learns_from_target


def test_every_kind_has_an_example():
    assert set(build_examples()) == set(step_kinds())
    assert all(build_examples().values())


@pytest.mark.parametrize("kind", step_kinds())
def test_kind_is_described(kind):
    step = step_kinds()[kind]
    text = inspect.getdoc(step) or ""
    own = [name for name in step.model_fields if name not in ("step", "columns")]
    assert all(name in text for name in own), "the docstring says every parameter"
    assert inspect.getmodule(step).__name__ == f"regression_model.steps.{kind}", "a file for each kind"
    assert set(step.accepts) <= set(get_args(Kind))


@pytest.mark.parametrize("kind", step_kinds())
def test_unknown_key_is_refused_with_a_suggestion(kind):
    declared = {"step": kind, **build_examples()[kind][0].declared, "colums": ["area"]}
    with pytest.raises(ValidationError, match=r"unknown key \(did you mean 'columns'\?\)"):
        step_kinds()[kind].model_validate(declared)


@each_case
def test_columns_are_those_that_were_planned(case):
    plan = plan_steps([case.step], case.kinds)
    answer = case.fitted.transform(case.frame)
    assert isinstance(answer, pd.DataFrame)
    if case.step.learns_columns:
        assert plan.after is None
        assert len(answer.columns) >= 1
        return
    assert list(answer.columns) == list(plan.after)
    for name, kind in plan.after.items():
        numeric = pd.api.types.is_numeric_dtype(answer[name].dtype)
        assert numeric == (kind in ("number", "boolean")), name
        assert (answer[name].dtype == object) == (kind == "category"), name


@each_case
def test_other_columns_pass_untouched(case):
    answer = case.fitted.transform(case.frame)
    worked_on = set(plan_steps([case.step], case.kinds).steps[0].columns)
    others = [name for name in answer.columns if name in case.frame.columns and name not in worked_on]
    assert_frame_equal(answer[others], case.frame[others])


@each_case
def test_input_is_not_changed(case):
    frame = case.frame.copy(deep=True)
    case.build().fit(frame, build_target(case.task)).transform(frame)
    assert_frame_equal(frame, case.frame)


@each_case
def test_answer_for_a_row_does_not_depend_on_the_others(case):
    fitted = case.fitted
    rows = case.awkward()
    whole = fitted.transform(rows)
    for position in range(len(rows)):
        alone = fitted.transform(rows.iloc[[position]])
        # Another batch size may take another vector instruction: the last bit of a logarithm.
        assert_frame_equal(alone, whole.iloc[[position]], rtol=1e-12, atol=0)


@each_case
def test_columns_in_another_order_are_understood(case):
    fitted = case.fitted
    rows = case.awkward()
    assert_frame_equal(fitted.transform(rows[rows.columns[::-1]]), fitted.transform(rows))


@each_case
def test_pickle_round_trip_gives_the_same_answer(case):
    fitted = case.fitted
    restored = pickle.loads(pickle.dumps(fitted))
    assert_frame_equal(restored.transform(case.awkward()), fitted.transform(case.awkward()))


@each_case
def test_same_input_gives_the_same_bytes(case):
    first = case.fit()
    again = Case(case.kind, case.example, case.task, prepare(case.example)).fit()
    assert pickle.dumps(first) == pickle.dumps(again)


@each_case
def test_fitted_state_holds_no_set(case):
    # The order of a set of text differs from process to process, and with it the pickled bytes.
    assert not list(find_sets(case.fitted, set()))


@each_case
def test_clone_fits_the_same(case):
    fitted = case.fitted
    again = clone(fitted).fit(case.frame, build_target(case.task))
    assert_frame_equal(again.transform(case.awkward()), fitted.transform(case.awkward()))


@each_case
def test_names_out_are_the_columns_of_the_answer(case):
    fitted = case.fitted
    assert list(fitted.get_feature_names_out()) == list(fitted.transform(case.frame).columns)


@each_case
def test_all_columns_that_arrive(case):
    planned = ("all",)
    step = case.step
    if not case.example.fits_all or case.kind == "combine":
        with pytest.raises(ConfigError, match="works on named columns"):
            step.build(planned, build_context(case.task))
        return
    target = build_target(case.task)
    # Booleans are numbers by then; limits, logarithms and powers want columns that vary.
    frame = case.frame.drop(columns=["copy", "constant", "pool"])
    answer = step.build(planned, build_context(case.task)).fit(frame, target).transform(frame)
    names = [name for name in frame if KINDS[name] in step.accepts]
    named = step.build(names, build_context(case.task)).fit(frame, target).transform(frame)
    assert_frame_equal(answer, named)


@each_case
def test_columns_depend_on_their_sources_only(case):
    fitted, inputs = case.fitted, list(case.frame.columns)
    columns = plan_steps([case.step], case.kinds).steps[0].columns
    before = fitted.transform(case.frame)
    for changed in inputs:
        # The rows of one column in another order: all values are known, and nearly all rows change.
        frame = case.frame.assign(**{changed: case.frame[changed].to_numpy()[::-1]})
        after = fitted.transform(frame)
        for output in before.columns:
            if not before[output].equals(after[output]):
                passed = output in inputs and output not in columns
                assert changed in ((output,) if passed else case.step.sources(output, columns)), output


@pytest.mark.parametrize("case", build_cases(lambda step: step.fills_missing))
def test_steps_that_say_so_leave_nothing_missing(case):
    columns = list(plan_steps([case.step], case.kinds).steps[0].columns)
    assert case.frame[columns].isna().any(axis=None), "the example has missing values"
    assert not case.fitted.transform(case.frame)[columns].isna().any(axis=None)


def find_sets(item: Any, seen: set[int]):
    """Yield the sets in a fitted transformer, however deep."""
    if id(item) in seen or isinstance(item, (str, bytes, int, float, type(None), np.ndarray, pd.DataFrame)):
        return
    seen.add(id(item))
    if isinstance(item, set | frozenset):
        yield item
    elif isinstance(item, dict):
        for value in item.values():
            yield from find_sets(value, seen)
    elif isinstance(item, list | tuple):
        for value in item:
            yield from find_sets(value, seen)
    elif type(item).__module__.partition(".")[0] in ("regression_model", "sklearn", "feature_engine"):
        yield from find_sets(vars(item) if hasattr(item, "__dict__") else {}, seen)


def test_the_search_for_sets_finds_them():
    step = step_kinds()["scale"]().build(["area"], build_context("regression"))
    changed = copy.copy(step)
    changed.extra_ = [{"a": {"x", sys.intern("y")}}]
    assert list(find_sets(changed, set())) == [{"x", "y"}]


@pytest.mark.parametrize("case", [case for case in build_cases() if case.values[0].step.keeps_small_values()])
def test_what_is_small_before_a_step_that_says_so_is_small_behind_it(case):
    answer = case.fitted.transform(case.frame)
    for name in plan_steps([case.step], case.kinds).steps[0].columns:
        before, after = case.frame[name], answer[name]
        if before.dtype != float:
            assert after[before.notna()].equals(before.dropna()), name
            continue
        for bound in before.dropna().quantile([0.1, 0.5, 0.9]):
            assert (after[before <= bound] <= bound).all(), name


@pytest.mark.parametrize("name", ["regression_model.steps.registry", "regression_model.families.registry"])
def test_listing_the_kinds_imports_no_heavy_library(name):
    code = (
        f"import sys, {name} as registry; "
        "getattr(registry, 'step_kinds', getattr(registry, 'model_families', None))(); "
        "heavy = {'sklearn', 'feature_engine', 'lightgbm', 'pandas'}; print(sorted(heavy & set(sys.modules)))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
