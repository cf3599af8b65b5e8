"""``regression-model data snapshot``, ``snapshots`` and ``erase``: tables that can be had again."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from regression_model.cli.session import get_session, say

if TYPE_CHECKING:
    from rich.console import Console

    from regression_model.processing.datasets.snapshot_record import SnapshotRecord
    from regression_model.processing.datasets.snapshot_store import ListedSnapshot
    from regression_model.processing.snapshots import RawTable, Snapshot, Treatment

_SHOWN_CHARACTERS = 60


def snapshot(
    context: typer.Context,
    name: Annotated[
        str | None, typer.Argument(metavar="[NAME]", help="A shipped configuration, whose table is frozen.")
    ] = None,
    *,
    config: Annotated[
        str | None, typer.Option("--config", "-c", metavar="FILE", help="A configuration file, whose table is frozen.")
    ] = None,
    file: Annotated[Path | None, typer.Option("--file", help="A table file.")] = None,
    openml: Annotated[int | None, typer.Option("--openml", metavar="N", help="A dataset of OpenML.", min=1)] = None,
    sql: Annotated[
        str | None, typer.Option("--sql", metavar="QUERY", help="One SELECT or WITH, parameters as :name.")
    ] = None,
    database: Annotated[
        str | None,
        typer.Option(
            metavar="URL",
            help="Of the query, such as sqlite:///FILE. Not for a password: others can see a command line.",
        ),
    ] = None,
    database_env: Annotated[
        str | None, typer.Option(metavar="VARIABLE", help="Environment variable that holds the URL.")
    ] = None,
    parameter: Annotated[
        list[str] | None, typer.Option(metavar="NAME=VALUE", help="Of the query; may be repeated.")
    ] = None,
    as_of: Annotated[
        str | None,
        typer.Option(metavar="COLUMN=TIMESTAMP", help="Leave out rows whose column is later, or missing."),
    ] = None,
    drop: Annotated[list[str] | None, typer.Option(metavar="COLUMN", help="Leave out; may be repeated.")] = None,
    pseudonymise: Annotated[
        list[str] | None, typer.Option(metavar="COLUMN", help="Replace values by keyed digests; may be repeated.")
    ] = None,
    pseudonym_key_env: Annotated[
        str | None, typer.Option(metavar="VARIABLE", help="Environment variable that holds the key of the digests.")
    ] = None,
) -> None:
    """Freeze a table: an immutable Parquet file, named by its digest, with a record of where it came from.

    Prints the digest. A configuration names it under data.snapshot, and then trains on exactly these rows.
    """
    from regression_model.processing.datasets import read_locations
    from regression_model.processing.snapshots import freeze

    sources = {"NAME": name, "--config": config, "--file": file, "--openml": openml, "--sql": sql}
    _check_source(sources, database, database_env, parameter)
    treatment = _build_treatment(as_of, drop, pseudonymise, pseudonym_key_env)
    console, folder = get_session(context).console, read_locations().snapshots
    if sql is not None:
        raw = _read_database(sql, parameter or [], database, database_env, treatment, console)
    else:
        raw = _read_table(config or name, file, openml, treatment, console)
    frozen = freeze(raw, folder)
    _show(frozen, console)
    typer.echo(frozen.record.sha256)


def snapshots(*, as_json: Annotated[bool, typer.Option("--json", help="Print the list as JSON.")] = False) -> None:
    """List the snapshots, the newest first; of those that were erased or are damaged, why."""
    from regression_model.processing.datasets import read_locations
    from regression_model.processing.datasets.snapshot_store import list_snapshots

    folder = read_locations().snapshots
    listed = list_snapshots(folder)
    if as_json:
        typer.echo(json.dumps([asdict(each) for each in listed], indent=2))
        return
    for each in listed:
        typer.echo(f"{each.sha256}: {each.state}")
        for line in _describe(each):
            typer.echo(f"    {line}")
    typer.echo(f"folder of snapshots: {folder}")


def erase(
    context: typer.Context,
    digest: Annotated[str, typer.Argument(metavar="DIGEST", help="SHA-256 of the snapshot.")],
    *,
    reason: Annotated[str, typer.Option(help="Why; it stays, with the digest and the time.")],
) -> None:
    """Erase a snapshot, and leave a tombstone with its digest, the time and the reason."""
    from regression_model.processing.datasets import read_locations
    from regression_model.processing.datasets.snapshot_store import erase_snapshot

    tombstone = erase_snapshot(read_locations().snapshots, digest, reason)
    console = get_session(context).console
    say(console, f"erased on {tombstone.erased}, because: {tombstone.reason}")
    say(console, "Not erased: copies elsewhere, the source, and models trained on it, which hold a few rows of it.")


def _check_source(
    sources: dict[str, Any], database: str | None, database_env: str | None, parameter: list[str] | None
) -> None:
    given = [option for option, value in sources.items() if value is not None]
    if len(given) != 1:
        found = " and ".join(given) or "none"
        raise typer.BadParameter(f"give exactly one of {', '.join(sources)}; found {found}")
    if given == ["--sql"]:
        if (database is None) == (database_env is None):
            raise typer.BadParameter("--sql needs exactly one of --database and --database-env")
    elif database is not None or database_env is not None or parameter:
        raise typer.BadParameter("--database, --database-env and --parameter belong to --sql")


def _build_treatment(
    as_of: str | None, drop: list[str] | None, pseudonymise: list[str] | None, key_env: str | None
) -> Treatment:
    from regression_model.processing.datasets.environment import read_secret
    from regression_model.processing.snapshots import AsOf, Treatment

    if (key_env is None) != (not pseudonymise):
        raise typer.BadParameter("--pseudonymise and --pseudonym-key-env need each other")
    key = b"" if key_env is None else read_secret(key_env, "the key of pseudonyms").encode(errors="surrogateescape")
    moment = None if as_of is None else AsOf.parse(as_of)
    return Treatment(moment, tuple(dict.fromkeys(drop or ())), tuple(dict.fromkeys(pseudonymise or ())), key)


def _read_database(
    sql: str, parameters: list[str], url: str | None, variable: str | None, treatment: Treatment, console: Console
) -> RawTable:
    from regression_model.processing.datasets.environment import read_secret
    from regression_model.processing.snapshots import Database, build_query, read_query

    query = build_query(sql, parameters)
    database = Database.parse(read_secret(variable, "the URL of the database") if variable else url or "")
    with _row_count(console) as report:
        return read_query(database, query, treatment, report=report)


def _read_table(
    config: str | None, file: Path | None, openml: int | None, treatment: Treatment, console: Console
) -> RawTable:
    from regression_model.cli.progress import DownloadBar
    from regression_model.config import load_config
    from regression_model.processing.datasets import read_locations
    from regression_model.processing.snapshots import read_config_table, read_file, read_openml

    if file is not None:
        return read_file(file, treatment)
    with DownloadBar(console) as bar:
        if openml is not None:
            return read_openml(openml, treatment, read_locations(), progress=bar)
        return read_config_table(load_config(config), treatment, read_locations(), progress=bar)


@contextlib.contextmanager
def _row_count(console: Console) -> Iterator[Callable[[int], None]]:
    """Show how many rows have come: a database does not say beforehand how many there will be."""
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (BarColumn(), TextColumn("{task.completed:,} rows"), TimeElapsedColumn())
    with Progress("Reading", *columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("read", total=None)
        yield lambda n_rows: progress.update(task, completed=n_rows)


def _show(frozen: Snapshot, console: Console) -> None:
    """Say what was frozen, and how a configuration names it."""
    record = frozen.record
    since = "" if frozen.is_new else f", frozen already on {record.retrieved}; its record stays as it was"
    say(console, f"{_size(record)}{since}")
    say(console, str(frozen.path))
    say(console, "\nTo train on exactly these rows, name them in the configuration:")
    say(console, f"  data:\n    snapshot: {record.sha256}", style="bold")


def _describe(listed: ListedSnapshot) -> Iterator[str]:
    if listed.tombstone is not None:
        yield f"{listed.tombstone.erased}, because: {listed.tombstone.reason}"
    if listed.problem is not None:
        yield listed.problem
    if listed.record is None:
        return
    record, source = listed.record, listed.record.source
    yield f"{_size(record)}, read at {record.retrieved}"
    where = source.get("query") or source.get("location") or source.get("name") or ""
    yield f"source  {source['kind']}: {' '.join(str(where).split())[:_SHOWN_CHARACTERS]}"
    if record.as_of is not None:
        yield f"as of   {record.as_of['column']} {record.as_of['moment']}"
    for label, names in (("without", record.dropped), ("hidden", record.pseudonymised)):
        if names:
            yield f"{label:7} {', '.join(names)}"


def _size(record: SnapshotRecord) -> str:
    counts = (("row", record.n_rows), ("column", record.n_columns))
    return " of ".join(f"{count:,} {thing}{'' if count == 1 else 's'}" for thing, count in counts)
