"""``regression-model sign``, ``verify-signature`` and ``signing-key``: who answers for a saved model."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from regression_model.cli.models import find_own
from regression_model.cli.session import get_session, say

signing_key_app = typer.Typer(no_args_is_help=True, help="Make keys that models are signed with.")

_Place = Annotated[
    Path | None,
    typer.Argument(
        metavar="ARTIFACT",
        help="Manifest of a model, or the folder that holds it. By default that in ./trained_models, or else the "
        "published one.",
    ),
]
_PassphraseOption = Annotated[
    str | None,
    typer.Option("--passphrase-env", metavar="VARIABLE", help="Environment variable with the key's passphrase."),
]


@signing_key_app.command("create")
def create(
    context: typer.Context,
    *,
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="FILE", help="The private key; the public one is FILE.pub.")
    ],
    passphrase_env: _PassphraseOption = None,
) -> None:
    """Make a key, and print its id. Keep FILE to yourself; FILE.pub is for all who trust you."""
    from regression_model.artifact.signing_keys import PUBLIC_SUFFIX, create_key

    key_id = create_key(output, passphrase=_read_passphrase(passphrase_env))
    console = get_session(context).console
    say(console, f"private key {output}: whoever has it can sign as you")
    say(console, f"public key {output}{PUBLIC_SUFFIX}: for the files of trusted keys")
    if passphrase_env is None:
        say(console, "the private key is not encrypted; --passphrase-env encrypts it", style="yellow")
    typer.echo(key_id)


def sign(
    context: typer.Context,
    artifact: _Place = None,
    *,
    key: Annotated[Path, typer.Option("--key", "-k", metavar="FILE", help="Private key of 'signing-key create'.")],
    passphrase_env: _PassphraseOption = None,
) -> None:
    """Sign a saved model, and print the path of the signature. The model's files are checked, and not opened."""
    from regression_model.artifact.signing import sign_artifact

    target = sign_artifact(artifact or find_own(), key, passphrase=_read_passphrase(passphrase_env))
    say(get_session(context).console, "signed; training this version again removes the signature")
    typer.echo(str(target))


def verify_signature(
    context: typer.Context,
    artifact: _Place = None,
    *,
    trusted_keys: Annotated[
        Path, typer.Option("--trusted-keys", "-t", metavar="FILE", help="Public keys in PEM, one after the other.")
    ],
) -> None:
    """Check that a saved model is signed by a trusted key and unchanged since, and print the key's id.

    The model's files are checked, and not opened. The exit code is 6 if anything is not as it has to be.
    """
    from regression_model.artifact.signing import verify_signature as verify

    key_id = verify(artifact or find_own(), trusted_keys)
    say(get_session(context).console, "signed by a trusted key, and unchanged since", style="green")
    typer.echo(key_id)


def _read_passphrase(variable: str | None) -> str | None:
    if variable is None:
        return None
    passphrase = os.environ.get(variable)  # noqa: TID251 - the user names the variable; no setting of ours
    if not passphrase:
        raise typer.BadParameter(f"the environment variable {variable} is not set", param_hint="--passphrase-env")
    return passphrase
