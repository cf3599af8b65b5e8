"""The leaderboard in the folder of a run, ``leaderboard.json``."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from regression_model.errors import SearchError
from regression_model.records.leaderboard import Leaderboard
from regression_model.records.run_folder import RunFolder

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path
    from typing import Any

    from regression_model.records.leaderboard import Row

LEADERBOARD = "leaderboard.json"


def write_leaderboard(folder: RunFolder, found: Leaderboard) -> None:
    """Write the leaderboard of a run, at once and durably."""
    text = json.dumps(found.to_json(), indent=2, allow_nan=False)
    folder.write_file(LEADERBOARD, f"{text}\n".encode())


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
        kind = RunFolder(run).read_run().get("kind", "search")
        command = f"regression-model {kind} {'FILE ' if kind == 'sweep' else ''}--resume {run}"
        raise SearchError(f"{run} has no {LEADERBOARD}: the {kind} has not ended; resume it with '{command}'") from None
    except (OSError, ValueError) as error:
        raise SearchError(f"{path} can't be read: {error}") from error
    return Leaderboard.from_json(document)


def find_row(run: Path, number: int | None) -> Row:
    """Return the winner of a run, or the trial of this number; see `Leaderboard.find`."""
    found = read_leaderboard(run)
    return found.find_winner() if number is None else found.find(number)
