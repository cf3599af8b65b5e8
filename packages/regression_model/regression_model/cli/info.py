"""``regression-model info``: what a saved model is, what it reads and how good it was."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated

import typer

from regression_model.cli.models import ArtifactOption, SklearnOption, TrustOption, load_model
from regression_model.cli.session import get_session

if TYPE_CHECKING:
    from pathlib import Path

    from rich.table import Table

    from regression_model.artifact import Artifact


def info(
    context: typer.Context,
    *,
    artifact: ArtifactOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the whole manifest as JSON.")] = False,
    example_row: Annotated[bool, typer.Option("--example-row", help="Print a row that can be sent, as JSON.")] = False,
    accept_sklearn: SklearnOption = None,
    trusted_keys: TrustOption = None,
) -> None:
    """Show what a model is: version, data, metrics, features. Its files are checked on the way."""
    if as_json and example_row:
        raise typer.BadParameter("--json and --example-row exclude each other")
    model, folder = load_model(artifact, accept_sklearn, get_session(context).console, trusted_keys=trusted_keys)
    if example_row:
        typer.echo(json.dumps(model.example_row(), ensure_ascii=False))
    elif as_json:
        typer.echo(json.dumps(dict(model.manifest.content), ensure_ascii=False, indent=2))
    else:
        _show(model, model.signed_by or _describe_signer(artifact, folder))


def _show(model: Artifact, signer: str) -> None:
    """Print tables to stdout: they are the result here."""
    from rich.console import Console

    from regression_model.cli.tables import describe_form, facts_table, fold_table, metrics_table
    from regression_model.evaluation import Evaluation
    from regression_model.evaluation.facts import describe_family

    content = model.manifest.content
    unit, data, rows = content["target"]["unit"], content["data"], content["rows"]
    synthetic = " (synthetic: made-up rows)" if data["synthetic"] else ""
    out_of = f"{rows['train']:,} trained on, {rows['holdout']:,} held out, {sum(rows['left_out'].values()):,} left out"
    facts = [
        ("version", model.version),
        ("digest", model.digest),
        ("task", f"{model.task} of {content['target']['column']}" + (f" in {unit}" if unit else "")),
        *([("classes", ", ".join(model.classes))] if model.classes else []),
        ("model", str(describe_family(content))),
        ("predicts by", describe_form(content)),
        ("data", f"{data['name']}, {data['n_rows']:,} rows{synthetic}, SHA-256 {data['sha256']}"),
        ("rows", out_of),
        ("commit", _commit(content["git"])),
        ("signed by", signer),
        ("libraries", ", ".join(f"{name} {version}" for name, version in content["libraries"].items())),
        ("trained on", ", ".join(content["platform"].values())),
    ]
    console = Console(highlight=False)
    title = f"{model.manifest.pipeline_name}: {content['description']}".rstrip(": ")
    console.print(facts_table(title, facts), "")
    evaluation = Evaluation.from_json(content["metrics"]["holdout"])
    console.print(metrics_table(evaluation, unit=unit, title=f"On {evaluation.n_rows:,} held-out rows"), "")
    if content["metrics"]["cross_validation"] is not None:
        console.print(fold_table(model.task, content["metrics"]["cross_validation"], unit=unit), "")
    console.print(_features(model))


def _describe_signer(artifact: Path | None, folder: Path) -> str:
    from regression_model.artifact.signing import describe_signer

    return describe_signer(artifact or folder)


def _features(model: Artifact) -> Table:
    from regression_model.cli.tables import plain_table
    from regression_model.evaluation.facts import describe_range

    rows = [
        (
            feature["name"],
            feature["dtype"],
            "may be missing" if feature["nullable"] else "required",
            describe_range(feature),
            feature["description"],
        )
        for feature in model.schema.to_json()["features"]
    ]
    header = ("feature", "type", "", "seen in training", "description")
    return plain_table(f"Reads {len(rows)} features", header, rows)


def _commit(git: dict[str, object] | None) -> str:
    if git is None:
        return "unknown"
    return f"{git['commit']}{', with uncommitted changes' if git['dirty'] else ''}"
