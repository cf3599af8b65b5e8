"""First stage of the **synthetic** sample: when it was sold, where it stands, and its lot."""

from __future__ import annotations

import numpy as np

from regression_model.processing.sample import marginals
from regression_model.processing.sample.draws import Column, Columns, Draws, grade, whole
from regression_model.processing.sample.neighbourhoods import NEIGHBOURHOODS, Neighbourhood

_LAST_YEAR_SOLD = 2010


def get_neighbourhood_values(houses: Columns, attribute: str) -> Column:
    """Spread one attribute of `Neighbourhood` over the houses; shape ``(n_rows,)``."""
    table: dict[str, Neighbourhood] = NEIGHBOURHOODS
    return np.array([getattr(table[name], attribute) for name in houses["Neighborhood"]])


def draw_site(draws: Draws) -> Columns:
    """Draw what is known before a house is built on the lot.

    Parameters
    ----------
    draws : Draws
        The sample's streams.

    Returns
    -------
    dict of str to numpy.ndarray
        Date of sale, neighbourhood, zoning, lot and its surroundings, each of shape ``(n_rows,)``.
    """
    weights = {name: neighbourhood.weight for name, neighbourhood in NEIGHBOURHOODS.items()}
    houses: Columns = {"Neighborhood": draws.choice("Neighborhood", weights)}
    kind = get_neighbourhood_values(houses, "kind")
    for column in ("Street", "Utilities", "LandContour", "LandSlope", "LotConfig", "Condition2"):
        houses[column] = draws.choice(column, marginals.INDEPENDENT[column])
    houses["MSZoning"] = draws.choice_by("MSZoning", kind, marginals.ZONING_BY_KIND)
    houses["BldgType"] = draws.choice_by("BldgType", kind, marginals.BUILDING_BY_KIND)
    houses["Alley"] = draws.choice_by("Alley", kind, marginals.ALLEY_BY_KIND)
    houses["Condition1"] = draws.choice_by("Condition1", kind, marginals.CONDITION_BY_KIND)
    # A second condition beside none at all would make no sense.
    houses["Condition2"][houses["Condition1"] == "Norm"] = "Norm"
    return houses | _draw_sale_date(draws) | _draw_lot(draws, houses)


def _draw_sale_date(draws: Draws) -> Columns:
    year = draws.choice("YrSold", marginals.INDEPENDENT["YrSold"]).astype(np.int64)
    in_full_year = draws.choice("MoSold", marginals.MONTHS_OF_FULL_YEAR)
    in_last_year = draws.choice("MoSold of the last year", marginals.MONTHS_OF_LAST_YEAR)
    month = np.where(year == _LAST_YEAR_SOLD, in_last_year, in_full_year).astype(np.int64)
    return {"YrSold": year, "MoSold": month}


def _draw_lot(draws: Draws, houses: Columns) -> Columns:
    is_town_house = np.isin(houses["BldgType"], ["Twnhs", "TwnhsE"])
    cul_de_sac = houses["LotConfig"] == "CulDSac"
    typical_ft = np.where(is_town_house, 32.0, get_neighbourhood_values(houses, "frontage_ft"))
    typical_ft = typical_ft * np.where(houses["LotConfig"] == "Corner", 1.15, 1.0)
    frontage_ft = whole(typical_ft * np.exp(0.2 * draws.normal("LotFrontage")), 21, 300)
    depth_ft = np.where(is_town_house, 95.0, 130.0) * np.exp(0.18 * draws.normal("lot depth"))
    depth_ft = depth_ft * np.where(cul_de_sac, 1.3, 1.0)
    is_estate = draws.chance("estate", 0.012) & ~is_town_house
    size = np.where(is_estate, 3.0 + 5.0 * draws.uniform("estate size"), 1.0)
    area_sqft = whole(frontage_ft * depth_ft * size, 1400, 160_000)
    odd = draws.normal("LotShape") + 0.8 * cul_de_sac + 2.0 * is_estate + area_sqft / 25_000.0
    return {
        "LotFrontage": frontage_ft,
        "LotArea": area_sqft,
        "LotShape": grade(odd, {"Reg": -9.0, "IR1": 0.75, "IR2": 2.6, "IR3": 3.3}),
    }
