"""The whole configuration: its sections, and the rules that span several of them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, PrivateAttr, model_validator

from regression_model.config.comparison import ComparisonConfig
from regression_model.config.ensembles import AnyModel, AnyStep, Branch, Ensemble, check_ensemble, list_branches
from regression_model.config.search import SearchConfig
from regression_model.config.sections import (
    DataConfig,
    EvaluationConfig,
    FeaturesConfig,
    Name,
    TargetConfig,
    empty_as,
)
from regression_model.config.sweep import SweepConfig
from regression_model.errors import ConfigError
from regression_model.families.registry import model_families
from regression_model.frozen import Frozen
from regression_model.steps.base import Step
from regression_model.steps.lookup import LookupStep
from regression_model.steps.plan import Plan, plan_steps
from regression_model.suggestions import suggest

_REMEDIES = {
    "category": "'ordered_encoding', 'one_hot' or 'ordinal_mapping'",
    "datetime": "'date_parts'",
    "series": "'extract_series_features'",
}
"""Steps that make numbers of the kinds of column that no model takes."""


class Config(Frozen):
    """A model, described completely: frozen, validated once, passed as an argument.

    Attributes
    ----------
    pipeline_name : str
        Begins the names of the artifact's files.
    description : str
    version : str, optional
        Version of the model. By default that of this package, which is what the published model carries.
    task : {"regression", "classification"}
    seed : int
        From which every random choice is derived.
    data, target, features, preprocessing, model, evaluation, comparison, search, sweep
        The sections.
    """

    pipeline_name: Name
    description: str = ""
    version: Annotated[str, Field(pattern=r"^\d+\.\d+\.\d+([a-z0-9.+-]*)$")] | None = None
    task: Literal["regression", "classification"]
    seed: int = Field(default=0, ge=0, lt=2**32)
    data: DataConfig
    target: TargetConfig
    features: FeaturesConfig
    preprocessing: Annotated[tuple[AnyStep, ...], empty_as(())] = ()
    model: AnyModel
    evaluation: Annotated[EvaluationConfig, empty_as({})] = EvaluationConfig()
    comparison: Annotated[ComparisonConfig, empty_as({})] = ComparisonConfig()
    # How a model was found is no part of the model: it has no say in the manifest, nor in the digest of the config.
    search: Annotated[SearchConfig, empty_as({}), Field(exclude=True)] = SearchConfig()
    sweep: Annotated[SweepConfig | None, Field(exclude=True)] = None

    _file: Path | None = PrivateAttr(default=None)  # no field: the file can't say where it lies

    @property
    def file(self) -> Path | None:
        """The file that it was read from, if any; not part of the model's identity."""
        return self._file

    def model_post_init(self, context: Any, /) -> None:  # noqa: ANN401 - whatever the caller validates with
        """Remember the file that `parse_config` names."""
        if context is not None:
            self._file = context["file"]

    def plan(self) -> Plan:
        """Resolve which columns each preprocessing step works on; of an ensemble the common steps."""
        return plan_steps(self.preprocessing, self.features.kinds())

    def branches(self) -> tuple[Branch, ...]:
        """List the ways from the features to a model that is fitted: one, or of an ensemble one for each member."""
        return list_branches(self.preprocessing, self.model, self.features.kinds())

    def find_filled(self) -> set[str]:
        """Name the features of which a step fills missing values before every model that can't take them."""
        branches = self.branches()
        filled = [branch.plan.columns_where("fills_missing") for branch in branches]
        needed = [names for names, branch in zip(filled, branches, strict=True) if not branch.model.handles_missing]
        return set.union(*filled).intersection(*needed)

    def bounds_above(self) -> dict[str, float]:
        """Return what values have to be greater than for some step; see `Plan.bounds_above`."""
        bounds: dict[str, float] = {}
        for branch in self.branches():
            for name, bound in branch.plan.bounds_above().items():
                bounds[name] = max(bound, bounds.get(name, bound))
        return bounds

    def steps(self) -> dict[str, Step]:
        """Return all preprocessing steps, those of an ensemble's members too, by their place in the file."""
        found = {f"preprocessing.{index}": step for index, step in enumerate(self.preprocessing)}
        for number, member in enumerate(self.model.members if isinstance(self.model, Ensemble) else ()):
            own = enumerate(member.preprocessing)
            found |= {f"model.members.{number}.preprocessing.{index}": step for index, step in own}
        return found

    def resolve(self, path: Path) -> Path:
        """Turn a path of the file into one that can be opened: relative ones are relative to the file's folder."""
        return path if path.is_absolute() or self.file is None else self.file.parent / path

    @model_validator(mode="after")
    def _check_sections_agree(self) -> Config:
        self._check_target()
        self._check_columns()
        self._check_tables()
        self._check_family()
        self._check_kinds_at_model()
        return self

    def _check_target(self) -> None:
        if self.target.column in {**self.features.dtypes(), **self.features.left_out}:
            raise ConfigError(
                f"{self.target.column!r} is the target, so it can be neither a feature nor left out",
                key="target.column",
            )
        if self.task == "classification" and self.target.transform != "none":
            raise ConfigError("a class can't be transformed; use 'transform: none'", key="target.transform")
        if self.task == "regression" and self.target.positive_class is not None:
            raise ConfigError("only a classification has a positive class", key="target.positive_class")

    def _check_columns(self) -> None:
        dtypes = self.features.dtypes()
        for index, rule in enumerate(self.data.leave_out):
            if dtypes.get(rule.column) not in ("number", "integer"):
                raise ConfigError(
                    f"{rule.column!r} is no feature of numbers{suggest(rule.column, list(dtypes))}",
                    key=f"data.leave_out.{index}.column",
                )

    def _check_tables(self) -> None:
        known = list(self.data.reference_tables)
        for key, step in self.steps().items():
            if isinstance(step, LookupStep) and step.table not in known:
                raise ConfigError(
                    f"'data.reference_tables' has no table {step.table!r}{suggest(step.table, known)}; "
                    f"there is {', '.join(known) or 'none'}",
                    key=f"{key}.table",
                )

    def _check_family(self) -> None:
        check_ensemble(self.model, self.task, self.preprocessing)
        if self.task not in self.model.tasks:
            able = [name for name, family in model_families().items() if self.task in family.tasks]
            raise ConfigError(
                f"{self.model.family!r} can't do {self.task}; these can: {', '.join(able)}", key="model.family"
            )

    def _check_kinds_at_model(self) -> None:
        arriving = ((branch.key, *item) for branch in self.branches() for item in (branch.plan.after or {}).items())
        for key, name, kind in arriving:
            if kind in _REMEDIES:
                remedy = _REMEDIES[kind]
                raise ConfigError(
                    f"{name!r} is still a {kind} when it reaches the model, which takes numbers; add the step {remedy}",
                    key=key,
                )
