"""What a training is asked to do, and what it leaves behind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from regression_model.artifact import Manifest
    from regression_model.config import Config
    from regression_model.evaluation import Evaluation

Progress = Callable[[str], None]
"""Called with a short text before each stage."""

DEFAULT_FOLDER = Path("trained_models")
"""Where models are saved, relative to the working folder, if nothing else is said."""


@dataclass(frozen=True)
class TrainingJob:
    """One training, as it is asked for; see `run_training`.

    Attributes
    ----------
    config : Config
    data_path : Path or None
    sample : bool
    output : Path or None
    member_threads : int
        Members of an ensemble that are fitted at the same time, at least 1; it changes no byte of the model.
    """

    config: Config
    data_path: Path | None = None
    sample: bool = False
    output: Path | None = None
    member_threads: int = 1

    def to_json(self) -> dict[str, Any]:
        """Write it for another process in the same working folder."""
        file = self.config.file
        return {
            "config": self.config.model_dump(mode="json"),
            "file": None if file is None else str(file),
            "data_path": None if self.data_path is None else str(self.data_path),
            "sample": self.sample,
            "output": None if self.output is None else str(self.output),
            "member_threads": self.member_threads,
        }

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> TrainingJob:
        """Rebuild what `to_json` wrote."""
        from regression_model.config import Config

        file, data_path, output = (
            None if document[key] is None else Path(document[key]) for key in ("file", "data_path", "output")
        )
        config = Config.model_validate(document["config"], context={"file": file})
        return cls(config, data_path, document["sample"], output, document["member_threads"])


@dataclass(frozen=True)
class TrainingResult:
    """What a training leaves behind.

    Attributes
    ----------
    path : Path
        The manifest; it names the other files.
    manifest : Manifest
    evaluation : Evaluation
        On the holdout.
    """

    path: Path
    manifest: Manifest
    evaluation: Evaluation
