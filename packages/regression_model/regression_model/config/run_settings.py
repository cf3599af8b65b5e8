"""What the sections ``search`` and ``sweep`` both say: limits that may be none, and a folder of runs."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, StringConstraints


def _as_limit(value: object) -> object:
    """Let an empty value, or ``none``, stand for no limit."""
    return None if value in ("", "none") else value


Limit = BeforeValidator(_as_limit)
"""Before the type of a limit that may be none."""

Experiment = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$")]
"""Name of a folder of runs that belong together."""
