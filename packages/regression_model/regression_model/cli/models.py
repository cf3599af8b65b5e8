"""Finds and loads the model that a command works with."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from rich.console import Console

    from regression_model.artifact import Artifact

ArtifactOption = Annotated[
    Path | None,
    typer.Option(
        "--artifact",
        "-a",
        metavar="PATH",
        help="Manifest of a model, or the folder that holds it. By default that in ./trained_models, or else the "
        "published one.",
    ),
]
SklearnOption = Annotated[
    str | None,
    typer.Option(
        "--accept-sklearn", metavar="VERSION", help="Load a model of this other scikit-learn version, such as 1.8."
    ),
]


TrustOption = Annotated[
    Path | None,
    typer.Option("--trusted-keys", metavar="FILE", help="Load a model only if one of these public keys has signed it."),
]


def load_model(
    path: Path | None, accept_sklearn: str | None, console: Console, *, trusted_keys: Path | None = None
) -> tuple[Artifact, Path]:
    """Load a model, and say which one it is.

    Parameters
    ----------
    path : Path or None
        As the user gave it.
    accept_sklearn : str or None
    console : Console
    trusted_keys : Path or None
        See `regression_model.artifact.load_artifact`.

    Returns
    -------
    artifact : Artifact
    folder : Path
        Where it lies.

    Raises
    ------
    ArtifactError
    """
    from regression_model.artifact import load_artifact
    from regression_model.artifact.loading import published_folder
    from regression_model.cli.session import say

    place = path or find_own() or published_folder()
    artifact = load_artifact(place, accept_sklearn=accept_sklearn, trusted_keys=trusted_keys)
    say(console, f"model {artifact.manifest.pipeline_name} {artifact.version} from {place}", style="dim")
    return artifact, place if place.is_dir() else place.parent


def find_own() -> Path | None:
    """Find the folder in which ``train`` saves by default, if it holds a model."""
    from regression_model.artifact.manifest import SUFFIX
    from regression_model.train_pipeline.job import DEFAULT_FOLDER

    return DEFAULT_FOLDER if any(DEFAULT_FOLDER.glob(f"*{SUFFIX}")) else None
