"""Has a search done by a child process with the environment that trainings run in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from regression_model.errors import RegressionModelError, SearchError
from regression_model.execution import PoolSettings, Task, WorkerPool

if TYPE_CHECKING:
    from regression_model.search.job import Report, SearchJob, SearchResult


def run_search_isolated(job: SearchJob, report: Report) -> SearchResult:
    """Do what `run_search` does, in a child process with a pinned environment.

    The child and its own children end with this process, however that ends, and when the call is interrupted; what
    the search has done is in the run's folder, and it can be resumed.

    Parameters
    ----------
    job : SearchJob
    report : callable
        Called with each event, in another thread.

    Raises
    ------
    RegressionModelError
        What `run_search` raises; the child's traceback is a note of it.
    SearchError
        Also if the child was killed.
    """
    from regression_model.search.job import SearchResult

    return SearchResult.from_json(run_in_child("regression_model.search.running:run_in_worker", job.to_json(), report))


def run_in_child(
    function: str, payload: dict[str, Any], report: Report, said: tuple[str, str] = ("the search", "it can be resumed")
) -> dict[str, Any]:
    """Have one task done by a child process of its own; return its result.

    Parameters
    ----------
    function, payload
        See `Task`.
    report : callable
        Called with what the task reports, in another thread.
    said : tuple of two str
        If the child is killed: what it did, and what can be done now.

    Raises
    ------
    RegressionModelError
        What the task raises, or whoever takes its reports.
    SearchError
        If the child was killed.
    """
    refused: list[RegressionModelError] = []
    with WorkerPool(PoolSettings(1)) as pool:

        def pass_on(event: dict[str, Any]) -> None:
            try:
                report(event)
            except RegressionModelError as error:
                # Such as a tracking server that does not answer: better now than after hours.
                refused.append(error)
                pool.cancel()

        outcome = pool.submit(Task(function, payload), pass_on).result()
    if refused:
        raise refused[0]
    if outcome.error is not None:
        raise outcome.error
    if outcome.status != "completed":
        raise SearchError(f"{said[0]} was ended: {outcome.reason}; {said[1]}")
    found: dict[str, Any] = outcome.result
    return found
