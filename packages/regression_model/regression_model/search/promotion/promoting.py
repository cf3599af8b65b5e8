"""One model into one file: edited, read again, compared with what was meant, and only then written."""

from __future__ import annotations

import difflib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from regression_model.config import parse_config
from regression_model.errors import RegressionModelError, SearchError
from regression_model.processing.datasets.atomic import replacing
from regression_model.records.applying import apply_changes
from regression_model.search.promotion.documents import describe
from regression_model.search.promotion.editing import edit_text

if TYPE_CHECKING:
    from regression_model.config import Config


@dataclass(frozen=True)
class Promotion:
    """A configuration file with another model.

    Attributes
    ----------
    old, text : str
        The file as it was, and as it is to be.
    name : str
        What the diff calls it.
    """

    old: str
    text: str
    name: str

    @property
    def diff(self) -> str:
        """What changes, as a unified diff; empty if nothing does."""
        return "".join(
            difflib.unified_diff(
                self.old.splitlines(keepends=True),
                self.text.splitlines(keepends=True),
                f"a/{self.name}",
                f"b/{self.name}",
            )
        )


def promote_text(text: str, changes: Mapping[str, Any], *, file: Path | None = None) -> Promotion:
    """Write a trial's sections into the text of a configuration.

    Comments and lines of what stays are kept: those of other sections, of steps that are the same, and of keys that
    are. The result is read again, and must say what the trial says.

    Parameters
    ----------
    text : str
    changes : mapping
        See `Candidate.changes`.
    file : Path, optional
        Where the text comes from, for messages, and for what relative paths are relative to.

    Raises
    ------
    ConfigError
        If the text, or the text with the changes, is no valid configuration.
    SearchError
        If the changes can't be written so that they are read again as they are.
    """
    config = parse_config(text, file=file)
    wanted = apply_changes(config, changes)
    old = _describe_sections(config)
    new = _keep_words(config, _read_back(config, changes), old)
    feed = "\r\n" if "\r\n" in text else "\n"
    name = file.name if file is not None else "config.yml"
    for keep in (True, False):
        try:
            written = edit_text(text.replace("\r\n", "\n"), old, new, keep=keep).replace("\n", feed)
            if _says(written, wanted, config):
                return Promotion(text, written, name)
        except (RegressionModelError, LookupError):
            continue  # then the sections are written anew as a whole; if that is not right either, the error is ours
    raise SearchError(
        f"the model can't be written into {name} so that it is read again as it is; nothing was changed. Please report "
        "this with the file and the trial's row of leaderboard.json"
    )


def write_promotion(path: Path, promotion: Promotion) -> None:
    """Replace a configuration file, at once and durably; links and permissions stay.

    Raises
    ------
    SearchError
        If the file has changed meanwhile, or can't be written.
    """
    place = path.resolve()
    try:
        with place.open(encoding="utf-8", newline="") as file:
            if file.read() != promotion.old:
                raise SearchError(f"{path} has changed while it was worked on; nothing was written. Try again")
        with replacing(place) as part:
            os.fchmod(part.fileno(), place.stat().st_mode & 0o7777)
            part.write(promotion.text.encode("utf-8"))
    except OSError as error:
        raise SearchError(f"{path} can't be written: {error.strerror or error}") from error


def _read_back(config: Config, changes: Mapping[str, Any]) -> Config:
    """Return a configuration that remembers which fields of its steps and model were said, and by whom."""
    from regression_model.config import Config as ConfigModel

    document: dict[str, Any] = {
        **config.model_dump(mode="json"),
        "preprocessing": [describe(step) for step in config.preprocessing],
        "model": describe(config.model),
    }
    document["target"] = {**describe(config.target), **changes.get("target", {})}
    document.update({key: value for key, value in changes.items() if key != "target"})
    return ConfigModel.model_validate(document, context={"file": config.file})


def _describe_sections(config: Config) -> dict[str, Any]:
    target = describe(config.target)
    if config.target.transform == "none":
        target.pop("transform", None)
    return {
        "target": target,
        "preprocessing": [describe(step) for step in config.preprocessing],
        "model": describe(config.model),
    }


def _keep_words(config: Config, changed: Config, old: Mapping[str, Any]) -> dict[str, Any]:
    """Describe what changed, but say in the words of the file what means the same: it may name defaults."""
    new = _describe_sections(changed)
    words = {
        step.model_dump_json(): said for step, said in zip(config.preprocessing, old["preprocessing"], strict=True)
    }
    said = zip(changed.preprocessing, new["preprocessing"], strict=True)
    new["preprocessing"] = [words.get(step.model_dump_json(), own) for step, own in said]
    if changed.model.model_dump_json() == config.model.model_dump_json():
        new["model"] = old["model"]
    return new


def _says(text: str, wanted: Config, before: Config) -> bool:
    """Say whether a text says what was meant, and of all other sections what it said before."""
    found = parse_config(text, file=before.file)
    return found.model_dump(mode="json") == wanted.model_dump(mode="json") and found.search == before.search
