"""One family's choices: its hyperparameters and how its columns are prepared, and the candidate that follows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from regression_model.families.base import Family
from regression_model.search.featurization import Preparation
from regression_model.search.records import Candidate, Origin
from regression_model.search_space import Distribution, TableFacts, Value

PREPARE = "prepare."
"""Begins the names of choices about the columns; those without it are the family's hyperparameters."""


@dataclass(frozen=True)
class FamilySpace:
    """What a search may choose of one family.

    Attributes
    ----------
    family : type of Family
    facts : TableFacts
    preparation : Preparation
    """

    family: type[Family]
    facts: TableFacts
    preparation: Preparation

    @property
    def name(self) -> str:
        """Name of the family."""
        return str(self.family.model_fields["family"].default)

    def distributions(self) -> dict[str, Distribution]:
        """Return what may be chosen, by name."""
        prepared = self.preparation.space(scale_sensitive=self.family.scale_sensitive)
        choices: dict[str, Distribution] = {
            f"{PREPARE}{name}": choice for name, choice in prepared.items() if len(choice.values) > 1
        }
        return {**self.family.space(self.facts), **choices}

    def starts(self) -> list[dict[str, Value]]:
        """Return the choices of the portfolio, the most promising first.

        All starts with the first preparation, then with the others in turn. Starts that weigh classes come last, unless
        the family puts one first, because the metric asks for it.
        """
        portfolio = self.family.portfolio(self.facts)
        weighed = [start for start in portfolio[1:] if start.get("class_weight") is not None]
        plain = [start for start in portfolio if start not in weighed]
        variants = self.preparation.variants(scale_sensitive=self.family.scale_sensitive)
        pairs = [(start, variants[0]) for start in plain]
        pairs += [(plain[number % len(plain)], variant) for number, variant in enumerate(variants[1:])]
        pairs += [(start, variants[0]) for start in weighed]
        return [{**start, **{f"{PREPARE}{name}": value for name, value in variant.items()}} for start, variant in pairs]

    def build(self, number: int, origin: Origin, choices: Mapping[str, Value]) -> Candidate:
        """Make the candidate that follows from choices; what they don't name is the default."""
        hyperparameters = {name: value for name, value in choices.items() if not name.startswith(PREPARE)}
        prepared = {name.removeprefix(PREPARE): value for name, value in choices.items() if name.startswith(PREPARE)}
        scale_sensitive = self.family.scale_sensitive
        changes: dict[str, Any] = {
            "preprocessing": self.preparation.steps(prepared, scale_sensitive=scale_sensitive),
            "model": {"family": self.name, **hyperparameters},
        }
        if self.facts.task == "regression":
            changes["target"] = {"transform": prepared.get("transform", self.preparation.transforms[0])}
        space = self.preparation.space(scale_sensitive=scale_sensitive)
        told = {name: value for name, value in prepared.items() if name in space and len(space[name].values) > 1}
        return Candidate(
            number=number,
            origin=origin,
            family=self.name,
            changes=changes,
            choices={"family": self.name, **choices},
            parameters={**hyperparameters, **told},
        )
