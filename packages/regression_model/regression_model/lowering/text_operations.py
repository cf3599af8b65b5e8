"""The operations on texts: each is added to the builder, unless it would change nothing in any row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

from regression_model.lowering.knowledge import Numbers, Texts, of_values

if TYPE_CHECKING:
    from regression_model.lowering.builder import Builder

Answer = float | Literal["fail", "missing"]
"""What becomes of a text without a number: this number, a failed row, or a missing number."""


def fill_text(builder: Builder, slot: int, value: object) -> int:
    """Put a text in place of a missing one."""
    known = builder.categories(slot)
    text = _check_text(builder, value)
    if not known.missing:
        return slot
    if known.values is not None and not known.values:
        return builder.constant("text", text)
    values = None if known.values is None else known.values | {text}
    return builder.emit("fill_text", slot, Texts(values, missing=False), value=text)


def restrict_text(builder: Builder, slot: int, *, known: Iterable[object], other: object) -> int:
    """Put another text, or none, in place of texts that are not among the known ones; missing stays missing."""
    arriving = builder.categories(slot)
    texts = [_check_text(builder, text) for text in known]
    if not arriving.can_differ_from(texts):
        return slot
    replacement = None if other is None else _check_text(builder, other)
    kept = frozenset(texts) if arriving.values is None else arriving.values & frozenset(texts)
    values = kept if replacement is None else kept | {replacement}
    output = Texts(values, arriving.missing or replacement is None)
    return builder.emit("restrict_text", slot, output, known=texts, other=replacement)


def map_text(builder: Builder, slot: int, *, table: Mapping[Any, float], unseen: Answer, missing: Answer) -> int:
    """Put numbers in place of texts."""
    known = builder.categories(slot)
    numbers = {_check_text(builder, text): float(number) for text, number in table.items()}
    if not numbers:
        raise builder.refuse("it has learned no category")
    can_be_unseen = known.can_differ_from(numbers)
    reachable = [number for text, number in numbers.items() if known.values is None or text in known.values]
    answers = [answer for answer, asked in ((unseen, can_be_unseen), (missing, known.missing)) if asked]
    output = of_values(
        [*reachable, *(float(answer) for answer in answers if not isinstance(answer, str))],
        missing="missing" in answers,
    )
    parameters = {"table": numbers, "unseen": unseen, "missing": missing}
    if "fail" in answers:
        return builder.emit_all("map_text", slot, [output], may_fail=True, single=True, **parameters)[0]
    return builder.emit("map_text", slot, output, **parameters)


def one_hot(builder: Builder, slot: int, categories: Sequence[object]) -> list[int]:
    """Say for each category whether a text is it: 1.0 or 0.0; a missing text fails the row."""
    known = builder.categories(slot)
    texts = [_check_text(builder, text) for text in categories]
    if known.missing:
        builder.require([slot], missing=True)
    answers = {text: _is_always(builder, builder.categories(slot), text) for text in texts}
    open_texts = [text for text, answer in answers.items() if answer is None]
    if open_texts:
        outputs = [Numbers(0.0, 1.0, missing=False)] * len(open_texts)
        found = builder.emit_all("one_hot", slot, outputs, categories=open_texts, missing="zeros")
        answers.update(zip(open_texts, found, strict=True))
    return [answer for text in texts if (answer := answers[text]) is not None]


def _is_always(builder: Builder, known: Texts, text: str) -> int | None:
    """Return the slot of a constant if all rows have this text, or none has."""
    if known.values is None or (text in known.values and len(known.values) > 1):
        return None
    return builder.constant("number", float(text in known.values))


def _check_text(builder: Builder, value: object) -> str:
    if not isinstance(value, str):
        raise builder.refuse(f"its categories have to be text, found {type(value).__name__}")
    return str(value)
