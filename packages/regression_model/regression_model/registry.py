"""Finds the alternatives of a kind (steps, families) by looking into their folder, one per file."""

from __future__ import annotations

import importlib
import pkgutil
from typing import TYPE_CHECKING, TypeVar, get_args

if TYPE_CHECKING:
    from types import ModuleType

    from regression_model.frozen import Frozen

    Alternative = TypeVar("Alternative", bound=Frozen)


def find_alternatives(package: ModuleType, base: type[Alternative], tag: str) -> dict[str, type[Alternative]]:
    """Collect the concrete subclasses of a base class, by the name that configurations use.

    Parameters
    ----------
    package : module
        The package whose modules are imported and searched.
    base : type
        The base class; classes are taken from the module that defines them.
    tag : str
        Field whose ``Literal`` type holds the name.

    Returns
    -------
    dict of str to type
        Sorted by name, so that nothing depends on the order of files.
    """
    found: dict[str, type[Alternative]] = {}
    for info in pkgutil.iter_modules(package.__path__):
        module = importlib.import_module(f"{package.__name__}.{info.name}")
        for item in vars(module).values():
            if isinstance(item, type) and issubclass(item, base) and item.__module__ == module.__name__:
                names = get_args(item.model_fields[tag].annotation)
                found.update(dict.fromkeys(names, item))
    return dict(sorted(found.items()))
