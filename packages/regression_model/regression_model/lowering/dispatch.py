"""Finds the lowering of a fitted transformer by its class."""

from __future__ import annotations

from functools import singledispatch
from typing import TYPE_CHECKING, Any

from regression_model.transformers import ColumnPlaceholder

if TYPE_CHECKING:
    from regression_model.lowering.builder import Builder


@singledispatch
def lower(transformer: Any, builder: Builder) -> None:  # noqa: ANN401 - scikit-learn has no type for a transformer
    """Add the operations of one fitted transformer to the builder, and say which columns leave it.

    One function is registered for each class (`lower.register`). A class of which one is a base says nothing of what
    its subclass does; `lower_transformer` refuses those.

    Parameters
    ----------
    transformer : transformer
        Fitted.
    builder : Builder

    Raises
    ------
    NotLowerableError
        If there is no lowering of this class, or not with these parameters.
    """
    raise builder.refuse(f"there is no lowering of {type(transformer).__name__}")


def lower_transformer(transformer: Any, builder: Builder) -> None:  # noqa: ANN401 - see above
    """Lower a transformer whose class itself is registered; see `lower`.

    The columns are brought into the order of `fit` before.
    """
    if type(transformer) not in lower.registry:
        name = f"{type(transformer).__module__}.{type(transformer).__qualname__}"
        raise builder.refuse(f"there is no lowering of {name}")
    fitted_with = getattr(transformer, "feature_names_in_", None)
    if fitted_with is not None and type(transformer) is not ColumnPlaceholder:  # which adds what is absent
        builder.reorder([str(name) for name in fitted_with])
    lower(transformer, builder)
