"""``ml-api openapi``: prints the document that describes the API."""

from __future__ import annotations

import json
from dataclasses import replace

import click

from ml_api.errors import ApiError
from ml_api.settings import read_settings


@click.command()
def openapi() -> None:
    """Print the OpenAPI document, as /openapi.json answers it with the same settings.

    Exit codes: 0, or 1 if the settings can't be used or the model can't be loaded.
    """
    # Not at the top: Flask and all that it brings would be loaded to show the help.
    from ml_api.app import create_app
    from ml_api.blueprints.context import DOCUMENT, EXTENSION

    try:
        # The log goes to the standard output too, where only the document belongs.
        app = create_app(replace(read_settings(), log_level="ERROR"))
        _ = app.extensions[EXTENSION].model.artifact
    except ApiError as error:
        raise click.ClickException(error.message) from None
    click.echo(json.dumps(json.loads(app.extensions[DOCUMENT]), indent=2))
