"""The schema: what a model reads, learned once from the training table and saved with the model.

It checks data before training, validates requests, describes them in the API's documentation, draws the web
form, and is the baseline for drift. Nothing else repeats a feature's name or type.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any, Literal

from regression_model.schema.series import find_max_length

Dtype = Literal["number", "integer", "category", "boolean", "datetime", "series"]


@dataclass(frozen=True)
class Feature:
    """One column that the model reads.

    Attributes
    ----------
    name : str
        The data's own column name, also on the wire.
    dtype : {"number", "integer", "category", "boolean", "datetime", "series"}
    nullable : bool
        Whether it may be null in a request.
    minimum, maximum : float or str or None
        Smallest and largest value seen in training (ISO 8601 for datetimes; of series, over all their measurements);
        values outside are allowed.
    exclusive_minimum : float or None
        Values must be greater than this, because a step takes their logarithm.
    categories : dict of str to float or None
        Categories seen in training with their share of the rows that had one, most frequent first.
    on_unseen : {"other", "reject"}
        Whether other categories are passed on to the pipeline, or refused.
    description : str
    typical : float or str or bool or None
        Median or most frequent value, as it would be sent.
    missing_fraction : float
        Share of training rows without a value, in [0, 1].
    deciles : tuple of float or None
        The 11 values that cut the training values of a number into tenths, minimum and maximum included.
    longest : int or None
        Measurements of the longest series seen in training. None for other types, and for models that were saved
        before it was learned.
    """

    name: str
    dtype: Dtype
    nullable: bool
    minimum: float | str | None = None
    maximum: float | str | None = None
    exclusive_minimum: float | None = None
    categories: Mapping[str, float] | None = None
    on_unseen: Literal["other", "reject"] = "other"
    description: str = ""
    typical: float | str | bool | None = None
    missing_fraction: float = 0.0
    deciles: tuple[float, ...] | None = None
    longest: int | None = None

    @property
    def max_length(self) -> int:
        """Most measurements that a series of a request may have; see `find_max_length`. Of series only."""
        return find_max_length(self.longest)


@dataclass(frozen=True)
class Schema:
    """The features of a model, in the order in which its pipeline takes them.

    Attributes
    ----------
    features : tuple of Feature
    missing_values : tuple of str
        Texts that mean "unknown", besides the usual ones.
    ignored : tuple of str
        Columns of the training table that the model does not read: those left out by the config, and those that
        selection dropped.
    """

    features: tuple[Feature, ...]
    missing_values: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()

    @cached_property
    def names(self) -> list[str]:
        """Names of the features, in order; not to be changed."""
        return [feature.name for feature in self.features]

    def __iter__(self) -> Iterator[Feature]:
        return iter(self.features)

    def __len__(self) -> int:
        return len(self.features)

    def __getitem__(self, name: str) -> Feature:
        """Return the feature of that name.

        Raises
        ------
        KeyError
            If there is none.
        """
        for feature in self.features:
            if feature.name == name:
                return feature
        raise KeyError(name)

    def keep(self, names: set[str]) -> Schema:
        """Return the schema with only the features of those names; the others become ignored ones."""
        kept = tuple(item for item in self.features if item.name in names)
        dropped = tuple(item.name for item in self.features if item.name not in names)
        return Schema(kept, self.missing_values, (*self.ignored, *dropped))

    def to_json(self) -> dict[str, Any]:
        """Return plain dictionaries and lists, for the manifest."""
        return {
            "features": [_describe(feature) for feature in self.features],
            "missing_values": list(self.missing_values),
            "ignored": list(self.ignored),
        }

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Schema:
        """Undo `to_json`."""
        return cls(
            tuple(_feature(item) for item in document["features"]),
            tuple(document["missing_values"]),
            tuple(document["ignored"]),
        )


def _describe(feature: Feature) -> dict[str, Any]:
    described = {key: list(value) if isinstance(value, tuple) else value for key, value in asdict(feature).items()}
    if feature.longest is None:  # most features are no series
        del described["longest"]
    return described


def _feature(item: Mapping[str, Any]) -> Feature:
    deciles, categories = item["deciles"], item["categories"]
    return Feature(
        **{
            **item,
            "deciles": tuple(deciles) if deciles is not None else None,
            # Canonical JSON sorts keys; the order by frequency is had again from the shares.
            "categories": order_by_share(categories) if categories is not None else None,
        }
    )


def order_by_share(categories: Mapping[str, float]) -> dict[str, float]:
    """Return the categories with the most frequent first; of equally frequent ones, in the order of the alphabet."""
    return dict(sorted(categories.items(), key=lambda item: (-item[1], item[0])))
