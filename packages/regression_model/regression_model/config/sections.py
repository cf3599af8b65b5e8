"""The sections of a configuration, with their meaning, defaults and ranges."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

from pydantic import BeforeValidator, Field, StringConstraints, model_validator

from regression_model.config.time_series import TimeSeriesConfig
from regression_model.errors import ConfigError
from regression_model.frozen import Frozen
from regression_model.schema import Dtype
from regression_model.steps.base import Kind

Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_]{0,63}$")]
"""A name that is safe in file names: letters, digits and underscores, beginning with a letter."""

Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


def empty_as(nothing: Any) -> BeforeValidator:  # noqa: ANN401 - an empty list, an empty section
    """Let a key without a value (``leave_out:``) stand for an empty list or section."""
    return BeforeValidator(lambda value: nothing if value == "" else value)


def _as_list(value: Any) -> Any:  # noqa: ANN401 - raw value from the file
    """Let ``order_by: sold`` stand for a list of one."""
    return [value] if isinstance(value, str) else value


Texts = Annotated[tuple[str, ...], BeforeValidator(_as_list), empty_as(())]


class SourceConfig(Frozen):
    """Where a table can be downloaded.

    Attributes
    ----------
    openml : int, optional
        Identifier of a dataset on OpenML.
    url : str, optional
        Address of a file; ``http`` and ``https`` only. Exactly one of ``openml`` and ``url`` is given.
    sha256 : str, optional
        Pins the file's bytes: anything else is refused.
    """

    openml: int | None = Field(default=None, ge=1)
    url: Annotated[str, StringConstraints(pattern=r"^https?://")] | None = None
    sha256: Sha256 | None = None

    @model_validator(mode="after")
    def _check_one_source(self) -> SourceConfig:
        if (self.openml is None) == (self.url is None):
            raise ValueError("give exactly one of 'openml' and 'url'")
        return self


class ReferenceTableConfig(Frozen):
    """A table that lookups join; its bytes are pinned.

    Attributes
    ----------
    path : Path
        CSV or Parquet file, relative to the configuration file.
    sha256 : str
        Digest of the file.
    """

    path: Path
    sha256: Sha256


class LeaveOutRule(Frozen):
    """Rows to leave out of *training*; they are counted in the manifest, and still scored in evaluation.

    Attributes
    ----------
    column : str
        A feature of numbers.
    above, below : float, optional
        Rows whose value is greater (less) than this are left out; at least one is given.
    reason : str
        Said in the manifest and the model card.
    """

    column: str
    above: float | None = None
    below: float | None = None
    reason: Annotated[str, StringConstraints(min_length=1)]

    @model_validator(mode="after")
    def _check_bound(self) -> LeaveOutRule:
        if self.above is None and self.below is None:
            raise ValueError("give 'above', 'below' or both")
        return self


class DataConfig(Frozen):
    """Which table to learn from.

    Attributes
    ----------
    name : str
        Name of the table: ``<name>.csv`` is looked for in the data folder and in the cache.
    path : Path, optional
        A file, relative to the configuration file; it wins over every other place but a snapshot.
    source : SourceConfig, optional
        Where to download the table.
    snapshot : str, optional
        SHA-256 of a snapshot (``regression-model data snapshot`` makes one); it wins over ``path`` and ``source``.
    sample : {"house_prices"}, optional
        The embedded synthetic table that can stand in when asked for by name.
    missing_values : tuple of str
        Texts that mean "unknown" in every column, besides the empty field. In all but category columns the usual
        markers (``NA``, ``nan``, ``null``, ...) always do, since they can't be a value there.
    order_by : tuple of str
        Columns to sort the rows by. By default rows keep the order of the file.
    leave_out : tuple of LeaveOutRule
        Rows not to train on.
    reference_tables : dict of str to ReferenceTableConfig
        Tables for ``lookup`` steps, by name.
    time_series : TimeSeriesConfig, optional
        The table has a row for each measurement, and is read as one row for each series.
    """

    name: Name
    path: Path | None = None
    source: SourceConfig | None = None
    snapshot: Sha256 | None = None
    sample: Literal["house_prices"] | None = None
    missing_values: Texts = ()
    order_by: Texts = ()
    leave_out: Annotated[tuple[LeaveOutRule, ...], empty_as(())] = ()
    reference_tables: Annotated[dict[Name, ReferenceTableConfig], empty_as({})] = Field(default_factory=dict)
    time_series: Annotated[TimeSeriesConfig | None, Field(exclude_if=lambda value: value is None)] = None


class TargetConfig(Frozen):
    """What to predict.

    Attributes
    ----------
    column : str
    transform : {"none", "log"}
        ``log``: the model learns the natural logarithm and predictions are turned back; needs a target above 0.
    positive_class : str, optional
        For two classes: the label that precision, recall and the curves are about. By default the rarer one.
    unit : str
        For plots and pages, such as ``USD``.
    description : str
    """

    column: Annotated[str, StringConstraints(min_length=1)]
    transform: Literal["none", "log"] = "none"
    positive_class: str | None = None
    unit: str = ""
    description: str = ""


class FeatureConfig(Frozen):
    """What the file says of one feature; all else is learned from the data.

    Attributes
    ----------
    description : str
    nullable : bool, optional
        Whether it may be null in a request. By default: if a step fills missing values in it, or if it was missing
        in the training data.
    on_unseen : {"other", "reject"}
        What to do with a category that was not seen in training: let the pipeline treat it as an
        unknown one, or refuse the row.
    available : {"always", "training_only"}
        ``training_only`` marks what nobody can know when a prediction is asked for; such a feature is refused.
    """

    description: str = ""
    nullable: bool | None = None
    on_unseen: Literal["other", "reject"] = "other"
    available: Literal["always", "training_only"] = "always"


def _as_features(value: Any) -> Any:  # noqa: ANN401 - raw value from the file
    """Take a name, a list of names, or a mapping from names to a description or to details."""
    if isinstance(value, str):
        value = [value] if value else []
    if isinstance(value, list | tuple):
        _check_names(value)
        return {name: {} for name in value}
    if isinstance(value, dict):
        _check_names(list(value))
        return {name: {"description": item} if isinstance(item, str) else item for name, item in value.items()}
    return value


def _check_names(names: Sequence[object]) -> None:
    for position, name in enumerate(names):
        if not isinstance(name, str):
            raise ValueError(
                f"names of features are text, but number {position + 1} of the list is {name!r:.80}; to describe "
                "features write 'name: description', without a dash"
            )
        if not name:
            raise ValueError("the name of a feature can't be empty")
        if name in names[:position]:
            raise ValueError(f"{name!r} is listed twice")


Features = Annotated[dict[str, FeatureConfig], BeforeValidator(_as_features)]


class FeaturesConfig(Frozen):
    """The columns that the model may read, by role; a list of names, or names with descriptions.

    Attributes
    ----------
    number, integer, category, boolean, datetime, series : dict of str to FeatureConfig
        Features by type. A category is text, also where it looks like a number (a code). An integer is checked
        to be whole. A datetime is ISO 8601 text. A series is a list of numbers in each row, in the order of time.
    left_out : dict of str to str
        Columns of the table that the model must not read, with the reason.
    """

    number: Features = Field(default_factory=dict)
    integer: Features = Field(default_factory=dict)
    category: Features = Field(default_factory=dict)
    boolean: Features = Field(default_factory=dict)
    datetime: Features = Field(default_factory=dict)
    # What a config does not use has no say in the manifests of models that were trained before it could be said.
    series: Annotated[Features, Field(exclude_if=lambda value: not value)] = Field(default_factory=dict)
    left_out: Annotated[dict[str, str], empty_as({})] = Field(default_factory=dict)

    def dtypes(self) -> dict[str, Dtype]:
        """Return the type of each feature, grouped by role in the order of the file."""
        return {name: role for role in get_args(Dtype) for name in getattr(self, role)}

    def kinds(self) -> dict[str, Kind]:
        """Return what each feature's column holds when it enters the first step."""
        return {name: "number" if dtype == "integer" else dtype for name, dtype in self.dtypes().items()}

    def details(self) -> dict[str, FeatureConfig]:
        """Return what the file says of each feature, in the order of `dtypes`."""
        return {name: getattr(self, role)[name] for name, role in self.dtypes().items()}

    @model_validator(mode="after")
    def _check_features(self) -> FeaturesConfig:
        seen: dict[str, str] = {}
        for role in (*get_args(Dtype), "left_out"):
            for name in getattr(self, role):
                if name in seen:
                    raise ConfigError(f"{name!r} is also listed under {seen[name]!r}", key=f"features.{role}.{name}")
                seen[name] = role
        if len(seen) == len(self.left_out):
            raise ConfigError("name at least one feature (under number, integer, category, ...)", key="features")
        for name, feature in self.details().items():
            if feature.available == "training_only":
                said = f" ({feature.description})" if feature.description else ""
                raise ConfigError(
                    f"{name!r} is marked 'available: training_only'{said}: nobody could send it with a request, so a "
                    "model that reads it can't be served. Move it to 'features.left_out' with the reason",
                    key=f"features.{self.dtypes()[name]}.{name}",
                )
        return self


class EvaluationConfig(Frozen):
    """How the model is measured.

    Attributes
    ----------
    holdout_fraction : float
        Part of the rows that is kept from training and scored, in (0, 0.9].
    folds : int
        Folds of the cross-validation that is run besides; 0 for none.
    bootstrap_samples : int
        Resamples behind each confidence interval.
    confidence : float
        Level of the confidence intervals, in (0, 1).
    groups : str, optional
        Column whose equal values belong together: no group is both learned from and measured with. ``overlap``, where
        no column is called so: windows of series that share measurements (see `find_overlap`).
    """

    holdout_fraction: float = Field(default=0.2, gt=0, le=0.9)
    folds: int = Field(default=0, ge=0, le=50)
    bootstrap_samples: int = Field(default=1000, ge=100, le=100_000)
    confidence: float = Field(default=0.95, gt=0, lt=1)
    groups: Annotated[str | None, Field(min_length=1, exclude_if=lambda value: value is None)] = None

    @model_validator(mode="after")
    def _check_folds(self) -> EvaluationConfig:
        if self.folds == 1:
            raise ValueError("'folds' is 0 (none) or at least 2")
        return self
