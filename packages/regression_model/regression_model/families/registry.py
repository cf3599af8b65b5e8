"""All model families, by the name that configurations use."""

from __future__ import annotations

from functools import cache

import regression_model.families as package
from regression_model.families.base import Family
from regression_model.registry import find_alternatives


@cache
def model_families() -> dict[str, type[Family]]:
    """Return the class of each family, by name."""
    return find_alternatives(package, Family, "family")
