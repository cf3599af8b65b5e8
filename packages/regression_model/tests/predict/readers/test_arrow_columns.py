from __future__ import annotations

import numpy as np
import pytest

from regression_model.predict.readers.arrow_columns import list_texts, to_floats, to_texts

pa = pytest.importorskip("pyarrow", reason="is in the extra parquet")

TEXTS = ["x", "", "001", "x", "two\nlines", "x"] * 5
SLICES = [slice(0, 30), slice(1, 30), slice(9, 20), slice(17, 18), slice(4, 4)]


@pytest.mark.parametrize("part", SLICES)
@pytest.mark.parametrize("texts", [TEXTS, [f"{text}ä" for text in TEXTS], [""] * 30])
def test_texts_are_listed_from_any_part_of_an_array(texts, part):
    column = pa.array(texts)
    assert list_texts(column[part.start : part.stop]) == texts[part]
    assert list_texts(column.dictionary_encode()[part.start : part.stop]) == texts[part]


@pytest.mark.parametrize("part", SLICES)
def test_null_is_missing_wherever_an_array_is_cut(part):
    values = [None if place % 3 == 0 else place for place in range(30)]
    numbers = pa.array(values)[part.start : part.stop]
    np.testing.assert_array_equal(to_floats(numbers), np.array(values, dtype=float)[part])
    assert to_texts(numbers).to_list() == [None if value is None else str(value) for value in values[part]]
    texts = [None if value is None else f"t{value % 4}" for value in values]
    for column in (pa.array(texts), pa.array(texts).dictionary_encode(), pa.array(texts, pa.large_string())):
        assert to_texts(column[part.start : part.stop]).to_list() == texts[part]


@pytest.mark.parametrize("kind", ["int8", "uint64", "float16", "float32", "float64"])
def test_numbers_of_any_width_become_floats(kind):
    column = pa.array(np.array([1, 2, 100], dtype=kind))
    assert to_floats(column).tolist() == [1.0, 2.0, 100.0]
