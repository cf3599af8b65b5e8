"""The side file of a prediction: why rows were refused, one line per reason."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping, Sequence
from typing import IO, TYPE_CHECKING, Any

from regression_model.processing.datasets.atomic import replacing

if TYPE_CHECKING:
    from pathlib import Path


class ErrorFile(contextlib.AbstractContextManager["ErrorFile"]):
    """Writes NDJSON with ``row``, ``field``, ``reason``, ``message`` and ``expected``; never the row's values.

    The file comes into being with the first error, and gets its name when the block ends without an exception.

    Parameters
    ----------
    path : Path or None
        None to write nothing.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._stream: IO[bytes] | None = None
        self._stack = contextlib.ExitStack()

    def write(self, row: int, errors: Sequence[Mapping[str, Any]]) -> None:
        """Append the errors of one row, by its number from 1."""
        if self._path is None:
            return
        if self._stream is None:
            self._stream = self._stack.enter_context(replacing(self._path))
        for error in errors:
            line = json.dumps({"row": row, **error}, ensure_ascii=False) + "\n"
            self._stream.write(line.encode("utf-8", "backslashreplace"))

    def __exit__(self, *exception: Any) -> None:  # noqa: ANN401 - as contextlib hands them on
        """Give the file its name, or drop it."""
        self._stack.__exit__(*exception)

    def remove_stale(self) -> None:
        """Remove the errors of an earlier run, if this one had none."""
        if self._path is not None and self._stream is None:
            self._path.unlink(missing_ok=True)
