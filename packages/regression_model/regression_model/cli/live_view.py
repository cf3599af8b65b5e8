"""What shows long work as it goes on has in common: on a terminal a table that changes, elsewhere lines."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from types import TracebackType
from typing import TYPE_CHECKING, Self

from regression_model.cli.session import say

if TYPE_CHECKING:
    from rich.console import Console, Group
    from rich.live import Live


class LiveView(ABC):
    """Shows a table while a ``with`` block lasts, if there is a terminal, and removes it afterwards.

    Events may come from any thread, and the table is drawn in one of its own: both take the lock.

    Parameters
    ----------
    console : Console
    """

    def __init__(self, console: Console) -> None:
        self._console = console
        self._lock = threading.RLock()
        self._live: Live | None = None
        self._stage = ""

    @abstractmethod
    def _render(self) -> Group:
        """Draw the table."""

    def __enter__(self) -> Self:
        if self._console.is_terminal and not self._console.quiet:
            from rich.live import Live

            self._live = Live(console=self._console, get_renderable=self._render, refresh_per_second=4, transient=True)
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Remove the table."""
        if self._live is not None:
            self._live.stop()

    def _take_stage(self, stage: str) -> None:
        self._stage = stage
        if self._live is None:
            say(self._console, stage)
