"""``regression-model predict``: a file of rows in, a file of predictions out, in constant memory."""

from __future__ import annotations

import time
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from regression_model.cli.exit_codes import ExitCode
from regression_model.cli.models import ArtifactOption, SklearnOption, TrustOption, load_model
from regression_model.cli.session import get_session, say

if TYPE_CHECKING:
    from rich.console import Console

    from regression_model.predict import FileJob, FileSummary

_MAX_REASONS = 10


class StreamFormat(StrEnum):
    """Formats that can be piped."""

    CSV = "csv"
    NDJSON = "ndjson"


def predict(
    context: typer.Context,
    source: Annotated[
        str, typer.Argument(metavar="INPUT", help="Rows: .csv, .parquet, .json, .ndjson, .jsonl; - for stdin.")
    ],
    *,
    output: Annotated[
        str, typer.Option("--output", "-o", metavar="OUTPUT", help="The same endings but .json; - for stdout.")
    ],
    artifact: ArtifactOption = None,
    errors: Annotated[
        Path | None,
        typer.Option("--errors", dir_okay=False, help="Why rows were refused. By default OUTPUT.errors.ndjson."),
    ] = None,
    stream_format: Annotated[
        StreamFormat | None, typer.Option("--format", help="Format of -. By default that of the other side, or csv.")
    ] = None,
    keep: Annotated[
        list[str] | None, typer.Option("--keep", metavar="COLUMN", help="Copy this column; can be repeated.")
    ] = None,
    with_inputs: Annotated[bool, typer.Option("--with-inputs", help="Copy all columns of the input.")] = False,
    chunk_rows: Annotated[int, typer.Option(min=1, max=1_000_000, help="Rows in memory at a time.")] = 10_000,
    force: Annotated[bool, typer.Option("--force", "-f", help="Replace files that exist.")] = False,
    accept_sklearn: SklearnOption = None,
    trusted_keys: TrustOption = None,
) -> None:
    """Predict the rows of a file.

    OUTPUT has a line for each row of INPUT, in its order: row (from 1), prediction, for a classification
    probability_<class> for each class, then the columns to copy. Where a row was refused, the prediction is empty,
    the reasons are in the file of errors, and the exit code is 1. Files appear when they are complete.
    """
    from regression_model.cli.predict_places import Request, plan_job
    from regression_model.cli.progress import row_bar
    from regression_model.predict import predict_file

    chosen = stream_format.value if stream_format is not None else None
    copied = None if with_inputs else tuple(dict.fromkeys(keep or ()))
    job = plan_job(Request(source, output, errors, chosen, force), copied, chunk_rows)
    console = get_session(context).console
    model, _ = load_model(artifact, accept_sklearn, console, trusted_keys=trusted_keys)
    start_s = time.monotonic()
    with row_bar(console) as bar:
        summary = predict_file(job, model, bar)
    _show(summary, job, time.monotonic() - start_s, console)
    if summary.n_refused:
        raise typer.Exit(ExitCode.ROWS_REFUSED)


def _show(summary: FileSummary, job: FileJob, took_s: float, console: Console) -> None:
    """Say what became of the rows, and of the first that were refused, why."""
    place = job.target.path or "stdout"
    speed = summary.n_rows / max(took_s, 1e-9)
    say(
        console,
        f"{summary.n_rows - summary.n_refused:,} of {summary.n_rows:,} rows predicted ({speed:,.0f}/s): {place}",
    )
    if not summary.n_rows:
        say(console, "warning: the input has no rows", style="yellow")
    if not summary.n_refused:
        return
    where = f": {job.errors}" if job.errors is not None else "; --errors FILE keeps the reasons of all"
    say(console, f"{summary.n_refused:,} rows refused{where}", style="yellow")
    for (field, reason), count in summary.reasons.most_common(_MAX_REASONS):
        say(console, f"  {count:>8,}  {reason}{f' of {field!r}' if field else ''}")
    if len(summary.reasons) > _MAX_REASONS:
        say(console, "            and others")
    say(console, "such as")
    for row, error in summary.examples:
        say(console, f"  row {row:,}: {error['message']}")
