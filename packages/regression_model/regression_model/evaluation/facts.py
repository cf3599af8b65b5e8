"""What a manifest says about a model, put into words: shared by the report and the model card.

The report can also be drawn without a manifest, from an empty one: then there is nothing to say.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from regression_model.evaluation.number_format import format_compact, format_count

Facts = list[tuple[str, str]]
MAX_LISTED_CATEGORIES = 6


def find_section(manifest: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    """Return the mapping under a key, empty if there is none."""
    section = manifest.get(key)
    return section if isinstance(section, Mapping) else {}


def describe_model(manifest: Mapping[str, Any]) -> Facts:
    """Name the model, its task and target, and what it was made with and on."""
    target, git = find_section(manifest, "target"), find_section(manifest, "git")
    libraries, platform = find_section(manifest, "libraries"), find_section(manifest, "platform")
    commit = git.get("commit")
    if commit and git.get("dirty"):
        commit = f"{commit}, with uncommitted changes"
    return _present(
        ("Pipeline", manifest.get("pipeline_name")),
        ("Version", manifest.get("model_version")),
        ("Task", manifest.get("task")),
        ("Target", target.get("column")),
        ("Target transform", None if target.get("transform") == "none" else target.get("transform")),
        ("Positive class", _positive_class(manifest)),
        ("Model family", describe_family(manifest)),
        ("Git commit", commit),
        ("Python", platform.get("python")),
        ("System", " ".join(str(platform[key]) for key in ("system", "machine") if platform.get(key))),
        ("Libraries", ", ".join(f"{name} {version}" for name, version in sorted(libraries.items()))),
        (
            "Seeds",
            ", ".join(f"{name} {seed}" for name, seed in sorted(find_section(manifest, "seeds").items())),
        ),
    )


def describe_family(manifest: Mapping[str, Any]) -> str | None:
    """Name the family of the model, and of an ensemble the members with theirs and their weights."""
    family = find_section(manifest, "model").get("family")
    members = [
        f"{member['name']} ({member['family']}{_describe_weight(member)})"
        for member in find_section(manifest, "ensemble").get("members", [])
    ]
    return f"{family} of {', '.join(members)}" if members else family


def _describe_weight(member: Mapping[str, Any]) -> str:
    return f", {member['weight']:.0%}" if "weight" in member else ""


def _positive_class(manifest: Mapping[str, Any]) -> str | None:
    holdout = find_section(find_section(manifest, "metrics"), "holdout")
    classes = holdout.get("classes") or []
    return str(classes[1]) if len(classes) == 2 else None


def describe_steps(manifest: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Name the preprocessing steps in order, each with its settings as ``name: value; name: value``."""
    return [_describe_step(step) for step in find_section(manifest, "config").get("preprocessing", [])]


MEMBER_HEADER = ["Member", "Family", "Weight", "Own steps", "Parameters"]


def describe_members(manifest: Mapping[str, Any]) -> list[list[str]]:
    """Return a line for each member of an ensemble, under `MEMBER_HEADER`; of a stack one for the final model, too."""
    ensemble = find_section(manifest, "ensemble")
    lines = [
        [
            str(member["name"]),
            str(member["family"]),
            format_compact(member["weight"]) if "weight" in member else "",
            ", ".join(_describe_step(step)[0] for step in member["preprocessing"]),
            _list_settings(member["parameters"]),
        ]
        for member in ensemble.get("members", [])
    ]
    final = find_section(ensemble, "final")
    if final:
        lines.append(["final model", str(final["family"]), "", "", _list_settings(final["parameters"])])
    return lines


def _list_settings(settings: Mapping[str, Any]) -> str:
    return "; ".join(f"{key}: {format_setting(value)}" for key, value in settings.items() if value is not None)


def _describe_step(step: Mapping[str, Any]) -> tuple[str, str]:
    settings = {key: value for key, value in step.items() if key != "step" and value not in (None, "", [])}
    return str(step["step"]), "; ".join(f"{key}: {format_setting(value)}" for key, value in settings.items())


def format_setting(value: object) -> str:
    """Write a setting's value in one line: text as it is, a list with commas, anything else as JSON."""
    if isinstance(value, str):
        return value
    if isinstance(value, list | tuple) and all(isinstance(item, str) for item in value):
        return ", ".join(value)
    return json.dumps(value, ensure_ascii=False, default=str)


def describe_data(manifest: Mapping[str, Any]) -> Facts:
    """Say where the data come from, and which they are to the byte."""
    data = find_section(manifest, "data")
    size = [f"{format_count(data[key])} {noun}" for key, noun in _SIZES if isinstance(data.get(key), int)]
    return _present(
        ("Name", data.get("name")),
        ("Size", ", ".join(size)),
        ("SHA-256", data.get("sha256")),
    )


_SIZES = (("n_rows", "rows"), ("n_columns", "columns"))


def describe_rows(manifest: Mapping[str, Any]) -> list[tuple[str, int]]:
    """Say what became of the rows: read, left out by reason, trained on, held out."""
    rows = find_section(manifest, "rows")
    left_out = find_section(rows, "left_out")
    counts = [
        ("Read", rows.get("total")),
        *((f"Left out: {reason}", count) for reason, count in left_out.items()),
        ("Trained on", rows.get("train")),
        ("Held out", rows.get("holdout")),
    ]
    return [(label, count) for label, count in counts if isinstance(count, int)]


def is_synthetic(manifest: Mapping[str, Any]) -> bool:
    """Tell whether the model was trained on made-up data."""
    return bool(find_section(manifest, "data").get("synthetic"))


def describe_range(feature: Mapping[str, Any]) -> str:
    """Say which values of a feature of the schema were seen in training, the most frequent categories first."""
    categories = feature.get("categories")
    if categories:
        names = sorted(categories, key=lambda name: (-categories[name], name))
        listed = ", ".join(names[:MAX_LISTED_CATEGORIES])
        return f"{listed}, … ({len(names)} in all)" if len(names) > MAX_LISTED_CATEGORIES else listed
    ends = [_bound(feature.get(key)) for key in ("minimum", "maximum")]
    return " to ".join(end for end in ends if end)


def _bound(value: object) -> str:
    if value is None:
        return ""
    return format_compact(float(value)) if isinstance(value, int | float) else str(value)


def _present(*facts: tuple[str, Any]) -> Facts:
    return [(label, str(value)) for label, value in facts if value not in (None, "")]
