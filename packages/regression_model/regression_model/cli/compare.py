"""``regression-model compare``: how far the predictions of a new version are from those of the one before."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from regression_model.cli.session import Session, get_session, say

if TYPE_CHECKING:
    from regression_model.artifact import Artifact
    from regression_model.comparison import Acknowledgement, Comparison

NO_PREVIOUS = "none"


def compare(
    context: typer.Context,
    *,
    old: Annotated[
        str,
        typer.Argument(
            metavar="OLD", help="The version before: manifest, folder or wheel; 'none' if there is none yet."
        ),
    ],
    new: Annotated[str, typer.Argument(metavar="NEW", help="The new version: manifest, folder or wheel.")],
    data: Annotated[
        Path | None, typer.Option("--data", "-d", help="A table that both predict, besides the old golden rows.")
    ] = None,
    training_data: Annotated[
        bool,
        typer.Option(
            "--training-data", help="As that table, take the one the new version learned from, by its digest."
        ),
    ] = False,
    tolerance: Annotated[
        float | None,
        typer.Option(min=0, max=1, help="Instead of comparison.relative_tolerance in the new version's configuration."),
    ] = None,
    changelog: Annotated[
        Path | None,
        typer.Option(
            dir_okay=False, help="Where a line 'Predictions change: <reason>' of this version excuses a breach."
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the comparison as JSON.")] = False,
) -> None:
    """Compare two versions of a model: what they predict, and what they read.

    The new version predicts the golden rows of the old one; with --data both predict a table. Nothing of the old
    version is unpickled, and of a wheel nothing is installed or imported; if that keeps it from predicting the table,
    the comparison fails, as it does if no row is answered by both.
    """
    from regression_model.artifact import load_artifact
    from regression_model.artifact.wheel_files import opening_model_files

    if data is not None and training_data:
        raise typer.BadParameter("--data and --training-data exclude each other")
    session = get_session(context)
    with opening_model_files(Path(new)) as files:
        candidate = load_artifact(files.place)
        if old == NO_PREVIOUS:
            say(session.console, f"There is no version before {candidate.version}: nothing to compare with.")
            if as_json:
                typer.echo(json.dumps({"old": None, "new": {"version": candidate.version, "digest": candidate.digest}}))
            return
        table = _find_training_table(candidate) if training_data else data
        found = _compare(Path(old), candidate, table, tolerance)
    excuse = _find_excuse(found, changelog)
    if as_json:
        said = {"section": excuse.section, "reason": excuse.reason} if excuse is not None else None
        typer.echo(json.dumps({**found.to_json(), "acknowledged": said}, ensure_ascii=False, indent=2))
    else:
        _show(found)
    _end(found, excuse, session)


def _find_training_table(candidate: Artifact) -> Path:
    """Find it on this machine; nothing is downloaded."""
    from regression_model.train_pipeline import restore_config
    from regression_model.verification.data_search import find_table
    from regression_model.verification.recipe import read_wanted_table

    content = candidate.manifest.content
    return find_table(read_wanted_table(content), restore_config(content)).path


def _compare(old: Path, candidate: Artifact, data: Path | None, tolerance: float | None) -> Comparison:
    from regression_model.artifact.integrity import check_model_files
    from regression_model.artifact.wheel_files import opening_model_files
    from regression_model.comparison import NamedTable, compare_models

    table = None
    if data is not None:
        from regression_model.processing.datasets import read_table

        table = NamedTable(data.name, read_table(data))
    with opening_model_files(old) as files:
        return compare_models(check_model_files(files.place), candidate, table=table, tolerance=tolerance)


def _find_excuse(found: Comparison, changelog: Path | None) -> Acknowledgement | None:
    from regression_model.comparison import find_acknowledgement

    if changelog is None:
        return None
    text = changelog.read_text(encoding="utf-8")
    return find_acknowledgement(text, old=found.old["version"], new=found.new["version"])


def _show(found: Comparison) -> None:
    """Print tables to stdout: they are the result here."""
    from rich.console import Console

    from regression_model.cli.tables import facts_table, plain_table

    console = Console(highlight=False)
    names = [(what, f"{one['pipeline_name']} {one['version']}, {one['digest']}") for what, one in _versions(found)]
    tolerance = found.tolerance
    limits = f"{tolerance.relative_tolerance:g}; further may move {tolerance.share_of_rows:.1%} of the rows"
    console.print(
        facts_table("Compared", [*names, ("tolerance", limits), *(("note", note) for note in found.notes)]), ""
    )
    header = (
        "rows",
        "number",
        "moved",
        "newly refused",
        "newly answered",
        "refused by both",
        "median",
        "95%",
        "largest",
    )
    counts = [
        (
            *(rows.source, f"{rows.n_rows:,}", f"{rows.n_moved:,}", f"{rows.n_newly_refused:,}"),
            *(f"{rows.n_newly_answered:,}", f"{rows.n_refused_by_both:,}"),
            *map(_number, (rows.median, rows.percentile_95, rows.maximum)),
        )
        for rows in found.rows
    ]
    console.print(plain_table("Differences of the predictions", header, counts, numbers=range(1, 9)))
    for rows in found.rows:
        if rows.movers:
            moves = [
                (str(move.row), _answer(move.old), _answer(move.new), _number(move.difference)) for move in rows.movers
            ]
            title = f"\nMoved most, of the {rows.source}"
            console.print(plain_table(title, ("row", "was", "is", "difference"), moves, numbers=range(4)))
    if found.schema_changes:
        changes = [
            (change.feature, change.change, "may refuse what was right" if change.breaking else "")
            for change in found.schema_changes
        ]
        console.print(plain_table("\nWhat is read", ("feature", "change", ""), changes))


def _end(found: Comparison, excuse: Acknowledgement | None, session: Session) -> None:
    """Say how it ended, and end so."""
    from regression_model.cli.exit_codes import ExitCode

    old, new = found.old["version"], found.new["version"]
    if not found.breaches:
        say(session.console, f"\n{new} predicts what {old} predicts, within the tolerance.", style="green")
        return
    for breach in found.breaches:
        say(session.console, f"\n{breach}", style="yellow")
    if excuse is not None:
        say(session.console, f"The changelog says so under {excuse.section}: {excuse.reason}", style="green")
        return
    section = "Unreleased" if old == new else new
    say(
        session.console,
        f"If that is meant, say why in the changelog, under {section}: 'Predictions change: <reason>', and name the "
        "changelog with --changelog.",
        style="bold red",
    )
    raise typer.Exit(ExitCode.PREDICTIONS_MOVED)


def _versions(found: Comparison) -> list[tuple[str, dict[str, str]]]:
    return [("old", dict(found.old)), ("new", dict(found.new))]


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.3g}"


def _answer(value: float | str | None) -> str:
    return "refused" if value is None else value if isinstance(value, str) else f"{value:,.6g}"
