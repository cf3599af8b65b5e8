"""Shows a sweep as it goes on: the runs with their intervals, and the best so far."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from regression_model.cli.live_view import LiveView
from regression_model.cli.session import say

if TYPE_CHECKING:
    from rich.console import Console, Group

    from regression_model.sweep import Run

_N_SHOWN = 12


class SweepView(LiveView):
    """Takes the events of a sweep; on a terminal a table that changes, elsewhere a line for each run.

    Parameters
    ----------
    console : Console
    """

    def __init__(self, console: Console) -> None:
        super().__init__(console)
        self._n_runs = 0
        self._metric = ""
        self._under_way: dict[int, str] = {}
        self._runs: dict[int, Run] = {}

    def __call__(self, event: Mapping[str, Any]) -> None:
        """Take an event; see `regression_model.sweep.job.Report`."""
        with self._lock:
            match next(iter(event)):
                case "stage":
                    self._take_stage(event["stage"])
                case "begin":
                    self._n_runs, self._metric = event["begin"]["n_runs"], event["begin"]["metric"]
                case "progress":
                    told = event["progress"]
                    value = "" if told["value"] is None else f"{told['value']:.6g}"
                    self._under_way[told["number"]] = f"interval {told['interval']}: {value}"
                case "run":
                    self._take_run(event["run"])

    def _take_run(self, run: Run) -> None:
        self._runs[run.number] = run
        self._under_way.pop(run.number, None)
        if self._live is None:
            say(self._console, f"run {run.number} of {self._n_runs}: {_describe(run)}")

    def _render(self) -> Group:
        from rich.console import Group
        from rich.text import Text

        from regression_model.cli.tables import plain_table
        from regression_model.records.row_text import describe_parameters

        with self._lock:
            rows = [[str(number), "runs", text, ""] for number, text in sorted(self._under_way.items())]
            for number in sorted(self._runs, reverse=True)[:_N_SHOWN]:
                run = self._runs[number]
                rows.append([str(number), run.status, _describe(run), describe_parameters(run.assignment)])
            title = f"{self._stage}   {len(self._runs)} of {self._n_runs} runs, {self._metric}"
        return Group(Text(), plain_table(title, ("run", "status", "", "parameters"), rows))


def _describe(run: Run) -> str:
    """Say in a few words how a run ended."""
    if run.verdict is not None:
        return (
            f"given up at interval {run.verdict.interval}, its best {run.verdict.best:.6g}, bar {run.verdict.bar:.6g}"
        )
    return f"{run.status}, {run.score:.6g}" if run.score is not None else f"{run.status}: {run.reason}"
