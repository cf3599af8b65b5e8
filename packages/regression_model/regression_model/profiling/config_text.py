"""Writes the profile of a table as a commented configuration."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePath

from regression_model.profiling.choices import (
    ModelChoice,
    StepChoice,
    choose_model,
    choose_steps,
)
from regression_model.profiling.column_comment import describe_column
from regression_model.profiling.profiles import ColumnProfile, TableProfile
from regression_model.profiling.yaml_text import make_printable, quote_name, quote_text, write_key, write_list

_ROLES = {
    "number": "Measures: any number.",
    "integer": "Counts, ranks and years: whole numbers.",
    "category": "Texts, and codes whose digits count nothing.",
    "boolean": "Yes or no: true, false, 1, 0, yes, no, y, n.",
    "datetime": "ISO 8601 texts.",
}
_MIN_COLUMN = 24
_MAX_SHOWN_CLASSES = 10


@dataclass(frozen=True)
class Heading:
    """What the config says besides the profile.

    Attributes
    ----------
    pipeline_name : str
        Begins the names of the artifact's files.
    data_name : str
        Name of the table.
    data_path : str
        The table's file, relative to the config's folder.
    config_name : str
        The config's file as a shell takes it, for the command in its first lines.
    """

    pipeline_name: str
    data_name: str
    data_path: str
    config_name: str


def make_name(text: str) -> str:
    """Make a name that the config accepts: letters, digits and underscores, beginning with a letter.

    Examples
    --------
    >>> make_name("House prices-2024"), make_name("2024"), make_name("données")
    ('house_prices_2024', 'table_2024', 'donn_es')
    """
    name = re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")
    name = name if name[:1].isalpha() else f"table_{name}".rstrip("_")
    return name[:60].rstrip("_")


def write_config(profile: TableProfile, heading: Heading) -> str:
    """Write the configuration.

    Parameters
    ----------
    profile : TableProfile
    heading : Heading

    Returns
    -------
    str
        YAML that `parse_config` reads back.
    """
    sections = (
        _write_head(profile, heading),
        _write_data(profile, heading),
        _write_target(profile),
        _write_features(profile),
        _write_preprocessing(profile),
        _write_model(choose_model(profile)),
        _write_evaluation(profile),
    )
    return "\n".join("\n".join(line.rstrip() for line in lines) + "\n" for lines in sections)


def _write_head(profile: TableProfile, heading: Heading) -> Iterator[str]:
    file = make_printable(PurePath(heading.data_path).name, 80)
    yield f"# A model of {make_printable(profile.target.column)}, drafted by 'regression-model init' from"
    yield f"# {file} ({profile.n_rows:,} rows, {len(profile.columns) + 1:,} columns). It trains as it is:"
    yield "#"
    yield f"#     regression-model train --config {make_printable(heading.config_name, 80)}"
    yield "#"
    yield "# Each choice has its reason beside it. They were made from the values alone, so read them with"
    yield "# what you know of the table, and change what is wrong: this file is yours now."
    yield ""
    yield f"pipeline_name: {quote_name(heading.pipeline_name)}"
    yield f"task: {profile.target.task}   # {make_printable(profile.target.reason, 200)}"
    yield "seed: 0   # every random choice derives from it"


def _write_data(profile: TableProfile, heading: Heading) -> Iterator[str]:
    yield "data:"
    yield f"  name: {quote_name(heading.data_name)}"
    yield f"  path: {quote_text(heading.data_path)}   # relative to this file"
    yield "  # An empty field is a missing value everywhere; so are NA, NaN, null and None, but in categories"
    kept = [column.name for column in profile.features("category") if "is kept as a category" in column.note]
    if kept:
        shown = ", ".join(make_printable(name, 20) for name in kept[:3]) + (", ..." if len(kept) > 3 else "")
        yield f"  # they are text like any other, often for 'has none' (here in {shown})."
        yield "  # Where they mean 'unknown', say so:"
    else:
        yield "  # they are text like any other. Texts that mean 'unknown' in categories can be named:"
    yield "  # missing_values: [NA]"


def _write_target(profile: TableProfile) -> Iterator[str]:
    target = profile.target
    yield "target:"
    yield f"  column: {quote_name(target.column)}"
    if target.task == "regression":
        yield f"  transform: {target.transform}   # {target.transform_reason}"
    else:
        shown = [f"{make_printable(label, 30)} {count:,}" for label, count in target.classes.items()]
        more = f", and {len(shown) - _MAX_SHOWN_CLASSES} more" if len(shown) > _MAX_SHOWN_CLASSES else ""
        yield f"  # classes: {', '.join(shown[:_MAX_SHOWN_CLASSES])}{more}"
    if target.positive_class is not None:
        yield f"  positive_class: {quote_name(target.positive_class)}   # what precision and recall are about"
    if target.n_missing:
        yield f"  # {target.n_missing:,} rows have no value here; they can't be learned from and are left out"


def _write_features(profile: TableProfile) -> Iterator[str]:
    yield "# The columns that the model reads. A text behind a name is its description, for the web form say."
    yield "features:"
    width = _comment_column(profile.features())
    for role, meaning in _ROLES.items():
        columns = [column for column in profile.columns if column.role == role]
        if not columns:
            continue
        yield f"  {role}:   # {meaning}"
        if role == "category":
            yield "    # One that training did not see counts as a rare one, or else as the most frequent."
            yield "    # 'on_unseen: reject' refuses such a row, which suits lists that are complete."
        for column in columns:
            yield _with_comment(write_key(column.name, "    "), describe_column(column, profile.n_rows), width)
            if role == "category" and column.on_unseen == "reject":
                yield "      on_unseen: reject   # two frequent values: a third is probably a mistake"
    yield from _write_left_out(profile)


def _write_left_out(profile: TableProfile) -> Iterator[str]:
    yield "  # Columns that the model must not read, with the reason. Values don't tell which are known only"
    yield "  # after the outcome (how long the call took, when the loan was paid back): move those here."
    if profile.strongest is not None:
        strongest = make_printable(profile.strongest)
        yield f"  # Suspect '{strongest}' first: it says most of the target on its own."
    left_out = profile.left_out()
    yield "  left_out:" if left_out else "  # left_out:"
    for column in left_out:
        yield f"{write_key(column.name, '    ')} {quote_text(make_printable(column.reason, 200))}"
    if not left_out:
        yield "  #   name_of_column: the reason"


def _comment_column(columns: Sequence[ColumnProfile]) -> int:
    """Return where comments begin, so that they stand below each other."""
    widths = [len(quote_name(column.name)) + 7 for column in columns]
    return max(_MIN_COLUMN, max((width for width in widths if width <= 40), default=0))


def _with_comment(text: str, comment: str, width: int) -> str:
    return f"{text:<{width}} # {comment}" if comment else text


def _write_preprocessing(profile: TableProfile) -> Iterator[str]:
    yield "# From the table's columns to the model's, in this order. 'columns' names columns, or all of"
    yield "# a kind (number, category, boolean, datetime, all)."
    steps = choose_steps(profile)
    yield "preprocessing:" if any(not step.for_linear for step in steps) else "preprocessing: []"
    for step in steps:
        if step.for_linear:
            yield "  # Only a linear model (see below) wants this:"
            yield from (f"  # {part}" for line in _write_step(step, "") for part in line.split("\n"))
        else:
            yield from _write_step(step, "  ")


def _write_step(choice: StepChoice, indent: str) -> Iterator[str]:
    inner = f"{indent}  "
    yield f"{indent}- step: {choice.step}   # {make_printable(choice.why, 200)}"
    columns = choice.columns[0] if len(choice.columns) == 1 else choice.columns
    yield f"{inner}columns: {_write_value(columns, inner)}"
    for name, value in choice.parameters:
        yield f"{inner}{name}: {_write_value(value, inner)}"


def _write_value(value: str | float | tuple[str, ...], indent: str) -> str:
    if isinstance(value, tuple):
        return write_list(value, indent + "  ")
    return quote_name(value) if isinstance(value, str) else f"{value:g}"


def _write_model(model: ModelChoice) -> Iterator[str]:
    yield "model:"
    yield f"  family: {model.family}   # {model.why}"
    yield "  # Others to try:"
    for family in model.others:
        yield f"  # family: {family}"


def _write_evaluation(profile: TableProfile) -> Iterator[str]:
    n_rows = profile.n_rows - profile.target.n_missing
    # Each class needs a row in the holdout, and one in each fold.
    holdout = max(0.2, min(0.5, round(2 * len(profile.target.classes) / n_rows, 2)))
    folds = 5 if n_rows < 1000 and min(profile.target.classes.values(), default=n_rows) >= 5 else 0
    yield "evaluation:"
    yield f"  holdout_fraction: {holdout:g}   # these rows the model never sees; its scores are of them"
    why = "few rows make one holdout a matter of luck" if folds else "5 cross-validates besides, in five times the time"
    yield f"  folds: {folds}   # {why}"
