"""Puts together what a search has found, as its leaderboard and its report show it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from regression_model.search.choosing import Rows, read_predictions
from regression_model.search.continuing import find_current
from regression_model.search.final_training import read_holdout
from regression_model.search.outcome import SearchOutcome

if TYPE_CHECKING:
    from regression_model.artifact import Manifest
    from regression_model.records.journal import Journal
    from regression_model.records.run_folder import RunFolder
    from regression_model.search.guardrails import Guardrail
    from regression_model.search.job import SearchJob
    from regression_model.search.material import Material
    from regression_model.search.running_trials import Stop

NOBODY = -1
"""The winner of a search of which no row could be trained: the number of none."""


@dataclass(frozen=True)
class Found:
    """What a search has found.

    Attributes
    ----------
    rows : Rows
    guardrails : sequence of Guardrail
    stop : Stop
    manifest : Manifest or None
        Of the saved model; None if no row could be trained.
    saved_s : float or None
        When it was saved, in seconds from the beginning.
    """

    rows: Rows
    guardrails: Sequence[Guardrail]
    stop: Stop
    manifest: Manifest | None = None
    saved_s: float | None = None


def build_outcome(
    job: SearchJob, material: Material, folder: RunFolder, journal: Journal, found: Found
) -> SearchOutcome:
    """Put together what is written down for people."""
    from regression_model.evaluation import Evaluation

    scorer, settings, rows, manifest = material.scorer, job.settings, found.rows, found.manifest
    predictions = read_predictions(folder, journal)
    for row, choice in zip(rows.ensembles, [c for c in rows.choices if c.kind != "single"], strict=True):
        predictions[row.candidate.number] = choice.predictions
    return SearchOutcome(
        config=job.config,
        run=folder.name,
        metric=scorer.metric,
        results=rows.all,
        target=material.target,
        predictions=predictions,
        classes=scorer.classes,
        choices=rows.choices,
        winner=NOBODY if manifest is None else rows.winner,
        holdout=read_holdout(journal, scorer.metric, rows.winner, manifest),
        evaluation=None if manifest is None else Evaluation.from_json(manifest.content["metrics"]["holdout"]),
        guardrails=[guardrail.to_json() for guardrail in found.guardrails],
        facts=_list_facts(job, journal, found),
        truncated=found.stop.truncated,
        max_latency_ms=settings.max_latency_ms,
    )


def _list_facts(job: SearchJob, journal: Journal, found: Found) -> dict[str, str]:
    settings = job.settings
    facts = {
        "Trials": f"{len(found.rows.trials)} of {settings.trials}, in batches of {settings.batch_size}",
        "Ended by": found.stop.reason.replace("_", " "),
        "Processes": str(settings.jobs) if settings.scheduler is None else f"of {settings.scheduler}",
        "Seed": str(job.config.seed),
    }
    if found.saved_s is not None:
        facts["Time to the saved model"] = f"{found.saved_s:.1f} s"
    untrained = find_current(journal.lines, "untrained")
    if untrained:
        facts["Could not be trained"] = "; ".join(f"row {line['number']}: {line['reason']}" for line in untrained)
    return facts
