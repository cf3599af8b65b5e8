"""The schema: what a model reads, learned once from the training table and saved with the model.

It checks data before training, validates requests, describes them in the API's documentation, draws the web
form, and is the baseline for drift. Nothing else repeats a feature's name or type.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd

from regression_model.config.sections import Dtype

if TYPE_CHECKING:
    from regression_model.config import Config

N_DECILES = 11


@dataclass(frozen=True)
class Feature:
    """One column that the model reads.

    Attributes
    ----------
    name : str
        The data's own column name, also on the wire.
    dtype : {"number", "integer", "category", "boolean", "datetime"}
    nullable : bool
        Whether it may be null in a request.
    minimum, maximum : float or str or None
        Smallest and largest value seen in training (ISO 8601 for datetimes); values outside are allowed.
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

    @property
    def names(self) -> list[str]:
        """Names of the features, in order."""
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
            "features": [
                {key: list(value) if isinstance(value, tuple) else value for key, value in asdict(feature).items()}
                for feature in self.features
            ],
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


def _feature(item: Mapping[str, Any]) -> Feature:
    deciles, categories = item["deciles"], item["categories"]
    return Feature(
        **{
            **item,
            "deciles": tuple(deciles) if deciles is not None else None,
            # Canonical JSON sorts keys; the order by frequency is had again from the shares.
            "categories": _by_share(categories) if categories is not None else None,
        }
    )


def _by_share(categories: Mapping[str, float]) -> dict[str, float]:
    return dict(sorted(categories.items(), key=lambda item: (-item[1], item[0])))


def infer_schema(frame: pd.DataFrame, config: Config, whole: pd.DataFrame | None = None) -> Schema:
    """Learn the schema from the training table.

    Parameters
    ----------
    frame : DataFrame of shape (n_rows, n_features)
        The rows that are trained on, model-ready: numbers and booleans as float, categories as object, datetimes as
        datetime64.
    config : Config
    whole : DataFrame of shape (n_all_rows, n_features), optional
        All rows of the table, the held-out ones included: what is missing there may be missing in a request.

    Returns
    -------
    Schema
        With the features of the config, in its order.
    """
    plan = config.plan()
    filled, bounds = plan.columns_where("fills_missing"), plan.bounds_above()
    features = []
    for name, dtype in config.features.dtypes().items():
        said = config.features.details()[name]
        missing_fraction = float(frame[name].isna().mean())
        seen_missing = bool((frame if whole is None else whole)[name].isna().any())
        nullable = said.nullable if said.nullable is not None else name in filled or seen_missing
        features.append(
            Feature(
                name=name,
                dtype=dtype,
                nullable=nullable,
                exclusive_minimum=bounds.get(name),
                on_unseen=said.on_unseen,
                description=said.description,
                missing_fraction=missing_fraction,
                **_summary(frame[name], dtype),
            )
        )
    ignored = (config.target.column, *config.features.left_out)
    return Schema(tuple(features), config.data.missing_values, ignored)


def _summary(column: pd.Series, dtype: Dtype) -> dict[str, Any]:
    """Summarise the values of one column: range, typical value, and what drift is measured against."""
    values = column.dropna()
    if dtype == "category":
        counts = values.value_counts()
        shares = _by_share({str(category): float(count / len(values)) for category, count in counts.items()})
        return {"categories": shares, "typical": next(iter(shares), None)}
    if values.empty:
        return {}
    if dtype == "datetime":
        middle = values.sort_values().iloc[len(values) // 2]
        return {"minimum": _iso(values.min()), "maximum": _iso(values.max()), "typical": _iso(middle)}
    if dtype == "boolean":
        return {"minimum": 0.0, "maximum": 1.0, "typical": bool(values.median() >= 0.5)}
    deciles = np.quantile(values.to_numpy(), np.linspace(0, 1, N_DECILES))
    # A median between two whole numbers is none itself; the lower of the two is.
    typical = float(np.quantile(values.to_numpy(), 0.5, method="lower"))
    return {
        "minimum": float(values.min()),
        "maximum": float(values.max()),
        "typical": int(typical) if dtype == "integer" else typical,
        "deciles": tuple(float(value) for value in deciles),
    }


def _iso(moment: pd.Timestamp) -> str:
    return moment.isoformat()
