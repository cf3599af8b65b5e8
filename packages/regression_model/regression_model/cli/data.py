"""``regression-model data``: where the tables of the shipped configurations are, and how to get them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated

import typer

from regression_model.cli.data_snapshot import erase, snapshot, snapshots
from regression_model.cli.session import get_session, say

if TYPE_CHECKING:
    from regression_model.config import Config
    from regression_model.processing.datasets import DataLocations

data_app = typer.Typer(no_args_is_help=True, help="List, fetch and freeze the tables that configurations name.")
for command in (snapshot, snapshots, erase):
    data_app.command()(command)


@data_app.command("list")
def list_tables(*, as_json: Annotated[bool, typer.Option("--json", help="Print the list as JSON.")] = False) -> None:
    """List the tables of the shipped configurations: where each is found, and where it can be had."""
    from regression_model.config import load_config, shipped_configs
    from regression_model.processing.datasets import read_locations

    locations = read_locations()
    tables = [_describe(name, load_config(path), locations) for name, path in shipped_configs().items()]
    if as_json:
        typer.echo(json.dumps(tables, indent=2))
        return
    for table in tables:
        typer.echo(f"{table['config']}: {table['state']}")
        typer.echo(f"    file    {table['place']}")
        typer.echo(f"    source  {table['source']}")
    own = locations.data_dir or "none; $REGRESSION_MODEL_DATA names it"
    typer.echo(f"folder of your tables: {own}\nfolder of downloads: {locations.cache_dir}")


@data_app.command("fetch")
def fetch(
    context: typer.Context,
    name: Annotated[
        str | None, typer.Argument(metavar="[NAME]", help="A shipped configuration; by default the published one.")
    ] = None,
    *,
    config: Annotated[
        str | None, typer.Option("--config", "-c", metavar="FILE", help="A configuration file that names a source.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", "-f", help="Download it although it is there.")] = False,
) -> None:
    """Download the table of a configuration into the cache, and print its path."""
    from regression_model.cli.progress import DownloadBar
    from regression_model.config import load_config
    from regression_model.errors import DataNotFoundError
    from regression_model.processing.datasets import read_locations
    from regression_model.processing.datasets.cache import digest_file, fetch_into_cache, find_cached, source_label

    if name is not None and config is not None:
        raise typer.BadParameter("give NAME or --config, not both")
    settings, locations, console = load_config(config or name).data, read_locations(), get_session(context).console
    found = None if force else find_cached(locations.cache_dir, settings.name, settings.source)
    if found is not None:
        say(console, f"{settings.name} is there already; --force downloads it again")
    elif settings.source is None:
        raise DataNotFoundError(f"the configuration of {settings.name!r} names no source to download it from")
    else:
        say(console, f"{settings.name}: downloading from {source_label(settings.source)}")
        with DownloadBar(console) as bar:
            found = fetch_into_cache(settings.name, settings.source, locations, progress=bar)
    say(console, f"SHA-256 {digest_file(found.path)}")
    typer.echo(str(found.path))


def _describe(name: str, config: Config, locations: DataLocations) -> dict[str, str | None]:
    """Say where `load_dataset` would find a table, by the same order of places."""
    from regression_model.errors import DataError
    from regression_model.processing.datasets.cache import find_cached, source_label
    from regression_model.processing.datasets.reading import TABLE_SUFFIXES

    data = config.data
    source = "none" if data.source is None else source_label(data.source)
    facts = {"config": name, "table": data.name, "source": source}
    if data.snapshot is not None:
        frozen = locations.snapshots / f"{data.snapshot}.parquet"
        return {**facts, "state": "snapshot" if frozen.is_file() else "not here", "place": str(frozen)}
    own = [] if locations.data_dir is None else [locations.data_dir / f"{data.name}{end}" for end in TABLE_SUFFIXES]
    place = config.resolve(data.path) if data.path is not None else next((path for path in own if path.is_file()), None)
    state = "own file"
    if place is None:
        try:
            cached = find_cached(locations.cache_dir, data.name, data.source)
            state = "not here" if cached is None else "cached"
            place = locations.cache_dir / f"{data.name}.csv" if cached is None else cached.path
        except DataError:
            state, place = "damaged", locations.cache_dir / f"{data.name}.csv"
    return {**facts, "state": state, "place": str(place)}
