"""Shares insights among all who ask for them within a minute, and among all workers of a server.

Collecting them takes a core for seconds and up to 1.5 GB of memory, so that it is done by one process at a time, for
one folder. What it says is kept beside the log, in files that their owner alone can read: ``.insights.lock``, and
``.insights-<days>.json`` for each period that was asked for.
"""

from __future__ import annotations

import json
import logging
import os
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ml_api.errors import InsightsError
from ml_api.services.file_lock import hold_lock
from ml_api.services.insights.runner import TIMEOUT_S, run_insights

logger = logging.getLogger(__name__)

LIFETIME_S = 60.0
"""How old insights may be that are shown again."""


@dataclass(frozen=True, kw_only=True)
class Question:
    """What is asked of a log.

    Attributes
    ----------
    folder : Path
        Of the prediction log.
    digest : str
        Of the model that answers requests: another model makes another question.
    artifact_path : Path or None
        Where that model lies; see `run_insights`.
    trusted_keys : Path or None
        One of these has to have signed it.
    n_days : int or None
        Only the last so many times 24 hours; None: everything.
    """

    folder: Path
    digest: str
    artifact_path: Path | None = None
    trusted_keys: Path | None = None
    n_days: int | None = None

    @property
    def file(self) -> Path:
        """Where the answer is kept."""
        return self.folder / f".insights-{'all' if self.n_days is None else self.n_days}.json"


@dataclass(frozen=True)
class RecentInsights:
    """Insights, and when they were collected.

    Attributes
    ----------
    document : dict
        See `Insights.to_json`.
    collected : datetime
        In UTC.
    """

    document: dict[str, Any]
    collected: datetime


def find_recent_insights(
    question: Question, *, lifetime_s: float = LIFETIME_S, timeout_s: float = TIMEOUT_S
) -> RecentInsights:
    """Return insights that are not older than a minute; have them collected if there are none.

    Under gevent, other requests are answered meanwhile.

    Parameters
    ----------
    question : Question
    lifetime_s : float
        How old they may be, in seconds.
    timeout_s : float
        Seconds to wait for those who are collecting, and again for our own.

    Raises
    ------
    InsightsError
        If they can't be had, or take too long.
    """
    found = _read(question, lifetime_s)
    if found is None:
        with _be_alone(question.folder, timeout_s):
            found = _read(question, lifetime_s) or _collect(question, timeout_s)
    return found


def _collect(question: Question, timeout_s: float) -> RecentInsights:
    document = run_insights(
        question.folder,
        artifact_path=question.artifact_path,
        trusted_keys=question.trusted_keys,
        n_days=question.n_days,
        timeout_s=timeout_s,
    )
    found = RecentInsights(document, datetime.now(tz=UTC))
    try:
        _write(question, found)
    except OSError as error:  # such as a full disk: the next one who asks waits as long as this one has
        logger.warning("insights can't be kept", extra={"fields": {"reason": str(error)}})
    return found


def _read(question: Question, lifetime_s: float) -> RecentInsights | None:
    try:
        kept = json.loads(question.file.read_bytes())
        collected = datetime.fromisoformat(kept["collected"])
        age_s = (datetime.now(tz=UTC) - collected).total_seconds()
        if kept["digest"] == question.digest and 0 <= age_s < lifetime_s:
            return RecentInsights(kept["insights"], collected)
    except (OSError, ValueError, KeyError, TypeError):  # none is kept, or it is no file of ours
        return None
    return None


def _write(question: Question, found: RecentInsights) -> None:
    """Put the file into its place in one step; `mkstemp` lets nobody but the owner read it."""
    kept = {"digest": question.digest, "collected": found.collected.isoformat(), "insights": found.document}
    descriptor, name = tempfile.mkstemp(prefix=".insights-", suffix=".part", dir=question.folder)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(kept, file)
        Path(name).replace(question.file)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


@contextmanager
def _be_alone(folder: Path, timeout_s: float) -> Iterator[None]:
    """Be the only one who collects."""
    with ExitStack() as stack:
        try:
            stack.enter_context(hold_lock(folder / ".insights.lock", patience_s=timeout_s))
        except TimeoutError as error:
            message = "Insights are being collected for others, and not ready yet; ask again soon."
            raise InsightsError(message) from error
        except OSError as error:
            raise InsightsError(f"The prediction log in {folder} can't be used: {error}.") from error
        yield
