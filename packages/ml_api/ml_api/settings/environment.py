"""The one function that reads the environment."""

from __future__ import annotations

import os
from collections.abc import Mapping
from difflib import get_close_matches

from ml_api.errors import SettingsError
from ml_api.settings.classes import DEFAULT_ENVIRONMENT, ENVIRONMENTS, Settings, declared_settings
from ml_api.settings.kinds import Choice, Kind

PREFIX = "ML_API_"
ENVIRONMENT_VARIABLE = "ML_API_ENV"
PLATFORM_PORT_VARIABLE = "PORT"
ENVIRONMENT_KIND = Choice(tuple(ENVIRONMENTS))


def read_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Read all settings, checked and frozen.

    Parameters
    ----------
    environ : mapping of str to str, optional
        By default the process's environment.

    Returns
    -------
    Settings
        Of the class that ``ML_API_ENV`` names: ``production`` (the default), ``development`` or ``testing``.

    Raises
    ------
    SettingsError
        If a variable that begins with ``ML_API_`` is unknown, or a value is not allowed. One error names them
        all.

    Examples
    --------
    >>> read_settings({"ML_API_ENV": "development", "PORT": "5000"}).port
    5000
    >>> read_settings({"ML_API_MAX_ROW": "5"})
    Traceback (most recent call last):
    ...
    ml_api.errors.SettingsError: The environment can't be used:
    - ML_API_MAX_ROW is no setting; did you mean ML_API_MAX_ROWS?
    """
    environ = os.environ if environ is None else environ  # noqa: TID251 - this is the one function
    declarations = {declaration.variable: declaration for declaration in declared_settings()}
    problems = [
        _describe_unknown(variable, [ENVIRONMENT_VARIABLE, *declarations])
        for variable in sorted(environ)
        if variable.startswith(PREFIX) and variable not in (ENVIRONMENT_VARIABLE, *declarations)
    ]
    environment = _read(environ, ENVIRONMENT_VARIABLE, ENVIRONMENT_KIND, problems) or DEFAULT_ENVIRONMENT
    values: dict[str, object] = {}
    for variable, declaration in declarations.items():
        source = variable
        if declaration.name == "port" and variable not in environ:
            source = PLATFORM_PORT_VARIABLE
        value = _read(environ, source, declaration.kind, problems, secret=declaration.secret)
        if value is not None:
            values[declaration.name] = value
    if problems:
        raise SettingsError("The environment can't be used:\n" + "\n".join(f"- {line}" for line in problems))
    # The kinds have checked the values; a dictionary can't tell the type checker so.
    return ENVIRONMENTS[str(environment)](**values)  # type: ignore[arg-type]


def _read(
    environ: Mapping[str, str], variable: str, kind: Kind, problems: list[str], *, secret: bool = False
) -> object | None:
    """Read one variable, None if it is unset; note it among the problems if it can't be read."""
    text = environ.get(variable)
    if text is None:
        return None
    if not text.strip():
        problems.append(f"{variable} is empty: set it to {kind.allowed}, or unset it")
        return None
    try:
        return kind.parse(text.strip())
    except ValueError:
        problems.append(f"{variable} must be {kind.allowed}" + ("" if secret else f", but is {text!r}"))
        return None


def _describe_unknown(variable: str, known: list[str]) -> str:
    """Say that a variable is no setting, and which one was probably meant."""
    # Without the prefix, which makes everything look alike.
    near = get_close_matches(variable.removeprefix(PREFIX), [name.removeprefix(PREFIX) for name in known], n=1)
    remedy = f"did you mean {PREFIX}{near[0]}?" if near else f"the settings are {', '.join(known)}"
    return f"{variable} is no setting; {remedy}"
