"""The generator of the embedded **synthetic** sample.

It knows no real house: all its numbers are round ones, chosen by hand to resemble a small American
town. The stages follow each other as they would in reality, so that columns agree with each other:
`site` (where), `building` (how big, how old, how good), `interior`, `outside`, `price`.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from regression_model.processing.sample.building import draw_building
from regression_model.processing.sample.codes import COLUMNS, UNKNOWN_SHARES
from regression_model.processing.sample.draws import Columns, Draws
from regression_model.processing.sample.interior import draw_interior
from regression_model.processing.sample.outside import draw_outside
from regression_model.processing.sample.price import draw_sale
from regression_model.processing.sample.site import draw_site

SAMPLE_ROWS = 800
SAMPLE_SEED = 2011
#: Far above the identifiers of any real table, so that the two can't be mistaken for each other.
FIRST_ID = 900_001


def generate_sample(n_rows: int = SAMPLE_ROWS, seed: int = SAMPLE_SEED) -> pd.DataFrame:
    """Make up house sales.

    Parameters
    ----------
    n_rows : int, default=800
        How many, at least 1. The first rows do not depend on how many follow.
    seed : int, default=2011
        At least 0; the same seed gives the same rows on every system.

    Returns
    -------
    pandas.DataFrame of shape (n_rows, 81)
        ``Id``, 79 features and ``SalePrice``: text as object, numbers as integers, whose nullable
        form says where a number is unknown. The text ``NA`` means that a house has none of it;
        an unknown text is None. Areas in square feet, lengths in feet, prices in dollars.

    Raises
    ------
    ValueError
        If `n_rows` or `seed` is too small.

    Examples
    --------
    >>> generate_sample(n_rows=3)[["Id", "Street", "CentralAir"]]
           Id Street CentralAir
    0  900001   Pave          Y
    1  900002   Pave          Y
    2  900003   Pave          Y
    """
    if n_rows < 1 or seed < 0:
        raise ValueError(f"expected n_rows >= 1 and seed >= 0, got n_rows={n_rows} and seed={seed}")
    draws = Draws(seed, n_rows)
    houses = draw_building(draws, draw_site(draws))
    houses = draw_sale(draws, draw_outside(draws, draw_interior(draws, houses)))
    houses["Id"] = np.arange(FIRST_ID, FIRST_ID + n_rows)
    return _hide_unknown(draws, _build_frame(houses))


def _build_frame(houses: Columns) -> pd.DataFrame:
    series = {}
    for column in COLUMNS:
        is_number = np.issubdtype(houses[column].dtype, np.number)
        series[column] = pd.Series(houses[column], dtype="Int64" if is_number else object)
    return pd.DataFrame(series)


def _hide_unknown(draws: Draws, sample: pd.DataFrame) -> pd.DataFrame:
    for column, share in UNKNOWN_SHARES.items():
        # Nobody measures the curve of a cul-de-sac.
        in_curve = (sample["LotConfig"] == "CulDSac").to_numpy() & (column == "LotFrontage")
        unknown = draws.chance(f"unknown {column}", np.where(in_curve, 3 * share, share))
        sample.loc[unknown, column] = None
    sample.loc[sample["MasVnrType"].isna(), "MasVnrArea"] = None
    sample.loc[sample["GarageType"] == "NA", "GarageYrBlt"] = None
    return sample
