"""Last stage of the **synthetic** sample: how each house was sold, and for how much."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from regression_model.processing.sample import marginals
from regression_model.processing.sample.draws import Column, Columns, Draws, whole
from regression_model.processing.sample.site import get_neighbourhood_values

LOWEST_PRICE = 35_000
HIGHEST_PRICE = 750_000
_PRICE_STEP = 500

#: Added to the logarithm of the price for each unit above a typical house: column to (effect, typical value).
_LINEAR: dict[str, tuple[float, float]] = {
    "OverallQual": (0.075, 6.0),
    "OverallCond": (0.045, 5.5),
    "YearBuilt": (0.002, 1972.0),
    "YearRemodAdd": (0.001, 1985.0),
    "BsmtFinSF1": (0.0001, 440.0),
    "TotalBsmtSF": (0.0001, 1050.0),
    "GarageCars": (0.06, 1.8),
    "Fireplaces": (0.035, 0.6),
    "BsmtFullBath": (0.03, 0.4),
    "FullBath": (0.02, 1.6),
}

#: Added to the logarithm of the price by category; categories not listed add nothing.
_BY_CATEGORY: dict[str, Mapping[str, float]] = {
    "MSZoning": {"C (all)": -0.3, "RM": -0.05, "FV": 0.03, "I (all)": -0.2, "A (agr)": -0.3},
    "Condition1": {"Artery": -0.09, "Feedr": -0.05, "PosN": 0.06, "PosA": 0.06, "RRAe": -0.08},
    "BldgType": {"Twnhs": -0.1, "TwnhsE": -0.03, "Duplex": -0.15, "2fmCon": -0.05},
    "KitchenQual": {"Fa": -0.06, "Gd": 0.04, "Ex": 0.11},
    "ExterQual": {"Fa": -0.05, "Gd": 0.02, "Ex": 0.06},
    "BsmtQual": {"NA": -0.1, "Fa": -0.03, "Gd": 0.02, "Ex": 0.08},
    "BsmtExposure": {"Gd": 0.06, "Av": 0.02},
    "CentralAir": {"N": -0.1},
    "Functional": {"Min1": -0.04, "Min2": -0.04, "Mod": -0.1, "Maj1": -0.15, "Maj2": -0.25},
    "GarageFinish": {"Fin": 0.02, "RFn": 0.01},
    "PavedDrive": {"N": -0.03},
    "SaleCondition": {"Abnorml": -0.12, "Partial": 0.05, "Family": -0.05, "AdjLand": -0.1},
}


def draw_sale(draws: Draws, houses: Columns) -> Columns:
    """Draw the circumstances of each sale, and the price.

    The logarithm of the price is a sum of effects and of normal noise with standard deviation 0.09,
    0.25 for one sale in twenty: some sales can't be explained by the table.

    Parameters
    ----------
    draws : Draws
        The sample's streams.
    houses : dict of str to numpy.ndarray
        What `draw_outside` returned.

    Returns
    -------
    dict of str to numpy.ndarray
        All columns but ``Id``, each of shape ``(n_rows,)``; prices in dollars of the year sold.
    """
    houses = houses | _draw_circumstances(draws, houses)
    spread = np.where(draws.chance("unusual sale", 0.05), 0.25, 0.09)
    log_price = _sum_effects(houses) + spread * draws.normal("SalePrice")
    # An enormous house before it is finished sells far below what its size suggests.
    unfinished_giant = (houses["GrLivArea"] > 4000) & (houses["SaleCondition"] == "Partial")
    log_price = log_price - np.where(unfinished_giant, 1.0, 0.0)
    steps = np.exp(log_price) / _PRICE_STEP
    price = _PRICE_STEP * whole(steps, LOWEST_PRICE / _PRICE_STEP, HIGHEST_PRICE / _PRICE_STEP)
    return houses | {"SalePrice": price}


def _draw_circumstances(draws: Draws, houses: Columns) -> Columns:
    just_built = houses["YearBuilt"] >= houses["YrSold"] - 1
    # Nobody finishes an enormous house before it has a buyer.
    from_builder = just_built & (draws.chance("sold by the builder", 0.7) | (houses["GrLivArea"] > 4000))
    sale_type = draws.choice("SaleType", marginals.SALE_TYPE)
    condition = draws.choice("SaleCondition", marginals.SALE_CONDITION)
    return {
        "SaleType": np.where(from_builder, "New", sale_type),
        "SaleCondition": np.where(from_builder, "Partial", condition),
    }


def _sum_effects(houses: Columns) -> Column:
    total = 12.02 + get_neighbourhood_values(houses, "price_effect")
    total = total + 0.5 * np.log(houses["GrLivArea"] / 1450.0)
    total = total + 0.12 * np.log(houses["LotArea"] / 9500.0)
    total = total + 0.04 * (houses["ScreenPorch"] > 0) + 0.03 * (houses["WoodDeckSF"] > 0)
    for column, (effect, typical) in _LINEAR.items():
        total = total + effect * (houses[column] - typical)
    for column, effects in _BY_CATEGORY.items():
        total = total + np.array([effects.get(category, 0.0) for category in houses[column]])
    return np.asarray(total)
