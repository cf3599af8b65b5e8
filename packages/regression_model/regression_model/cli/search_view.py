"""Shows a search as it goes on: what was found in the table, the trials as they end, the best so far, the time left."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from regression_model.cli.live_view import LiveView
from regression_model.cli.session import say

if TYPE_CHECKING:
    from rich.console import Console, Group

_N_SHOWN = 8
_WORD_OF = {
    "failed": "failed",
    "timed_out": "took too long",
    "out_of_memory": "took too much memory",
    "crashed": "crashed",
}


class SearchView(LiveView):
    """Takes the events of a search; on a terminal a table that changes, elsewhere a line for each trial.

    Parameters
    ----------
    console : Console
    """

    def __init__(self, console: Console) -> None:
        super().__init__(console)
        self._begin: Mapping[str, Any] | None = None
        self._results: dict[int, Mapping[str, Any]] = {}
        self._recent: deque[int] = deque(maxlen=_N_SHOWN)
        self._running: dict[int, str] = {}
        self._end_s: float | None = None

    def __call__(self, event: Mapping[str, Any]) -> None:
        """Take an event; see `regression_model.search.job.Report`."""
        with self._lock:
            match next(iter(event)):
                case "stage":
                    self._take_stage(event["stage"])
                case "guardrail":
                    self._take_guardrail(event["guardrail"])
                case "begin":
                    self._take_begin(event["begin"])
                case "progress":
                    told = event["progress"]
                    self._running[told["number"]] = f"fold {told['fold']} of {told['folds']}"
                case "trial":
                    self._take_trial(event["trial"])

    def _take_guardrail(self, found: Mapping[str, Any]) -> None:
        style = "yellow" if found["severity"] == "warning" else "dim"
        say(self._console, f"{found['found']}: {found['done']}", style=style)

    def _take_begin(self, begin: Mapping[str, Any]) -> None:
        self._begin = begin
        self._set_time(begin["left_s"])
        for result in begin["done"]:
            self._results[result["candidate"]["number"]] = result
        scored = f"{begin['folds']} folds" if begin["folds"] > 1 else "the validation table"
        text = f"{begin['trials']} trials by {begin['metric']} over {scored}, {begin['rows']:,} rows to learn from"
        self._stage = "Trials"
        say(self._console, text + (f"; {len(self._results)} are done already" if self._results else ""))

    def _take_trial(self, result: Mapping[str, Any]) -> None:
        number = result["candidate"]["number"]
        self._results[number] = result
        self._recent.append(number)
        self._running.pop(number, None)
        self._set_time(result["left_s"])
        if self._live is None:
            say(self._console, "  ".join(part for part in self._describe(number) if part) + self._describe_best())

    def _set_time(self, left_s: float | None) -> None:
        self._end_s = None if left_s is None else time.monotonic() + left_s

    def _find_best(self) -> int | None:
        scored = [(result["score"], number) for number, result in self._results.items() if result["score"] is not None]
        if not scored or self._begin is None:
            return None
        return min(scored)[1] if self._begin["minimize"] else max(scored, key=lambda each: (each[0], -each[1]))[1]

    def _describe_best(self) -> str:
        best = self._find_best()
        return "" if best is None else f"  (best {self._results[best]['score']:.5g}, trial {best})"

    def _describe(self, number: int) -> tuple[str, str, str, str, str]:
        """Return number, family, score, time of fitting and what went wrong of a trial."""
        result = self._results[number]
        if result["score"] is None:
            status = _WORD_OF.get(result["status"], result["status"])
            return f"trial {number}", result["candidate"]["family"], status, "", result["reason"]
        fit = f"{result['fit_time_s']:.1f} s a fit"
        return f"trial {number}", result["candidate"]["family"], f"{result['score']:.5g}", fit, ""

    def _render(self) -> Group:
        from rich.console import Group
        from rich.text import Text

        from regression_model.cli.tables import plain_table

        with self._lock:
            rows = [self._describe(number) for number in self._recent]
            rows += [(f"trial {number}", "", told, "", "") for number, told in sorted(self._running.items())]
            table = plain_table("", ("", "family", "score", "fit", ""), rows, numbers=(2, 3))
            return Group(table, Text(self._describe_state(), style="bold"))

    def _describe_state(self) -> str:
        parts = [self._stage]
        if self._begin is not None:
            parts.append(f"{len(self._results)} of {self._begin['trials']} trials")
        best = self._find_best()
        if best is not None and self._begin is not None:
            result = self._results[best]
            family = result["candidate"]["family"]
            parts.append(f"best {self._begin['metric']} {result['score']:.5g} by {family} (trial {best})")
        if self._end_s is not None:
            parts.append(f"{max(0.0, self._end_s - time.monotonic()):.0f} s left")
        return " · ".join(part for part in parts if part)
