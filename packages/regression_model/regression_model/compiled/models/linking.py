"""Finds the kind of model that a program describes."""

from __future__ import annotations

from regression_model.compiled.models.base import Model, ModelSource
from regression_model.compiled.models.boosting import BoostingModel
from regression_model.compiled.models.category_boosting import CategoryBoostingModel
from regression_model.compiled.models.ensemble import StackModel, VoteModel
from regression_model.compiled.models.forest import ForestModel
from regression_model.compiled.models.lightgbm import LightGBMModel
from regression_model.compiled.models.linear import LinearModel
from regression_model.compiled.models.network import NetworkModel
from regression_model.compiled.models.oblivious import ObliviousModel
from regression_model.compiled.models.section import Section, refuse
from regression_model.compiled.models.xgboost import XGBoostModel

SINGLE_KINDS: dict[str, type[Model]] = {
    kind.kind: kind
    for kind in (
        LinearModel,
        ForestModel,
        BoostingModel,
        CategoryBoostingModel,
        LightGBMModel,
        NetworkModel,
        XGBoostModel,
        ObliviousModel,
    )
}
"""Kinds that an ensemble can have as members."""

_KINDS = SINGLE_KINDS | {kind.kind: kind for kind in (VoteModel, StackModel)}


def link_model(source: ModelSource) -> Model:
    """Make the model that a program describes.

    Parameters
    ----------
    source : Program

    Raises
    ------
    ArtifactIntegrityError
        If it describes none.
    MissingExtraError
        If a library that computes it is not installed.
    """
    section = _read_section(source)
    return _KINDS[section.choice("kind", tuple(_KINDS))].read(section)


def check_model(source: ModelSource) -> None:
    """Check the model that a program describes, without the library that would compute it.

    Raises
    ------
    ArtifactIntegrityError
        If it describes none.
    """
    section = _read_section(source)
    _KINDS[section.choice("kind", tuple(_KINDS))].check(section)


def _read_section(source: ModelSource) -> Section:
    columns = source.content.get("columns")
    if not isinstance(columns, list) or not columns:
        raise refuse("'columns' has to be a list, one entry at least")
    return Section(source.content.get("model"), source.arrays, source.texts, len(columns))
