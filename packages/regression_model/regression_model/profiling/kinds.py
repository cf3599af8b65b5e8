"""Decides what each column is, by its values first and its name second, and says why.

The rules, in their order; the first that fits decides.

1. No value, one value, or one value but for fewer than 5 rows: constant. A value in under 1% of the rows:
   mostly missing. (The last two are judged from 50 rows on.)
2. Two texts that mean yes and no (``Y``/``N``, ``0``/``1``, ...): boolean. ISO 8601 texts: datetime.
3. Whole numbers without decimal point that number the rows, or are named like an identifier and differ in
   more than half of them: identifier. With leading zeros, or up to 100 values and a name like ``zip`` or
   ``SubClass``: code, which is a category. So are 3 to 30 values above 0 with uneven gaps that say clearly
   more of the target as categories than by their order. Years, by name and value: year. Up to 100 values:
   integer. All other numbers: number.
4. Texts that differ in every row: identifier. Long texts of many words, and texts of which fewer than half of
   the rows hold one that is frequent enough to learn from: free text. All other texts: category.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from regression_model.profiling.association import Floats, as_codes, explained_by_groups, explained_by_order
from regression_model.profiling.cells import Cells, rows_with_value
from regression_model.profiling.names import names_code, names_identifier, names_year
from regression_model.profiling.profiles import HAS_TIME, LooksLike
from regression_model.profiling.yaml_text import make_printable

_MIN_ROWS_TO_JUDGE = 50
_MIN_OTHER_ROWS = 5
_MIN_PRESENT_FRACTION = 0.01
_MIN_ROWS_TO_COUNT = 20
_MAX_INTEGERS = 100
_CODES = range(3, 31)
_CLEARLY_BETTER = 0.05
_NEARLY_ALL = 0.99  # a misprint in a hundred must not hide what a column is
_LONG_TEXT = 50
_NUMBER_WITH_UNIT = re.compile(r"[^\w+-]?\s?[+-]?\d[\d.,' ]*\s?[^\W\d]{0,4}[^\w\s]?")
_LOCAL_DATE = re.compile(r"\d{1,4}[./-]\d{1,2}[./-]\d{1,4}(?:[ T].*)?")
_MARKERS = frozenset({"na", "n/a", "nan", "null", "none", "?", "-"})


@dataclass(frozen=True)
class Kind:
    """What a column is.

    Attributes
    ----------
    looks_like : str
    reason : str
        Why it is left out; empty if it is not.
    note : str
        What is worth knowing besides.
    """

    looks_like: LooksLike
    reason: str = ""
    note: str = ""


def decide_kind(cells: Cells, scores: Floats, rare_fraction: float) -> Kind:
    """Decide what a column is; see the module for the rules.

    Parameters
    ----------
    cells : Cells
    scores : ndarray of shape (n_rows, n_scores)
        Of the target; see `as_scores`.
    rare_fraction : float
        Share of the rows below which a category is rare.
    """
    found = _find_constant(cells) or _find_unambiguous(cells)
    if found is not None:
        return found
    if cells.holds == "number":
        return _decide_numbers(cells, scores, rare_fraction)
    return _decide_texts(cells, rare_fraction)


def count_rare(cells: Cells, rare_fraction: float) -> int:
    """Count the categories that are too rare to learn from."""
    return int((cells.counts < _rows_to_learn_from(cells, rare_fraction)).sum())


def _rows_to_learn_from(cells: Cells, rare_fraction: float) -> float:
    return max(rare_fraction * cells.n_rows, 2)


def _find_constant(cells: Cells) -> Kind | None:
    n_present = cells.n_rows - cells.n_missing
    if n_present == 0:
        return Kind("constant", "constant, no row has a value")
    most = int(cells.counts.iloc[0])
    shown = make_printable(str(cells.counts.index[0]))
    if most == cells.n_rows:
        return Kind("constant", f"constant, every row holds '{shown}'")
    if cells.n_rows < _MIN_ROWS_TO_JUDGE:
        return None
    if cells.n_rows - most < _MIN_OTHER_ROWS:
        return Kind(
            "constant",
            f"constant but for {cells.n_rows - most} of {cells.n_rows:,} rows, which hold no '{shown}'",
        )
    if n_present < max(_MIN_PRESENT_FRACTION * cells.n_rows, _MIN_OTHER_ROWS):
        return Kind("mostly missing", f"mostly missing, {n_present:,} of {cells.n_rows:,} rows have a value")
    return None


def _find_unambiguous(cells: Cells) -> Kind | None:
    if cells.holds == "boolean":
        return Kind("boolean")
    if cells.holds == "datetime":
        dates = cells.values[rows_with_value(cells)]
        return Kind("datetime", note="" if (dates == dates.astype("datetime64[D]")).all() else HAS_TIME)
    if cells.n_unique == 1:
        return Kind("category", note="one value or none")
    return None


def _decide_numbers(cells: Cells, scores: Floats, rare_fraction: float) -> Kind:
    present = cells.values[~np.isnan(cells.values)]
    if not (present == np.floor(present)).all() or any(
        "." in text or "e" in text.lower() for text in cells.counts.index
    ):
        return Kind("number")
    return (
        _find_row_number(cells, present) or _find_code(cells, scores, rare_fraction) or _decide_integers(cells, present)
    )


def _find_row_number(cells: Cells, present: Floats) -> Kind | None:
    n_present, n_unique = len(present), cells.n_unique
    counts_rows = (
        n_present >= _MIN_ROWS_TO_COUNT
        and n_unique == cells.n_rows
        and present.max() - present.min() == cells.n_rows - 1
    )
    if counts_rows:
        return Kind("identifier", "identifier, it numbers the rows")
    if names_identifier(cells.name) and n_unique > n_present / 2:
        return Kind(
            "identifier",
            f"identifier by its name, {n_unique:,} distinct whole numbers in {cells.n_rows:,} rows",
        )
    return None


def _find_code(cells: Cells, scores: Floats, rare_fraction: float) -> Kind | None:
    if any(re.fullmatch(r"0\d+", text) for text in cells.counts.index):
        found = _decide_texts(cells, rare_fraction)
        return found if found.reason else Kind("code", note="a code, it has leading zeros")
    named = names_code(cells.name) or names_identifier(cells.name)
    if named and cells.n_unique <= _MAX_INTEGERS and not _judge_categories(cells, rare_fraction):
        return Kind("code", note="a code by its name; else an integer")
    if _are_scattered(cells) and _say_more_as_categories(cells, scores):
        return Kind(
            "code",
            note="a code by its uneven gaps; else an integer",
        )
    return None


def _are_scattered(cells: Cells) -> bool:
    """Say whether there are few values, above 0, with uneven gaps, as codes have and counts have not."""
    distinct = np.unique(cells.values[~np.isnan(cells.values)])
    if len(distinct) not in _CODES or distinct[0] <= 0:
        return False
    gaps = np.diff(distinct)
    sparse = len(distinct) < (distinct[-1] - distinct[0] + 1) / 2
    return bool(sparse and gaps.min() != gaps.max())


def _say_more_as_categories(cells: Cells, scores: Floats) -> bool:
    known = rows_with_value(cells)
    as_categories = explained_by_groups(as_codes(cells.values[known]), scores[known])
    return as_categories > explained_by_order(cells.values, scores) + _CLEARLY_BETTER


def _decide_integers(cells: Cells, present: Floats) -> Kind:
    if names_year(cells.name) and float(np.mean((present >= 1500) & (present <= 2200))) >= _NEARLY_ALL:
        return Kind("year")
    return Kind("integer" if cells.n_unique <= _MAX_INTEGERS else "number")


def _decide_texts(cells: Cells, rare_fraction: float) -> Kind:
    n_present, n_unique = cells.n_rows - cells.n_missing, cells.n_unique
    texts = cells.counts.index
    n_words = float(np.mean([len(text.split()) for text in texts]))
    too_many = _judge_categories(cells, rare_fraction)
    if too_many and (n_words > 4 or float(np.mean([len(text) for text in texts])) > _LONG_TEXT):
        return Kind("free text", f"free text, {n_unique:,} different ones of {n_words:.0f} words on average")
    hint = _find_format(cells) if too_many else ""
    if hint:
        return Kind("unreadable", hint)
    if n_unique == n_present or (names_identifier(cells.name) and n_unique > n_present / 2):
        return Kind("identifier", f"identifier, {n_unique:,} different texts in {n_present:,} rows")
    if too_many:
        return Kind("free text", too_many)
    return Kind("category", note=_find_remark(cells))


def _judge_categories(cells: Cells, rare_fraction: float) -> str:
    """Say why there are too many categories to learn from, if so."""
    frequent = cells.counts[cells.counts >= _rows_to_learn_from(cells, rare_fraction)]
    covered = float(frequent.sum()) / (cells.n_rows - cells.n_missing)
    if covered >= 0.5:
        return ""
    return f"too many categories, {cells.n_unique:,}; only {covered:.0%} of the rows hold a frequent one"


def _find_format(cells: Cells) -> str:
    """Say what a column of texts could be if it were written otherwise."""
    texts = [text.strip() for text in cells.counts.index]
    for pattern, hint in (
        (_LOCAL_DATE, "dates that are no ISO 8601; write them as YYYY-MM-DD to use them"),
        (_NUMBER_WITH_UNIT, "numbers with units, separators or marks; write plain numbers to use them"),
    ):
        fitting = [text for text in texts if _is_short(text) and pattern.fullmatch(text)]
        if len(fitting) >= 0.9 * len(texts):
            odd = next((text for text in texts if text not in fitting), texts[0])
            return f"{hint} (found '{make_printable(odd, 20)}')"
    return ""


def _is_short(text: str) -> bool:
    """Say whether a text can be a date or a number with a unit; long digits are codes."""
    return len(text) <= 30 and re.fullmatch(r"\d{16,}", text) is None


def _find_remark(cells: Cells) -> str:
    texts = [str(text) for text in cells.counts.index]
    markers = [text for text in texts if text.strip().lower() in _MARKERS]
    if markers:
        return f"'{markers[0]}' is kept as a category"
    if len({text.strip().casefold() for text in texts}) < len(texts):
        return "some categories differ in case or spaces only"
    return ""
