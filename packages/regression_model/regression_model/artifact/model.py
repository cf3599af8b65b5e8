"""A model that was loaded, in one of its two forms or in both."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from sklearn.pipeline import Pipeline

    from regression_model.artifact.manifest import Manifest
    from regression_model.compiled import CompiledPipeline
    from regression_model.schema import Schema


class Predictor(Protocol):
    """Predicts rows of one model, somewhere else."""

    def predict(self, rows: Any, *, explain: bool) -> dict[str, Any]:  # noqa: ANN401 - one row or several
        """Answer as `regression_model.predict.make_prediction`, without the version."""


class Artifact:
    """A model that was loaded and checked.

    Parameters
    ----------
    pipeline : Pipeline or callable
        The fitted pipeline, or what opens it when it is first asked for.
    manifest : Manifest
    compiled : CompiledPipeline, optional
        The form that predicts without scikit-learn and pandas. Where there is one, predictions come from it, and the
        pipeline stays closed.
    signed_by : str, optional
        Id of the key that it is signed with, if that was checked.

    Attributes
    ----------
    manifest : Manifest
    compiled : CompiledPipeline or None
    signed_by : str or None
    predictor : Predictor or None
        What predicts in the place of the pipeline, if there is no compiled form; None, as at first, for the pipeline
        itself.
    """

    def __init__(
        self,
        pipeline: Pipeline | Callable[[], Pipeline],
        manifest: Manifest,
        compiled: CompiledPipeline | None = None,
        signed_by: str | None = None,
    ) -> None:
        self._given = pipeline
        self.manifest = manifest
        self.compiled = compiled
        self.signed_by = signed_by
        self.predictor: Predictor | None = None

    def __repr__(self) -> str:
        form = "compiled" if self.compiled is not None else "scikit-learn"
        return f"<Artifact {self.manifest.file_name} ({form})>"

    @cached_property
    def pipeline(self) -> Pipeline:
        """The fitted scikit-learn pipeline.

        Raises
        ------
        ArtifactError
            If it has to be opened first, and is not what was saved.
        """
        return self._given() if callable(self._given) else self._given

    @cached_property
    def schema(self) -> Schema:
        """What the model reads."""
        return self.manifest.schema

    @cached_property
    def version(self) -> str:
        """Version of the model."""
        return self.manifest.model_version

    @property
    def task(self) -> str:
        """``regression`` or ``classification``."""
        return self.manifest.task

    @property
    def digest(self) -> str:
        """SHA-256 of the manifest, which covers everything else."""
        return self.manifest.digest

    @property
    def classes(self) -> list[str] | None:
        """Class labels in the order of the probabilities; None for regression."""
        return self.manifest.content["classes"]  # type: ignore[no-any-return]

    def example_row(self) -> dict[str, Any]:
        """Return a row that can be sent as it is."""
        row = self.manifest.content["golden_rows"]["rows"][0]
        return {name: row[name] for name in self.schema.names}
