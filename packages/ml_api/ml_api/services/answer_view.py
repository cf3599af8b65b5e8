"""The answer of a prediction as a page shows it: numbers in words, contributions as bars."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ml_api.services.number_text import format_number, format_share, format_signed

if TYPE_CHECKING:
    from regression_model import Artifact

_MOST_EFFECTS = 10
_MOST_CLASSES = 10
_TIMES_FROM = 10.0  # "+900%" says less than "ten times"
_LARGEST_EXPONENT = 700.0


@dataclass(frozen=True)
class Target:
    """What the model predicts.

    Attributes
    ----------
    name : str
        Its description, or else its column.
    unit : str
        May be empty.
    about : str
        What the model is about; may be empty.
    """

    name: str
    unit: str
    about: str


@dataclass(frozen=True)
class ClassBar:
    """One class with its probability."""

    label: str
    probability: float
    text: str
    is_predicted: bool


@dataclass(frozen=True)
class EffectBar:
    """What one feature does to the prediction.

    Attributes
    ----------
    name : str
        The feature, or several together.
    value : str
        What was sent for it.
    text : str
        The effect in words.
    start, width : float
        Of its bar, in percent of the chart's width.
    raises : bool
        Whether it raises the prediction.
    """

    name: str
    value: str
    text: str
    start: float
    width: float
    raises: bool


@dataclass(frozen=True)
class EffectChart:
    """The features that moved the prediction most, largest effect first.

    Attributes
    ----------
    summary : str
        From where the effects count, and how they are to be read.
    zero : float
        Where the chart's zero lies, in percent of its width.
    bars : tuple of EffectBar
        Empty if no feature moves it.
    """

    summary: str
    zero: float
    bars: tuple[EffectBar, ...]


@dataclass(frozen=True)
class AnswerView:
    """One prediction.

    Attributes
    ----------
    text : str
        For reading: a number with four digits or more, or a class.
    exact : str or None
        The number as the API answers it; None for a class.
    classes : tuple of ClassBar
        Most probable first; empty for a regression.
    n_other_classes : int
        How many more there are.
    chart : EffectChart or None
        None if the model has no explanation.
    """

    text: str
    exact: str | None
    classes: tuple[ClassBar, ...]
    n_other_classes: int
    chart: EffectChart | None


def describe_target(artifact: Artifact) -> Target:
    """Say what a model predicts, from its manifest."""
    content = artifact.manifest.content
    target = content.get("target") or {}
    return Target(
        name=str(target.get("description") or target.get("column") or "Prediction"),
        unit=str(target.get("unit") or ""),
        about=str(content.get("description") or ""),
    )


def build_answer_view(answer: Mapping[str, Any], row: Mapping[str, Any], unit: str) -> AnswerView:
    """Bring the answer for one row into the form in which a page shows it.

    Parameters
    ----------
    answer : mapping
        What `predict_rows` returned for a single row, which was predicted; with ``explanations`` if there are any.
    row : mapping
        What was sent.
    unit : str
        Of the target.
    """
    [prediction] = answer["predictions"]
    classes = _rank_classes(answer)
    explanation = (answer.get("explanations") or [None])[0]
    return AnswerView(
        text=prediction if isinstance(prediction, str) else format_number(prediction),
        exact=None if isinstance(prediction, str) else repr(prediction),
        classes=classes[:_MOST_CLASSES],
        n_other_classes=max(0, len(classes) - _MOST_CLASSES),
        chart=_build_chart(explanation, row, unit) if explanation else None,
    )


def _rank_classes(answer: Mapping[str, Any]) -> tuple[ClassBar, ...]:
    if "classes" not in answer:
        return ()
    [predicted], [probabilities] = answer["predictions"], answer["probabilities"]
    bars = [
        ClassBar(label, probability, format_share(probability), label == predicted)
        for label, probability in zip(answer["classes"], probabilities, strict=True)
    ]
    return tuple(sorted(bars, key=lambda bar: -bar.probability))


def _build_chart(explanation: Mapping[str, Any], row: Mapping[str, Any], unit: str) -> EffectChart:
    contributions: Mapping[str, float] = explanation["contributions"]
    moving = [(name, effect) for name, effect in contributions.items() if effect]
    ranked = sorted(moving, key=lambda item: -abs(item[1]))
    if not ranked:
        return EffectChart("No field moves the prediction away from where the model starts.", zero=0.0, bars=())
    shown = [(name, _show_value(row.get(name)), effect) for name, effect in ranked[:_MOST_EFFECTS]]
    rest = [effect for _, effect in ranked[_MOST_EFFECTS:]]
    if rest:
        shown.append((f"{len(rest)} other fields" if len(rest) > 1 else "1 other field", "", math.fsum(rest)))
    lowest = min(0.0, *(effect for _, _, effect in shown))
    span = max(0.0, *(effect for _, _, effect in shown)) - lowest or 1.0
    scale = explanation["scale"]
    return EffectChart(
        summary=_summarise(explanation, unit),
        zero=round(-lowest / span * 100, 2),
        bars=tuple(
            EffectBar(
                name=name,
                value=value,
                text=_format_effect(scale, effect),
                start=round((min(effect, 0.0) - lowest) / span * 100, 2),
                width=round(abs(effect) / span * 100, 2),
                raises=effect > 0,
            )
            for name, value, effect in shown
        ),
    )


def _summarise(explanation: Mapping[str, Any], unit: str) -> str:
    scale, base = explanation["scale"], float(explanation["base"])
    subject = f"“{explanation['class']}”" if "class" in explanation else "the prediction"
    if scale == "log":
        start = f"{format_number(_exp(base))} {unit}".strip()
        return f"The model starts at {start}; each field raises or lowers that by its percentage, one after the other."
    if scale == "probability":
        return f"The probability of {subject} starts at {format_share(base)}; each field adds its points to that."
    if scale == "log_odds":
        share = format_share(_logistic(base))
        odds = f"The log-odds of {subject} start at {format_signed(base)}, a probability of {share}"
        return f"{odds}; each field adds its part."
    if scale == "margin":
        return f"The score of {subject} starts at {format_signed(base)}; each field adds its part."
    start = f"{format_number(base)} {unit}".strip()
    return f"The model starts at {start}; each field adds to that or takes from it."


def _format_effect(scale: str, effect: float) -> str:
    """Write an effect: as a factor's percentage on the logarithmic scale, otherwise as what is added.

    Examples
    --------
    >>> _format_effect("log", 0.1), _format_effect("identity", 12.5), _format_effect("probability", 0.05)
    ('+10.5%', '+12.5', '+5.0')
    """
    if scale == "probability":
        return f"{_sign(effect)}{abs(effect) * 100:.1f}"
    if scale != "log":
        return format_signed(effect)
    factor = _exp(effect)
    if factor >= _TIMES_FROM:
        return f"\N{MULTIPLICATION SIGN}{format_number(factor)}"
    return f"{_sign(effect)}{abs(factor - 1) * 100:.1f}%"


def _sign(value: float) -> str:
    return "+" if value >= 0 else "\N{MINUS SIGN}"


def _exp(value: float) -> float:
    return math.exp(min(value, _LARGEST_EXPONENT))


def _logistic(value: float) -> float:
    return 1 / (1 + _exp(-value))


def _show_value(value: object) -> str:
    if value is None:
        return "unknown"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return format_number(value)
    return str(value)
