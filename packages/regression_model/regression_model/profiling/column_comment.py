"""Says in one line what there is in a column, for the comment beside its name."""

from __future__ import annotations

from regression_model.profiling.profiles import ColumnProfile
from regression_model.profiling.yaml_text import make_printable

_N_EXAMPLES = 3
_SKEWED = 1.0


def describe_column(column: ColumnProfile, n_rows: int) -> str:
    """Describe a column that the model reads.

    Parameters
    ----------
    column : ColumnProfile
    n_rows : int
        Rows of the table.

    Returns
    -------
    str
        On one line, without control characters.

    Examples
    --------
    >>> describe_column(ColumnProfile("a", "number", 10, 7, minimum=1.0, maximum=2500.0, skew=2.34), 40)
    '1 to 2,500; skew 2.3; 10 missing (25%)'
    >>> describe_column(ColumnProfile("b", "category", 0, 2, examples=("x", "y"), shares=(0.9, 0.1)), 40)
    '2: x 90%, y 10%'
    """
    parts = [_describe_values(column)]
    if column.role == "number" and column.skew is not None and abs(column.skew) > _SKEWED:
        parts.append(f"skew {column.skew:.1f}")
    if column.n_missing:
        parts.append(f"{column.n_missing:,} missing ({write_share(column.n_missing / n_rows)})")
    if column.note:
        parts.append(make_printable(column.note, 120))
    return "; ".join(parts)


def write_share(share: float) -> str:
    """Write a share in percent, so that some don't read like none, and nearly all not like all.

    Examples
    --------
    >>> write_share(0.001), write_share(0.166), write_share(0.9995), write_share(1.0)
    ('<1%', '17%', '>99%', '100%')
    """
    if 0 < share < 0.005:
        return "<1%"
    return ">99%" if 0.995 <= share < 1 else f"{share:.0%}"


def _describe_values(column: ColumnProfile) -> str:
    if column.role == "datetime":
        return " to ".join(column.examples)
    if column.role in ("number", "integer") and column.minimum is not None and column.maximum is not None:
        format_spec = ".10g" if column.looks_like == "year" else ",.10g"
        return f"{column.minimum:{format_spec}} to {column.maximum:{format_spec}}"
    pairs = list(zip(column.examples, column.shares, strict=True))[:_N_EXAMPLES]
    shown = ", ".join(f"{make_printable(text, 24)} {write_share(share)}" for text, share in pairs)
    rare = f" ({column.n_rare} rare)" if column.n_rare else ""
    return f"{column.n_unique:,}{rare}: {shown}{', ...' if column.n_unique > _N_EXAMPLES else ''}"
