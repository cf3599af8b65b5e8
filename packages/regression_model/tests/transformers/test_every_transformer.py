"""What every transformer promises, checked for all of them: a class in `__all__` without an example fails."""

from __future__ import annotations

import copy
import importlib
import inspect
import pickle
import pkgutil
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

import regression_model.transformers as package
from regression_model.transformers.base import FrameTransformer

N_ROWS = 40


@dataclass(frozen=True)
class Example:
    """A transformer that fits `build_frame()`, and what it answers to awkward rows."""

    transformer: Any
    text_columns: tuple[str, ...] = ()
    refuses_unseen: bool = False
    optional_columns: tuple[str, ...] = ()


def build_frame() -> pd.DataFrame:
    """Return a new frame each time, no object of which is shared with another."""
    generator = np.random.default_rng(7)
    frame = pd.DataFrame(
        {
            "built": generator.integers(1900, 2000, N_ROWS).astype("float64"),
            "sold": generator.integers(2006, 2011, N_ROWS).astype("float64"),
            "area": generator.choice([0.0, 0.0, 120.0, 250.5], N_ROWS),
            "lat": generator.uniform(32, 42, N_ROWS),
            "lon": generator.uniform(-124, -114, N_ROWS),
            # Two categories at a tie, so that nothing may hang on the order of the rows.
            "quality": generator.permutation([*["Fa"] * 10, *["Gd"] * 10, *["TA"] * 8, *[None] * 12]),
            "street": generator.permutation([*["Grvl"] * 15, *["Pave"] * 15, *[None] * 10]),
            "since": pd.to_datetime(generator.integers(0, 10**9, N_ROWS), unit="s").astype("datetime64[ns]"),
        }
    )
    for position, column in enumerate(["built", "sold", "area", "lat", "lon", "since"]):
        frame.loc[position::9, column] = None
    for column in ("quality", "street"):
        # Text as a file gives it: equal strings are not the same object, unlike a program's constants.
        cells = [None if pd.isna(cell) else "".join(list(cell)) for cell in frame[column]]
        frame[column] = pd.Series(cells, dtype=object)
    return frame


def build_table() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "lat": [37.77, 34.05, 38.58],
            "lon": [-122.42, -118.24, -121.49],
            "quality": ["Fa", "TA", "Ex"],
            "sold": [2006, 2008, 2010],
            "people": [873_965, 3_898_747, 524_943],
            "name": ["San Francisco", "Los Angeles", None],
            "coast": [True, True, False],
        }
    )


def examples() -> dict[str, list[Example]]:
    t = package
    return {
        "Binarise": [Example(t.Binarise(["area", "built"], threshold=100.0))],
        "CategoryFallback": [
            Example(t.CategoryFallback(["quality", "street"]), text_columns=("quality", "street")),
            Example(t.CategoryFallback(["quality", "area"], fallback="TA"), text_columns=("quality",)),
        ],
        "ColumnPlaceholder": [
            Example(
                t.ColumnPlaceholder({"area": 1, "street": "Pave", "since": None, "new": None, "flag": True}),
                optional_columns=("area", "street", "since"),
            )
        ],
        "ElapsedTime": [
            Example(t.ElapsedTime(["built"], reference="sold")),
            Example(t.ElapsedTime(["built", "area"], reference="sold", drop_reference=True)),
        ],
        "FrequentCategoryImputer": [
            Example(t.FrequentCategoryImputer(["quality", "street"]), text_columns=("quality", "street")),
            Example(t.FrequentCategoryImputer(["sold"])),
        ],
        "LookupJoin": [
            Example(t.LookupJoin(["quality"], ["people", "name"], build_table()), text_columns=("quality",)),
            Example(
                t.LookupJoin(["sold", "quality"], ["coast"], build_table(), prefix="city_"),
                text_columns=("quality",),
            ),
            Example(
                t.LookupJoin(["lat", "lon"], ["name", "people"], build_table(), by="nearest", max_distance_km=300.0)
            ),
        ],
        "OrdinalMapping": [
            Example(
                t.OrdinalMapping({"quality": ["Fa", "TA", "Gd"], "street": ["Grvl", "Pave"]}),
                text_columns=("quality", "street"),
                refuses_unseen=True,
            ),
            Example(t.OrdinalMapping({"quality": ["Fa", "TA"]}, unseen="missing"), text_columns=("quality",)),
            Example(t.OrdinalMapping({"quality": ["TA", "Gd"]}, unseen="lowest"), text_columns=("quality",)),
        ],
        "PlaceClusters": [
            Example(t.PlaceClusters(["lat", "lon"], n_clusters=3, adds="both")),
            Example(t.PlaceClusters(["area", "built"], n_clusters=100, geographic=False)),
        ],
        "RelatedImputer": [
            Example(t.RelatedImputer(["area", "sold"], related=["built", "lat"])),
            Example(t.RelatedImputer(["built", "sold"], most=1)),
        ],
        "RotateCoordinates": [Example(t.RotateCoordinates(["lat", "lon"], [12.5, 45.0]))],
        "RowSeededSampleImputer": [
            Example(
                t.RowSeededSampleImputer(["area", "quality"], ["lon", "street", "since", "quality"], seed=3),
                text_columns=("quality", "street"),
            )
        ],
    }


EXAMPLES = [
    pytest.param(example, id=f"{name}-{number}")
    for name, of_class in examples().items()
    for number, example in enumerate(of_class)
]
each_example = pytest.mark.parametrize("example", EXAMPLES)


def test_every_class_has_an_example():
    assert sorted(examples()) == sorted(package.__all__)
    for name, of_class in examples().items():
        assert of_class, f"{name} has no example"
        assert all(type(example.transformer).__name__ == name for example in of_class)


def test_every_file_hands_on_its_one_class():
    names = [module.name for module in pkgutil.iter_modules(package.__path__) if not module.ispkg]
    found = {
        name: [
            item.__name__
            for item in vars(importlib.import_module(f"{package.__name__}.{name}")).values()
            if inspect.isclass(item) and item.__module__ == f"{package.__name__}.{name}"
        ]
        for name in names
    }
    assert found.pop("base") == ["FrameTransformer"]
    assert found.pop("columns") == []
    assert found.pop("clustering") == []
    assert found.pop("relations") == ["Relation", "Correlations"]
    assert found.pop("coordinates") == ["NearestPlace"]
    assert sorted(classes[0] for classes in found.values()) == sorted(package.__all__)
    assert all(len(classes) == 1 for classes in found.values())


@pytest.mark.parametrize("name", package.__all__)
def test_documentation_shows_a_success_and_a_failure(name):
    # That the examples are right, the doctests say.
    text = inspect.getdoc(getattr(package, name))
    assert ">>> " in text
    assert "Traceback" in text
    assert issubclass(getattr(package, name), FrameTransformer)


@each_example
def test_clone_is_unfitted_and_fits_the_same(example):
    fitted = clone(example.transformer).fit(build_frame())
    unfitted = clone(fitted)
    with pytest.raises(NotFittedError):
        unfitted.transform(build_frame())
    with pytest.raises(NotFittedError):
        unfitted.get_feature_names_out()
    assert_frame_equal(unfitted.fit_transform(build_frame()), fitted.transform(build_frame()))


@each_example
def test_init_stores_its_parameters_and_nothing_else(example):
    fresh = clone(example.transformer)
    assert vars(fresh).keys() == fresh.get_params(deep=False).keys()


@each_example
def test_pickle_round_trip_gives_the_same_answer(example):
    fitted = clone(example.transformer).fit(build_frame())
    restored = pickle.loads(pickle.dumps(fitted))
    assert_frame_equal(restored.transform(build_frame()), fitted.transform(build_frame()))


@each_example
def test_same_input_gives_the_same_bytes(example):
    first, second = (pickle.dumps(clone(example.transformer).fit(build_frame())) for _ in range(2))
    assert first == second


@each_example
def test_order_of_training_rows_does_not_matter(example):
    frame = build_frame()
    shuffled = frame.sample(frac=1, random_state=1)
    assert pickle.dumps(clone(example.transformer).fit(shuffled)) == pickle.dumps(clone(example.transformer).fit(frame))


@each_example
def test_transforming_changes_no_state(example):
    fitted = clone(example.transformer).fit(build_frame())
    before = pickle.dumps(fitted)
    fitted.transform(build_frame())
    assert pickle.dumps(fitted) == before


@each_example
def test_input_and_parameters_are_untouched(example):
    transformer = clone(example.transformer)
    parameters = copy.deepcopy(transformer.get_params(deep=False))
    frame = build_frame()
    answer = transformer.fit(frame).transform(frame)
    for column in answer:  # nor may the answer share memory with the input
        answer.loc[0, column] = answer.loc[N_ROWS - 1, column]
    assert_frame_equal(frame, build_frame())
    for name, value in transformer.get_params(deep=False).items():
        if isinstance(value, pd.DataFrame):
            assert_frame_equal(value, parameters[name])
        else:
            assert value == parameters[name]


@each_example
def test_global_random_state_is_neither_read_nor_advanced(example):
    before = pickle.dumps(np.random.get_state())  # noqa: NPY002 - the legacy state is what must stay untouched
    first = clone(example.transformer).fit_transform(build_frame())
    assert pickle.dumps(np.random.get_state()) == before  # noqa: NPY002
    np.random.random(3)  # noqa: NPY002
    assert_frame_equal(clone(example.transformer).fit_transform(build_frame()), first)


@each_example
def test_order_of_columns_does_not_matter(example):
    frame = build_frame()
    fitted = clone(example.transformer).fit(frame)
    assert_frame_equal(fitted.transform(frame[frame.columns[::-1]]), fitted.transform(frame))


@each_example
def test_missing_column_is_named(example):
    frame = build_frame()
    fitted = clone(example.transformer).fit(frame)
    for column in frame.columns.difference(example.optional_columns):
        with pytest.raises(ValueError, match=rf"transform: missing columns \['{column}'\]"):
            fitted.transform(frame.drop(columns=column))
    for column in example.optional_columns:
        assert column in fitted.transform(frame.drop(columns=column)).columns


@each_example
def test_unexpected_column_is_named(example):
    frame = build_frame()
    fitted = clone(example.transformer).fit(frame)
    with pytest.raises(ValueError, match=r"unexpected columns \['surplus'\]"):
        fitted.transform(frame.assign(surplus=1.0))


@each_example
def test_unseen_category(example):
    frame = build_frame()
    fitted = clone(example.transformer).fit(frame)
    for column in example.text_columns:
        unseen = frame.assign(**{column: pd.Series(["Moon"] * N_ROWS, dtype=object)})
        if example.refuses_unseen:
            with pytest.raises(ValueError, match=rf"column '{column}'.*\['Moon'\]"):
                fitted.transform(unseen)
        else:
            assert_frame_equal(fitted.transform(unseen), fitted.transform(unseen))
            assert len(fitted.transform(unseen)) == N_ROWS


@each_example
def test_row_of_nothing_but_missing_values(example):
    frame = build_frame()
    fitted = clone(example.transformer).fit(frame)
    nothing = pd.DataFrame({column: [None] for column in frame}, dtype=object)
    expected = fitted.transform(nothing.astype(frame.dtypes))
    # With the dtypes of training or, as JSON nulls come, without: the columns that it makes are the same.
    answer = fitted.transform(nothing)
    made = [column for column in answer if column not in frame.columns or not answer[column].isna().all()]
    assert_frame_equal(answer[made], expected[made])


@each_example
def test_answer_for_a_row_does_not_depend_on_the_others(example):
    frame = build_frame()
    fitted = clone(example.transformer).fit(frame)
    whole = fitted.transform(frame)
    shuffled = frame.sample(frac=1, random_state=2)
    assert_frame_equal(fitted.transform(shuffled), whole.loc[shuffled.index], check_exact=True)
    for row in range(N_ROWS):
        alone = fitted.transform(frame.iloc[[row]])
        assert_frame_equal(alone, whole.iloc[[row]], check_exact=True)


@each_example
def test_index_is_kept_whatever_it_is(example):
    frame = build_frame()
    fitted = clone(example.transformer).fit(frame)
    labels = pd.Index(["same"] * N_ROWS, name="label")
    answer = fitted.transform(frame.set_axis(labels, axis=0))
    assert_frame_equal(answer, fitted.transform(frame).set_axis(labels, axis=0))


@each_example
def test_empty_batch_gives_an_empty_answer_of_the_same_types(example):
    frame = build_frame()
    fitted = clone(example.transformer).fit(frame)
    assert_frame_equal(fitted.transform(frame.iloc[:0]), fitted.transform(frame).iloc[:0])


@each_example
def test_numbers_are_float64_and_text_is_object(example):
    frame = build_frame().astype({"area": "float32", "quality": "str"})
    answer = clone(example.transformer).fit(build_frame()).transform(frame)
    changed = [
        column for column in answer if column not in frame.columns or answer[column].dtype != frame[column].dtype
    ]
    for column in changed:
        assert str(answer[column].dtype) in ("float64", "object"), column
    for column in answer.columns.difference(["since"]):
        is_text = answer[column].map(lambda value: value is None or isinstance(value, str)).any()
        kind = "object" if is_text else "float64"
        untouched = column in frame.columns and answer[column].equals(frame[column])
        assert untouched or str(answer[column].dtype) == kind, column


@each_example
def test_names_out_are_the_columns_of_the_answer(example):
    frame = build_frame()
    fitted = clone(example.transformer).fit(frame)
    names = fitted.get_feature_names_out()
    assert names.dtype == object
    assert list(names) == list(fitted.transform(frame).columns)
    assert list(fitted.get_feature_names_out(list(frame.columns))) == list(names)
    assert fitted.n_features_in_ == len(frame.columns)
    assert list(fitted.feature_names_in_) == list(frame.columns)
    with pytest.raises(ValueError, match="input_features must be the columns seen by fit"):
        fitted.get_feature_names_out(["other"])


@each_example
def test_refitting_forgets_what_was_learned_before(example):
    refitted = clone(example.transformer).fit(build_frame().iloc[:20]).fit(build_frame())
    assert pickle.dumps(refitted) == pickle.dumps(clone(example.transformer).fit(build_frame()))


@each_example
def test_frames_that_can_not_be_read(example):
    frame = build_frame()
    fresh = clone(example.transformer)
    with pytest.raises(ValueError, match="at least one row"):
        fresh.fit(frame.iloc[:0])
    with pytest.raises(ValueError, match=r"unique, but \['area'\]"):
        fresh.fit(pd.concat([frame, frame[["area"]]], axis=1))
    with pytest.raises(ValueError, match="column names must be text"):
        fresh.fit(frame.rename(columns={"area": 3}))
