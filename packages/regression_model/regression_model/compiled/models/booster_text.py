"""Checks a booster's text before LightGBM's library reads it, which believes what it reads.

The layout is that of ``Booster.model_to_string`` in LightGBM 4, up to its line ``end of trees``.
"""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from regression_model.compiled.models.section import refuse
from regression_model.errors import ArtifactIntegrityError

END = "end of trees\n"

_OF_MODEL = ("version", "num_class", "num_tree_per_iteration", "label_index", "max_feature_idx", "objective")
_OF_COLUMNS = ("feature_names", "feature_infos", "tree_sizes")
_HEADER = frozenset((*_OF_MODEL, *_OF_COLUMNS))
_WHOLE = ("split_feature", "decision_type", "left_child", "right_child", "internal_count")
STATISTICS = ("split_gain", "internal_value", "internal_weight", "leaf_weight")
"""Lines of a tree that no prediction and no explanation needs, a third of the text; they may be left out."""

_OF_NODES = ("threshold", "leaf_value", "leaf_count")
_OF_TREE = ("num_leaves", "num_cat", "is_linear", "shrinkage")
_OF_CATEGORIES = ("cat_boundaries", "cat_threshold")
_KEYS = frozenset((*_WHOLE, *STATISTICS, *_OF_NODES, *_OF_TREE, *_OF_CATEGORIES))
_INFO = re.compile(r"none|\[[-+.\d:einf]+\]|-?\d+(?::-?\d+)*")
_STATISTICS = re.compile(rf"^(?:{'|'.join(STATISTICS)})=.*\n", re.MULTILINE)
_MOST_LEAVES = 131_072
_MOST_ROWS = 2**31
_BY_CATEGORIES, _ALL_FLAGS = 1, 15
_MOST_WORDS = 2**32
"""The categories that go left are bits of words of 32."""

# The library reads other characters otherwise than Python does. Of decimal numbers it is enough that they can't be NaN.
_IN_WHOLE, _IN_DECIMAL = frozenset("-0123456789 "), frozenset("-+.0123456789e ")
_IN_THRESHOLDS = _IN_DECIMAL | frozenset("inf")  # infinite where only missing values go right

_Whole = np.ndarray[Any, np.dtype[np.int64]]
_Flags = np.ndarray[Any, np.dtype[np.bool_]]


def cut_after_trees(text: str) -> str:
    """Leave out what follows the trees: importances, and the parameters of the training."""
    trees, end, _ = text.partition(f"\n{END}")
    return f"{trees}{end}"


def leave_out_statistics(text: str) -> str:
    """Leave out the lines of all trees that only describe the training, and mend the sizes of the trees."""
    head, _, rest = text.partition("\n\n")
    sizes = re.search(r"^tree_sizes=(.*)$", head, re.MULTILINE)
    if sizes is None:
        return text
    trees, position = [], 0
    for size in map(int, sizes[1].split()):
        trees.append(_STATISTICS.sub("", rest[position : position + size]))
        position += size
    head = f"{head[: sizes.start(1)]}{' '.join(str(len(tree)) for tree in trees)}{head[sizes.end(1) :]}"
    return f"{head}\n\n{''.join(trees)}{rest[position:]}"


def check_booster(text: str, n_columns: int, n_outputs: int) -> None:
    """Check that a text describes trees of which each walk ends at a leaf.

    Parameters
    ----------
    text : str
    n_columns, n_outputs : int
        What it has to say of itself.

    Raises
    ------
    ArtifactIntegrityError
        If the text is no model, describes leaves that are no numbers, or anything else that our models don't have.
    """
    head, _, _ = text.partition("\n\n")
    first, *lines = head.split("\n")
    header = _read_pairs(lines, _HEADER, "the header")
    if first != "tree" or not text.isascii() or "\0" in text:
        raise _refuse("it does not begin with the line 'tree', or has characters that are not ASCII")
    names = " ".join(f"Column_{number}" for number in range(n_columns))
    objectives: tuple[str, ...] = ("regression", "regression_l1", "binary sigmoid:1")
    if n_outputs > 1:
        objectives = (f"multiclass num_class:{n_outputs}",)
    expected = {
        "version": ("v4",),
        "num_class": (str(n_outputs),),
        "num_tree_per_iteration": (str(n_outputs),),
        "label_index": ("0",),
        "max_feature_idx": (str(n_columns - 1),),
        "objective": objectives,
        "feature_names": (names,),
    }
    for key, allowed in expected.items():
        if header.get(key) not in allowed:
            raise _refuse(f"'{key}' has to be {' or '.join(allowed)!s:.80}, not {header.get(key)!r:.80}")
    infos = header.get("feature_infos", "").split(" ")
    if len(infos) != n_columns or not all(_INFO.fullmatch(info) for info in infos):
        raise _refuse("'feature_infos' does not describe the columns")
    sizes = _whole("tree_sizes", [header.get("tree_sizes", "")], None)
    if sizes.size % n_outputs or sizes.min() < 1:
        raise _refuse("'tree_sizes' does not name the sizes of the trees of all outputs")
    _check_trees(_separate(text[len(head) + 2 :], sizes.tolist()), n_columns)


def _separate(text: str, sizes: list[int]) -> list[dict[str, str]]:
    trees = []
    position = 0
    for number, size in enumerate(sizes):
        block = text[position : position + size]
        position += size
        first, *lines = block.rstrip("\n").split("\n")
        if first != f"Tree={number}" or not block.endswith("\n\n"):
            raise _refuse(f"tree {number} is not where 'tree_sizes' says")
        trees.append(_read_pairs(lines, _KEYS, f"tree {number}"))
    if text[position:] != END:
        raise _refuse(f"the line '{END.strip()}' is not behind the last tree")
    return trees


def _check_trees(trees: list[dict[str, str]], n_columns: int) -> None:
    def words(key: str) -> list[str]:
        return [tree.get(key, "") for tree in trees]

    one_each = np.ones(len(trees), dtype=np.int64)
    n_leaves = _whole("num_leaves", words("num_leaves"), one_each)
    if n_leaves.min() < 1 or n_leaves.max() > _MOST_LEAVES or {*words("is_linear")} != {"0"}:
        raise _refuse("a tree has too many leaves or has leaves that are no numbers")
    n_categorical = _whole("num_cat", words("num_cat"), one_each)
    if n_categorical.min() < 0 or (n_categorical >= n_leaves).any():
        raise _refuse("a tree has more splits by categories than splits")
    _split("shrinkage", words("shrinkage"), one_each, _IN_DECIMAL)
    _split("leaf_value", words("leaf_value"), n_leaves, _IN_DECIMAL)
    trees = [tree for tree, n in zip(trees, n_leaves.tolist(), strict=True) if n > 1]
    if not trees:  # of one that is a single leaf the library reads nothing else
        return
    n_categorical, n_leaves = n_categorical[n_leaves > 1], n_leaves[n_leaves > 1]
    thresholds = _split("threshold", words("threshold"), n_leaves - 1, _IN_THRESHOLDS)
    for key in STATISTICS:
        if any(key in tree for tree in trees):
            _split(key, words(key), n_leaves if key == "leaf_weight" else n_leaves - 1, _IN_DECIMAL)
    counts = _whole("leaf_count", words("leaf_count"), n_leaves)
    splits = {key: _whole(key, words(key), n_leaves - 1) for key in _WHOLE}
    columns, flags, covers = splits["split_feature"], splits["decision_type"], splits["internal_count"]
    if columns.min() < 0 or columns.max() >= n_columns:
        raise _refuse(f"a tree splits by a column that is none of the {n_columns}")
    if flags.min() < 0 or flags.max() > _ALL_FLAGS:
        raise _refuse("a tree splits in an unknown way")
    _check_categories(trees, flags & _BY_CATEGORIES > 0, thresholds, n_categorical.repeat(n_leaves - 1))
    if counts.min() < 0 or covers.min() < 1 or max(counts.max(), covers.max()) >= _MOST_ROWS:
        raise _refuse("a node of a tree covers no rows, or too many")
    _check_children(splits["left_child"], splits["right_child"], n_leaves)


def _check_categories(trees: list[dict[str, str]], by_category: _Flags, thresholds: list[str], listed: _Whole) -> None:
    """Check that each split by categories names one of the lists of its tree, and that these are as long as they say.

    Such a split has in place of a threshold the number of a list: the words from one of ``cat_boundaries`` to the next
    in ``cat_threshold``, whose bits are the categories that go left.
    """
    named = [word for word, chosen in zip(thresholds, by_category.tolist(), strict=True) if chosen]
    numbers = _whole("threshold", [" ".join(named)], None) if named else np.zeros(0, dtype=np.int64)
    if (numbers < 0).any() or (numbers >= listed[by_category]).any():
        raise _refuse("a tree splits by categories that it does not list")
    trees = [tree for tree in trees if tree["num_cat"] != "0"]
    if not trees:
        return
    n_lists = np.array([int(tree["num_cat"]) for tree in trees])
    ends = _whole("cat_boundaries", [tree.get("cat_boundaries", "") for tree in trees], n_lists + 1)
    first = np.cumsum(n_lists + 1) - (n_lists + 1)
    rises = np.diff(ends) > 0
    rises[first[1:] - 1] = True  # from one tree to the next
    if ends[first].any() or not rises.all() or ends.max() > _MOST_LEAVES:
        raise _refuse("'cat_boundaries' don't rise from 0")
    words = _whole("cat_threshold", [tree.get("cat_threshold", "") for tree in trees], ends[first + n_lists])
    if words.min() < 0 or words.max() >= _MOST_WORDS:
        raise _refuse("'cat_threshold' has to be whole numbers of 32 bits")


def _check_children(left: _Whole, right: _Whole, n_leaves: _Whole) -> None:
    """Check that each node but the root, and each leaf, is the child of one node, which lies before it.

    Leaves are -1, -2, ... Because there are as many children as nodes and leaves, it is enough that all differ.
    """
    children = np.concatenate([left, right])
    leaves = np.tile(n_leaves.repeat(n_leaves - 1), 2)
    starts = np.cumsum(n_leaves - 1) - (n_leaves - 1)
    node = np.tile(np.arange(len(left)) - starts.repeat(n_leaves - 1), 2)
    is_right = np.where(children < 0, children >= -leaves, (children > node) & (children < leaves - 1))
    offset = np.tile((2 * (np.cumsum(n_leaves) - n_leaves)).repeat(n_leaves - 1), 2)
    if not is_right.all() or len(np.unique(children + leaves + offset)) != len(children):
        raise _refuse("the nodes of a tree are not each the child of one before it")


def _read_pairs(lines: list[str], known: frozenset[str], where: str) -> dict[str, str]:
    pairs: dict[str, str] = {}
    for line in lines:
        key, sign, value = line.partition("=")
        if not sign or key not in known or key in pairs:
            raise _refuse(f"{where} has the line {line!r:.80}")
        pairs[key] = value
    return pairs


def _whole(key: str, lines: list[str], lengths: _Whole | None) -> _Whole:
    try:
        return np.array([int(word) for word in _split(key, lines, lengths, _IN_WHOLE)], dtype=np.int64)
    except (ValueError, OverflowError):
        raise _refuse(f"'{key}' has to be whole numbers") from None


def _split(key: str, lines: list[str], lengths: _Whole | None, characters: frozenset[str]) -> list[str]:
    together = " ".join(lines)
    words = together.split(" ")
    found = [line.count(" ") + 1 for line in lines]
    if not characters.issuperset(together) or (lengths is not None and found != lengths.tolist()) or "" in words:
        raise _refuse(f"'{key}' has too few or too many numbers, or some that are none")
    return words


def _refuse(message: str) -> ArtifactIntegrityError:
    return refuse(f"in the booster's text {message}")
