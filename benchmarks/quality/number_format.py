"""How figures are written."""

from __future__ import annotations


def format_number(value: float) -> str:
    """Write a figure with the digits that matter.

    Examples
    --------
    >>> format_number(25061.7), format_number(12.345), format_number(0.9473), format_number(0.000912)
    ('25,062', '12.3', '0.9473', '0.000912')
    """
    if value == 0 or abs(value) < 0.001:
        return f"{value:.3g}"
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.1f}" if abs(value) >= 10 else f"{value:.4f}"


def format_interval(interval: tuple[float, float]) -> str:
    """Write an interval."""
    return f"[{format_number(interval[0])}, {format_number(interval[1])}]"
