"""``regression-model verify``: trains a saved model again, and says what is equal and what differs, and why."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from regression_model.cli.session import get_session, say

if TYPE_CHECKING:
    from rich.console import Console

    from regression_model.verification import Verification

_SAME_FILES = (
    "has the same files, to the byte, and another manifest; golden rows, metrics and schema in it agree to 1e-9."
)
_SIMILAR = (
    "has files with other bytes, which can be explained; golden rows (also as the saved compiled form predicts them), "
    "metrics and schema agree to a relative 1e-9. Other rows were not compared."
)
_DIFFERENT = "is another, or has other bytes that nothing explains."


def verify(
    context: typer.Context,
    *,
    model: Annotated[
        Path | None,
        typer.Argument(
            metavar="ARTIFACT|WHEEL",
            help="Manifest of a model, the folder that holds it, or a wheel. By default the model in "
            "./trained_models, or else the published one.",
        ),
    ] = None,
    data: Annotated[
        Path | None, typer.Option("--data", "-d", help="The table. By default it is looked for by its digest.")
    ] = None,
    config: Annotated[
        Path | None,
        typer.Option(
            "--config",
            "-c",
            dir_okay=False,
            help="The configuration file that it was trained with, if that names others: relative paths begin at its "
            "folder. By default at the working folder.",
        ),
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", file_okay=False, help="Keep the rebuilt model in this folder.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print what was found as JSON.")] = False,
) -> None:
    """Train a model again from its manifest and the table, and compare the two to the byte.

    Nothing of the model is unpickled or run; of a wheel nothing is installed or imported. Its compiled form predicts
    the golden rows. Run it in a clone of the repository, at the commit that the manifest names. Ends with 0 only if
    each byte is the same.
    """
    from regression_model.cli.models import find_own
    from regression_model.cli.progress import Stages
    from regression_model.verification import VerificationInputs, verify_model

    session = get_session(context)
    inputs = VerificationInputs(model or find_own(), data, config, output)
    with Stages(session.console) as stages:
        found = verify_model(inputs, report_progress=stages)
    if as_json:
        typer.echo(json.dumps(found.to_json(), ensure_ascii=False, indent=2))
    else:
        _show(found)
    _end(found, session.console)


def _show(found: Verification) -> None:
    """Print the table to stdout: it is the result here."""
    from rich.console import Console

    from regression_model.cli.tables import plain_table

    rows = [(item.name, item.state, item.said) for item in found.items]
    Console(highlight=False).print(plain_table("Recorded and rebuilt", ("", "", ""), rows))


def _end(found: Verification, console: Console) -> None:
    """Say what it amounts to, and end so."""
    from regression_model.cli.exit_codes import ExitCode
    from regression_model.verification import Outcome

    if found.outcome is Outcome.IDENTICAL:
        say(console, f"\nThe rebuilt model is the same to the byte: SHA-256 {found.rebuilt}", style="green")
        return
    similar = found.outcome is Outcome.SIMILAR
    changed = {item.name for item in found.items if item.name.startswith("file: ") and item.state != "equal"}
    said = (_SIMILAR if changed else _SAME_FILES) if similar else _DIFFERENT
    say(console, f"\nThe rebuilt model {said} Probably because:", style="yellow" if similar else "bold red")
    for reason in found.reasons:
        say(console, f"- {reason}")
    if "file: pipeline" in changed:
        say(console, "The pickled pipeline is another, and was not opened: it may be any program.", style="yellow")
    raise typer.Exit(ExitCode.REBUILT_SIMILAR if similar else ExitCode.REBUILT_DIFFERENT)
