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


def load_model(path: Path | None, accept_sklearn: str | None, console: Console) -> tuple[Artifact, Path]:
    """Load a model, and say which one it is.

    Parameters
    ----------
    path : Path or None
        As the user gave it.
    accept_sklearn : str or None
    console : Console

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

    place = path or _find_own() or published_folder()
    artifact = load_artifact(place, accept_sklearn=accept_sklearn)
    say(console, f"model {artifact.manifest.pipeline_name} {artifact.version} from {place}", style="dim")
    return artifact, place if place.is_dir() else place.parent


def _find_own() -> Path | None:
    """Find the folder in which ``train`` saves by default, if it holds a model."""
    from regression_model.artifact.manifest import SUFFIX
    from regression_model.train_pipeline.training import DEFAULT_FOLDER

    return DEFAULT_FOLDER if any(DEFAULT_FOLDER.glob(f"*{SUFFIX}")) else None
