"""Lowerings of what computes columns from coordinates."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from regression_model.lowering import number_operations as operations
from regression_model.lowering.dispatch import lower
from regression_model.lowering.knowledge import NO_NUMBER, Numbers
from regression_model.steps.supervised.neighbours import NeighbourTarget
from regression_model.transformers import PlaceClusters, RotateCoordinates

if TYPE_CHECKING:
    from regression_model.lowering.builder import Builder


@lower.register(RotateCoordinates)
def _lower_rotation(transformer: RotateCoordinates, builder: Builder) -> None:
    first, second = (builder.slot(name) for name in transformer.variables)
    names = [str(name) for name in transformer.get_feature_names_out()][-2 * len(transformer.turns_) :]
    slots = []
    for cosine, sine in transformer.turns_:
        for one, other, turn in ((first, second, sine), (second, first, -sine)):
            parts = [
                operations.scale_shift(builder, one, scale=cosine, shift=0.0),
                operations.scale_shift(builder, other, scale=turn, shift=0.0),
            ]
            slots.append(operations.add_up(builder, parts))
    builder.columns.update(zip(names, slots, strict=True))


@lower.register(PlaceClusters)
def _lower_clusters(transformer: PlaceClusters, builder: Builder) -> None:
    sources = [builder.slot(name) for name in transformer.variables]
    distance = Numbers(0.0, math.inf, missing=True)
    outputs = [distance] * (transformer.n_clusters * transformer.distances)
    outputs += [Numbers(1.0, float(transformer.n_clusters), missing=True)] * transformer.nearest
    slots = builder.emit_all(
        "place_distances",
        _check_numbers(builder, sources),
        outputs,
        places=builder.add_array("centres", transformer.centres_),
        shrink=transformer.shrink_,
        geographic=transformer.geographic,
        unit=float(transformer.unit),
        distances=transformer.distances,
        nearest=transformer.nearest,
    )
    names = [str(name) for name in transformer.get_feature_names_out()][-len(slots) :]
    builder.columns.update(zip(names, slots, strict=True))


@lower.register(NeighbourTarget)
def _lower_neighbours(transformer: NeighbourTarget, builder: Builder) -> None:
    sources = [builder.slot(name) for name in transformer.variables]
    learned = transformer.neighbourhood_
    if not np.isfinite(learned.means).all():
        raise builder.refuse("the targets that it has learned are not all finite")
    # A mean lies between the least and the greatest value, but for the last bits of the sums.
    margin = 1e-9 * float(np.abs(learned.means).max())
    bounds = [
        Numbers(float(column.min()) - margin, float(column.max()) + margin, missing=True) for column in learned.means.T
    ]
    slots = builder.emit_all(
        "neighbour_means",
        _check_numbers(builder, sources),
        bounds * len(transformer.k),
        places=builder.add_array("places", learned.places),
        values=builder.add_array("neighbours", learned.means),
        counts=builder.add_array("neighbour_counts", learned.counts),
        k=list(transformer.k),
        softening=transformer.softening_ if transformer.weights == "distance" else None,
        shrink=transformer.shrink_,
        geographic=transformer.geographic,
    )
    names = [str(name) for name in transformer.get_feature_names_out()][-len(slots) :]
    builder.columns.update(zip(names, slots, strict=True))


def _check_numbers(builder: Builder, slots: list[int]) -> list[int]:
    for slot in slots:
        if builder.numbers(slot) == NO_NUMBER:
            raise builder.refuse("a coordinate is missing in every row")
    return slots
