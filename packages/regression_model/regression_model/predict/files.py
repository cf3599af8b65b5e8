"""Predictions for files of any size: rows are read, predicted and written a chunk at a time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from regression_model.errors import InputDataError
from regression_model.predict.error_file import ErrorFile
from regression_model.predict.readers import Chunk, Columns, RowReader, open_reader
from regression_model.predict.rows import make_prediction
from regression_model.predict.series_input import find_series_settings
from regression_model.predict.writers import Answers, Layout, open_writer
from regression_model.predict.writers.opening import open_target
from regression_model.schema.field_errors import find_absent
from regression_model.suggestions import suggest

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from regression_model.artifact import Artifact
    from regression_model.predict.places import Place
    from regression_model.schema import Schema

DEFAULT_CHUNK_ROWS = 10_000
_MAX_EXAMPLES = 5
_MAX_REASONS = 1_000
"""Names of misspelt fields come from the input: they must not fill the memory."""


@dataclass(frozen=True)
class FileJob:
    """What to predict, and where to put it.

    Attributes
    ----------
    source, target : Place
    errors : Path, optional
        Side file for the errors of refused rows. One that an earlier run left there is removed if there are none.
    keep : tuple of str or None
        Columns to copy from the input to the output; None for all.
    chunk_rows : int
        Rows in memory at a time, at least 1.
    """

    source: Place
    target: Place
    errors: Path | None = None
    keep: tuple[str, ...] | None = ()
    chunk_rows: int = DEFAULT_CHUNK_ROWS


@dataclass
class FileSummary:
    """What became of the rows; grows while they are predicted.

    Attributes
    ----------
    n_rows, n_refused : int
    reasons : Counter of (field, reason)
        How often each was the case.
    examples : list of (int, dict)
        Row number and error of the first few.
    done : int
    total : int or None
        Bytes or rows of the input that were read, and how many there are; None if nobody knows.
    """

    n_rows: int = 0
    n_refused: int = 0
    reasons: Counter[tuple[str | None, str]] = field(default_factory=Counter)
    examples: list[tuple[int, Mapping[str, Any]]] = field(default_factory=list)
    done: int = 0
    total: int | None = None

    def count(self, row: int, errors: Sequence[Mapping[str, Any]]) -> None:
        """Take in a refused row."""
        self.n_refused += 1
        for error in errors:
            key = (error["field"], error["reason"])
            if key in self.reasons or len(self.reasons) < _MAX_REASONS:
                self.reasons[key] += 1
            if len(self.examples) < _MAX_EXAMPLES:
                self.examples.append((row, error))


def predict_file(job: FileJob, artifact: Artifact, report: Callable[[FileSummary], None] | None = None) -> FileSummary:
    """Predict all rows of a file or stream.

    The output has one row for each row of the input, in its order, with an empty prediction where the row was
    refused. It gets its name when it is complete; a failure or a kill leaves what was there before.

    Parameters
    ----------
    job : FileJob
    artifact : Artifact
        As `load_artifact` returns it.
    report : callable, optional
        Told after each chunk how far it is.

    Returns
    -------
    FileSummary

    Raises
    ------
    InputDataError
        If the input can't be read as rows, or lacks columns that the model needs.
    MissingExtraError
        If a format needs a library that is not installed.
    OSError
        If the output can't be written.
    """
    summary = FileSummary()
    with open_reader(job.source, find_series_settings(artifact), artifact.schema.missing_values) as reader:
        id_column = getattr(reader, "id_column", None)
        if id_column is not None and job.keep is not None and id_column not in job.keep:
            job = replace(job, keep=(id_column, *job.keep))  # rows of gathered series are told apart by it
        _check_columns(reader, job, artifact.schema)
        layout = _lay_out(reader, job, artifact)
        with (
            open_target(job.target) as stream,
            ErrorFile(job.errors) as errors,
            open_writer(stream, job.target, layout) as writer,
        ):
            is_compiled = artifact.compiled is not None
            for chunk in reader.read(artifact.schema, job.keep, job.chunk_rows, as_arrays=is_compiled):
                answers, found = _predict(chunk, artifact)
                writer.write(answers)
                for row, reasons in found.items():
                    errors.write(row, reasons)
                    summary.count(row, reasons)
                summary.n_rows += chunk.n_rows
                summary.done, summary.total = reader.progress()
                if report is not None:
                    report(summary)
                del chunk, answers  # before the next ones are made
    errors.remove_stale()
    return summary


def _check_columns(reader: RowReader, job: FileJob, schema: Schema) -> None:
    """Refuse a table whose header says already that no row of it can be predicted."""
    if reader.columns is None:
        return
    header, name = reader.columns, job.source.name
    for wanted in job.keep or ():
        if wanted not in header:
            raise InputDataError(f"{name}: there is no column {wanted!r} to copy{suggest(wanted, header)}")
    if not set(header) & set(schema.names):
        raise InputDataError(f"{name}: none of the columns that the model reads is there: {_shorten(schema.names)}")
    if twice := sorted(column for column, count in Counter(header).items() if count > 1):
        raise InputDataError(f"{name}: these columns are there more than once: {', '.join(twice)}; keep one of each")
    missing = find_absent(dict.fromkeys(header), schema)
    if len(missing) > _MAX_EXAMPLES:
        names = _shorten([str(error.field) for error in missing])
        raise InputDataError(f"{name}: {len(missing)} columns that the model reads are not there: {names}")
    if missing:
        raise InputDataError(f"{name}: column {'; column '.join(error.message for error in missing)}")


def _shorten(names: Sequence[str], most: int = 20) -> str:
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")


def _lay_out(reader: RowReader, job: FileJob, artifact: Artifact) -> Layout:
    copied = job.keep
    if copied is None and reader.columns is not None:
        copied = tuple(reader.columns)
    layout = Layout(tuple(artifact.classes or ()), copied, reader.types)
    layout.check_copied(copied or ())
    return layout


def _predict(chunk: Chunk, artifact: Artifact) -> tuple[Answers, dict[int, list[dict[str, Any]]]]:
    """Predict the readable rows, and put the others back between them; errors are by row number."""
    n_readable = chunk.n_rows - len(chunk.refused)
    predictions, probabilities, errors = _predict_readable(chunk.rows, n_readable, artifact)
    if chunk.refused:
        readable = [row for row in range(chunk.n_rows) if row not in chunk.refused]
        errors = {readable[position]: found for position, found in errors.items()}
        errors |= {row: [error.to_json()] for row, error in chunk.refused.items()}
        for row in sorted(chunk.refused):  # each moves those behind it
            predictions.insert(row, None)
            probabilities.insert(row, None)
    numbered = {chunk.first_row + row: errors[row] for row in sorted(errors)}
    return Answers(chunk.first_row, predictions, probabilities, chunk.inputs), numbered


def _predict_readable(
    rows: Columns | list[Any], n_rows: int, artifact: Artifact
) -> tuple[list[Any], list[Any], dict[int, list[dict[str, Any]]]]:
    """Return predictions and probabilities, None where a row is refused, and errors by position."""
    if not n_rows:
        return [], [], {}
    if isinstance(rows, dict) and artifact.compiled is not None:
        answer = artifact.compiled.predict_columns(rows, n_rows)
    else:
        answer = make_prediction(input_data=_as_frame(rows) if isinstance(rows, dict) else rows, artifact=artifact)
    return answer["predictions"], answer.get("probabilities") or [None] * n_rows, answer["errors"]


def _as_frame(columns: Columns) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame(
        {name: pd.Series(values, dtype=object if type(values) is list else None) for name, values in columns.items()}
    )
