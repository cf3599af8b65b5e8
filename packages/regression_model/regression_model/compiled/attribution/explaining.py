"""Explains predictions feature by feature, as a client knows them.

The attributor of the model says what each column adds that reaches the model. How much of a column belongs to which
features, and the row to which linear models compare, was worked out when the pipeline was compiled: the program's
object ``explanation`` has ``shares``, for each column a list of pairs ``[feature, share]``, and ``reference``, a list
of numbers, or null where the model needs none. Where there is no explanation, it has ``unavailable`` alone, the reason.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from regression_model.compiled.attribution.base import Attributor, Numbers, Positions
from regression_model.compiled.models import Model
from regression_model.compiled.models.base import ModelSource
from regression_model.errors import ArtifactIntegrityError, ExplanationError

_N_CLASSES_WITH_ODDS = 2


class Explainer:
    """What explanations of one model need.

    Parameters
    ----------
    attributor : Attributor
    shares : ndarray of shape (n_columns, n_features)
        The part of each column that belongs to each feature; rows sum up to 1, or to less if it isn't known.
    names : sequence of str
        Of the features.
    scale : {"identity", "log", "probability", "log_odds", "margin"}
    classes : sequence of str
        Labels in the order of probabilities; none for a regression.
    """

    def __init__(
        self, attributor: Attributor, shares: Numbers, names: Sequence[str], scale: str, classes: Sequence[str]
    ) -> None:
        self._attributor = attributor
        self._shares = shares
        self._is_whole = np.isclose(shares.sum(axis=1), 1.0)
        self._names = list(names)
        self._scale = scale
        self._classes = list(classes)

    def explain(self, matrix: Numbers, predictions: Sequence[float | str]) -> list[dict[str, Any]]:
        """Say what each feature adds to the predictions of some rows.

        Parameters
        ----------
        matrix : ndarray of shape (n_rows, n_columns)
            As they reach the model.
        predictions : sequence of float or str of length n_rows
            What the model predicts for them: for classification labels, one of which is explained in each row.

        Returns
        -------
        list of dict
            For each row ``base`` (float), ``contributions`` (by feature, in the order of the schema), which sum up
            with the base to the prediction, and the ``scale`` on which they do: of a regression ``identity``, or
            ``log``, the natural logarithm of the prediction; of a classification the ``probability`` of a class, or
            the ``log_odds`` of it, or, for more than two classes, its ``margin``, the score before the softmax. There
            ``class`` names the class: of two the second, of more the predicted one.

        Raises
        ------
        ExplanationError
            If a column that matters can't be traced to features.
        """
        if not len(matrix):
            return []
        outputs, classes = self._choose_outputs(predictions)
        bases, by_column = self._attributor.attribute(matrix, outputs)
        if by_column[:, ~self._is_whole].any():
            raise ExplanationError("a column that reaches the model can't be traced to the features it is made from")
        labels = [{} if label is None else {"class": label} for label in classes]
        return [
            {"base": base, "scale": self._scale, **label, "contributions": dict(zip(self._names, row, strict=True))}
            for base, label, row in zip(bases.tolist(), labels, (by_column @ self._shares).tolist(), strict=True)
        ]

    def _choose_outputs(self, predictions: Sequence[float | str]) -> tuple[Positions, Sequence[str | None]]:
        """Return for each row the model's output and the class that are explained."""
        first = np.zeros(len(predictions), dtype=np.intp)
        if not self._classes:
            return first, [None] * len(predictions)
        has_two = len(self._classes) == _N_CLASSES_WITH_ODDS
        labels = [self._classes[1]] * len(predictions) if has_two else [str(label) for label in predictions]
        if self._scale == "log_odds":
            return first, labels
        return np.array([self._classes.index(label) for label in labels], dtype=np.intp), labels


def link_explainer(source: ModelSource, model: Model, names: Sequence[str]) -> Explainer:
    """Make the explainer of a program.

    Parameters
    ----------
    source : Program
    model : Model
        The one that the program describes.
    names : sequence of str
        Of the features, in the order of the schema.

    Raises
    ------
    ArtifactIntegrityError
        If the program's object ``explanation`` does not go with the rest.
    ExplanationError
        If the program says that its predictions can't be explained.
    """
    check_explanation(source)
    described = source.content["explanation"]
    if described is None or "unavailable" in described:
        raise ExplanationError((described or {}).get("unavailable", "this model can't be explained"))
    shares = np.zeros((model.n_columns, len(names)))
    for column, pairs in enumerate(described["shares"]):
        for feature, share in pairs:
            shares[column, feature] = share
    reference = described["reference"]
    attributor = _choose_attributor(model, None if reference is None else np.array(reference, dtype=np.float64))
    return Explainer(attributor, shares, names, _find_scale(source, model), source.content["classes"] or ())


def check_explanation(source: ModelSource) -> None:
    """Check what a program says of its explanations.

    Raises
    ------
    ArtifactIntegrityError
        If that can't be.
    """
    described = source.content.get("explanation")
    if described is None:
        return
    if not isinstance(described, dict) or set(described) not in ({"unavailable"}, {"shares", "reference"}):
        raise _refuse("it has to have 'shares' and 'reference', or 'unavailable'")
    if "unavailable" in described:
        if not isinstance(described["unavailable"], str):
            raise _refuse("'unavailable' has to be text")
        return
    n_columns, n_features = (len(source.content[key]) for key in ("columns", "inputs"))
    shares, reference = described["shares"], described["reference"]
    if not isinstance(shares, list) or len(shares) != n_columns:
        raise _refuse(f"'shares' has to be a list of {n_columns} lists")
    if not all(isinstance(pairs, list) and all(_is_share(pair, n_features) for pair in pairs) for pairs in shares):
        raise _refuse(f"'shares' has to name some of {n_features} features for each column, each with its part")
    if reference is None and source.content["model"].get("kind") not in ("linear", "network"):
        return
    if not isinstance(reference, list) or len(reference) != n_columns or not all(map(_is_number, reference)):
        raise _refuse(f"'reference' has to be a list of {n_columns} numbers")


def _is_share(pair: object, n_features: int) -> bool:
    if not isinstance(pair, list) or len(pair) != 2:
        return False
    feature, share = pair
    return type(feature) is int and 0 <= feature < n_features and _is_number(share)


def _is_number(value: object) -> bool:
    return type(value) is float and math.isfinite(value)


def _refuse(message: str) -> ArtifactIntegrityError:
    return ArtifactIntegrityError(
        f"the 'explanation' of the compiled model can't be used: {message}; train the model or fetch the artifact again"
    )


def _find_scale(source: ModelSource, model: Model) -> str:
    classes, link = source.content["classes"], source.content["model"]["link"]
    if classes is None:
        exponentials = [source.content["target"], link].count("exp")
        if exponentials > 1:
            raise ExplanationError("the exponential of an exponential has no scale on which contributions add up")
        return "log" if exponentials else "identity"
    if model.kind in ("forest", "vote"):  # of votes only those of forests are explained
        return "probability"
    return "log_odds" if len(classes) == _N_CLASSES_WITH_ODDS else "margin"


def _choose_attributor(model: Model, reference: Numbers | None) -> Attributor:
    from regression_model.compiled.attribution.ensemble import link_ensemble
    from regression_model.compiled.attribution.linear import LinearAttributor
    from regression_model.compiled.attribution.network import NetworkAttributor
    from regression_model.compiled.attribution.trees import (
        BoostingAttributor,
        ForestAttributor,
        LightGBMAttributor,
        ObliviousAttributor,
        XGBoostAttributor,
    )
    from regression_model.compiled.models.boosting import BoostingModel
    from regression_model.compiled.models.ensemble import StackModel, VoteModel
    from regression_model.compiled.models.forest import ForestModel
    from regression_model.compiled.models.lightgbm import LightGBMModel
    from regression_model.compiled.models.linear import LinearModel
    from regression_model.compiled.models.network import NetworkModel
    from regression_model.compiled.models.oblivious import ObliviousModel
    from regression_model.compiled.models.xgboost import XGBoostModel

    alone: dict[type[Model], Callable[[Any], Attributor]] = {
        ForestModel: ForestAttributor,
        BoostingModel: BoostingAttributor,
        LightGBMModel: LightGBMAttributor,
        XGBoostModel: XGBoostAttributor,
        ObliviousModel: ObliviousAttributor,
    }
    compared: dict[type[Model], Callable[[Any, Numbers], Attributor]] = {
        LinearModel: LinearAttributor,
        NetworkModel: NetworkAttributor,
    }
    if isinstance(model, VoteModel | StackModel):
        return link_ensemble(model, reference, _choose_attributor)
    if type(model) in alone:
        return alone[type(model)](model)
    if type(model) in compared and reference is not None:
        return compared[type(model)](model, reference)
    raise ExplanationError(f"the predictions of a model of the kind {model.kind!r} can't be explained")
