"""Second stage of the **synthetic** sample: age, quality, size and outside of the building."""

from __future__ import annotations

import numpy as np

from regression_model.processing.sample import marginals
from regression_model.processing.sample.codes import find_subclass
from regression_model.processing.sample.draws import Column, Columns, Draws, grade, whole
from regression_model.processing.sample.site import get_neighbourhood_values

#: Share of the living area that lies on the first floor, by style.
_FIRST_FLOOR_SHARE = {"2Story": 0.52, "1.5Fin": 0.64, "2.5Fin": 0.42, "2.5Unf": 0.48}


def find_age_band(year_built: Column) -> Column:
    """Name the age band of each year of construction: old, middle or new; shape ``(n_rows,)``."""
    names = np.array(list(marginals.AGE_BANDS), dtype=object)
    last_years = np.array(list(marginals.AGE_BANDS.values()))
    return np.asarray(names[np.searchsorted(last_years, year_built)])


def draw_building(draws: Draws, houses: Columns) -> Columns:
    """Draw the building that stands on each lot.

    Parameters
    ----------
    draws : Draws
        The sample's streams.
    houses : dict of str to numpy.ndarray
        What `draw_site` returned.

    Returns
    -------
    dict of str to numpy.ndarray
        The columns so far and those of the building, each of shape ``(n_rows,)``.
    """
    houses = houses | _draw_years(draws, houses)
    band = find_age_band(houses["YearBuilt"])
    is_town_house = np.isin(houses["BldgType"], ["Twnhs", "TwnhsE"])
    style_group = np.where(is_town_house, "town_house", band)
    houses["HouseStyle"] = draws.choice_by("HouseStyle", style_group, marginals.STYLE_BY_BAND)
    houses["Foundation"] = draws.choice_by("Foundation", band, marginals.FOUNDATION_BY_BAND)
    buildings = zip(houses["BldgType"], houses["HouseStyle"], houses["YearBuilt"], strict=True)
    houses["MSSubClass"] = np.array([find_subclass(*building) for building in buildings], dtype=np.int64)
    for column in ("RoofStyle", "RoofMatl", "ExterCond"):
        houses[column] = draws.choice(column, marginals.INDEPENDENT[column])
    houses = houses | _draw_quality(draws, houses)
    houses = houses | _draw_floors(draws, houses)
    return houses | _draw_walls(draws, houses, band)


def _draw_years(draws: Draws, houses: Columns) -> Columns:
    typical = get_neighbourhood_values(houses, "year_built")
    spread = get_neighbourhood_values(houses, "year_spread")
    built = whole(typical + spread * draws.normal("YearBuilt"), 1875, houses["YrSold"])
    # The town's records of alterations begin in 1950.
    first_possible = np.maximum(built, np.minimum(1950, houses["YrSold"]))
    remodelled = draws.chance("remodelled", np.where(built < 1990, 0.5, 0.25))
    share = np.where(remodelled, draws.uniform("YearRemodAdd") ** 0.6, 0.0)
    altered = whole(first_possible + share * (houses["YrSold"] - first_possible))
    return {"YearBuilt": built, "YearRemodAdd": altered}


def _draw_quality(draws: Draws, houses: Columns) -> Columns:
    typical = get_neighbourhood_values(houses, "quality")
    altered_years = houses["YearRemodAdd"] - houses["YearBuilt"]
    score = typical + 0.008 * altered_years + 0.95 * draws.normal("OverallQual")
    quality = whole(score, 1, 10)
    is_new = houses["YearBuilt"] >= 1995
    care = 5.4 + np.where(is_new, -0.4, 0.02 * altered_years)
    condition = whole(care + np.where(is_new, 0.25, 1.15) * draws.normal("OverallCond"), 1, 9)
    exterior = quality + 0.02 * (houses["YearRemodAdd"] - 1985) + 0.7 * draws.normal("ExterQual")
    return {
        "OverallQual": quality,
        "OverallCond": condition,
        "ExterQual": grade(exterior, {"Fa": 0.0, "TA": 2.6, "Gd": 6.5, "Ex": 9.2}),
    }


def _draw_floors(draws: Draws, houses: Columns) -> Columns:
    style = houses["HouseStyle"]
    is_town_house = np.isin(houses["BldgType"], ["Twnhs", "TwnhsE"])
    has_upper_floor = np.isin(style, list(_FIRST_FLOOR_SHARE))
    size = 7.12 + 0.13 * (houses["OverallQual"] - 6) + 0.3 * has_upper_floor - 0.08 * is_town_house
    size = size + np.where(houses["BldgType"] == "Duplex", 0.2, 0.0)
    # A few enormous houses: the outliers that a model has to live with.
    is_recent = houses["YearBuilt"] >= houses["YrSold"] - 3
    is_enormous = draws.chance("enormous", 0.04) & is_recent & ~is_town_house
    size = np.where(is_enormous, 8.42, size)
    total = whole(np.exp(size + np.where(is_enormous, 0.1, 0.2) * draws.normal("GrLivArea")), 400, 5600)
    share = np.array([_FIRST_FLOOR_SHARE.get(name, 1.0) for name in style])
    share = np.clip(share + 0.05 * draws.normal("first floor share"), 0.35, 0.9)
    first = np.where(has_upper_floor, whole(total * share), total)
    has_attic_room = draws.chance("attic room", 0.03) & (houses["YearBuilt"] <= 1945)
    low_quality = np.where(has_attic_room, whole(60 + 400 * draws.uniform("LowQualFinSF")), 0)
    return {
        "1stFlrSF": first,
        "2ndFlrSF": total - first,
        "LowQualFinSF": low_quality,
        "GrLivArea": total + low_quality,
    }


def _draw_walls(draws: Draws, houses: Columns, band: Column) -> Columns:
    first = draws.choice_by("Exterior1st", band, marginals.EXTERIOR_BY_BAND)
    other = draws.choice_by("Exterior2nd", band, marginals.EXTERIOR_BY_BAND)
    second = np.where(draws.chance("one exterior", 0.86), first, other)
    veneer = draws.choice("MasVnrType", marginals.INDEPENDENT["MasVnrType"])
    veneer[(band == "old") & draws.chance("old and plain", 0.7)] = "None"
    size = 0.15 * (houses["OverallQual"] - 6) + 0.65 * draws.normal("MasVnrArea")
    area_sqft = whole(190 * np.exp(size), 16, 1500)
    return {
        "Exterior1st": first,
        "Exterior2nd": np.array([marginals.SECOND_SPELLING.get(name, name) for name in second], dtype=object),
        "MasVnrType": veneer,
        "MasVnrArea": np.where(veneer == "None", 0, area_sqft),
    }
