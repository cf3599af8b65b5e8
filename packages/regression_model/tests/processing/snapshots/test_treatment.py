from __future__ import annotations

import hashlib
import hmac
from datetime import UTC, date, datetime
from decimal import Decimal

import pyarrow as pa
import pytest

from regression_model.errors import DataError
from regression_model.processing.snapshots import AsOf, Treatment

KEY = b"a key of 32 bytes, or more or less"


def pseudonym(text):
    return hmac.new(KEY, text.encode(), hashlib.sha256).hexdigest()


class TestAsOf:
    @pytest.mark.parametrize(
        ("text", "column", "moment"),
        [
            ("sold=2026-01-31", "sold", datetime(2026, 1, 31)),
            ("sold at=2026-01-31T12:00:00Z", "sold at", datetime(2026, 1, 31, 12)),
            ("a=b=2026-01-31T00:30+02:00", "a=b", datetime(2026, 1, 30, 22, 30)),
        ],
    )
    def test_is_a_column_and_a_moment(self, text, column, moment):
        assert AsOf.parse(text) == AsOf(column, moment)

    @pytest.mark.parametrize("text", ["sold", "=2026-01-31", "sold=", "sold=yesterday", "sold=1769817600"])
    def test_anything_else_is_refused(self, text):
        with pytest.raises(DataError, match="expected COLUMN=TIMESTAMP, such as"):
            AsOf.parse(text)

    @pytest.mark.parametrize(
        "values",
        [
            ["2026-01-31T12:00:00Z", "2026-01-31T12:00:00.000001Z", None, "", "2026-01-01"],
            [datetime(2026, 1, 31, 12), datetime(2026, 1, 31, 12, 0, 0, 1), None, None, datetime(2026, 1, 1)],
            [*(datetime(2026, 1, 31, 12, s, tzinfo=UTC) for s in (0, 1)), None, None, datetime(2026, 1, 1, tzinfo=UTC)],
            [date(2026, 1, 31), date(2026, 2, 1), None, None, date(2026, 1, 1)],
            [date(1, 1, 1), date(9999, 12, 31), None, None, date(2026, 1, 1)],
            ["0001-01-01T00:00+14:00", "9999-12-31T23:59:59-14:00", None, "NA", " 2026-01-01 "],
            [
                datetime(1, 1, 1, tzinfo=UTC),
                datetime.max.replace(tzinfo=UTC),
                None,
                None,
                datetime(9, 1, 1, tzinfo=UTC),
            ],
        ],
    )
    def test_later_and_missing_rows_are_left_out(self, values):
        table = pa.table({"sold": values, "row": [0, 1, 2, 3, 4]})
        treatment = Treatment(as_of=AsOf("sold", datetime(2026, 1, 31, 12)))
        assert treatment.apply(table).column("row").to_pylist() == [0, 4]

    @pytest.mark.parametrize("values", [[1769817600], [1.5], [True], ["2026-01-01", "soon"]])
    def test_a_column_that_holds_no_times_is_refused(self, values):
        with pytest.raises(DataError, match="column 'sold' can't tell the age of rows: each value has to be a date"):
            Treatment(as_of=AsOf("sold", datetime(2026, 1, 31))).apply(pa.table({"sold": values}))

    def test_its_column_may_be_dropped(self):
        treatment = Treatment(as_of=AsOf("sold", datetime(2026, 1, 31)), drop=("sold", "other"))
        assert treatment.skipped() == {"other"}
        table = pa.table({"sold": ["2026-01-01", "2026-02-01"], "row": [0, 1]})
        assert treatment.apply(table).to_pydict() == {"row": [0]}


class TestPseudonyms:
    def test_are_keyed_digests(self):
        table = pa.table({"name": ["Zoë", None, "", "Zoë"], "row": [0, 1, 2, 3]})
        found = Treatment(pseudonymise=("name",), key=KEY).apply(table).to_pydict()
        assert found == {"name": [pseudonym("Zoë"), None, None, pseudonym("Zoë")], "row": [0, 1, 2, 3]}

    @pytest.mark.parametrize(
        "values",
        [["5"], [5], [5.0], [Decimal("5")], [Decimal("5.00")]],
    )
    def test_a_value_has_one_pseudonym_whatever_its_type(self, values):
        treatment = Treatment(pseudonymise=("id",), key=KEY)
        assert treatment.apply(pa.table({"id": values})).to_pydict() == {"id": [pseudonym("5")]}

    def test_a_decimal_has_one_pseudonym_whatever_stands_beside_it(self):
        treatment = Treatment(pseudonymise=("id",), key=KEY)
        alone = treatment.apply(pa.table({"id": [Decimal("100.5")]}))["id"][0]
        beside = treatment.apply(pa.table({"id": [Decimal("100.50"), Decimal("0.125")]}))["id"][0]
        assert alone == beside

    @pytest.mark.parametrize(
        ("value", "text"),
        [
            (True, "True"),
            (0.1, "0.1"),
            (date(2026, 1, 31), "2026-01-31"),
            (datetime(2026, 1, 31, 12, tzinfo=UTC), "2026-01-31T12:00:00+00:00"),
            (datetime(2026, 1, 31, 12), "2026-01-31T12:00:00+00:00"),
            (Decimal("1000"), "1000"),
        ],
    )
    def test_other_types(self, value, text):
        found = Treatment(pseudonymise=("c",), key=KEY).apply(pa.table({"c": [value]}))
        assert found["c"].to_pylist() == [pseudonym(text)]

    def test_an_infinite_number_has_none(self):
        with pytest.raises(DataError, match="infinite"):
            Treatment(pseudonymise=("c",), key=KEY).apply(pa.table({"c": [float("inf")]}))

    def test_another_key_gives_others(self):
        table = pa.table({"name": ["Zoë"]})
        first, second = (Treatment(pseudonymise=("name",), key=KEY + extra).apply(table) for extra in (b"", b"x"))
        assert first != second

    @pytest.mark.parametrize("key", [b"", b"fifteen bytes.."])
    def test_a_key_that_can_be_guessed_is_refused(self, key):
        with pytest.raises(DataError, match=r"has \d+ bytes, expected at least 16") as caught:
            Treatment(pseudonymise=("name",), key=key)
        assert "fifteen" not in str(caught.value)

    def test_the_key_is_not_shown(self):
        assert "key" not in repr(Treatment(pseudonymise=("name",), key=KEY))


class TestColumns:
    def test_dropped_ones_are_gone(self):
        assert Treatment(drop=("b",)).apply(pa.table({"a": [1], "b": [2]})).column_names == ["a"]

    @pytest.mark.parametrize(
        "treatment",
        [
            Treatment(drop=("aera",)),
            Treatment(pseudonymise=("aera",), key=KEY),
            Treatment(as_of=AsOf("aera", datetime(2026, 1, 1))),
        ],
    )
    def test_unknown_ones_are_refused_with_a_hint(self, treatment):
        with pytest.raises(DataError, match=r"no column 'aera' \(did you mean 'area'\?\); it has: area, town"):
            treatment.check_columns(["area", "town"])

    def test_one_has_to_be_left(self):
        with pytest.raises(DataError, match="nothing would be left"):
            Treatment(drop=("a", "b")).check_columns(["a", "b"])

    def test_none_can_be_dropped_and_pseudonymised(self):
        with pytest.raises(DataError, match="column 'a' is to be dropped and to be pseudonymised"):
            Treatment(drop=("a",), pseudonymise=("a",), key=KEY)
