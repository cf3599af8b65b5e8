"""Predictions as Parquet: one row group per chunk, null for nothing."""

from __future__ import annotations

import json
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

        copied = self._layout.copied or ()
        rows = [
            [*computed, *(self._value(name, row.get(name)) for name in copied)]
            for computed, row in answers.rows(self._layout)
        ]
        columns = [pa.array([row[place] for row in rows], type=field.type) for place, field in enumerate(self._schema)]
        self._file.write_table(pa.Table.from_arrays(columns, schema=self._schema))

    def __exit__(self, *exception: object) -> None:
        """Write the footer, without which the file can't be read."""
        self._file.close()

    def _value(self, name: str, value: Any) -> Any:  # noqa: ANN401 - whatever the input's format can hold
        if value is None or name in self._layout.types:
            return value
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
        return text.encode("utf-8", "backslashreplace").decode()
