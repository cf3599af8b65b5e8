"""The base of every object that is read from a configuration file: immutable, and strict about keys."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, model_validator
from pydantic_core import PydanticCustomError

from regression_model.suggestions import suggest


class Frozen(BaseModel):
    """An immutable section of the configuration; an unknown key is an error with a suggestion.

    Raises
    ------
    pydantic.ValidationError
        If a key is unknown, missing, or has a value of the wrong type; ``load_config`` turns it into a
        `ConfigError` with file and line.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    @model_validator(mode="before")
    @classmethod
    def _check_keys(cls, data: Any) -> Any:  # noqa: ANN401 - pydantic hands over whatever was in the file
        if isinstance(data, dict):
            known = [field.alias or name for name, field in cls.model_fields.items()]
            for key in data:
                if key not in known:
                    raise PydanticCustomError(
                        "unknown_key",
                        "unknown key{suggestion}; known are: {known}",
                        {"key": key, "suggestion": suggest(str(key), known), "known": ", ".join(known)},
                    )
        return data
