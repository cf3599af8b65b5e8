"""Numbers as people read them."""

from __future__ import annotations

import math

_GROUPED_FROM = 10_000  # 1,300 is grouped nowhere, so that years look like years
_WRITTEN_OUT_BELOW = 1e15
_SIGNIFICANT = 4


def format_number(value: float) -> str:
    """Write a number with four significant digits or more, for reading and not for sending.

    Parameters
    ----------
    value : float
        Finite.

    Examples
    --------
    >>> [format_number(value) for value in (208500.17, 2008, -3.0, 12.3456, 0.000123456, 1e20)]
    ['208,500', '2008', '-3', '12.35', '0.0001235', '1e+20']
    """
    magnitude = abs(value)
    if magnitude >= _WRITTEN_OUT_BELOW:
        return f"{value:.{_SIGNIFICANT}g}"
    digits = 0 if magnitude >= 10 ** (_SIGNIFICANT - 1) else None
    text = f"{value:.{_SIGNIFICANT}g}" if digits is None else f"{value:.0f}"
    if abs(float(text)) >= _GROUPED_FROM:
        return f"{float(text):,.0f}"
    return text


def write_number(value: float) -> str:
    """Write a number so that reading it gives the same number again.

    Parameters
    ----------
    value : float
        Finite.

    Examples
    --------
    >>> [write_number(value) for value in (68.0, 6, 0.1, 1e300)]
    ['68', '6', '0.1', '1e+300']
    """
    number = float(value)
    if number.is_integer() and math.fabs(number) < _WRITTEN_OUT_BELOW:
        return str(int(number))
    return repr(number)


def format_signed(value: float) -> str:
    """Write a number with its sign, which is a minus and no hyphen.

    Examples
    --------
    >>> format_signed(0.5), format_signed(-1234.5)
    ('+0.5', '\N{MINUS SIGN}1234')
    """
    return ("+" if value >= 0 else "\N{MINUS SIGN}") + format_number(abs(value))


def format_share(share: float) -> str:
    """Write a share or a probability in percent: never as everything or as nothing if it isn't.

    Examples
    --------
    >>> [format_share(share) for share in (0.5, 0.99999, 0.00001, 1.0, 0.0)]
    ['50.0%', '>99.9%', '<0.1%', '100%', '0%']
    """
    if share in (0.0, 1.0):
        return f"{share:.0%}"
    if share >= 0.9995:
        return ">99.9%"
    return f"{share:.1%}" if share >= 0.0005 else "<0.1%"
