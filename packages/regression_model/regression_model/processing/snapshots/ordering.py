"""A total order of rows: whatever order they came in, the same rows give the same table."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc


def sort_rows(table: Any) -> Any:  # noqa: ANN401 - pyarrow has no types
    """Sort rows by all columns, from the first to the last, ascending, missing values last.

    Text goes by code points, whatever the locale and the database's collation. Rows that are equal
    in this order are equal in everything, so it does not matter which of them comes first; for that,
    the two zeros of a float, which compare equal, become one.

    Parameters
    ----------
    table : pyarrow.Table
        Of types as `build_table` gives them.

    Returns
    -------
    pyarrow.Table
    """
    for place, field in enumerate(table.schema):
        if pa.types.is_floating(field.type):
            table = table.set_column(place, field.name, pc.add(table.column(place), 0.0))  # -0.0 + 0.0 is 0.0
    # By number: a name may hold a full stop, which Arrow would take for a path.
    numbered = table.rename_columns([str(place) for place in range(table.num_columns)])
    order = pc.sort_indices(numbered, sort_keys=[(name, "ascending") for name in numbered.column_names])
    return table.take(order)
