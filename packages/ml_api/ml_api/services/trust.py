"""Checks before the API starts that its model is signed by somebody whom its operator trusts, where it has to be."""

from __future__ import annotations

from pathlib import Path

from ml_api.errors import SettingsError
from ml_api.services.model import UNSIGNED
from ml_api.settings import Settings


def check_trust(settings: Settings) -> None:
    """Check the signature of the model, if ``ML_API_TRUSTED_KEYS_FILE`` asks for one, or it has no compiled form.

    Nothing of the model is opened. A model that is gone or damaged is no matter of trust: it stops no start, and is
    refused when it is loaded, as is one that was exchanged meanwhile.

    Raises
    ------
    SettingsError
        If the keys can't be used, none of them has signed the model, or there are none and it would be unpickled.
    """
    if settings.trusted_keys_file is None:
        _check_compiled(settings.artifact)
        return
    # Not at the top: only those need them who have set it.
    from regression_model import (
        ArtifactSignatureError,
        MissingExtraError,
        RegressionModelError,
        SigningKeyError,
        verify_signature,
    )

    try:
        verify_signature(settings.artifact, settings.trusted_keys_file)
    except MissingExtraError:
        problem = "signatures are checked by an optional dependency: pip install 'ml-api[signing]'"
    except (ArtifactSignatureError, SigningKeyError) as error:
        problem = str(error)
    except (RegressionModelError, OSError):
        return
    else:
        return
    raise SettingsError(f"The API does not start:\n- ML_API_TRUSTED_KEYS_FILE: {problem}")


def _check_compiled(path: Path | None) -> None:
    """Refuse a model that would have to be unpickled although nobody is known to have signed it."""
    from regression_model import RegressionModelError, needs_unpickling

    try:
        is_refused = needs_unpickling(path)
    except (RegressionModelError, OSError):
        return
    if is_refused:
        raise SettingsError(f"The API does not start:\n- ML_API_ARTIFACT: {UNSIGNED}")
