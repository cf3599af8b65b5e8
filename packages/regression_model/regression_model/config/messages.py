"""Says what pydantic found wrong in the words of the configuration file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from regression_model.suggestions import suggest

if TYPE_CHECKING:
    from pydantic import ValidationError

_LONGEST_SHOWN = 80  # characters of a value that a message repeats

# A file has no tuples, dictionaries or instances.
_EXPECTED = {
    "tuple_type": "expected a list, such as [a, b]",
    "dict_type": "expected keys with values, such as 'key: value'",
    "model_type": "expected keys with values, such as 'key: value'",
    "model_attributes_type": "expected keys with values, such as 'key: value'",
    "string_type": "expected text",
}
_ABOUT_KEYS = ("missing", "unknown_key", "union_tag_invalid", "union_tag_not_found")


def describe_first(error: ValidationError, data: Any) -> tuple[str, list[str]]:  # noqa: ANN401 - parsed YAML
    """Describe the first thing that is wrong, and count the others.

    Parameters
    ----------
    error : ValidationError
    data : dict
        What was validated: the parsed file.

    Returns
    -------
    message : str
    path : list of str
        Keys, and positions in lists, as they are in the file. The last one may be missing there.
    """
    found = [(_find_path(each, data), each) for each in error.errors()]
    path, first = found[0]
    # Where a value may be one of several things, each of them has its own complaint.
    alternatives = [each for other, each in found if other == path and each["type"] not in _ABOUT_KEYS]
    n_more = len(found) - max(1, len(alternatives))
    more = f" (and {n_more} more)" if n_more else ""
    if first not in alternatives:
        return _describe_key(first) + more, path
    said = dict.fromkeys(map(_expectation, alternatives))
    return ", or: ".join(said) + _shown(first.get("input"), first["type"]) + more, path


def _describe_key(error: Any) -> str:  # noqa: ANN401 - pydantic's ErrorDetails, with free-form context
    kind, context = error["type"], error.get("ctx", {})
    if kind == "union_tag_invalid":
        known = [name.strip().strip("'") for name in context["expected_tags"].split(",")]
        return f"unknown {context['tag']!r}{suggest(context['tag'], known)}; known are: {', '.join(known)}"
    if kind == "union_tag_not_found":
        return f"the key {context['discriminator']} is missing"
    return "this key is missing" if kind == "missing" else str(error["msg"])


def _expectation(error: Any) -> str:  # noqa: ANN401 - pydantic's ErrorDetails
    return _EXPECTED.get(error["type"]) or str(error["msg"]).removeprefix("Value error, ")


def _shown(value: object, kind: str) -> str:
    if value == "":
        return ", found nothing"
    if isinstance(value, str | int | float):
        text = repr(value)
        return f", found {text if len(text) <= _LONGEST_SHOWN else text[:_LONGEST_SHOWN] + '...'}"
    if kind not in _EXPECTED:
        return ""
    return ", found keys" if isinstance(value, Mapping) else ", found a list" if isinstance(value, Sequence) else ""


def _find_path(error: Any, data: Any) -> list[str]:  # noqa: ANN401 - pydantic's ErrorDetails, parsed YAML
    """Return where an error is, without the members of unions, which pydantic names too."""
    node, path = data, list[str]()
    for part in error["loc"]:
        inside = part in node if isinstance(node, Mapping) else isinstance(node, list) and isinstance(part, int)
        if inside:
            node = node[part]
            path.append(str(part))
    if error["type"] == "missing":
        path.append(str(error["loc"][-1]))
    if error["type"] == "unknown_key":
        path.append(str(error["ctx"]["key"]))
    if error["type"] == "union_tag_invalid":
        path.append(str(error["ctx"]["discriminator"]).strip("'"))
    return path
