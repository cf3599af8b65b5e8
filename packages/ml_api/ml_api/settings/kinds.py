"""Kinds of setting: how the text of an environment variable becomes a value."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


class Kind(Protocol):
    """Reads one kind of setting."""

    @property
    def allowed(self) -> str:
        """What is allowed, for messages and for the README."""

    def parse(self, text: str) -> object:
        """Turn the text of a variable, never empty, into a value; `ValueError` if it is not allowed."""


@dataclass(frozen=True)
class WholeNumber:
    """A whole number in the interval ``[low, high]``.

    Examples
    --------
    >>> WholeNumber(1, 65_535).parse("8000")
    8000
    >>> WholeNumber(1, 65_535).parse("8_000")
    Traceback (most recent call last):
    ...
    ValueError: a whole number from 1 to 65535
    """

    low: int
    high: int

    @property
    def allowed(self) -> str:
        """What is allowed."""
        return f"a whole number from {self.low} to {self.high}"

    def parse(self, text: str) -> int:
        """Read ASCII digits only: `int` would also take underscores, blanks and other scripts' digits."""
        if not re.fullmatch(r"[0-9]{1,18}", text) or not self.low <= int(text) <= self.high:
            raise ValueError(self.allowed)
        return int(text)


@dataclass(frozen=True)
class Choice:
    """One of a few words, in upper or lower case."""

    options: tuple[str, ...]

    @property
    def allowed(self) -> str:
        """What is allowed."""
        return "one of " + ", ".join(self.options)

    def parse(self, text: str) -> str:
        """Find the option that the text spells."""
        for option in self.options:
            if option.lower() == text.lower():
                return option
        raise ValueError(self.allowed)


@dataclass(frozen=True)
class HostAddress:
    """A host name or address to listen on."""

    allowed: str = "a host name or an IP address"

    def parse(self, text: str) -> str:
        """Accept what can be a name, an IPv4 or an IPv6 address (no brackets, no port)."""
        if not re.fullmatch(r"[0-9A-Za-z.:_-]{1,253}", text) or re.fullmatch(r"[^:]*:[^:]*", text):
            raise ValueError(self.allowed)
        return text


@dataclass(frozen=True)
class FilePath:
    """A path; whether anything is there is found out when it is used."""

    allowed: str = "a path"

    def parse(self, text: str) -> Path:
        """Take the path as it is, with ``~`` expanded."""
        return Path(text).expanduser()
