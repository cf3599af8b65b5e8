"""``ml-api keys``: makes, lists, rotates and revokes the keys that clients send."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from pathlib import Path
from typing import Any

import click

from ml_api.errors import ApiError
from ml_api.services.keys import SCOPES, SLOTS, Key, Slot, create_key, revoke_key, rotate_key
from ml_api.services.keys_file import change_keys, read_keys
from ml_api.services.last_use import read_last_use
from ml_api.settings import read_settings

Command = Callable[..., None]

_slot = click.option("--slot", type=click.Choice(SLOTS), help="Of the two that each key has.")


def _with_file(command: Command) -> Command:
    """Give a command the path of the keys file, and turn our errors into messages."""

    @click.option(
        "--file",
        type=click.Path(path_type=Path, dir_okay=False),
        help="The keys file, instead of ML_API_KEYS_FILE.",
    )
    @wraps(command)
    def run(file: Path | None, **arguments: Any) -> None:  # noqa: ANN401 - whatever the command takes
        try:
            file = file or read_settings().keys_file
            if file is None:
                raise click.UsageError("Say which keys file: set ML_API_KEYS_FILE, or give --file.")
            command(file=file, **arguments)
        except ApiError as error:
            raise click.ClickException(error.message) from None

    return run


@click.group()
def keys() -> None:
    """Make, list, rotate and revoke keys.

    A running server takes changes up within two seconds.
    """


@keys.command()
@click.argument("name")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    type=click.Choice(SCOPES),
    default=("predict",),
    show_default=True,
    help="What the key is good for; can be given several times.",
)
@_with_file
def create(file: Path, name: str, scopes: tuple[str, ...]) -> None:
    """Make a key and print it: this once, since only its digest is kept."""

    def change(known: tuple[Key, ...]) -> tuple[tuple[Key, ...], str]:
        changed, _, token = create_key(known, name, scopes)
        return changed, token

    _show_token(change_keys(file, change), f"{name!r}, primary slot")


@keys.command()
@click.argument("name")
@_slot
@_with_file
def rotate(file: Path, name: str, slot: Slot | None) -> None:
    """Put a new secret into a slot of a key and print it.

    By default the slot is the one that is free, or else the older one. What is in the other slot stays good: move the
    clients to the new one, then revoke the other.
    """

    def change(known: tuple[Key, ...]) -> tuple[tuple[Key, ...], tuple[str, Slot]]:
        changed, chosen, token = rotate_key(known, name, slot)
        return changed, (token, chosen)

    token, chosen = change_keys(file, change)
    _show_token(token, f"{name!r}, {chosen} slot")


@keys.command()
@click.argument("name")
@_slot
@_with_file
def revoke(file: Path, name: str, slot: Slot | None) -> None:
    """End a key, or one of its slots, and the sessions that began with it."""
    change_keys(file, lambda known: (revoke_key(known, name, slot), None))
    click.echo(f"Revoked: {name!r}, {'both slots' if slot is None else f'{slot} slot'}.", err=True)


@keys.command("list")
@_with_file
def list_keys(file: Path) -> None:
    """List all keys, one line per slot."""
    used = read_last_use(file)
    rows = [("NAME", "ID", "SCOPES", "SLOT", "STATE", "CREATED", "LAST USED")]
    for key in read_keys(file):
        scopes = ",".join(scope for scope in SCOPES if scope in key.scopes)
        for slot, secret in key.secrets.items():
            state = "live" if secret.revoked is None else f"revoked {_format(secret.revoked)}"
            times = (_format(secret.created), _format(used.get(f"{key.key_id}/{slot}")))
            rows.append((key.name, key.key_id, scopes, slot, state, *times))
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    for row in rows:
        click.echo("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def _show_token(token: str, what: str) -> None:
    """Print the token alone to the standard output, so that a script can take it from there."""
    click.echo(f"{what}. It is shown this once:", err=True)
    click.echo(token)


def _format(time: datetime | None) -> str:
    return "never" if time is None else time.strftime("%Y-%m-%d %H:%M:%SZ")
