"""Reads a configuration file: strictyaml for the syntax, pydantic for the meaning, lines for the messages."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from regression_model.config.messages import describe_first
from regression_model.config.places import find_place
from regression_model.errors import ConfigError

if TYPE_CHECKING:
    from regression_model.config.model import Config

PUBLISHED = "config.yml"
_MAX_BYTES = 1_000_000


def shipped_configs() -> dict[str, Path]:
    """Return the configurations that come with the package, by name.

    Returns
    -------
    dict of str to Path
        ``house_prices`` is the published model's; the others lie in the folder ``configs``.
    """
    root = Path(str(files("regression_model")))
    others = {path.stem: path for path in sorted((root / "configs").glob("*.yml"))}
    return {"house_prices": root / PUBLISHED, **others}


def load_config(path: str | Path | None = None) -> Config:
    """Read, check and freeze a configuration.

    Parameters
    ----------
    path : str or Path, optional
        A YAML file, or the name of a shipped configuration (see `shipped_configs`). By default the published
        model's.

    Returns
    -------
    Config

    Raises
    ------
    ConfigError
        If the file is missing, is no YAML of the strict kind, or means nothing: with file, line and key.

    Examples
    --------
    >>> load_config("house_prices").target.column
    'SalePrice'
    >>> load_config("hous_prices")
    Traceback (most recent call last):
    ...
    regression_model.errors.ConfigError: hous_prices: there is no such file, and no shipped configuration of \
that name (did you mean 'house_prices'?)
    """
    file = _find_file(path)
    text = _read_text(file)
    return parse_config(text, file=file)


def parse_config(text: str, *, file: Path | None = None) -> Config:
    """Check a configuration that is already in memory; see `load_config`.

    Parameters
    ----------
    text : str
        The YAML.
    file : Path, optional
        What to call it in messages, and what relative paths are relative to.
    """
    from regression_model.config.model import Config

    try:
        data = _parse_yaml(text, file)
        try:
            return Config.model_validate(data, context={"file": file})
        except ConfigError as error:
            keys = error.key.split(".") if error.key else []
            raise _located(error.message, _split_known(keys, data), text, file) from None
        except ValidationError as error:
            raise _located(*describe_first(error, data), text, file) from None
    except RecursionError:
        raise ConfigError("nested too deeply; this is no configuration", file=_name(file)) from None


def _find_file(path: str | Path | None) -> Path:
    shipped = shipped_configs()
    if path is None:
        return shipped["house_prices"]
    try:
        if Path(path).is_file():
            return Path(path)
        if str(path) in shipped:
            return shipped[str(path)]
        if Path(path).is_dir():
            raise ConfigError("this is a folder; name a configuration file in it", file=str(path))
    except OSError as error:
        raise ConfigError(f"can't be read: {error.strerror}", file=str(path)) from None
    from regression_model.suggestions import suggest

    raise ConfigError(
        f"there is no such file, and no shipped configuration of that name{suggest(str(path), list(shipped))}",
        file=str(path),
    )


def _read_text(file: Path) -> str:
    try:
        if file.stat().st_size > _MAX_BYTES:
            raise ConfigError(f"larger than {_MAX_BYTES:,} bytes; this is no configuration", file=str(file))
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise ConfigError(f"not UTF-8 text (byte {error.start})", file=str(file)) from None
    except OSError as error:
        raise ConfigError(f"can't be read: {error.strerror}", file=str(file)) from None


def _parse_yaml(text: str, file: Path | None) -> dict[str, Any]:
    from strictyaml import Any as AnyYaml
    from strictyaml import YAMLError, dirty_load

    name = _name(file)
    if not text.strip():
        raise ConfigError("the file is empty", file=name)
    try:
        # Flow style ("[a, b]") is allowed because lists of columns read better on one line.
        document = dirty_load(text, AnyYaml(), label=name or "configuration", allow_flow_style=True)
    except (YAMLError, AttributeError) as error:
        # strictyaml stumbles over the complaint about a forbidden character, which has no mark as the others have.
        said, line = _read_complaint(error if isinstance(error, YAMLError) else error.__context__, text)
        raise ConfigError(f"not valid YAML: {said}", file=name, line=line) from None
    if not document.is_mapping():
        raise ConfigError("expected sections ('data:', 'target:', ...), found something else", file=name)
    data: dict[str, Any] = document.data
    return data


def _read_complaint(error: Any, text: str) -> tuple[str, int | None]:  # noqa: ANN401 - some have marks, some don't
    """Return what the parser says, and the line from 1."""
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    if mark is not None:
        return " ".join(str(part) for part in (error.context, error.problem) if part) or str(error), mark.line + 1
    position = getattr(error, "position", None)  # a character that YAML does not allow anywhere
    if position is not None:
        return f"the character U+{ord(text[position]):04X} is not allowed", text.count("\n", 0, position) + 1
    return str(error), None


def _split_known(keys: Sequence[str], data: object) -> list[str]:
    """Put back together the column names that contain a dot (``features.number.emp.var.rate``)."""
    node: Any = data
    path: list[str] = []
    rest = list(keys)
    while rest:
        for length in range(1, len(rest) + 1):
            name = ".".join(rest[:length])
            if isinstance(node, list) and name.isdigit() and int(name) < len(node):
                node = node[int(name)]
                break
            if isinstance(node, dict) and name in node:
                node = node[name]
                break
        else:
            length = len(rest)
            name = ".".join(rest)
        path.append(name)
        rest = rest[length:]
    return path


def _located(message: str, path: Sequence[str], text: str, file: Path | None) -> ConfigError:
    line, keys = find_place(text, path)
    return ConfigError(message, file=_name(file), line=line, key=".".join(keys) or None)


def _name(file: Path | None) -> str | None:
    return str(file) if file else None
