"""Finds what a run would write, and into which file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from regression_model.config import parse_config, shipped_configs
from regression_model.errors import SearchError
from regression_model.records.leaderboard_file import find_row
from regression_model.records.run_folder import CONFIG, RunFolder
from regression_model.search.promotion.promoting import Promotion, promote_text

if TYPE_CHECKING:
    from regression_model.config import Config
    from regression_model.records.leaderboard import Row

_INSTALLED = {"site-packages", "dist-packages"}
_CHANGED = ("preprocessing", "model")


def promote_run(run: Path, file: Path, *, number: int | None = None, force: bool = False) -> tuple[Row, Promotion]:
    """Work out a configuration file with the model of a run; nothing is written.

    Parameters
    ----------
    run : Path
        Its folder.
    file : Path
        The configuration file.
    number : int, optional
        Of the trial; by default the winner.
    force : bool
        Also into a file that describes other data, features or splits than the run has seen.

    Returns
    -------
    row : Row
        Of the leaderboard.
    promotion : Promotion

    Raises
    ------
    SearchError
        If the run has no such trial, or the file is not the one that the run began with.
    ConfigError
        If the file is no valid configuration.
    """
    row = find_row(run, number)
    text = read_exactly(file)
    if not force:
        _check_same(run, parse_config(text, file=file), file)
    return row, promote_text(text, row.changes, file=file)


def find_table_options(run: Path) -> list[str]:
    """Return the options by which 'train' reads the table that the run has seen; none for the configuration's own.

    Raises
    ------
    SearchError
        If it is no run.
    """
    source = RunFolder(run).read_run()["source"]
    if source.get("data_path") is not None:
        return ["--data", source["data_path"]]
    return ["--sample"] if source.get("sample") else []


def find_config_file(run: Path) -> Path:
    """Return the configuration file that a run began with.

    Raises
    ------
    SearchError
        If it had none, or it is gone, or belongs to this package where that is installed, which is no place to write.
    """
    found = RunFolder(run).read_run()["source"]["file"]
    if found is None:
        raise SearchError("the run began with no file; name one by --config")
    file = Path(found)
    if not file.is_file():
        raise SearchError(f"{file}, with which the run began, is not there any more; name its new place by --config")
    if _INSTALLED.intersection(file.parts) and file.resolve() in {
        path.resolve() for path in shipped_configs().values()
    }:
        raise SearchError(
            f"the run began with {file.name} of the installed package, which is not changed in place: copy it, and "
            "name the copy by --config"
        )
    return file


def read_exactly(file: Path) -> str:
    """Return the text of a file with its line ends as they are.

    Raises
    ------
    SearchError
        If it can't be read.
    """
    try:
        with file.open(encoding="utf-8", newline="") as stream:
            return stream.read()
    except (OSError, UnicodeDecodeError) as error:
        raise SearchError(f"{file} can't be read: {error}") from error


def _check_same(run: Path, config: Config, file: Path) -> None:
    """Refuse a file under which the model would not reach the score that the leaderboard promised."""
    kept = run / CONFIG
    if not kept.is_file():
        raise SearchError(f"{run} has no {CONFIG}: the run began with no file, so that none can be compared with it")
    then, now = _find_rest(parse_config(read_exactly(kept), file=kept)), _find_rest(config)
    other = [key for key in now if now[key] != then[key]]
    if other:
        raise SearchError(
            f"{file} is not what the run has seen: {', '.join(other)} changed since, so that its score may not be "
            "reached. Restore the file, begin anew, or promote with --force"
        )


def _find_rest(config: Config) -> dict[str, Any]:
    """Return all that a promotion leaves alone and that has a say in the model."""
    document = config.model_dump(mode="json", exclude={*_CHANGED, "description", "version", "comparison"})
    document["target"].pop("transform")
    return document
