"""Checks before the API starts that it would not be open to more than its operator wants."""

from __future__ import annotations

from ml_api.errors import SettingsError
from ml_api.services.key_store import KeyStore
from ml_api.services.rates import is_loopback
from ml_api.settings import ProductionSettings, Settings


def build_key_store(settings: Settings, *, is_required: bool = True) -> KeyStore | None:
    """Check who may use the API, and read the keys.

    Parameters
    ----------
    settings : Settings
    is_required : bool
        Whether a keys file that can't be used is a problem; if not, it lets nobody in until it can be.

    Returns
    -------
    KeyStore or None
        None if the API asks for no keys: on loopback outside of production, or because ``ML_API_WITHOUT_KEYS`` says
        so.

    Raises
    ------
    SettingsError
        If the settings would open the API to more than they say, or lack what it needs. One error names all
        problems.
    """
    problems = [problem for problem in (_find_key_problem(settings), _find_secret_problem(settings)) if problem]
    store = None
    if settings.keys_file is not None:
        try:
            store = KeyStore(settings.keys_file, is_required=is_required)
        except SettingsError as error:
            problems.append(f"ML_API_KEYS_FILE: {error.message}")
    if problems:
        raise SettingsError("The API does not start:\n" + "\n".join(f"- {line}" for line in problems))
    return store


def is_for_loopback_only(settings: Settings) -> bool:
    """Say whether requests from other machines are refused: without keys, and nobody said so by name."""
    return not isinstance(settings, ProductionSettings) and settings.keys_file is None and not settings.without_keys


def _find_key_problem(settings: Settings) -> str | None:
    if settings.keys_file is not None:
        if settings.without_keys:
            return "ML_API_KEYS_FILE and ML_API_WITHOUT_KEYS contradict each other: unset one of them."
    elif not settings.without_keys:
        if isinstance(settings, ProductionSettings):
            return (
                "ML_API_KEYS_FILE is not set: make a key with `ml-api keys create NAME --file FILE` and set it to that "
                "file, or let everybody in with ML_API_WITHOUT_KEYS=1."
            )
        if not is_loopback(settings.host):
            return (
                f"{settings.environment.capitalize()} without keys is for loopback only, but ML_API_HOST is "
                f"{settings.host!r}: listen on 127.0.0.1, or set ML_API_KEYS_FILE."
            )
    return None


def _find_secret_problem(settings: Settings) -> str | None:
    if settings.secret_key is not None:
        return None
    remedy = "set it to 32 or more random characters, such as those of `openssl rand -hex 32`."
    if isinstance(settings, ProductionSettings):
        return f"ML_API_SECRET_KEY, which signs the cookies of sessions, is not set: {remedy}"
    if settings.keys_file is not None and settings.workers > 1:
        return f"ML_API_SECRET_KEY is not set, and workers that each make up their own share no sessions: {remedy}"
    return None
