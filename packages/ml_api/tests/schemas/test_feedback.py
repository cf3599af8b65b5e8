from __future__ import annotations

import pytest

from ml_api.errors import DocumentError, FeedbackError, TooManyRowsError
from ml_api.schemas.feedback import MAX_BAD_ITEMS, read_feedback

ID = "0123456789abcdef" * 2
GOOD = {"prediction_id": ID, "outcome": 5}


def read(document, classes=None, is_known=True, max_items=3):
    return read_feedback(document, classes=classes, is_known=is_known, max_items=max_items)


def test_one_or_several_outcomes_are_read():
    assert read(GOOD) == [{"prediction_id": ID, "row": 0, "outcome": 5}]
    assert read([GOOD, {**GOOD, "row": 7}])[1] == {"prediction_id": ID, "row": 7, "outcome": 5}


@pytest.mark.parametrize("document", [[], "x", 5, None, True])
def test_a_document_without_outcomes_is_refused(document):
    with pytest.raises(DocumentError, match="The body must be"):
        read(document)


def test_too_many_outcomes_are_refused():
    with pytest.raises(TooManyRowsError, match="holds 4 outcomes; at most 3"):
        read([GOOD] * 4)


@pytest.mark.parametrize(
    ("item", "field", "reason"),
    [
        (5, None, "not_an_object"),
        (None, None, "not_an_object"),
        ({"outcome": 5}, "prediction_id", "missing_value"),
        ({"prediction_id": ID}, "outcome", "missing_value"),
        ({**GOOD, "outcome": None}, "outcome", "wrong_value"),
        ({**GOOD, "outcome": True}, "outcome", "wrong_value"),
        ({**GOOD, "outcome": "5"}, "outcome", "wrong_value"),
        ({**GOOD, "outcome": [5]}, "outcome", "wrong_value"),
        ({**GOOD, "row": -1}, "row", "wrong_value"),
        ({**GOOD, "row": 1.5}, "row", "wrong_value"),
        ({**GOOD, "row": "1"}, "row", "wrong_value"),
        ({**GOOD, "row": None}, "row", "wrong_value"),
        ({**GOOD, "row": True}, "row", "wrong_value"),
        ({**GOOD, "row": 10**300}, "row", "wrong_value"),
        ({**GOOD, "prediction_id": ID.upper()}, "prediction_id", "wrong_value"),
        ({**GOOD, "prediction_id": ID + "\n"}, "prediction_id", "wrong_value"),
        ({**GOOD, "prediction_id": 5}, "prediction_id", "wrong_value"),
        ({**GOOD, "extra": 5}, "extra", "unknown_field"),
    ],
)
def test_an_outcome_that_cannot_be_used_is_described(item, field, reason):
    with pytest.raises(FeedbackError, match="1 of 2 outcomes can't be used, so none was kept") as caught:
        read([GOOD, item])
    [[error]] = caught.value.details["errors"].values()
    assert list(caught.value.details["errors"]) == ["1"]
    assert (error["field"], error["reason"]) == (field, reason)
    assert error["message"]
    assert error["expected"]


def test_what_is_said_of_errors_is_bounded():
    # Given many outcomes of many unknown fields with long names
    item = {**GOOD, **{"canary" * 100 + str(number): 1 for number in range(1_000)}}
    with pytest.raises(FeedbackError, match="At least 100 of 5000 outcomes can't be used") as caught:
        read([item] * 5_000, max_items=5_000)
    errors = caught.value.details["errors"]
    assert len(errors) == MAX_BAD_ITEMS
    assert {len(found) for found in errors.values()} == {3}
    assert max(len(error["field"]) for found in errors.values() for error in found) == 80


def test_outcomes_are_not_repeated():
    with pytest.raises(FeedbackError) as caught:
        read({"prediction_id": "canary", "outcome": "canary", "row": "canary"})
    assert "canary" not in repr(caught.value.details)


def test_an_outcome_of_a_classification_is_one_of_its_labels():
    assert read({**GOOD, "outcome": "Y"}, classes=["N", "Y"])[0]["outcome"] == "Y"
    for outcome in ("y", 1, None):
        with pytest.raises(FeedbackError) as caught:
            read({**GOOD, "outcome": outcome}, classes=["N", "Y"])
        assert caught.value.details["errors"]["0"][0]["expected"] == "one of N, Y"


def test_without_a_model_any_number_or_short_text_will_do():
    for outcome in (5, 5.5, "Y"):
        assert read({**GOOD, "outcome": outcome}, is_known=False)[0]["outcome"] == outcome
    for outcome in (None, [], "x" * 201):
        with pytest.raises(FeedbackError):
            read({**GOOD, "outcome": outcome}, is_known=False)
