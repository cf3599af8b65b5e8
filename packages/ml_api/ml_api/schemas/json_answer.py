"""Writes answers as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ml_api.json_text import dump_json


def write_json_answer(answer: Mapping[str, Any]) -> bytes:
    r"""Write an answer.

    Parameters
    ----------
    answer : mapping
        Of what JSON knows; keys are text, numbers finite.

    Returns
    -------
    bytes
        One line of ASCII.

    Examples
    --------
    >>> write_json_answer({"predictions": [208500.1, None], "errors": {"1": []}})
    b'{"predictions":[208500.1,null],"errors":{"1":[]}}\n'
    """
    return dump_json(answer) + b"\n"
