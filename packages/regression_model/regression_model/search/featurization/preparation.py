"""The automatic preparation of a table: which choices there are, and the steps that follow from them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from regression_model.errors import ConfigError
from regression_model.search.featurization.documents import Document, write_steps
from regression_model.search.featurization.roles import Roles, find_roles
from regression_model.search.guardrails import Guardrail
from regression_model.search_space import Choice, Value

if TYPE_CHECKING:
    from regression_model.config import Config
    from regression_model.train_pipeline.splitting import Split

_SKEWED_TARGET = 1.0
_LOGARITHMIC = ("rmsle", "mape", "normalized_root_mean_squared_log_error", "root_mean_squared_log_error")
_MANY = 5
"""Categories from which on several encodings differ."""


@dataclass(frozen=True)
class Preparation:
    """How columns can be prepared.

    Attributes
    ----------
    roles : Roles or None
        None where the configuration's own preprocessing is all there is (``features: config``).
    config_steps : tuple of dict or None
        The configuration's own preprocessing, as the file says it; numbers that it does not fill are filled first, so
        that every family can take them. None where it does not make numbers of all columns, because the members of an
        ensemble do so for themselves.
    transforms : tuple of str
        Transforms of the target, the most promising first.
    """

    roles: Roles | None
    config_steps: tuple[Document, ...] | None
    transforms: tuple[str, ...] = ("none",)

    def space(self, *, scale_sensitive: bool) -> Mapping[str, Choice]:
        """Return the named choices for a kind of family; the first value of each is the default.

        Parameters
        ----------
        scale_sensitive : bool
            Whether the family needs scaled columns.
        """
        space: dict[str, Choice] = {"source": Choice(self._sources())}
        if len(self.transforms) > 1:
            space["transform"] = Choice(self.transforms)
        if self.roles is None:
            return space
        if self.roles.categories:
            space["encoding"] = Choice(_list_encodings(self.roles, scale_sensitive=scale_sensitive))
        if self.roles.coordinates is not None:
            space["geography"] = Choice(("neighbours", "all", "off"))
        if len(self.roles.paired) > 1 and not scale_sensitive:
            space["ratios"] = Choice((5, 0, 10))
        if scale_sensitive and (self.roles.skewed or self.roles.spread):
            space["tails"] = Choice(("capped", "drawn_in", "kept"))
        if self.roles.series:
            space["series"] = Choice(_list_extractors(scale_sensitive=scale_sensitive))
        return space

    def variants(self, *, scale_sensitive: bool) -> tuple[Mapping[str, Value], ...]:
        """Return combinations of choices that are worth a try before any sampling, the most promising first."""
        space = self.space(scale_sensitive=scale_sensitive)
        first = {name: choice.values[0] for name, choice in space.items()}
        others = [{**first, name: choice.values[1]} for name, choice in space.items() if len(choice.values) > 1]
        return (first, *others)

    def steps(self, choices: Mapping[str, Value], *, scale_sensitive: bool) -> list[Document]:
        """Write the preprocessing steps that follow from choices.

        Parameters
        ----------
        choices : mapping
            Values of `space`.
        scale_sensitive : bool

        Returns
        -------
        list of dict
            As the configuration file would say them.
        """
        if self.roles is None or choices.get("source") == "config":
            steps = [dict(step) for step in self.config_steps or ()]
            scaled = any(step["step"] == "scale" for step in steps)
            return steps if scaled or not scale_sensitive else [*steps, {"step": "scale"}]
        return write_steps(self.roles, choices, scale_sensitive=scale_sensitive)

    def to_json(self) -> dict[str, Any]:
        """Return what was found out about the columns as plain values, for the record of the run."""
        if self.roles is None:
            return {"transforms": list(self.transforms)}
        found = self.roles.coordinates
        return {
            "transforms": list(self.transforms),
            "left_out": dict(self.roles.left_out),
            "coordinates": None if found is None else [found.latitude, found.longitude],
            "coordinates_why": "" if found is None else found.why,
            "year_reference": self.roles.year_reference,
            "skewed": list(self.roles.skewed),
        }

    def _sources(self) -> tuple[str, ...]:
        if self.roles is None:
            return ("config",)
        return ("auto",) if self.config_steps is None else ("auto", "config")


def prepare_features(split: Split, config: Config, guardrails: Sequence[Guardrail], metric: str) -> Preparation:
    """Find out how the columns of a table can be prepared.

    Parameters
    ----------
    split : Split
        The rows to learn from; of the held-out ones only which features are missing is read.
    config : Config
    guardrails : sequence of Guardrail
        Columns that they leave out are dropped, unless ``search.columns`` says what to do with them.
    metric : str
        What the search is about; one of relative errors asks for the target's logarithm.

    Raises
    ------
    ConfigError
        If ``search.columns`` names a column that is no feature, or leaves no column; or if the configuration's own
        steps are to be used, but do not make numbers of all columns.
    """
    roles = None if config.search.features == "config" else find_roles(split, config, guardrails)
    steps = _write_config_steps(config)
    if roles is None and steps is None:
        raise ConfigError(
            "'features: config' searches with the steps under 'preprocessing', but these leave columns that are no "
            "numbers to the members of the ensemble; use 'features: auto'",
            key="search.features",
        )
    return Preparation(roles, steps, _choose_transforms(split, config, metric))


def _choose_transforms(split: Split, config: Config, metric: str) -> tuple[str, ...]:
    """Choose transforms of the target: both where it is positive and one of three things speaks for the logarithm."""
    if config.task != "regression":
        return ("none",)
    target = split.train_target
    if float(target.min()) <= 0:
        return ("none",)
    if metric in _LOGARITHMIC:
        return ("log",)
    skew = float(target.skew()) if len(target) > 2 else 0.0  # type: ignore[arg-type] # a Series of float
    if config.target.transform == "log" or skew > _SKEWED_TARGET:
        return ("log", "none")
    return ("none", "log")


def _list_encodings(roles: Roles, *, scale_sensitive: bool) -> tuple[str, ...]:
    several = max(roles.n_categories.values()) >= _MANY
    if scale_sensitive:
        return ("one_hot", "target") if several else ("one_hot",)
    if roles.classes:
        return ("one_hot", "target", "native")
    return ("ordered", "one_hot", "target", "native") if several else ("ordered",)


def _write_config_steps(config: Config) -> tuple[Document, ...] | None:
    """Say the configuration's own steps, and before them what fills the numbers that these leave open."""
    if not {"number", "boolean"}.issuperset((config.plan().after or {}).values()):
        return None
    said: list[Document] = [
        {"step": step.step, **step.model_dump(mode="json", exclude_defaults=True)} for step in config.preprocessing
    ]
    filled = config.plan().columns_where("fills_missing")
    kinds = config.features.kinds()
    numbers = [name for name, kind in kinds.items() if kind == "number" and name not in filled]
    return tuple([{"step": "impute_number", "columns": numbers}, *said] if numbers else said)


def _list_extractors(*, scale_sensitive: bool) -> tuple[str, ...]:
    """Say what makes numbers of series: many convolutions suit straight lines, few statistics suit trees."""
    if find_spec("tsfresh") is None:
        return ("minirocket",)
    return ("minirocket", "tsfresh_efficient") if scale_sensitive else ("tsfresh_efficient", "tsfresh_minimal")
