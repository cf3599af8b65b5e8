"""The operations that a program is made of: one small file for each group of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from numpy.typing import NDArray

from regression_model.compiled.columns import Kind
from regression_model.compiled.operations.arithmetic import Difference, Product, Ratio, Sum
from regression_model.compiled.operations.base import Operation, RowFunction
from regression_model.compiled.operations.dates import DatePart
from regression_model.compiled.operations.draws import Draw
from regression_model.compiled.operations.encodings import MapText, OneHot
from regression_model.compiled.operations.fields import Fields
from regression_model.compiled.operations.lookups import LookupKey
from regression_model.compiled.operations.missing import Constant, FirstKnown, IsMissing
from regression_model.compiled.operations.nearest import LookupNearest
from regression_model.compiled.operations.numbers import Above, Clip, FillNumber, ScaleShift, ShiftScale
from regression_model.compiled.operations.places import NeighbourMeans, PlaceDistances
from regression_model.compiled.operations.powers import Log, LogPlusOne, YeoJohnson
from regression_model.compiled.operations.requirements import Require
from regression_model.compiled.operations.texts import FillText, RestrictText

__all__ = ["OPERATIONS", "Operation", "RowFunction", "read_operation"]

OPERATIONS: dict[str, type[Operation]] = {
    operation.NAME: operation
    for operation in (
        Above,
        Clip,
        Constant,
        DatePart,
        Difference,
        Draw,
        FillNumber,
        FillText,
        FirstKnown,
        IsMissing,
        Log,
        LogPlusOne,
        LookupKey,
        LookupNearest,
        MapText,
        NeighbourMeans,
        OneHot,
        PlaceDistances,
        Product,
        Ratio,
        Require,
        RestrictText,
        ScaleShift,
        ShiftScale,
        Sum,
        YeoJohnson,
    )
}
"""By name."""


def read_operation(
    document: object, place: str, kinds: Mapping[int, Kind], arrays: Mapping[str, NDArray[Any]]
) -> Operation:
    """Read and check the document of one operation.

    Parameters
    ----------
    document : object
        As it was read from JSON.
    place : str
        Where it is, for messages.
    kinds : mapping of int to kind
        What the slots hold that have been written so far.
    arrays : mapping of str to ndarray
        Of the whole program.

    Raises
    ------
    ArtifactIntegrityError
        If it is no operation, or one of its entries is not as it has to be.
    """
    fields = Fields(document, place, kinds, arrays)
    operation = OPERATIONS[fields.choice("op", list(OPERATIONS))].read(fields)
    fields.finish()
    return operation
