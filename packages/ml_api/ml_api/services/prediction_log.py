"""Keeps what was predicted, and what came of it, for later: one line of JSON per request, in files of its own.

The layout on disk, which readers may rely on. In the folder of the setting ``ML_API_PREDICTION_LOG`` lie

- ``predictions-<YYYYMMDD>-<process>-<number>.ndjson``
- ``feedback-<YYYYMMDD>-<process>-<number>.ndjson``

``<YYYYMMDD>`` is the day in UTC on which the file was begun, ``<process>`` 16 hexadecimal digits that are drawn
anew in each process (two processes never share a file, also on different machines with one folder), and ``<number>``
counts from 0001 the files that one process began: a new one on each new day, and after 64 MiB. Files are only
appended to, in UTF-8 (in fact ASCII), each line one object that ends in a newline. The last line of a file may be
cut off if its process was killed or the disk was full: readers skip a line that is no JSON.

A line of ``predictions-*``::

    {
      "time": "2026-11-21T09:50:17.123+00:00",   when the answer was ready, UTC
      "prediction_id": "3f0c...",                what feedback refers to
      "request_id": "order-4711",
      "model_version": "0.1.0",
      "artifact_digest": "fa41...",              SHA-256 of the model's manifest
      "key_id": "k1" | null,
      "latency_ms": 12.3,                        from the request's arrival to the answer being ready
      "status": 200,                             of the answer; 422 where not one row could be predicted
      "first_row": 0,                            number of the first of these rows in the request
      "redacted": ["LotFrontage"],               features that are left out of all rows by setting
      "rows": [{"LotArea": 8450, ...}, ...],     as they were sent, the model's features only; null for a row that
                                                 was no object, and for a value that was an array or an object
      "predictions": [208500.1, null, ...],      aligned with the rows; labels for a classification
      "probabilities": [[0.9, 0.1], ...] | null, aligned with the rows, each in the order of "classes"
      "classes": ["N", "Y"] | null,
      "errors": {"1": [{"field": "LotArea", "reason": "not_a_number"}]}
    }

The keys of ``errors`` are positions in ``rows``, counted from 0, as text. A request has one line, but for a
streamed one, which has one for each chunk, all with the same prediction id: ``first_row`` plus the position in
``rows`` is the number of the row in the request. A feature that the client did not send is no key of its row.

A line of ``feedback-*``::

    {
      "time": "2026-11-22T08:00:00.000+00:00",
      "prediction_id": "3f0c...",
      "row": 0,                                  number of the row in that request
      "outcome": 215000.0 | "Y",                 what came true
      "request_id": "...",                       of the request that told it
      "key_id": "k1" | null
    }

The prediction may have been made by any process, or by none: ids are not checked. The last line for a prediction
id and row counts.
"""

from __future__ import annotations

import atexit
import logging
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from ml_api.errors import SettingsError
from ml_api.services.daily_files import DailyFiles, make_log_folder
from ml_api.services.record_queue import RecordQueue
from ml_api.services.records import FeedbackRecord, PredictionRecord
from ml_api.services.redaction import Redactor

logger = logging.getLogger(__name__)

CAPACITY_BYTES = 50_000_000
"""About how much memory may be taken by what waits to be written in one process."""
PATIENCE_S = 0.25
"""How long a request waits for room in a full queue before its record is given up."""
FLUSH_TIMEOUT_S = 5.0
"""How long a process that ends waits for what is still to be written."""
COMPLAINT_INTERVAL_S = 60.0


@dataclass(frozen=True)
class LogCounts:
    """What became of the records of this process.

    Attributes
    ----------
    written, dropped, failed : int
        Records on disk, records that found no room in the queue, and records that could not be written.
    """

    written: int = 0
    dropped: int = 0
    failed: int = 0


class PredictionLog:
    """Writes records in the background; does nothing where no folder is set.

    A request only puts its record into a queue. A thread of the process writes it, a native one also under gevent, so
    that a slow disk keeps no greenlet waiting. When the queue is full, which takes a disk slower than the
    predictions, a request waits up to a quarter of a second for room, and then its record is dropped and counted:
    predictions go on without a log rather than not at all. A process that ends in an orderly way first writes
    what is in the queue, for at most five seconds. A process that is killed loses what is in its queue, which is
    usually less than the last hundredth of a second.

    Parameters
    ----------
    folder : Path or None
        Where the files lie; made if it is missing, readable by its owner only. None: nothing is kept.
    retention_days : int
        Files that were begun more days ago are removed.
    redactor : Redactor, optional
        Says which features are never written.
    observe : callable, optional
        Is shown each record, also where none is kept, and returns what counts it; see `prepare`.
    capacity_bytes : int
        How much may wait, as the records' own estimate goes.
    """

    def __init__(
        self,
        folder: Path | None = None,
        *,
        retention_days: int = 30,
        redactor: Redactor | None = None,
        observe: Callable[[PredictionRecord], Callable[[], None]] | None = None,
        capacity_bytes: int = CAPACITY_BYTES,
    ) -> None:
        self._folder = folder
        self._retention_days = retention_days
        self._redactor = Redactor() if redactor is None else redactor
        self._observe = observe
        self._capacity_bytes = capacity_bytes
        self._pid: int | None = None
        self._files: dict[str, DailyFiles] = {}
        self._queue: RecordQueue | None = None
        self._complained_s = float("-inf")
        self._failures_told = 0

    @property
    def enabled(self) -> bool:
        """Whether anything is kept."""
        return self._folder is not None

    def start(self, *, is_required: bool = True) -> None:
        """Make the folder and start to write, in the process that answers: threads do not survive a fork.

        Parameters
        ----------
        is_required : bool
            If not, records are lost while the folder can't be written to, and the log of the process says so.

        Raises
        ------
        SettingsError
            If the folder can't be written to.
        """
        if self._folder is None:
            return
        is_usable = True
        try:
            make_log_folder(self._folder)
        except SettingsError as error:
            if is_required:
                raise
            logger.error("predictions are not kept", extra={"fields": {"reason": error.message}})
            is_usable = False
        self._files = {
            kind: DailyFiles(self._folder, kind, retention_days=self._retention_days)
            for kind in ("predictions", "feedback")
        }
        self._queue = RecordQueue(capacity=self._capacity_bytes, patience_s=PATIENCE_S, idle=self._tidy)
        self._queue.is_failing = not is_usable
        self._pid = os.getpid()
        self._queue.start()
        atexit.register(self.close)

    def prepare(self, record: PredictionRecord) -> Callable[[], bool]:
        """Do what takes long with many rows, in whichever thread, before a record is kept.

        Returns
        -------
        callable
            Keeps the record, soon: to be called in the thread that answers, since counters have locks that other
            threads should leave alone. It returns False if the record was dropped, because the queue was full or the
            process is ending, or if nothing is kept.
        """
        count = None if self._observe is None else self._observe(record)
        encode = partial(record.encode, self._redactor.hides)
        weight = record.weigh() if self.enabled else 0

        def keep() -> bool:
            if count is not None:
                count()
            return self._put("predictions", encode, weight)

        return keep

    def record(self, record: PredictionRecord) -> bool:
        """Keep a record of a prediction, soon; see `prepare`."""
        return self.prepare(record)()

    def record_feedback(self, records: Sequence[FeedbackRecord]) -> bool:
        """Keep outcomes, soon, all of them or none; the answer is as for `record`."""
        weight = sum(record.weight_bytes for record in records)
        return self._put("feedback", lambda: b"".join(record.encode() for record in records), weight)

    def close(self, timeout_s: float = FLUSH_TIMEOUT_S) -> None:
        """Write what is waiting, and nothing more after that."""
        atexit.unregister(self.close)
        if self._queue is None or self._pid != os.getpid():
            return
        if not self._queue.close(timeout_s):
            logger.error("the prediction log was not written whole", extra={"fields": {"timeout_s": timeout_s}})

    @property
    def counts(self) -> LogCounts:
        """What became of the records so far."""
        queue = self._queue
        return LogCounts() if queue is None else LogCounts(queue.done, queue.dropped, queue.failed)

    @property
    def is_failing(self) -> bool:
        """Whether what was last tried to write could not be written."""
        return self._queue is not None and self._queue.is_failing

    def _put(self, kind: str, encode: Callable[[], bytes], weight: int) -> bool:
        if not self.enabled:
            return False
        if self._queue is None or self._pid != os.getpid():
            self.start(is_required=False)
        assert self._queue is not None
        taken = self._queue.put(lambda: self._files[kind].append(encode()), weight)
        self._complain(self._queue, taken)
        return taken

    def _complain(self, queue: RecordQueue, taken: bool) -> None:
        """Tell the log of the process what goes wrong, here, since the writing thread must not; not too often."""
        if (taken and queue.failed == self._failures_told) or (
            time.monotonic() < self._complained_s + COMPLAINT_INTERVAL_S
        ):
            return
        self._complained_s, self._failures_told = time.monotonic(), queue.failed
        logger.error(
            "records of the prediction log are lost",
            extra={"fields": {"dropped": queue.dropped, "failed": queue.failed, "last_error": queue.last_error}},
        )

    def _tidy(self) -> None:
        """Let go of the files and remove the old ones; the next record begins a new file."""
        for files in self._files.values():
            files.close()
            files.remove_old()
