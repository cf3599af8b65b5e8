"""Does a search again and compares: the proof that what the leaderboard says can be found again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from regression_model.errors import SearchError
from regression_model.records.run_folder import RunFolder
from regression_model.search.continuing import drop_void
from regression_model.search.guide import Guide
from regression_model.search.job import Report, SearchJob, with_settings
from regression_model.search.material import Source
from regression_model.train_pipeline.recorded_config import restore_config

if TYPE_CHECKING:
    from regression_model.search.parts import Parts

_WORD_OF = {
    "guardrails": "guardrails",
    "trial": "trial",
    "stop": "end of the trials",
    "choices": "choice of models",
    "untrained": "training of row",
    "model": "saved model",
    "holdout": "holdout score",
}
_FREE = ("elapsed_s", "limits")


@dataclass(frozen=True)
class Difference:
    """One thing that a replay found otherwise.

    Attributes
    ----------
    where : str
        Such as ``trial 3``.
    what : str
        The field.
    then, now : object
        What the run says, and what the replay found.
    """

    where: str
    what: str
    then: Any
    now: Any


def restore_job(folder: RunFolder) -> SearchJob:
    """Return the job of a run, from what its folder says; the configuration file need no longer be there.

    Raises
    ------
    SearchError
        If it is no run.
    """
    from regression_model.config.search import SearchConfig

    run = folder.read_run("search")
    source = Source.from_json(run["source"])
    content = {"config": run["source"]["config"], "config_order": run["config_order"]}
    config = restore_config(content, file=source.config.file)
    settings = SearchConfig.model_validate(run["settings"])
    return SearchJob(
        with_settings(config, settings),
        source.data_path,
        source.sample,
        source.validation,
        folder.path.parent.parent,
    )


def replay_run(
    folder: Path, output: Path, report: Report, *, jobs: int | None = None, parts: Parts | None = None
) -> list[Difference]:
    """Do all that a run did once more, in a folder of its own, and compare.

    Trials that were ended for their time or memory, or whose process died, are not done again: that says nothing.
    Measured times are taken from the run; what the clock decided stays decided. What ran on a cluster is done again on
    this machine.

    Parameters
    ----------
    folder : Path
        Of the run, which is only read.
    output : Path
        Folder of runs for the replay; it must not be that of the run.
    report : callable
        Called with each event.
    jobs : int, optional
        Trials at the same time; by default as many as in the run. The result does not depend on it.
    parts : Parts, optional
        Other parts than those of a search; its guide is ignored.

    Returns
    -------
    list of Difference
        Empty if everything is the same.

    Raises
    ------
    SearchError
        If `output` is the folder of the run, if the run has not come to its end, or if table, configuration or
        libraries are no longer what they were.
    """
    from regression_model.records.identity import check_identity
    from regression_model.search.identity import describe_identity
    from regression_model.search.material import load_material
    from regression_model.search.parts import Parts, build_backend, build_proposer
    from regression_model.search.running import run_search

    run = RunFolder(folder)
    _check_output(run, output)
    lines = run.read_journal()
    job = restore_job(run)
    check_identity(lines[0]["identity"], describe_identity(job, load_material(job.source)), run.name)
    here = {"backend": "local", "scheduler": None, "time_limit_s": None, "jobs": jobs or job.settings.jobs}
    settings = job.settings.model_copy(update=here)
    used = parts or Parts(build_proposer, build_backend)
    result = run_search(
        replace(job, config=with_settings(job.config, settings), output=output),
        report,
        replace(used, guide=Guide.from_journal(lines, run.path)),
    )
    return list(compare_journals(lines, RunFolder(result.folder).read_journal()))


def _check_output(run: RunFolder, output: Path) -> None:
    """Refuse to write where the run itself, or its siblings, lie."""
    root = run.path.resolve().parent.parent
    if output.resolve() == root or run.path.resolve() in (output.resolve(), *output.resolve().parents):
        raise SearchError(
            f"{output} is where the run {run.path} itself lies: a replay needs a folder of its own; name another "
            "one, or none for one that is removed afterwards"
        )


def compare_journals(then: list[dict[str, Any]], now: list[dict[str, Any]]) -> Iterator[Difference]:
    """Compare two journals line by line, whatever the order in which trials ended; measured times don't count."""
    before, after = _index(then), _index(now)
    for place in dict.fromkeys([*before, *after]):
        if place not in after or place not in before:
            yield Difference(place, "", place in before, place in after)
            continue
        for key in dict.fromkeys([*before[place], *after[place]]):
            old, new = before[place].get(key), after[place].get(key)
            if old != new:
                yield Difference(place, key, old, new)


def _index(lines: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return what is compared, by where it is."""
    found = {}
    for line in drop_void(lines):
        kind = line["kind"]
        if kind not in _WORD_OF:
            continue
        number = line["result"]["candidate"]["number"] if kind == "trial" else line.get("number")
        place = _WORD_OF[kind] + (f" {number}" if kind in ("trial", "untrained", "holdout") else "")
        found[place] = {key: value for key, value in _flatten(line) if key not in _FREE}
    return found


def _flatten(line: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for key, value in line.items():
        if key == "result":
            yield from ((name, each) for name, each in value.items() if name != "reason")
        elif key != "reason" or line["kind"] == "stop":
            yield key, value


def replay_in_worker(payload: Mapping[str, Any], context: Any) -> dict[str, Any]:  # noqa: ANN401 - a TaskContext
    """Replay a run as a task; see `replay_run`."""
    found = replay_run(Path(payload["folder"]), Path(payload["output"]), context.report, jobs=payload["jobs"])
    return {"differences": [[each.where, each.what, repr(each.then), repr(each.now)] for each in found]}
