"""Writes text, lists and comments so that any YAML reader takes them for what they are."""

from __future__ import annotations

import re
from collections.abc import Iterable

# Deliberately narrow: what is not surely plain is quoted. Quoting too much does no harm.
_PLAIN = re.compile(r"[^\W\d_][\w.-]*(?: ?\([\w ]+\)| [\w.-]*\w)*", re.ASCII)
_PLAIN_WITH_DIGIT = re.compile(r"\d+[A-Za-df-z][A-Za-z0-9]*", re.ASCII)
_PROSE = re.compile(r"[A-Za-z./][\w .,;()%/+'-]*(?<! )", re.ASCII)
_RESERVED = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null", "nan", "inf", ".nan", ".inf"})
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_MAX_KEY = 1000
"""YAML's limit for a key in front of a colon is 1,024 characters."""


def quote_name(name: str) -> str:
    r"""Write a name as a YAML scalar, in quotes unless it is a plain word; safe as key, item and value.

    Examples
    --------
    >>> print(quote_name("emp.var.rate"), quote_name("1stFlrSF"), quote_name("on"), quote_name("a: #b"))
    emp.var.rate 1stFlrSF "on" "a: #b"
    >>> print(quote_name(' "x"\n'), quote_name("12"), quote_name("1e5"))
    " \"x\"\n" "12" "1e5"
    """
    plain = _PLAIN.fullmatch(name) or (_PLAIN_WITH_DIGIT.fullmatch(name) and not name.startswith("0"))
    return name if plain and name.lower() not in _RESERVED else _in_quotes(name)


def quote_text(text: str) -> str:
    """Write a sentence or a path as a YAML value outside of lists, in quotes unless it is plain prose.

    Examples
    --------
    >>> print(quote_text("constant: 'x'"))
    "constant: 'x'"
    >>> print(quote_text("constant, every row holds 'x'"), quote_text("../data/x.csv"))
    constant, every row holds 'x' ../data/x.csv
    """
    return text if _PROSE.fullmatch(text) and text.lower() not in _RESERVED else _in_quotes(text)


def write_key(name: str, indent: str) -> str:
    """Write a key with its colon; a very long one takes a line of its own, as YAML demands."""
    quoted = quote_name(name)
    return f"{indent}{quoted}:" if len(quoted) <= _MAX_KEY else f"{indent}? {quoted}\n{indent}:"


def write_list(names: Iterable[str], indent: str, width: int = 110) -> str:
    """Write a list on one line if it fits, else on several.

    Parameters
    ----------
    names : iterable of str
    indent : str
        Spaces before the second line and those that follow.
    width : int
        Longest line.

    Examples
    --------
    >>> print(write_list(["a", "b c"], "  "))
    [a, b c]
    """
    items = [quote_name(name) for name in names]
    line = f"[{', '.join(items)}]"
    if len(line) <= width - len(indent) - 10:  # the key stands before it
        return line
    lines = [f"{indent}{items[0]}"]
    for item in items[1:]:
        if len(lines[-1]) + len(item) + 3 <= width:
            lines[-1] += f", {item}"
        else:
            lines[-1] += ","
            lines.append(f"{indent}{item}")
    return "\n".join(["[", *lines, f"{indent[:-2]}]"])


def make_printable(text: str, max_length: int = 40) -> str:
    r"""Make any text fit for a comment: on one line, without control characters, not too long.

    Examples
    --------
    >>> print(make_printable("a\nb"), make_printable("x" * 50, max_length=5))
    a\nb xxxx…
    """
    text = text if len(text) <= max_length else text[: max_length - 1] + "…"
    return "".join(letter if letter.isprintable() else _escape(letter) for letter in text)


def _in_quotes(text: str) -> str:
    body = "".join(letter if letter.isprintable() and letter not in _ESCAPES else _escape(letter) for letter in text)
    return f'"{body}"'


def _escape(letter: str) -> str:
    code = ord(letter)
    if letter in _ESCAPES:
        return _ESCAPES[letter]
    if code <= 0xFF:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"
