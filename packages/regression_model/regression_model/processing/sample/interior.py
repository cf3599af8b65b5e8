"""Third stage of the **synthetic** sample: basement, rooms and equipment of the house."""

from __future__ import annotations

import numpy as np

from regression_model.processing.sample import marginals
from regression_model.processing.sample.building import find_age_band
from regression_model.processing.sample.draws import Column, Columns, Draws, grade, whole

_FINISH_STEPS = {"Unf": -9.0, "LwQ": -0.6, "Rec": -0.35, "BLQ": 0.0, "ALQ": 0.3, "GLQ": 0.75}
_NEW_FINISH_STEPS = {"Unf": -9.0, "ALQ": -0.4, "GLQ": -0.2}


def draw_interior(draws: Draws, houses: Columns) -> Columns:
    """Draw what lies behind the walls.

    Parameters
    ----------
    draws : Draws
        The sample's streams.
    houses : dict of str to numpy.ndarray
        What `draw_building` returned.

    Returns
    -------
    dict of str to numpy.ndarray
        The columns so far and those of the interior, each of shape ``(n_rows,)``.
    """
    band = find_age_band(houses["YearBuilt"])
    houses = houses | _draw_basement(draws, houses)
    houses = houses | _split_basement(draws, houses, band)
    houses = houses | _draw_rooms(draws, houses, band)
    return houses | _draw_equipment(draws, houses, band)


def _draw_basement(draws: Draws, houses: Columns) -> Columns:
    exists = (houses["Foundation"] != "Slab") & ~draws.chance("no basement", 0.008)
    share = np.clip(0.97 + 0.06 * draws.normal("TotalBsmtSF"), 0.5, 1.05)
    height = 0.05 * (houses["YearBuilt"] - 1970) + 0.5 * (houses["OverallQual"] - 6)
    height = height + 0.6 * draws.normal("BsmtQual")
    quality = grade(height, {"Fa": -9.0, "TA": -3.2, "Gd": 0.2, "Ex": 2.6})
    condition = draws.choice("BsmtCond", marginals.INDEPENDENT["BsmtCond"])
    exposure = draws.choice("BsmtExposure", marginals.INDEPENDENT["BsmtExposure"])
    return {
        "TotalBsmtSF": np.where(exists, whole(houses["1stFlrSF"] * share), 0),
        "BsmtQual": np.where(exists, quality, "NA"),
        "BsmtCond": np.where(exists, condition, "NA"),
        "BsmtExposure": np.where(exists, exposure, "NA"),
    }


def _split_basement(draws: Draws, houses: Columns, band: Column) -> Columns:
    total = houses["TotalBsmtSF"]
    exists = total > 0
    score = draws.normal("BsmtFinType1")
    finish = np.where(band == "new", grade(score, _NEW_FINISH_STEPS), grade(score, _FINISH_STEPS))
    finish = np.where((band == "old") & draws.chance("old and unfinished", 0.35), "Unf", finish)
    first_share = np.clip(0.58 + 0.22 * draws.normal("BsmtFinSF1"), 0.03, 1.0)
    first = np.where(exists & (finish != "Unf"), np.maximum(whole(total * first_share), 1), 0)
    rest = total - first
    second_finish = draws.choice("BsmtFinType2", marginals.INDEPENDENT["BsmtFinType2"])
    second_finish[(finish == "Unf") | (rest < 100)] = "Unf"
    second_share = 0.2 + 0.7 * draws.uniform("BsmtFinSF2")
    second = np.where(second_finish == "Unf", 0, whole(rest * second_share))
    return {
        "BsmtFinType1": np.where(exists, finish, "NA"),
        "BsmtFinSF1": first,
        "BsmtFinType2": np.where(exists, second_finish, "NA"),
        "BsmtFinSF2": second,
        "BsmtUnfSF": rest - second,
    }


def _draw_rooms(draws: Draws, houses: Columns, band: Column) -> Columns:
    area, finished = houses["GrLivArea"], houses["BsmtFinSF1"] + houses["BsmtFinSF2"]
    families = 1 + np.isin(houses["BldgType"], ["Duplex", "2fmCon"])
    bedrooms = whole(2.9 + (area - 1450) / 1000.0 + 0.6 * draws.normal("BedroomAbvGr"), families, 7)
    rooms = whole(bedrooms + 2.2 + area / 1200.0 + 0.7 * draws.normal("TotRmsAbvGrd"), bedrooms + 1, 15)
    modern = 0.35 * (band == "new") - 0.2 * (band == "old")
    baths = whole(1.45 + modern + (area - 1400) / 1100.0 + 0.3 * draws.normal("FullBath"), families, 4)
    half = draws.chance("HalfBath", np.where(houses["2ndFlrSF"] > 0, 0.62, 0.22)) & (area > 900)
    full_below = draws.chance("BsmtFullBath", 0.65) & (finished > 150)
    half_below = draws.chance("BsmtHalfBath", 0.1) & (finished > 0) & ~full_below
    more_below = draws.chance("second bath below", 0.03) & full_below
    return {
        "BedroomAbvGr": bedrooms,
        "TotRmsAbvGrd": rooms,
        "KitchenAbvGr": families,
        "FullBath": baths,
        "HalfBath": half.astype(np.int64) + (half & draws.chance("second half bath", 0.03)),
        "BsmtFullBath": full_below.astype(np.int64) + more_below,
        "BsmtHalfBath": half_below.astype(np.int64),
        "Functional": draws.choice("Functional", marginals.INDEPENDENT["Functional"]),
    }


def _draw_equipment(draws: Draws, houses: Columns, band: Column) -> Columns:
    quality = houses["OverallQual"]
    fresh = quality + 0.05 * (houses["YearRemodAdd"] - 1990)
    kitchen = fresh + 0.8 * draws.normal("KitchenQual")
    heating = fresh + 1.6 * draws.normal("HeatingQC")
    wish = -0.9 + 0.22 * quality + (houses["GrLivArea"] - 1400) / 900.0 + 0.55 * draws.normal("Fireplaces")
    fireplaces = whole(wish, 0, 3)
    hearth = quality + 1.3 * draws.normal("FireplaceQu")
    hearth_quality = grade(hearth, {"Po": 0.0, "Fa": 3.6, "TA": 4.4, "Gd": 6.4, "Ex": 9.8})
    air_share = np.where(band == "old", 0.74, np.where(band == "middle", 0.95, 0.998))
    return {
        "KitchenQual": grade(kitchen, {"Fa": -9.0, "TA": 2.2, "Gd": 6.2, "Ex": 9.2}),
        "HeatingQC": grade(heating, {"Po": -9.0, "Fa": -1.0, "TA": 1.2, "Gd": 4.6, "Ex": 6.0}),
        "Fireplaces": fireplaces,
        "FireplaceQu": np.where(fireplaces > 0, hearth_quality, "NA"),
        "CentralAir": np.where(draws.chance("CentralAir", air_share), "Y", "N").astype(object),
        "Heating": draws.choice_by("Heating", band, marginals.HEATING_BY_BAND),
        "Electrical": draws.choice_by("Electrical", band, marginals.ELECTRICAL_BY_BAND),
    }
