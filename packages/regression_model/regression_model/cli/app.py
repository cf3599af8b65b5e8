"""The application: global options, and the commands, which register here."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Annotated

import typer

from regression_model.cli.compare import compare
from regression_model.cli.data import data_app
from regression_model.cli.evaluate import evaluate
from regression_model.cli.exit_codes import describe_exit_codes
from regression_model.cli.group import CommandGroup
from regression_model.cli.info import info
from regression_model.cli.init import init
from regression_model.cli.log_setup import logging_to
from regression_model.cli.predict import predict
from regression_model.cli.promote import promote
from regression_model.cli.replay import replay
from regression_model.cli.search import search
from regression_model.cli.session import Session, build_console
from regression_model.cli.sign import sign, signing_key_app, verify_signature
from regression_model.cli.sweep import sweep
from regression_model.cli.train import train
from regression_model.cli.verify import verify

app = typer.Typer(
    cls=CommandGroup,
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=describe_exit_codes(),
)


def _show_version(wanted: bool) -> None:
    if wanted:
        from regression_model import __version__

        typer.echo(f"regression-model {__version__}")
        raise typer.Exit


@app.callback()
def configure(
    context: typer.Context,
    *,
    debug: Annotated[bool, typer.Option("--debug", help="Log all there is, and show the traceback of errors.")] = False,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Also say what goes on inside.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing but errors and results.")] = False,
    log_file: Annotated[
        Path | None, typer.Option("--log-file", dir_okay=False, help="Log to this file too; a new one begins each day.")
    ] = None,
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and stop.")
    ] = False,
) -> None:
    """Train, check and apply a tabular model that one YAML file describes.

    Messages go to stderr, results to stdout.
    """
    del version
    if context.resilient_parsing:
        return
    level = logging.DEBUG if debug else logging.INFO if verbose else logging.ERROR if quiet else logging.WARNING
    console = build_console(quiet=quiet)
    context.obj = Session(console, debug)
    context.with_resource(logging_to(console, level=level, file=log_file))
    logging.getLogger("regression_model").info("regression-model %s", context.invoked_subcommand, extra={"shown": True})


for command in (init, train, evaluate, predict, info):
    app.command()(command)
app.add_typer(data_app, name="data")
app.command()(verify)
app.command()(compare)
app.command()(sign)
app.command()(verify_signature)
app.add_typer(signing_key_app, name="signing-key")
app.command()(search)
app.command()(replay)
app.command()(promote)
app.command()(sweep)
