from __future__ import annotations

import io

import joblib
import numpy as np
import pytest

from regression_model.artifact.pickling import dump


def new(text: str) -> str:
    """Return an equal text that is another object."""
    return "".join(list(text))


def values(second: str) -> list[object]:
    return [
        ["label", second],
        {"label": 1, "other": [second]},
        {"array": np.arange(3.0), "label": "label", "after": second},
        {"labels": np.array(["label", "label"], dtype=object), "after": np.array(["label", second], dtype=object)},
    ]


@pytest.mark.parametrize("case", range(4))
def test_whether_equal_texts_are_one_object_does_not_matter(case):
    shared, apart = values("label")[case], values(new("label"))[case]
    assert dump(shared) == dump(apart)


def test_joblib_alone_would_tell_them_apart():
    plain = []
    for second in ("label", new("label")):
        stream = io.BytesIO()
        joblib.dump(["label", second], stream)
        plain.append(stream.getvalue())
    assert plain[0] != plain[1]


def test_what_was_written_is_read_back():
    value = {"array": np.arange(3.0), "labels": np.array(["a", "b"], dtype=object), "text": ["a", new("a")]}
    found = joblib.load(io.BytesIO(dump(value)))
    assert found["array"].tolist() == [0.0, 1.0, 2.0]
    assert found["labels"].tolist() == ["a", "b"]
    assert found["text"] == ["a", "a"]
