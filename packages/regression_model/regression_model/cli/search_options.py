"""The options of ``regression-model search``."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

_SETTING_OF = {"time_limit": "time_limit_s", "family": "families"}
"""Keys of the section ``search`` that are called otherwise here."""

_SETTINGS = (
    *("trials", "time_limit", "metric", "ensemble", "jobs", "early_stopping", "experiment", "max_latency_ms", "family"),
    *("backend", "scheduler"),
)
_OF_A_BEGINNING = ("config", "data", "sample", "validation", "output")


@dataclass(frozen=True)
class SearchOptions:
    """What was said on the command line; None, or False, where nothing was. See ``help`` of each option."""

    config: Annotated[
        str | None,
        typer.Option("--config", "-c", metavar="FILE|NAME", help="A configuration file, or the name of a shipped one."),
    ] = None
    data: Annotated[
        Path | None, typer.Option("--data", "-d", help="The table. By default the one that the configuration names.")
    ] = None
    sample: Annotated[bool, typer.Option("--sample", help="Use the embedded table, which is synthetic.")] = False
    trials: Annotated[int | None, typer.Option(min=1, help="How many configurations are tried.")] = None
    time_limit: Annotated[
        float | None, typer.Option(metavar="SECONDS", help="From the start of the program to the saved model.")
    ] = None
    metric: Annotated[str | None, typer.Option(help="What is to be best, such as mae or AUC_weighted.")] = None
    ensemble: Annotated[
        Literal["auto", "vote", "stack", "none"] | None,
        typer.Option(help="Whether several models may answer together."),
    ] = None
    jobs: Annotated[int | None, typer.Option("--jobs", "-j", min=1, help="Trials at the same time.")] = None
    early_stopping: Annotated[
        int | None, typer.Option(min=1, help="End after so many batches without improvement.")
    ] = None
    validation: Annotated[
        Path | None, typer.Option(help="Score trials on this table, instead of by cross-validation.")
    ] = None
    experiment: Annotated[str | None, typer.Option(help="Folder of runs that belong together.")] = None
    max_latency_ms: Annotated[
        float | None, typer.Option(metavar="MS", help="Only models that predict one row within so long may win.")
    ] = None
    family: Annotated[
        list[str] | None, typer.Option(help="A model family to try; may be repeated. By default all.")
    ] = None
    backend: Annotated[
        Literal["local", "loky", "dask"] | None,
        typer.Option(help="Where trials run: in processes on this machine (local or loky), or on a Dask cluster."),
    ] = None
    scheduler: Annotated[
        str | None, typer.Option(metavar="URL", help="Address of the Dask scheduler, such as tcp://10.0.0.5:8786.")
    ] = None
    resume: Annotated[
        Path | None, typer.Option(metavar="RUN", help="Go on with the run in this folder, whose options count.")
    ] = None
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", file_okay=False, help="Folder for runs; by default 'runs'."),
    ] = None

    def build_settings(self) -> dict[str, Any]:
        """Return the keys of the section ``search`` that are given."""
        found = {_SETTING_OF.get(name, name): getattr(self, name) for name in _SETTINGS if self._is_given(name)}
        if self.backend in ("local", "loky") and self.scheduler is None:
            # A cluster that the configuration, or the run, names is done without.
            found["scheduler"] = None
        elif self.scheduler is not None and self.backend is None:
            found["backend"] = "dask"
        return found

    def list_fixed(self, free: Collection[str]) -> list[str]:
        """Return the options that are given although only some settings may be, as they are written.

        Parameters
        ----------
        free : collection of str
            Keys of the section ``search`` that may be given.
        """
        settings = [name for name in _SETTINGS if _SETTING_OF.get(name, name) not in free]
        return [f"--{name.replace('_', '-')}" for name in (*settings, *_OF_A_BEGINNING) if self._is_given(name)]

    def _is_given(self, name: str) -> bool:
        value = getattr(self, name)
        return value is not None and value is not False and value != []
