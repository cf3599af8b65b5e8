"""Writes what a search has found into its run's folder."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

from regression_model.errors import MissingExtraError
from regression_model.records.leaderboard import Leaderboard
from regression_model.records.leaderboard_file import write_leaderboard
from regression_model.records.run_folder import RunFolder
from regression_model.search.outcome import SearchOutcome

logger = logging.getLogger(__name__)

TABLE, REPORT, BEST = "leaderboard.csv", "report.html", "best.yml"


def write_results(folder: Path, outcome: SearchOutcome, *, config_text: str | None = None) -> Leaderboard:
    """Write ``leaderboard.json``, ``leaderboard.csv``, ``report.html`` and ``best.yml``, each atomically.

    Without matplotlib there is no report. A report or a ``best.yml`` that can't be written costs a warning and nothing
    else: the model is saved, and the leaderboard tells the rest.

    Parameters
    ----------
    folder : Path
        Of the run; it exists.
    outcome : SearchOutcome
    config_text : str, optional
        Text of the configuration file that the search began with, into which the winner is written for
        ``best.yml``; without it there is no such file.

    Returns
    -------
    Leaderboard
        What was written.
    """
    from regression_model.search.promotion import promote_text

    found, run = outcome.build_leaderboard(), RunFolder(folder)
    write_leaderboard(run, found)
    run.write_file(TABLE, found.to_csv().encode())
    winner = next((row for row in found.rows if row.winner), None)
    if config_text is not None and winner is not None:
        text, changes = config_text, winner.changes
        _write_if_possible(run, BEST, lambda: promote_text(text, changes, file=outcome.config.file).text)
    _write_if_possible(run, REPORT, lambda: _build_report(outcome, found))
    return found


def _build_report(outcome: SearchOutcome, found: Leaderboard) -> str:
    # Imported here, because without matplotlib there may be nothing to import.
    from regression_model.search.report import build_search_report

    return build_search_report(outcome, found)


def _write_if_possible(run: RunFolder, name: str, build: Callable[[], str]) -> None:
    """Write a file that people can do without; where it can't be made, there is none, not even an old one."""
    try:
        run.write_file(name, build().encode())
    except Exception as error:  # noqa: BLE001 - the search is done, and its model is saved
        if not isinstance(error, MissingExtraError):
            logger.warning("there is no %s: %s: %s", name, type(error).__name__, error)
        (run.path / name).unlink(missing_ok=True)
