"""The command line ``ml-api``, one command per file."""

from __future__ import annotations

import click

from ml_api.cli.insights import insights
from ml_api.cli.keys import keys
from ml_api.cli.openapi import openapi
from ml_api.cli.serve import serve


def _show_version(context: click.Context, _parameter: click.Parameter, value: bool) -> None:
    if value:
        import ml_api

        click.echo(f"ml-api {ml_api.__version__}")
        context.exit()


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_show_version,
    help="Show the version.",
)
def main() -> None:
    """Serve predictions over HTTP.

    All settings are environment variables ML_API_*: the README of the package lists them.
    """


main.add_command(serve)
main.add_command(openapi)
main.add_command(keys)
main.add_command(insights)
