"""Writes what a search has found into its run's folder."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from regression_model.errors import MissingExtraError, SearchError
from regression_model.processing.datasets.atomic import replacing
from regression_model.search.leaderboard import Leaderboard
from regression_model.search.outcome import SearchOutcome

if TYPE_CHECKING:
    from regression_model.search.leaderboard import Row

LEADERBOARD, TABLE, REPORT, BEST = "leaderboard.json", "leaderboard.csv", "report.html", "best.yml"


def write_results(folder: Path, outcome: SearchOutcome, *, config_text: str | None = None) -> Leaderboard:
    """Write ``leaderboard.json``, ``leaderboard.csv``, ``report.html`` and ``best.yml``, each atomically.

    Without matplotlib there is no report.

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

    found = outcome.build_leaderboard()
    _write(folder / LEADERBOARD, json.dumps(found.to_json(), indent=2, allow_nan=False) + "\n")
    _write(folder / TABLE, found.to_csv())
    winner = next((row for row in found.rows if row.winner), None)
    if config_text is not None and winner is not None:
        _write(folder / BEST, promote_text(config_text, winner.changes, file=outcome.config.file).text)
    try:
        from regression_model.search.report import build_search_report

        _write(folder / REPORT, build_search_report(outcome, found))
    except MissingExtraError:
        (folder / REPORT).unlink(missing_ok=True)
    return found


def read_leaderboard(run: Path) -> Leaderboard:
    """Read the leaderboard of a run.

    Parameters
    ----------
    run : Path
        Its folder.

    Raises
    ------
    SearchError
        If there is none, or it is something else.
    """
    path = run / LEADERBOARD
    try:
        document: Mapping[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise SearchError(
            f"{run} has no {LEADERBOARD}: it is no run of a search, or the search has not ended; resume it with "
            f"'regression-model search --resume {run}'"
        ) from None
    except (OSError, ValueError) as error:
        raise SearchError(f"{path} can't be read: {error}") from error
    return Leaderboard.from_json(document)


def find_row(run: Path, number: int | None) -> Row:
    """Return the winner of a run, or the trial of this number; see `Leaderboard.find`."""
    found = read_leaderboard(run)
    return found.find_winner() if number is None else found.find(number)


def _write(path: Path, text: str) -> None:
    with replacing(path) as file:
        file.write(text.encode("utf-8"))
