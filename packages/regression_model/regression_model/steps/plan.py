"""Resolves which columns each step works on, before any data is seen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import get_args

from regression_model.errors import ConfigError
from regression_model.steps.base import Kind, Step
from regression_model.suggestions import suggest

ALL = "all"
_SELECTORS = (*get_args(Kind), ALL)


@dataclass(frozen=True)
class PlannedStep:
    """A step with the columns it works on.

    Attributes
    ----------
    name : str
        Unique in the pipeline: ``01_impute_category``; readable in `Pipeline.named_steps`.
    step : Step
    columns : tuple of str
        Names, in the order of the frame; ``("all",)`` behind a step that learns its columns.
    before : dict of str to kind, or None
        The columns that arrive; None where they are known only after fitting.
    known : tuple of str
        The columns by name. Behind a step that learns its columns: the last ones that were known, as far as the step
        can work on their kind; those among them that are still there are the ones it works on.
    """

    name: str
    step: Step
    columns: tuple[str, ...]
    before: dict[str, Kind] | None
    known: tuple[str, ...]


@dataclass(frozen=True)
class Plan:
    """All steps with their columns, and what reaches the model.

    Attributes
    ----------
    steps : tuple of PlannedStep
    after : dict of str to kind, or None
        Columns that reach the model; None where they are known only after fitting.
    """

    steps: tuple[PlannedStep, ...]
    after: dict[str, Kind] | None

    def columns_where(self, attribute: str) -> set[str]:
        """Name the columns on which some step with a true class variable (`fills_missing`, ...) works."""
        return {column for planned in self.steps if getattr(planned.step, attribute) for column in planned.known}

    def coded_categories(self) -> tuple[str, ...]:
        """Name the columns that hold codes of categories behind the last step, unless it or another one drops them."""
        coded: dict[str, None] = {}
        for planned in self.steps:
            if planned.step.codes == "makes":
                coded.update(dict.fromkeys(planned.known))
            elif planned.step.codes == "rewrites":
                coded = {name: None for name in coded if name not in planned.known}
        return tuple(coded)

    def bounds_above(self) -> dict[str, float]:
        """Return what the values of a column have to be greater than, where a step meets them as they were sent.

        Steps that change small values hide what was sent from the steps behind them (see
        `Step.keeps_small_values`). Columns that a step has added are among the names.
        """
        changed: set[str] = set()
        bounds: dict[str, float] = {}
        for planned in self.steps:
            bound = planned.step.values_above
            if bound is not None:
                for column in set(planned.known) - changed:
                    bounds[column] = max(bound, bounds.get(column, bound))
            if not planned.step.keeps_small_values():
                changed.update(planned.known)
        return bounds


def plan_steps(steps: Sequence[Step], kinds: Mapping[str, Kind]) -> Plan:
    """Resolve the columns of each step.

    Parameters
    ----------
    steps : sequence of Step
        In the order in which they run.
    kinds : mapping of str to kind
        The features, in the order of the frame.

    Raises
    ------
    ConfigError
        If a step names a column that is not there at this point, works on a kind that it can't, or selects by kind
        behind a step whose output is known only after fitting. The error's key names the step.
    """
    columns: dict[str, Kind] | None = dict(kinds)
    last_known = dict(kinds)
    planned: list[PlannedStep] = []
    for index, step in enumerate(steps):
        key = f"preprocessing.{index}"
        chosen = _resolve(step, columns, key)
        known = chosen if columns is not None else tuple(n for n, kind in last_known.items() if kind in step.accepts)
        planned.append(PlannedStep(f"{index + 1:02d}_{step.step}", step, chosen, columns, known))
        if step.learns_columns:
            columns = None
        elif columns is not None:
            columns = last_known = _columns_after(step, chosen, columns, key)
    return Plan(tuple(planned), columns)


def _columns_after(step: Step, chosen: Sequence[str], columns: Mapping[str, Kind], key: str) -> dict[str, Kind]:
    try:
        return step.columns_after(chosen, columns)
    except ConfigError as error:
        raise ConfigError(error.message, key=error.key or key) from None


def _resolve(step: Step, columns: dict[str, Kind] | None, key: str) -> tuple[str, ...]:
    wanted = step.columns or step.default_columns
    if not wanted:
        raise ConfigError(f"the step {step.step!r} has to name its columns", key=key)
    if columns is None:
        if wanted != (ALL,):
            raise ConfigError(
                f"the step {step.step!r} follows a step whose columns are known only after training, so it can "
                "work on 'all' columns only; move it before that step or leave out its columns",
                key=f"{key}.columns" if step.columns else key,
            )
        return (ALL,)
    chosen = set(_select(step, wanted, columns, f"{key}.columns"))
    for needed in step.columns_read(tuple(chosen)):
        if needed not in columns:
            raise ConfigError(_unknown_column(needed, columns), key=key)
    return tuple(name for name in columns if name in chosen)


def _select(step: Step, wanted: Sequence[str], columns: Mapping[str, Kind], key: str) -> Iterator[str]:
    for item in wanted:
        if item in columns:  # a column called "number" is that column
            if columns[item] not in step.accepts:
                raise ConfigError(
                    f"the step {step.step!r} works on {' or '.join(step.accepts)} columns; at this point "
                    f"{item!r} is a {columns[item]}",
                    key=key,
                )
            yield item
        elif item == ALL:
            yield from (name for name, kind in columns.items() if kind in step.accepts)
        elif item in _SELECTORS:
            yield from (name for name, kind in columns.items() if kind == item and kind in step.accepts)
        else:
            raise ConfigError(_unknown_column(item, columns), key=key)


def _unknown_column(name: str, columns: Mapping[str, Kind]) -> str:
    return (
        f"there is no column {name!r} at this point{suggest(name, list(columns))}; name a feature, a kind "
        f"({', '.join(get_args(Kind))}) or 'all'"
    )
