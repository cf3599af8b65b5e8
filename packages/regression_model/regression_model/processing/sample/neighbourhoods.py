"""The neighbourhoods of the **synthetic** sample: round numbers, chosen by hand.

The names are those of the well-known table, so that one config reads both; the numbers are ours.
"""

from __future__ import annotations

from typing import NamedTuple


class Neighbourhood(NamedTuple):
    """What a neighbourhood does to its houses.

    Attributes
    ----------
    weight : float
        Its share of the sales, relative to the others.
    kind : str
        ``old_town``, ``suburb``, ``village`` or ``town_houses``: decides zoning and building types.
    year_built : int
        Typical year of construction.
    year_spread : int
        Standard deviation of that year, in years.
    quality : float
        Typical overall quality, 1 to 10.
    frontage_ft : int
        Typical width of a lot along the street, in feet.
    price_effect : float
        Added to the natural logarithm of the price.
    """

    weight: float
    kind: str
    year_built: int
    year_spread: int
    quality: float
    frontage_ft: int
    price_effect: float


NEIGHBOURHOODS: dict[str, Neighbourhood] = {
    "NAmes": Neighbourhood(15, "suburb", 1960, 7, 5.2, 75, -0.03),
    "CollgCr": Neighbourhood(9, "suburb", 1999, 9, 6.5, 70, 0.02),
    "OldTown": Neighbourhood(8, "old_town", 1920, 18, 5.3, 60, -0.12),
    "Edwards": Neighbourhood(6.5, "suburb", 1956, 18, 5.0, 65, -0.08),
    "Somerst": Neighbourhood(6.5, "village", 2004, 4, 7.2, 60, 0.06),
    "Gilbert": Neighbourhood(6, "suburb", 1999, 8, 6.5, 70, 0.0),
    "NridgHt": Neighbourhood(6, "suburb", 2005, 3, 8.2, 85, 0.12),
    "Sawyer": Neighbourhood(5.5, "suburb", 1965, 7, 5.0, 75, -0.03),
    "NWAmes": Neighbourhood(4.5, "suburb", 1975, 6, 6.2, 80, 0.0),
    "SawyerW": Neighbourhood(4.5, "suburb", 1989, 13, 6.2, 70, -0.01),
    "Mitchel": Neighbourhood(4, "suburb", 1982, 13, 5.6, 70, -0.02),
    "BrkSide": Neighbourhood(4, "old_town", 1931, 11, 5.0, 55, -0.06),
    "IDOTRR": Neighbourhood(3.5, "old_town", 1926, 16, 4.8, 60, -0.18),
    "Crawfor": Neighbourhood(3.5, "suburb", 1943, 20, 6.2, 75, 0.13),
    "NoRidge": Neighbourhood(2.5, "suburb", 1996, 4, 8.0, 90, 0.12),
    "Timber": Neighbourhood(2.5, "suburb", 1994, 12, 7.0, 80, 0.04),
    "StoneBr": Neighbourhood(2, "suburb", 1999, 7, 8.2, 65, 0.15),
    "ClearCr": Neighbourhood(1.5, "suburb", 1966, 14, 6.0, 85, 0.07),
    "SWISU": Neighbourhood(1.5, "old_town", 1926, 12, 5.4, 60, -0.06),
    "MeadowV": Neighbourhood(1.4, "town_houses", 1972, 3, 4.5, 28, -0.18),
    "BrDale": Neighbourhood(1.2, "town_houses", 1971, 2, 5.6, 21, -0.16),
    "Blmngtn": Neighbourhood(1.2, "town_houses", 2005, 2, 7.1, 45, 0.02),
    "Veenker": Neighbourhood(0.8, "suburb", 1980, 9, 6.8, 75, 0.09),
    "NPkVill": Neighbourhood(0.7, "town_houses", 1976, 2, 6.0, 28, -0.04),
    "Blueste": Neighbourhood(0.4, "town_houses", 1980, 4, 6.0, 25, -0.05),
    "Greens": Neighbourhood(0.3, "town_houses", 1987, 3, 7.0, 40, 0.05),
    "GrnHill": Neighbourhood(0.1, "town_houses", 1992, 5, 7.0, 40, 0.3),
    "Landmrk": Neighbourhood(0.1, "town_houses", 1995, 3, 6.0, 30, -0.05),
}
