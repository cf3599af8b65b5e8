"""Writes preprocessing steps as the configuration file says them, from the roles of the columns and a few choices.

The order is fixed: columns that are left out go first, then dates become parts and years ages, missing values are
filled, places get their columns, rare categories are grouped, tails are drawn in, categories become numbers, ratios are
added, and all is scaled. Numbers are filled also where none is missing in training: one may be missing in a request.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any, get_args

from regression_model.search.featurization.roles import RARE_ROWS, Roles
from regression_model.search_space import Value
from regression_model.steps.base import Kind

Document = dict[str, Any]
"""A step as the file says it."""

_DATE_PARTS = ("year", "month", "day_of_week", "day_of_year", "quarter", "day_of_month")
_N_DATE_PARTS = 4
_MISSING = "Missing"
_MAX_RELATED = 30
_MAX_NAMED = 5
_NEIGHBOURS = (5, 20)
_ANGLES = (15.0, 30.0, 45.0, 60.0, 75.0)
_N_CLUSTERS = 10
_N_DEVIATIONS = 3
_ENCODERS = {
    "ordered": "ordered_encoding",
    "target": "target_encoding",
    "frequency": "frequency_encoding",
    "native": "native_category",
}


def write_steps(roles: Roles, choices: Mapping[str, Value], *, scale_sensitive: bool) -> list[Document]:
    """Write the steps.

    Parameters
    ----------
    roles : Roles
    choices : mapping
        ``encoding``, ``geography``, ``ratios``, ``tails`` and ``series``, as `Preparation.space` offers them; what is
        not named is not done, and categories become numbers by ``ordered``.
    scale_sensitive : bool
        Whether the family needs scaled columns.

    Returns
    -------
    list of dict
        JSON that `Config` validates as ``preprocessing``.
    """
    steps = [
        *_write_first(roles),
        *_write_imputers(roles),
        *_write_places(roles, str(choices.get("geography", "off"))),
        *_write_rare(roles),
    ]
    if scale_sensitive:
        steps += [*_write_tails(roles, str(choices.get("tails", "kept"))), *_write_scalers(roles)]
    encodings = group_by_encoding(roles, str(choices.get("encoding", "ordered")))
    steps += _write_encoders(roles, encodings)
    ratios = int(choices.get("ratios") or 0) if len(roles.paired) > 1 else 0
    if ratios:
        steps.append({"step": "combine_pairs", "columns": list(roles.paired), "n": ratios})
        steps.append({"step": "impute_number", "columns": ["all"]})
    learned = ratios > 0
    if roles.series:
        steps.append(_write_series(roles, str(choices.get("series", "minirocket")), learned=learned))
        learned = True
    if "one_hot" in encodings:
        # The only categories that are left by now are these.
        names = ["all"] if learned else _name(roles, encodings["one_hot"], "category")
        steps.append({"step": "one_hot", "columns": names})
    if scale_sensitive and not any(choice.scale for choice in roles.overrides.values()):
        steps.append({"step": "scale"})
    return steps


def _write_first(roles: Roles) -> Iterator[Document]:
    """Write what takes columns away or turns them into numbers."""
    if roles.left_out:
        yield {"step": "drop", "columns": sorted(roles.left_out)}
    if roles.dates:
        yield {"step": "date_parts", "columns": list(roles.dates), "features_to_extract": list(_free_parts(roles))}
    if roles.year_reference is not None:
        yield {"step": "elapsed_time", "columns": list(roles.years), "reference": roles.year_reference}


def _free_parts(roles: Roles) -> tuple[str, ...]:
    """Return the parts of dates whose columns don't clash with one that is there."""
    wanted = ("hour", *_DATE_PARTS) if roles.clocked else _DATE_PARTS
    free = [part for part in wanted if roles.is_free(f"{name}_{part}" for name in roles.dates)]
    return tuple(free[: _N_DATE_PARTS + roles.clocked])


def _write_imputers(roles: Roles) -> Iterator[Document]:
    said = {name: choice.impute for name, choice in roles.overrides.items() if choice.impute is not None}
    frequent = [name for name in roles.categories if said.get(name) == "frequent"]
    others = [name for name in roles.categories if name not in frequent]
    indicated = [name for name in (*roles.numbers, *roles.categories) if _is_indicated(roles, name, said.get(name))]
    if indicated:
        yield {"step": "missing_indicator", "columns": indicated}
    if others:
        yield {"step": "impute_category", "columns": _name(roles, others, "category"), "value": _MISSING}
    if frequent or roles.booleans:
        yield {"step": "impute_frequent", "columns": [*frequent, *roles.booleans]}
    yield from _write_number_imputers(roles, said)


def _name(roles: Roles, names: list[str], kind: Kind) -> list[str]:
    """Say the kind in place of all columns of it, where no column is called like a kind."""
    every = roles.categories if kind == "category" else roles.numbers
    return _select(roles, kind) if len(names) > 1 and set(names) == set(every) else names


def _select(roles: Roles, kind: Kind) -> list[str]:
    selectors = (*get_args(Kind), "all")
    if roles.is_free(selectors):
        return [kind]
    return list(roles.categories if kind == "category" else roles.numbers)


def _is_indicated(roles: Roles, name: str, said: str | None) -> bool:
    wanted = said == "indicator" or (said is None and name in roles.indicated)
    return wanted and roles.is_free([f"{name}_na"])


def _write_number_imputers(roles: Roles, said: Mapping[str, str]) -> Iterator[Document]:
    """Fill from related columns what is known to be missing, all where there are few, and the rest by the median."""
    few = len(roles.numbers) <= _MAX_RELATED
    related = [
        name
        for name in roles.numbers
        if said.get(name) == "related" or (name not in said and (few or name in roles.incomplete))
    ]
    if len(roles.numbers) == 1:
        related = []
    mean = [name for name in roles.numbers if said.get(name) == "mean"]
    medians = [name for name in roles.numbers if name not in (*related, *mean)]
    parts = [f"{name}_{part}" for name in roles.dates for part in _free_parts(roles)]
    if related:
        rest = [name for name in roles.numbers if name not in related][:_MAX_RELATED]
        yield {"step": "impute_related", "columns": related, **({"related": rest} if rest else {})}
    if mean:
        yield {"step": "impute_number", "columns": mean, "statistic": "mean"}
    if medians or parts:
        # Those that are filled already are left as they are, so that the kind can stand for the names.
        plain = not parts and len(medians) > _MAX_NAMED
        yield {"step": "impute_number", "columns": _select(roles, "number") if plain else [*medians, *parts]}


def _write_places(roles: Roles, geography: str) -> Iterator[Document]:
    """Write the columns that a place has: turned axes, distances, and what the target is around it."""
    if roles.coordinates is None or geography == "off":
        return
    columns = list(roles.places())
    yield {"step": "rotate_coordinates", "columns": columns, "angles_degrees": list(_ANGLES), **_into(roles, "rotated")}
    if geography == "all":
        yield {"step": "place_clusters", "columns": columns, "n_clusters": _N_CLUSTERS, **_into(roles, "place")}
    classes = {"classes": list(roles.classes)} if roles.classes else {}
    yield {
        "step": "neighbour_target",
        "columns": columns,
        "k": list(_NEIGHBOURS),
        **classes,
        **_into(roles, "neighbours"),
    }


def _into(roles: Roles, usual: str) -> dict[str, str]:
    """Choose how new columns begin, if the usual beginning could clash with a column that is there."""
    clashes = any(name.startswith(f"{usual}_") for name in (*roles.names(), *roles.left_out))
    return {"into": f"search_{usual}"} if clashes else {}


def _write_rare(roles: Roles) -> Iterator[Document]:
    """Group rare categories, and with them those that training has not seen."""
    names = [name for name in roles.categories if name in roles.rare and not _is_counted(roles, name)]
    if names:
        tolerance = min(max(math.ceil(RARE_ROWS / max(roles.n_rows, 1) * 1000) / 1000, 0.001), 0.05)
        yield {"step": "rare_labels", "columns": _name(roles, names, "category"), "tol": tolerance}


def _is_counted(roles: Roles, name: str) -> bool:
    choice = roles.overrides.get(name)
    return choice is not None and choice.encode == "frequency"


def _write_series(roles: Roles, extractor: str, *, learned: bool) -> Document:
    columns = ["all"] if learned else list(roles.series)
    return {"step": "extract_series_features", "columns": columns, "extractor": extractor}


def group_by_encoding(roles: Roles, encoding: str) -> dict[str, list[str]]:
    """Say which category columns become numbers in which way."""
    said = {name: choice.encode for name, choice in roles.overrides.items() if choice.encode is not None}
    found: dict[str, list[str]] = {}
    for name in roles.categories:
        found.setdefault(said.get(name) or _choose_encoding(roles, name, encoding), []).append(name)
    return found


def _write_encoders(roles: Roles, encodings: Mapping[str, list[str]]) -> Iterator[Document]:
    """Write the encoders whose columns are known before fitting: all but one-hot."""
    for encoding, step in _ENCODERS.items():
        if names := encodings.get(encoding):
            classes = {"classes": list(roles.classes)} if encoding == "target" and roles.classes else {}
            yield {"step": step, "columns": _name(roles, names, "category"), **classes}


def _choose_encoding(roles: Roles, name: str, encoding: str) -> str:
    """Choose an encoding for a column: one column for each category only where those are few."""
    if encoding == "one_hot" and roles.n_categories[name] > max(2 * RARE_ROWS, 2):
        return "target"
    return encoding


def _write_tails(roles: Roles, tails: str) -> Iterator[Document]:
    """Draw in long tails: a straight line through a few extreme rows fits no other."""
    said = {name: choice.scale for name, choice in roles.overrides.items() if choice.scale is not None}
    capped = [name for name in roles.spread if name not in said and name not in roles.places()]
    if tails == "capped" and capped:
        yield {"step": "cap_outliers", "columns": capped, "method": "gaussian", "tail": "both", "fold": _N_DEVIATIONS}
    names = [
        name
        for name in roles.numbers
        if said.get(name) == "yeo_johnson" or (name not in said and tails != "kept" and name in roles.skewed)
    ]
    if names:
        yield {"step": "yeo_johnson", "columns": names}


def _write_scalers(roles: Roles) -> Iterator[Document]:
    """Scale by name where the configuration says of some columns how; otherwise all are scaled at the end."""
    said = {name: choice.scale for name, choice in roles.overrides.items() if choice.scale is not None}
    names = [name for name in (*roles.numbers, *roles.booleans) if said.get(name) != "none"]
    if said and names:
        yield {"step": "scale", "columns": names}
