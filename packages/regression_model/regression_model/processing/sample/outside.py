"""Fourth stage of the **synthetic** sample: garage, porches, pool and garden."""

from __future__ import annotations

import numpy as np

from regression_model.processing.sample import marginals
from regression_model.processing.sample.building import find_age_band
from regression_model.processing.sample.draws import Column, Columns, Draws, grade, whole

#: Column to the share of houses that have it, its typical area in square feet, the spread of its logarithm.
_AREAS: dict[str, tuple[float, float, float]] = {
    "3SsnPorch": (0.013, 190.0, 0.4),
    "ScreenPorch": (0.09, 165.0, 0.4),
    "WoodDeckSF": (0.48, 165.0, 0.55),
}


def draw_outside(draws: Draws, houses: Columns) -> Columns:
    """Draw what stands around each house.

    Parameters
    ----------
    draws : Draws
        The sample's streams.
    houses : dict of str to numpy.ndarray
        What `draw_interior` returned.

    Returns
    -------
    dict of str to numpy.ndarray
        The columns so far and those of the outside, each of shape ``(n_rows,)``.
    """
    band = find_age_band(houses["YearBuilt"])
    houses = houses | _draw_garage(draws, houses, band)
    houses["PavedDrive"] = draws.choice_by("PavedDrive", band, marginals.DRIVE_BY_BAND)
    houses = houses | _draw_porches(draws, band)
    return houses | _draw_garden(draws)


def _draw_garage(draws: Draws, houses: Columns, band: Column) -> Columns:
    kind = draws.choice_by("GarageType", band, marginals.GARAGE_BY_BAND)
    exists = kind != "NA"
    wish = 1.75 + 0.28 * (houses["OverallQual"] - 6) + (houses["GrLivArea"] - 1450) / 3000.0
    wish = wish - 0.3 * (band == "old") + 0.15 * (band == "new")
    cars = np.where(exists, whole(wish + 0.4 * draws.normal("GarageCars"), 1, 4), 0)
    area_sqft = whole(cars * 225 + 65 + 55 * draws.normal("GarageArea"), 160, 1400)
    later = (kind == "Detchd") & draws.chance("garage came later", 0.45)
    share = np.where(later, draws.uniform("GarageYrBlt"), 0.0)
    built = whole(houses["YearBuilt"] + share * (houses["YrSold"] - houses["YearBuilt"]))
    finish_score = houses["OverallQual"] - 2.5 * (kind == "Detchd") + 1.4 * draws.normal("GarageFinish")
    finish = grade(finish_score, {"Unf": 0.0, "RFn": 5.4, "Fin": 6.9})
    quality = draws.choice("GarageQual", marginals.INDEPENDENT["GarageQual"])
    condition = draws.choice("GarageCond", marginals.INDEPENDENT["GarageCond"])
    return {
        "GarageType": kind,
        "GarageYrBlt": built,
        "GarageCars": cars,
        "GarageArea": np.where(exists, area_sqft, 0),
        "GarageFinish": np.where(exists, finish, "NA"),
        "GarageQual": np.where(exists, quality, "NA"),
        "GarageCond": np.where(exists, condition, "NA"),
    }


def _draw_porches(draws: Draws, band: Column) -> Columns:
    porches: Columns = {}
    for column, (share, typical_sqft, spread) in _AREAS.items():
        porches[column] = _draw_area(draws, column, np.full(draws.n_rows, share), (typical_sqft, spread))
    open_share = np.where(band == "new", 0.8, 0.4)
    closed_share = np.where(band == "old", 0.45, 0.08)
    porches["OpenPorchSF"] = _draw_area(draws, "OpenPorchSF", open_share, (62.0, 0.65))
    porches["EnclosedPorch"] = _draw_area(draws, "EnclosedPorch", closed_share, (125.0, 0.5))
    return porches


def _draw_area(draws: Draws, column: str, share: Column, size: tuple[float, float]) -> Column:
    typical_sqft, spread = size
    area_sqft = whole(typical_sqft * np.exp(spread * draws.normal(column)), 8, 1400)
    return np.where(draws.chance(f"has {column}", share), area_sqft, 0)


def _draw_garden(draws: Draws) -> Columns:
    pool = draws.choice("PoolQC", marginals.INDEPENDENT["PoolQC"])
    feature = draws.choice("MiscFeature", marginals.INDEPENDENT["MiscFeature"])
    pool_sqft = whole(500 + 120 * draws.normal("PoolArea"), 140, 900)
    # A second garage is worth far more than a shed: the longest tail of the table.
    typical_dollars = np.where(feature == "Gar2", 8000.0, 550.0)
    value = 50 * whole(typical_dollars * np.exp(0.5 * draws.normal("MiscVal")) / 50, 1, 320)
    return {
        "PoolQC": pool,
        "PoolArea": np.where(pool == "NA", 0, pool_sqft),
        "Fence": draws.choice("Fence", marginals.INDEPENDENT["Fence"]),
        "MiscFeature": feature,
        "MiscVal": np.where(feature == "NA", 0, value),
    }
