"""Chooses a search's answer among its trials and the ensembles that they can form, and writes the choice down."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from regression_model.ensembling.stack_folds import find_stack_folds
from regression_model.errors import SearchError
from regression_model.search.arrays import FloatArray, read_array, write_array
from regression_model.search.continuing import find_last_current
from regression_model.search.ensembling import EnsembleChoice, EnsembleSettings, Member, select_ensemble
from regression_model.search.ensembling.selecting import STACK_FOLDS
from regression_model.search.records import TrialResult

if TYPE_CHECKING:
    from regression_model.config.search import SearchConfig
    from regression_model.records.journal import Journal
    from regression_model.records.run_folder import RunFolder
    from regression_model.search.material import Material


@dataclass(frozen=True)
class Rows:
    """The rows of the leaderboard.

    Attributes
    ----------
    trials : tuple of TrialResult
        By number.
    ensembles : tuple of TrialResult
        Numbered behind the trials, the best first.
    choices : tuple of EnsembleChoice
        What could be the answer, the best first; those that are no single trial are also rows.
    winner : int
        Number of the row that is the answer.
    """

    trials: tuple[TrialResult, ...]
    ensembles: tuple[TrialResult, ...]
    choices: tuple[EnsembleChoice, ...]
    winner: int

    @property
    def all(self) -> tuple[TrialResult, ...]:
        """Trials and ensembles."""
        return self.trials + self.ensembles

    def find(self, number: int) -> TrialResult:
        """Return a row."""
        return next(row for row in self.all if row.candidate.number == number)


def choose(
    results: Mapping[int, TrialResult],
    material: Material,
    settings: SearchConfig,
    folder: RunFolder,
    journal: Journal,
    max_fit_time_s: float | None,
) -> Rows:
    """Choose the answer, unless the journal has it already.

    Parameters
    ----------
    results : mapping of int to TrialResult
    material : Material
    settings : SearchConfig
    folder : RunFolder
    journal : Journal
    max_fit_time_s : float or None
        What the models of an ensemble may take to fit, as trials measure it: what the clock leaves.

    Raises
    ------
    SearchError
        If no model predicts fast enough.
    """
    trials = tuple(results[number] for number in sorted(results))
    known = find_last_current(journal.lines, "choices")
    if known is None:
        predictions = read_predictions(folder, journal)
        options = build_settings(material, settings, max_fit_time_s)
        found = select_ensemble(trials, predictions, material.target, material.scorer, options)
        if not found:
            fastest = min(result.latency_ms for result in trials if result.latency_ms is not None)
            raise SearchError(
                f"no model predicts a row within {settings.max_latency_ms:g} ms; the fastest takes {fastest:.3g} ms"
            )
        n_before = max(results) + 1
        journal.append("choices", max_fit_time_s=max_fit_time_s, choices=_write_choices(found, n_before, folder))
        known = journal.lines[-1]
    read = list(_read_choices(known["choices"], trials, folder))
    ensembles = tuple(row for choice, row in read if choice.kind != "single")
    return Rows(trials, ensembles, tuple(choice for choice, _ in read), read[0][1].candidate.number)


def read_predictions(folder: RunFolder, journal: Journal) -> dict[int, FloatArray]:
    """Return the out-of-fold predictions of all trials that have some, by number."""
    found = {}
    for line in journal.find("trial"):
        if line["sha256"] is not None:
            number = line["result"]["candidate"]["number"]
            found[number] = read_array(folder.predictions(number), line["sha256"])
    return found


def build_settings(material: Material, settings: SearchConfig, max_fit_time_s: float | None) -> EnsembleSettings:
    """Say how ensembles are chosen in this search."""
    config = material.config
    document = config.model_dump(mode="json", include={"target", "preprocessing", "model"})
    return EnsembleSettings(
        base=document,
        wanted=settings.ensemble,
        folds=tuple(test for _, test in material.folds) if len(material.folds) > 1 else (),
        groups=None if material.scored.groups is None else np.asarray(material.scored.groups),
        can_stack=_can_stack(material),
        max_latency_ms=settings.max_latency_ms,
        max_fit_time_s=max_fit_time_s,
        max_size_bytes=1e6 * settings.max_members_mb,
        seed=config.seed,
    )


def _can_stack(material: Material) -> bool:
    """Say whether the final training could divide its rows for a stack, so that it can fit what is chosen."""
    split, config = material.split, material.config
    target = np.asarray(split.train_target)
    groups = None if split.train_groups is None else np.asarray(split.train_groups)
    classification = config.task == "classification"
    try:
        find_stack_folds(target, groups, STACK_FOLDS, config.seed, classification=classification)
    except ValueError:
        return False
    return True


def check_any(trials: Iterable[TrialResult]) -> None:
    """Refuse to choose where nothing is.

    Raises
    ------
    SearchError
        If no trial was completed, with the first reasons.
    """
    trials = sorted(trials, key=lambda trial: trial.candidate.number)
    if any(trial.status == "completed" for trial in trials):
        return
    reasons = "; ".join(f"trial {trial.candidate.number}: {trial.reason}" for trial in trials[:3])
    raise SearchError(
        "no trial was completed, so that there is nothing to choose from "
        f"({reasons or 'the time limit came before the end of the first one'})"
    )


def _write_choices(found: Sequence[EnsembleChoice], n_before: int, folder: RunFolder) -> list[dict[str, Any]]:
    """Return the choices as JSON, those of several models numbered; the predictions of these become files."""
    documents: list[dict[str, Any]] = []
    for choice in found:
        document = asdict(replace(choice, predictions=np.empty(0)))
        del document["predictions"]
        if choice.kind == "single":
            document |= {"number": choice.members[0].number, "sha256": None}
        else:
            number = n_before + sum(other["kind"] != "single" for other in documents)
            document |= {"number": number, "sha256": write_array(folder.predictions(number), choice.predictions)}
        documents.append(document)
    return documents


def _read_choices(
    documents: Sequence[Mapping[str, Any]], trials: Sequence[TrialResult], folder: RunFolder
) -> Iterator[tuple[EnsembleChoice, TrialResult]]:
    """Read what `_write_choices` wrote; yield each choice with its row of the leaderboard."""
    for document in documents:
        found = dict(document)
        number, sha256 = found.pop("number"), found.pop("sha256")
        file = folder.predictions(number)
        found["members"] = tuple(Member(**member) for member in found["members"])
        found["interval"] = None if found["interval"] is None else tuple(found["interval"])
        if sha256 is None:
            row = next(trial for trial in trials if trial.candidate.number == number)
            yield EnsembleChoice(**found, predictions=np.load(file, allow_pickle=False)), row
        else:
            choice = EnsembleChoice(**found, predictions=read_array(file, sha256))
            yield choice, choice.to_result(number, f"{file.parent.name}/{file.name}")
