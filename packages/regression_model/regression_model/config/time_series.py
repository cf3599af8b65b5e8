"""The part ``data.time_series``: how a long table of measurements becomes one row for each series."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, StringConstraints, model_validator

from regression_model.frozen import Frozen

Column = Annotated[str, StringConstraints(min_length=1)]


def _as_list(value: Any) -> Any:  # noqa: ANN401 - raw value from the file
    """Let ``values: measurement`` stand for a list of one."""
    return [value] if isinstance(value, str) else value


class TimeSeriesConfig(Frozen):
    """A table with a row for each measurement, to be read as one row for each series.

    Attributes
    ----------
    id : str
        Column that says to which series a measurement belongs.
    sort : str, optional
        Column by which the measurements of a series are sorted; by default they keep the order of the table.
    kind : str, optional
        Column that says what was measured. Each kind becomes a series of its own, in a column of that name.
    values : tuple of str
        Columns of measurements; each becomes a column of series. With ``kind`` there is one.
    labels : Path, optional
        Table with one row for each series: ``id`` and further columns, the target among them. A relative path is
        relative to the folder of the table of measurements. By default the further columns are those of that table,
        where they have to be the same in all rows of a series.
    """

    id: Column
    sort: Column | None = None
    kind: Column | None = None
    values: Annotated[tuple[Column, ...], BeforeValidator(_as_list), Field(min_length=1)]
    labels: Path | None = None

    @model_validator(mode="after")
    def _check_columns(self) -> TimeSeriesConfig:
        named = [name for name in (self.id, self.sort, self.kind, *self.values) if name is not None]
        if len(set(named)) < len(named):
            raise ValueError("'id', 'sort', 'kind' and 'values' have to be different columns")
        if self.kind is not None and len(self.values) > 1:
            raise ValueError("with 'kind' there is one column of values: each kind becomes a series of its own")
        return self
