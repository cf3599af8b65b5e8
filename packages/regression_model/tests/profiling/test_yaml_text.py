from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strictyaml import Any as AnyYaml
from strictyaml import dirty_load

from regression_model.profiling.yaml_text import make_printable, quote_name, quote_text, write_key, write_list

SIGNS = ("~", "{", "[x]", "&a", "*a", "!t", "%d", "@", "`", "'", '"', "\\", "<<", "=", "---", "...")
LOOKALIKES = ("on", "yes", "null", "1e5", "0x1f", "1_000", "2024-01-01", ".inf")
ODD_SPACES = ("", " lead", "trail ", "a\tb", "a\r\nb", "- a", "? b", "a: b", "a #b", "a, b")
UNPRINTABLE = ("\x00", "\x7f", "\x85", "\u2028", "\ufeff")
TEXTS = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=30),
    st.sampled_from([*SIGNS, *LOOKALIKES, *ODD_SPACES, *UNPRINTABLE]),
)


def load(text):
    return dirty_load(text, AnyYaml(), allow_flow_style=True).data


@given(name=TEXTS, value=TEXTS)
def test_any_text_is_read_back(name, value):
    text = f"{write_key(name, '')}   # {make_printable(value)}\n  k: {quote_text(value)}\n  n: {quote_name(value)}\n"
    assert load(text) == {name: {"k": value, "n": value}}


@given(st.lists(TEXTS, min_size=1, max_size=12), st.integers(10, 110))
def test_any_list_is_read_back(names, width):
    assert load(f"a:\n  b: {write_list(names, '    ', width)}\n") == {"a": {"b": names}}


def test_a_key_longer_than_yaml_allows():
    name = "long " * 400
    assert load(f"{write_key(name, '')} # comment\n") == {name: ""}


def test_a_long_list_is_broken_between_items():
    written = write_list(["first", "second", "third"], "    ", width=26)
    assert written == "[\n    first, second, third\n  ]"
    assert write_list(["first", "second", "third"], "    ", width=20) == "[\n    first, second,\n    third\n  ]"


@pytest.mark.parametrize("name", ["LotArea", "1stFlrSF", "emp.var.rate", "<1H".strip("<"), "C (all)", "a-b"])
def test_ordinary_names_stay_plain(name):
    assert quote_name(name) == name


@pytest.mark.parametrize("name", ["y", "No", "12", "1.5", "1e5", "012a", "é", "null", " a", "a ", "a,b", ""])
def test_what_another_reader_could_mistake_is_quoted(name):
    assert quote_name(name) == f'"{name}"'
