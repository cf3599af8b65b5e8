"""The operations on dates, draws and look-ups."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from regression_model.lowering.knowledge import Numbers, Texts, of_values, union

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from regression_model.lowering.builder import Builder

_LARGEST_PART = 3000.0
"""No part of a date is greater: years go to 2262."""


def date_part(builder: Builder, slot: int, part: str) -> int:
    """Read a part of a date, as a number; missing stays missing."""
    known = builder.dates(slot)
    return builder.emit("date_part", slot, Numbers(0.0, _LARGEST_PART, known.missing), part=part)


def draw_number(
    builder: Builder, slot: int, *, state: int, seeds: Sequence[int], values: NDArray[Any], counts: NDArray[Any]
) -> int:
    """Put a number in place of a missing one, drawn by the content of other slots."""
    known = builder.numbers(slot)
    drawn = union(known, of_values(values.tolist(), missing=False))
    parameters = {
        "kind": "number",
        "state": state,
        "seeds": list(seeds),
        "values": builder.add_array("drawn_values", np.asarray(values, dtype=np.float64)),
        "cumulative_counts": builder.add_array("drawn_counts", np.asarray(counts, dtype=np.int64)),
    }
    return _draw(builder, slot, Numbers(drawn.lower, drawn.upper, missing=False), parameters)


def draw_text(
    builder: Builder, slot: int, *, state: int, seeds: Sequence[int], values: Sequence[str], counts: NDArray[Any]
) -> int:
    """Put a text in place of a missing one, drawn by the content of other slots."""
    known = builder.categories(slot)
    drawn = None if known.values is None else known.values | frozenset(values)
    parameters = {
        "kind": "text",
        "state": state,
        "seeds": list(seeds),
        "values": list(values),
        "cumulative_counts": builder.add_array("drawn_counts", np.asarray(counts, dtype=np.int64)),
    }
    return _draw(builder, slot, Texts(drawn, missing=False), parameters)


def _draw(builder: Builder, slot: int, output: Numbers | Texts, parameters: dict[str, Any]) -> int:
    # A text that UTF-8 can't say has no code: half of a surrogate pair, which JSON may hold.
    may_fail = any(
        isinstance(known, Texts) and known.values is None
        for known in (builder.known[seed] for seed in parameters["seeds"])
    )
    return builder.emit_all("draw", slot, [output], may_fail=may_fail, single=True, **parameters)[0]


def look_up_key(
    builder: Builder, slots: Sequence[int], *, keys: Sequence[Sequence[float | str]], values: NDArray[np.float64]
) -> list[int]:
    """Find numbers by keys; missing where there is no such key.

    Parameters
    ----------
    builder : Builder
    slots : sequence of int
        One for each part of the key.
    keys : sequence of sequence
        For each part of the key its value in each row of the table.
    values : ndarray of shape (n_table_rows, n_values)

    Returns
    -------
    list of int
        A slot for each column of the values.
    """
    outputs = [of_values(column.tolist(), missing=True) for column in values.T]
    name = builder.add_array("looked_up", np.ascontiguousarray(values))
    return builder.emit_all("lookup_key", slots, outputs, keys=[list(part) for part in keys], values=name)


def look_up_nearest(
    builder: Builder,
    slots: Sequence[int],
    *,
    places: NDArray[np.float64],
    values: NDArray[np.float64],
    max_distance_km: float | None,
) -> list[int]:
    """Find numbers of the nearest place; missing where there is none.

    Parameters
    ----------
    builder : Builder
    slots : sequence of int
        Latitude and longitude, in degrees.
    places : ndarray of shape (n_places, 2)
        The same of the places.
    values : ndarray of shape (n_places, n_values)
    max_distance_km : float or None
        Places further away are not found.

    Returns
    -------
    list of int
        A slot for each column of the values.
    """
    outputs = [of_values(column.tolist(), missing=True) for column in values.T]
    return builder.emit_all(
        "lookup_nearest",
        slots,
        outputs,
        places=builder.add_array("places", np.ascontiguousarray(places)),
        values=builder.add_array("looked_up", np.ascontiguousarray(values)),
        max_distance_km=max_distance_km,
    )
