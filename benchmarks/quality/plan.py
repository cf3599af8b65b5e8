"""What is to be measured: a plan file, and the measurements that it asks for."""

from __future__ import annotations

import itertools
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from quality.systems import OURS, PEERS
from quality.tables import TABLES

_FIELDS = {
    "comparison": ("table", "seconds", "seeds", "systems"),
    "promotion": ("table", "seconds", "seeds"),
    "series": ("extractor", "groups"),
    "sweep": ("config",),
}
_ORDER = {"table": "table", "seconds": "seconds", "seeds": "seed", "systems": "system"}
_KNOWN: dict[str, tuple[str, ...]] = {
    "table": tuple(TABLES),
    "systems": (OURS, *PEERS),
    "extractor": ("minirocket", "tsfresh_minimal", "tsfresh_efficient"),
    "groups": ("random", "overlap"),
    "config": ("california_housing_sweep", "california_housing_sweep_wide"),
}


class PlanError(Exception):
    """The plan can't be read; the message is for a person."""


@dataclass(frozen=True)
class Measurement:
    """One thing to measure.

    Attributes
    ----------
    kind : {"comparison", "promotion", "series", "sweep"}
    options : mapping
        Of the kind: ``table``, ``seconds``, ``seed``, ``system``; ``extractor``, ``groups``; ``config``.
    """

    kind: str
    options: Mapping[str, Any]

    @property
    def key(self) -> str:
        """Name of its folder; other options have another one."""
        words = [f"{value:g}s" if name == "seconds" else str(value) for name, value in self.options.items()]
        return "-".join([self.kind, *words]).replace(" ", "_")


def read_plan(path: Path, *, seconds: float | None = None) -> list[Measurement]:
    """Read a plan, each measurement once, in its order.

    Parameters
    ----------
    path : Path
    seconds : float, optional
        Stands in the place of all time limits, to try the plan itself.

    Raises
    ------
    PlanError
        If it is no plan: it says where, what was expected and what came.
    """
    try:
        entries = tomllib.loads(path.read_text(encoding="utf-8")).get("measure", [])
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise PlanError(f"{path} can't be read: {error}") from error
    if not entries:
        raise PlanError(f"{path} has no [[measure]]: expected one for each thing to measure")
    found: dict[str, Measurement] = {}
    for number, entry in enumerate(entries, start=1):
        for measurement in _expand(entry, f"{path}, measure {number}", seconds):
            found.setdefault(measurement.key, measurement)
    return list(found.values())


def _expand(entry: dict[str, Any], place: str, seconds: float | None) -> Iterator[Measurement]:
    kind = entry.get("kind")
    if kind not in _FIELDS:
        raise PlanError(f"{place}: kind is {kind!r}; expected one of {', '.join(_FIELDS)}")
    fields = _FIELDS[kind]
    if set(entry) != {"kind", *fields}:
        raise PlanError(f"{place}: has {', '.join(entry)}; expected kind, {', '.join(fields)}")
    values = [_list_values(entry[name], name, place) for name in fields]
    names = [_ORDER.get(name, name) for name in fields]
    for chosen in itertools.product(*values):
        options = dict(zip(names, chosen, strict=True))
        if seconds is not None and "seconds" in options:
            options["seconds"] = seconds
        yield Measurement(kind, options)


def _list_values(value: Any, name: str, place: str) -> list[Any]:  # noqa: ANN401 - anything may stand in a file
    values = value if isinstance(value, list) else [value]
    for each in values:
        is_number = isinstance(each, int | float) and not isinstance(each, bool) and each > 0
        if name in _KNOWN and each not in _KNOWN[name]:
            raise PlanError(f"{place}: {name} is {each!r}; expected one of {', '.join(_KNOWN[name])}")
        if name in ("seconds", "seeds") and not is_number:
            raise PlanError(f"{place}: {name} is {each!r}; expected a positive number")
    return values
