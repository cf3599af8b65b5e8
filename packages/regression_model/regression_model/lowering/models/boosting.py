"""Histogram gradient boosting of scikit-learn."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from regression_model.compiled.attribution.nodes import TreeNodes
from regression_model.compiled.models.category_boosting import LEFT, MISSING, RIGHT
from regression_model.compiled.models.trees import LEAF
from regression_model.errors import NotLowerableError
from regression_model.lowering.models.base import ProgramBuilder
from regression_model.lowering.models.level_order import add_trees

_LAST_CODE = 255
_LINKS = {
    "HalfSquaredError": "identity",
    "AbsoluteError": "identity",
    "PinballLoss": "identity",
    "HalfPoissonLoss": "exp",
    "HalfGammaLoss": "exp",
    "HalfBinomialLoss": "sigmoid",
    "HalfMultinomialLoss": "softmax",
}


def lower_boosting(model: Any, builder: ProgramBuilder) -> dict[str, Any]:  # noqa: ANN401 - scikit-learn has no types
    """Lower a boosting; it takes any value, missing or infinite.

    Raises
    ------
    NotLowerableError
        If a tree splits by categories, or if the loss is not known.
    """
    described = _describe(model)
    return {"kind": "boosting", **described, **add_trees(_read_trees(model), builder, np.float64)}


def lower_category_boosting(model: Any, builder: ProgramBuilder) -> dict[str, Any]:  # noqa: ANN401 - as above
    """Lower a boosting whose trees may split by categories, which are codes from 0 to 255; infinite ones it refuses.

    Raises
    ------
    NotLowerableError
        If a category is no such code, or if the loss is not known.
    """
    described = _describe(model)
    if model.is_categorical_ is not None:
        slots = builder.column_slots()
        builder.require([slots[column] for column in np.flatnonzero(model.is_categorical_)], infinite=True)
    if model.is_categorical_ is None or not any(_by_category(nodes).any() for nodes, _ in _list_predictors(model)):
        trees = add_trees(_read_trees(model), builder, np.float64)
        return {"kind": "boosting", **described, **trees}
    questions, trees_by_question = _number_questions(model)
    arrays = add_trees(trees_by_question, builder, np.float64)
    columns = np.array([column for column, _ in questions], dtype=np.int32)
    answers = np.array([list(answer) for _, answer in questions], dtype=np.uint8)
    return {
        "kind": "category_boosting",
        **described,
        **arrays,
        "category_columns": builder.add_array("category_columns", columns),
        "category_answers": builder.add_array("category_answers", answers),
    }


def _describe(model: Any) -> dict[str, Any]:  # noqa: ANN401 - scikit-learn has no types
    loss = type(model._loss).__name__
    if loss not in _LINKS:
        raise NotLowerableError("model", f"there is no compiled form of {type(model).__name__} with the loss {loss}")
    return {"link": _LINKS[loss], "baselines": np.ravel(model._baseline_prediction).astype(np.float64).tolist()}


def _list_predictors(model: Any) -> Iterator[tuple[Any, Any]]:  # noqa: ANN401 - scikit-learn has no types
    """Yield the nodes of each tree, and the categories that go left at its splits, as 8 words of 32 bits each."""
    for predictor in (predictor for predictors in model._predictors for predictor in predictors):
        yield predictor.nodes, predictor.raw_left_cat_bitsets


def _by_category(nodes: Any) -> Any:  # noqa: ANN401 - an array
    return (nodes["is_categorical"] != 0) & (nodes["is_leaf"] == 0)


def _number_questions(model: Any) -> tuple[list[tuple[int, bytes]], list[TreeNodes]]:  # noqa: ANN401 - as above
    """Give each different split by categories a column behind those of the model, and return the trees with these.

    scikit-learn puts columns of categories before the others, and their codes in the places of the sorted ones.
    """
    is_categorical = np.asarray(model.is_categorical_)
    order = np.concatenate([np.flatnonzero(is_categorical), np.flatnonzero(~is_categorical)])
    known = [_check_codes(codes) for codes in model._preprocessor.named_transformers_["encoder"].categories_]
    n_codes = 1 + max(int(codes.max()) for codes in known)
    questions: dict[tuple[int, bytes], int] = {}
    trees = []
    for nodes, bitsets in _list_predictors(model):
        feature, threshold = order[nodes["feature_idx"]], nodes["num_threshold"].copy()
        for position in np.flatnonzero(_by_category(nodes)).tolist():
            node = nodes[position]
            own = int(node["feature_idx"])
            answers = np.full(n_codes, MISSING, dtype=np.uint8)
            bits = np.unpackbits(bitsets[node["bitset_idx"]].astype("<u4").view(np.uint8), bitorder="little")
            answers[known[own]] = np.where(bits[: len(known[own])] > 0, LEFT, RIGHT)
            question = int(order[own]), answers.tobytes()
            feature[position] = len(order) + questions.setdefault(question, len(questions))
            threshold[position] = 0.5
        trees.append(_make_tree(nodes, feature, threshold))
    return list(questions), trees


def _check_codes(codes: Any) -> np.ndarray[Any, np.dtype[np.intp]]:  # noqa: ANN401 - an array
    whole = np.asarray(codes, dtype=np.float64)
    whole = whole[~np.isnan(whole)]  # missing is the last one, and no category at the splits
    if not len(whole) or not ((whole == np.floor(whole)) & (whole >= 0) & (whole <= _LAST_CODE)).all():
        raise NotLowerableError("model", f"its categories have to be codes from 0 to {_LAST_CODE}")
    return whole.astype(np.intp)


def _read_trees(model: Any) -> Iterator[TreeNodes]:  # noqa: ANN401 - scikit-learn has no types
    """Read the trees, for each iteration those of all outputs. Covers are numbers of rows, whatever the rows weigh."""
    order = np.arange(model.n_features_in_)
    if model.is_categorical_ is not None:
        order = np.argsort(~np.asarray(model.is_categorical_), kind="stable")
    for nodes, _ in _list_predictors(model):
        if nodes["is_categorical"].any():
            raise NotLowerableError("model", "a tree splits by categories; encode them as numbers")
        yield _make_tree(nodes, order[nodes["feature_idx"]], nodes["num_threshold"])


def _make_tree(nodes: Any, feature: Any, threshold: Any) -> TreeNodes:  # noqa: ANN401 - arrays
    return TreeNodes(
        feature=np.where(nodes["is_leaf"], LEAF, feature),
        threshold=threshold,
        missing_left=nodes["missing_go_to_left"].astype(np.bool_),
        left=nodes["left"],
        right=nodes["right"],
        cover=nodes["count"],
        values=nodes["value"][:, None],
    )
