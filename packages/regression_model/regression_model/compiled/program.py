"""A fitted pipeline as data: plain JSON, arrays of numbers, and the text of a booster.

Nothing in it is code, and nothing in it is believed: all of it is checked when it is read.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from numpy.typing import NDArray

from regression_model.compiled.array_files import read_arrays, write_arrays
from regression_model.compiled.attribution import check_explanation
from regression_model.compiled.columns import KINDS, Kind
from regression_model.compiled.models import check_model
from regression_model.compiled.models.booster_text import END
from regression_model.compiled.operations import Operation, read_operation
from regression_model.errors import ArtifactIntegrityError

FORMAT = 1
"""Version of the document's layout."""

JSON_SUFFIX, ARRAYS_SUFFIX, BOOSTER_SUFFIX = ".compiled.json", ".compiled.npz", ".booster.txt"
BOOSTER = "booster"
"""The name of the first text that a program may have; the others are called ``booster_2``, ``booster_3``, ..."""

_MOST_OPERATIONS, _MOST_SLOTS = 20_000, 100_000
"""Far more than any pipeline has; without a limit a small document could keep the reader busy for minutes."""

_MOST_COPIES = 8
"""Operations may name the same array; what they make of it must not take many times the memory of the file."""

_FEW_BYTES = 1_000_000
"""Copies of so little are no matter."""

_KEYS = {"format", "inputs", "operations", "columns", "model", "target", "classes", "explanation"}
_TARGETS = ("identity", "exp")


@dataclass(frozen=True)
class Steps:
    """What a program computes before the model, checked.

    Attributes
    ----------
    inputs : tuple of kind
        Of the features; their slots are 0, 1, 2, ...
    operations : tuple of Operation
        In an order in which each reads only what has been written before.
    columns : tuple of int
        The slots of numbers that reach the model.
    kinds : dict of int to kind
        What each slot holds.
    """

    inputs: tuple[Kind, ...]
    operations: tuple[Operation, ...]
    columns: tuple[int, ...]
    kinds: dict[int, Kind]

    @property
    def n_slots(self) -> int:
        """How many slots there are; none has a greater number."""
        return max(self.kinds, default=-1) + 1


@dataclass(frozen=True, eq=False)
class Program:
    """A fitted pipeline as data.

    Values are in numbered slots: a float (NaN for missing), a text or None, or a datetime without zone, in UTC, or
    None. The first slots are the features of the schema; each operation reads slots that have been written, and writes
    others.

    Attributes
    ----------
    content : dict
        ``format``; ``inputs``: what each feature is, ``number``, ``text`` or ``date``; ``operations``: see
        `regression_model.compiled.operations`; ``columns``: the slots that reach the model; ``model``: see
        `regression_model.compiled.models`; ``target``: ``identity``, or ``exp`` if the model predicts the logarithm;
        ``classes``: the labels, or null; ``explanation``: see `regression_model.compiled.attribution`, or null.
    arrays : dict of str to ndarray
        Numbers that the content refers to by name.
    texts : dict of str to str
        ``booster``: the text that the booster's own library reads; of an ensemble there may be several. May be empty.
    """

    content: dict[str, Any]
    arrays: dict[str, NDArray[Any]] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)

    @cached_property
    def steps(self) -> Steps:
        """What is computed before the model, checked.

        Raises
        ------
        ArtifactIntegrityError
            If anything in it is not as it has to be; the message says what.
        """
        return _check(self)

    def to_files(self, stem: str) -> dict[str, bytes]:
        """Write the program; the same program has the same bytes.

        Parameters
        ----------
        stem : str
            What the files' names begin with.

        Returns
        -------
        dict of str to bytes
            By name: ``<stem>.compiled.json``, and if there are arrays or a booster ``<stem>.compiled.npz`` and
            ``<stem>.booster.txt``.

        Raises
        ------
        ArtifactIntegrityError
            If the program is not as it has to be.
        ValueError
            If a number in the content is not finite.
        """
        _ = self.steps
        text = json.dumps(self.content, sort_keys=True, indent=1, ensure_ascii=True, allow_nan=False)
        files = {stem + JSON_SUFFIX: text.encode() + b"\n"}
        if self.arrays:
            files[stem + ARRAYS_SUFFIX] = write_arrays(self.arrays)
        if self.texts:
            texts = [self.texts[name] for name in _name_boosters(len(self.texts))]
            files[stem + BOOSTER_SUFFIX] = "".join(texts).encode()
        return files

    @classmethod
    def from_files(cls, files: Mapping[str, bytes]) -> Program:
        """Undo `to_files`.

        Parameters
        ----------
        files : mapping of str to bytes
            By name; only the ends of the names are looked at.

        Raises
        ------
        ArtifactIntegrityError
            If something is missing, or not as it has to be; the message says what. Nothing that a file could hold
            makes this run code, or take longer than reading it.
        """
        by_suffix = {}
        for name, data in files.items():
            suffix = next((end for end in (JSON_SUFFIX, ARRAYS_SUFFIX, BOOSTER_SUFFIX) if name.endswith(end)), None)
            if suffix is None or suffix in by_suffix:
                raise ArtifactIntegrityError(f"{name} is no file of a compiled pipeline, or is there twice")
            by_suffix[suffix] = data
        if JSON_SUFFIX not in by_suffix:
            raise ArtifactIntegrityError(f"a compiled pipeline lacks its file *{JSON_SUFFIX}")
        arrays = read_arrays(by_suffix[ARRAYS_SUFFIX]) if ARRAYS_SUFFIX in by_suffix else {}
        texts = _separate_boosters(by_suffix[BOOSTER_SUFFIX]) if BOOSTER_SUFFIX in by_suffix else {}
        program = cls(_read_json(by_suffix[JSON_SUFFIX]), arrays, texts)
        _ = program.steps
        check_model(program)
        _check_texts(program)
        check_explanation(program)
        return program


def refuse(what: str) -> ArtifactIntegrityError:
    """Make the error that says what is wrong with a program."""
    return ArtifactIntegrityError(f"the compiled pipeline {what}")


def _read_json(data: bytes) -> dict[str, Any]:
    try:
        content = json.loads(data, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise refuse(f"is no JSON document: {type(error).__name__}") from None
    if not isinstance(content, dict):
        raise refuse("is no JSON object")
    return content


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def _name_boosters(n_texts: int) -> list[str]:
    return [BOOSTER if number == 1 else f"{BOOSTER}_{number}" for number in range(1, n_texts + 1)]


def _separate_boosters(data: bytes) -> dict[str, str]:
    """Divide the file into the texts of the boosters, each of which ends with the same line."""
    try:
        text = data.decode()
    except UnicodeDecodeError:
        raise refuse("has a booster that is no text") from None
    *whole, rest = text.split(f"\n{END}")
    texts = [f"{part}\n{END}" for part in whole] + ([rest] if rest or not whole else [])
    return dict(zip(_name_boosters(len(texts)), texts, strict=True))


def _check_texts(program: Program) -> None:
    """Refuse further texts that nobody would read, such as what stands behind the last booster."""
    model = program.content["model"]
    members = model.get("members")
    parts = [item.get("model") for item in members if isinstance(item, dict)] if isinstance(members, list) else []
    named = [part.get("booster") for part in (model, *parts) if isinstance(part, dict)]
    if not all(name in named for name in program.texts if name != BOOSTER):
        raise refuse("has a booster that its model does not name")


def _check(program: Program) -> Steps:
    content = program.content
    if set(content) != _KEYS:
        differing = ", ".join(sorted(map(repr, set(content) ^ _KEYS)))
        raise refuse(f"has other entries than expected; missing or too many: {differing}")
    if content["format"] != FORMAT:
        raise refuse(f"has layout {content['format']!r:.40}, this package reads {FORMAT}")
    if content["target"] not in _TARGETS:
        raise refuse(f"has a target that is none of {', '.join(_TARGETS)}")
    if not isinstance(content["model"], dict) or not isinstance(content["explanation"], dict | None):
        raise refuse("has a model or an explanation that is no object")
    _check_classes(content["classes"])
    inputs = content["inputs"]
    if not isinstance(inputs, list) or not inputs or not all(kind in KINDS for kind in inputs):
        raise refuse(f"has inputs that are not one or more of {', '.join(KINDS)}")
    kinds: dict[int, Kind] = dict(enumerate(inputs))
    operations = _read_operations(content["operations"], kinds, program.arrays)
    return Steps(tuple(inputs), operations, _check_columns(content["columns"], kinds), kinds)


def _check_classes(classes: object) -> None:
    if classes is None:
        return
    known = isinstance(classes, list) and all(isinstance(label, str) for label in classes)
    if not isinstance(classes, list) or not known or len(classes) < 2 or len(set(classes)) < len(classes):
        raise refuse("has classes that are no list of two or more different labels")


def _read_operations(
    documents: object, kinds: dict[int, Kind], arrays: Mapping[str, NDArray[Any]]
) -> tuple[Operation, ...]:
    if not isinstance(documents, list):
        raise refuse("has operations that are no list")
    if len(documents) > _MOST_OPERATIONS:
        raise refuse(f"has {len(documents):,} operations, at most {_MOST_OPERATIONS:,} are read")
    operations = []
    n_bytes = 0.0
    most_bytes = _MOST_COPIES * sum(array.nbytes for array in arrays.values()) + _FEW_BYTES
    for number, document in enumerate(documents):
        operation = read_operation(document, f"operation {number} of the compiled pipeline", kinds, arrays)
        kinds.update(zip(operation.outputs, operation.output_kinds, strict=True))
        operations.append(operation)
        if len(kinds) > _MOST_SLOTS:
            raise refuse(f"has more than {_MOST_SLOTS:,} slots")
        n_bytes += _count_bytes(document, arrays) / (_MOST_COPIES if operation.SHARES_ARRAYS else 1)
        if n_bytes > most_bytes:
            raise refuse("names the same arrays in too many operations")
    if max(kinds) >= len(kinds):
        raise refuse(
            f"writes slot {max(kinds)}, but has only {len(kinds)} slots; their numbers have to be without gaps"
        )
    return tuple(operations)


def _count_bytes(document: Mapping[str, object], arrays: Mapping[str, NDArray[Any]]) -> int:
    """Return how long the arrays are that an operation names."""
    named = [value for value in document.values() if isinstance(value, str) and value in arrays]
    return sum(arrays[name].nbytes for name in named)


def _check_columns(columns: object, kinds: Mapping[int, Kind]) -> tuple[int, ...]:
    if not isinstance(columns, list):
        raise refuse("has columns that are no list of slots")
    for slot in columns:
        if not isinstance(slot, int) or isinstance(slot, bool) or kinds.get(slot) != "number":
            raise refuse(f"hands {slot!r:.40} to the model, which is no slot of numbers")
    return tuple(columns)
