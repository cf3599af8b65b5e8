"""Numbers from a reference table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import Field, model_validator

from regression_model.build_context import BuildContext
from regression_model.errors import ConfigError
from regression_model.steps.base import Columns, Kind, Step
from regression_model.steps.named import check_named
from regression_model.suggestions import suggest

if TYPE_CHECKING:
    import pandas as pd

_N_COORDINATES = 2


class LookupStep(Step):
    """Add columns of a reference table: those of the row with the same key, or of the nearest place.

    Missing where the table has no such key, or no place within the distance. The file says ``key`` or
    ``nearest`` in place of ``columns``.

    Attributes
    ----------
    table : str
        Name under ``data.reference_tables``.
    key : tuple of str
        Columns, called the same in the table, that find the row of the table.
    nearest : tuple of str
        Latitude and longitude, in degrees, called the same in the table. Exactly one of ``key`` and
        ``nearest`` is given.
    values : tuple of str
        Columns of numbers of the table to add.
    max_distance_km : float, optional
        With ``nearest``: places further away do not count.
    prefix : str
        Put before the names of the added columns.
    """

    step: Literal["lookup"] = "lookup"
    table: str
    key: Columns = ()
    nearest: Columns = ()
    values: Annotated[Columns, Field(min_length=1)]
    max_distance_km: float | None = Field(default=None, gt=0)
    prefix: str = ""

    accepts: ClassVar[tuple[Kind, ...]] = ("number", "category", "boolean")

    @model_validator(mode="before")
    @classmethod
    def _take_keys_as_columns(cls, data: Any) -> Any:  # noqa: ANN401 - raw value from the file
        if isinstance(data, dict) and "columns" not in data:
            return {**data, "columns": data.get("key") or data.get("nearest") or ()}
        return data

    @model_validator(mode="after")
    def _check_keys_agree(self) -> LookupStep:
        if bool(self.key) == bool(self.nearest):
            raise ValueError("give exactly one of 'key' and 'nearest'")
        if self.nearest and len(set(self.nearest)) != _N_COORDINATES:
            raise ValueError(f"'nearest' is [latitude, longitude], found {', '.join(self.nearest)}")
        if self.max_distance_km is not None and not self.nearest:
            raise ValueError("'max_distance_km' goes with 'nearest' only")
        if self.columns != (self.key or self.nearest):
            raise ValueError("leave out 'columns'; 'key' or 'nearest' says them")
        return self

    def keeps_small_values(self) -> bool:
        """Say that the columns it reads stay as they are; see `Step.keeps_small_values`."""
        return True

    def build(self, columns: Sequence[str], context: BuildContext) -> Any:  # noqa: ANN401 - see the base class
        """Make the transformer; see `Step.build`."""
        from regression_model.transformers import LookupJoin

        check_named(self.step, columns)
        return LookupJoin(
            list(self.key or self.nearest),
            list(self.values),
            self._find_table(context),
            by="nearest" if self.nearest else "key",
            max_distance_km=self.max_distance_km,
            prefix=self.prefix,
        )

    def columns_after(self, columns: Sequence[str], before: Mapping[str, Kind]) -> dict[str, Kind]:
        """Say what comes out; see `Step.columns_after`."""
        added = [f"{self.prefix}{name}" for name in self.values]
        taken = [name for name in added if name in before]
        if taken:
            raise ConfigError(
                f"the step 'lookup' can't add {', '.join(taken)}: there are columns of that name already; "
                "give a 'prefix'"
            )
        return {**before, **dict.fromkeys(added, "number")}

    def _find_table(self, context: BuildContext) -> pd.DataFrame:
        key = "data.reference_tables"
        if self.table not in context.tables:
            known = list(context.tables)
            raise ConfigError(
                f"the step 'lookup' needs the reference table {self.table!r}{suggest(self.table, known)}; "
                f"there is {', '.join(known) or 'none'}",
                key=key,
            )
        table = context.tables[self.table]
        for name in (*(self.key or self.nearest), *self.values):
            if name not in table.columns:
                near = suggest(name, list(table.columns))
                raise ConfigError(f"the reference table {self.table!r} has no column {name!r}{near}", key=key)
        texts = [name for name in self.values if table[name].dtype.kind not in "iufb"]
        if texts:
            raise ConfigError(
                f"the step 'lookup' adds numbers; in the reference table {self.table!r} these are none: "
                f"{', '.join(texts)}",
                key=key,
            )
        return table
