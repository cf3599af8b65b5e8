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
class Switch:
    """Something that is on or off.

    Examples
    --------
    >>> Switch().parse("1")
    True
    """

    allowed: str = "1 (on) or 0 (off)"

    def parse(self, text: str) -> bool:
        """Take these two only: whether `yes`, `on` or `True` means on is a guess elsewhere too."""
        if text not in ("0", "1"):
            raise ValueError(self.allowed)
        return text == "1"


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
class HostName:
    """What the header ``Host`` may say, without its port."""

    allowed: str = "a host name or an IPv4 address, `.example.com` for a name and all under it"

    def parse(self, text: str) -> str:
        """Accept names in ASCII only, as they are on the wire."""
        if not re.fullmatch(r"\.?[0-9A-Za-z-]{1,63}(\.[0-9A-Za-z-]{1,63})*", text) or len(text) > 253:
            raise ValueError(self.allowed)
        return text.lower()


@dataclass(frozen=True)
class Origin:
    """An origin of web pages, as browsers name it: scheme, host and, unless it is the scheme's own, port.

    Examples
    --------
    >>> Origin().parse("https://shop.example.com")
    'https://shop.example.com'
    >>> Origin().parse("*")
    Traceback (most recent call last):
    ...
    ValueError: an origin such as `https://shop.example.com`, never `*`
    """

    allowed: str = "an origin such as `https://shop.example.com`, never `*`"

    def parse(self, text: str) -> str:
        """Accept what a browser can send, so that no origin is written in a way that never matches."""
        if not re.fullmatch(r"https?://[0-9a-z-]+(\.[0-9a-z-]+)*(:[1-9][0-9]{0,4})?", text):
            raise ValueError(self.allowed)
        return text


@dataclass(frozen=True)
class ListOf:
    """Several values of one kind, separated by commas; none of them twice.

    Examples
    --------
    >>> ListOf(HostName()).parse("api.example.com, .internal")
    ('api.example.com', '.internal')
    """

    item: Kind

    @property
    def allowed(self) -> str:
        """What is allowed."""
        return f"{self.item.allowed}; several are separated by commas"

    def parse(self, text: str) -> tuple[object, ...]:
        """Read the values in their order."""
        try:
            return tuple(dict.fromkeys(self.item.parse(part.strip()) for part in text.split(",")))
        except ValueError:
            raise ValueError(self.allowed) from None


@dataclass(frozen=True)
class SecretText:
    """Random text that nobody may guess."""

    shortest: int

    @property
    def allowed(self) -> str:
        """What is allowed."""
        return f"{self.shortest} or more printable ASCII characters"

    def parse(self, text: str) -> str:
        """Take the text as it is; a short one, or one character again and again, is no secret."""
        if not re.fullmatch(r"[!-~]{1,4096}", text) or len(text) < self.shortest or len(set(text)) < 8:
            raise ValueError(self.allowed)
        return text


@dataclass(frozen=True)
class Rate:
    """So many requests in so much time.

    Examples
    --------
    >>> Rate().parse("600 per minute"), Rate().parse("OFF")
    ('600 per minute', 'off')
    """

    allowed: str = "such as `600 per minute`, of second, minute, hour or day; or `off`"

    def parse(self, text: str) -> str:
        """Accept at most 100,000: each request that counts is remembered."""
        text = " ".join(text.lower().split())
        found = re.fullmatch(r"([1-9][0-9]{0,5}) per (second|minute|hour|day)|off", text)
        if not found or int(found[1] or 0) > 100_000:
            raise ValueError(self.allowed)
        return text


@dataclass(frozen=True)
class RedisUrl:
    """Where a Redis listens."""

    allowed: str = "a URL that begins with `redis://` or `rediss://`"

    def parse(self, text: str) -> str:
        """Take the URL, which may hold a password, as it is."""
        if not re.fullmatch(r"rediss?://[!-~]+", text):
            raise ValueError(self.allowed)
        return text


@dataclass(frozen=True)
class FeatureName:
    """The name of a feature; whether the model has it is found out when it is loaded."""

    allowed: str = "a feature's name"

    def parse(self, text: str) -> str:
        """Take the name as it is."""
        if not text:
            raise ValueError(self.allowed)
        return text


@dataclass(frozen=True)
class FilePath:
    """A path; whether anything is there is found out when it is used."""

    allowed: str = "a path"

    def parse(self, text: str) -> Path:
        """Take the path as it is, with ``~`` expanded."""
        return Path(text).expanduser()
