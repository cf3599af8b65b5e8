"""Predictions as Parquet: one row group per chunk, null for nothing."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import IO, Any

from regression_model.errors import MissingExtraError
from regression_model.predict.writers.base import Answers, Layout, RowWriter


class ParquetWriter(RowWriter):
    """Writes Parquet; copied columns keep the type that a Parquet input gave them, others become text.

    Parameters
    ----------
    stream : binary file
    layout : Layout

    Raises
    ------
    MissingExtraError
        If pyarrow is not installed.
    """

    def __init__(self, stream: IO[bytes], layout: Layout) -> None:
        try:
            import pyarrow as pa
            import pyarrow.parquet as pq
        except ImportError as error:
            raise MissingExtraError("Parquet", "parquet") from error
        self._layout = layout
        prediction = pa.string() if layout.classes else pa.float64()
        types = {"row": pa.int64(), "prediction": prediction}
        self._schema = pa.schema(
            [(name, types.get(name, pa.float64())) for name in layout.computed]
            + [(name, layout.types.get(name, pa.string())) for name in layout.copied or ()]
        )
        self._file = pq.ParquetWriter(stream, self._schema)

    def write(self, answers: Answers) -> None:
        """Append rows; see `RowWriter.write`."""
        import pyarrow as pa

        columns = [
            pa.array(self._values(field.name, column), type=field.type)
            for field, column in zip(self._schema, answers.columns(self._layout), strict=True)
        ]
        self._file.write_table(pa.Table.from_arrays(columns, schema=self._schema))

    def __exit__(self, *exception: object) -> None:
        """Write the footer, without which the file can't be read."""
        self._file.close()

    def _values(self, name: str, column: Sequence[Any]) -> Sequence[Any]:
        if name in self._layout.computed or name in self._layout.types:
            return column
        return [None if value is None else _as_text(value) for value in column]


def _as_text(value: Any) -> str:  # noqa: ANN401 - whatever the input's format can hold
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return text.encode("utf-8", "backslashreplace").decode()
