"""Shows how far something is: stages of a training, bytes of a download, rows of a file."""

from __future__ import annotations

import contextlib
import logging
import time
from collections.abc import Iterator
from types import TracebackType
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress, TaskID
    from rich.status import Status

    from regression_model.predict import FileSummary

logger = logging.getLogger(__name__)


class Stages:
    """Says what is being done, and how long each stage took; on a terminal, with a spinner meanwhile.

    Parameters
    ----------
    console : Console
    """

    def __init__(self, console: Console) -> None:
        self._console = console
        self._status: Status | None = None
        self._text = ""
        self._since_s = 0.0

    def __call__(self, text: str) -> None:
        """Begin a stage, and with it end the one before."""
        self._end()
        logger.info("%s", text, extra={"shown": True})
        self._text, self._since_s = text, time.monotonic()
        if self._console.is_terminal and not self._console.quiet:
            self._status = self._console.status(text)
            self._status.start()

    def pause(self) -> None:
        """Remove the spinner, because something else draws now."""
        if self._status is not None:
            self._status.stop()
            self._status = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the last stage; one that failed is not called done."""
        self.pause()
        if kind is None:
            self._end()

    def _end(self) -> None:
        self.pause()
        if self._text:
            took = f"({time.monotonic() - self._since_s:.1f} s)"
            self._console.print(f"[green]done[/]  {self._text} [dim]{took}[/]", soft_wrap=True)
        self._text = ""


class DownloadBar:
    """Shows how much of a download is there; the bar appears with the first bytes.

    Parameters
    ----------
    console : Console
    stages : Stages, optional
        Whose spinner makes room.
    """

    def __init__(self, console: Console, stages: Stages | None = None) -> None:
        self._console = console
        self._stages = stages
        self._stack = contextlib.ExitStack()
        self._bar: tuple[Progress, TaskID] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        """Remove the bar."""
        self._stack.close()

    def __call__(self, done_bytes: int, total_bytes: int | None, /) -> None:
        """Take how far it is; see `regression_model.processing.datasets.Progress`."""
        if self._bar is None:
            self._bar = self._begin(total_bytes)
        progress, task = self._bar
        progress.update(task, completed=done_bytes, total=total_bytes)
        if total_bytes is not None and done_bytes >= total_bytes:
            self._stack.close()

    def _begin(self, total_bytes: int | None) -> tuple[Progress, TaskID]:
        from rich.progress import BarColumn, DownloadColumn, Progress, TimeRemainingColumn, TransferSpeedColumn

        if self._stages is not None:
            self._stages.pause()
        columns = (BarColumn(), DownloadColumn(), TransferSpeedColumn(), TimeRemainingColumn())
        hidden = not self._console.is_terminal
        progress = Progress("Downloading", *columns, console=self._console, transient=True, disable=hidden)
        self._stack.enter_context(progress)
        return progress, progress.add_task("download", total=total_bytes)


@contextlib.contextmanager
def row_bar(console: Console) -> Iterator[RowBar]:
    """Show the progress through a file of rows."""
    from rich.progress import (
        BarColumn,
        Progress,
        TaskProgressColumn,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    rows = TextColumn("{task.fields[rows]:,} rows, {task.fields[speed]:,.0f}/s")
    times = (TimeElapsedColumn(), TimeRemainingColumn())
    columns = (BarColumn(), TaskProgressColumn(), rows, *times)
    with Progress("Predicting", *columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        yield RowBar(progress)


class RowBar:
    """Takes the summary after each chunk.

    Parameters
    ----------
    progress : rich.progress.Progress
    """

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._since_s = time.monotonic()
        self._task = progress.add_task("predict", total=None, rows=0, speed=0.0)

    def __call__(self, summary: FileSummary) -> None:
        """Move the bar; its length is that of the input, where that is known."""
        speed = summary.n_rows / max(time.monotonic() - self._since_s, 1e-9)
        self._progress.update(self._task, completed=summary.done, total=summary.total, rows=summary.n_rows, speed=speed)
