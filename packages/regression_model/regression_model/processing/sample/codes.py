"""Column names of the **synthetic** sample, and the codes that follow from other columns.

The codes are those of the public data dictionary of the house-prices table.
"""

from __future__ import annotations

_COLUMN_NAMES = """
    Id MSSubClass MSZoning LotFrontage LotArea Street Alley LotShape LandContour Utilities LotConfig
    LandSlope Neighborhood Condition1 Condition2 BldgType HouseStyle OverallQual OverallCond
    YearBuilt YearRemodAdd RoofStyle RoofMatl Exterior1st Exterior2nd MasVnrType MasVnrArea
    ExterQual ExterCond Foundation BsmtQual BsmtCond BsmtExposure BsmtFinType1 BsmtFinSF1
    BsmtFinType2 BsmtFinSF2 BsmtUnfSF TotalBsmtSF Heating HeatingQC CentralAir Electrical 1stFlrSF
    2ndFlrSF LowQualFinSF GrLivArea BsmtFullBath BsmtHalfBath FullBath HalfBath BedroomAbvGr
    KitchenAbvGr KitchenQual TotRmsAbvGrd Functional Fireplaces FireplaceQu GarageType GarageYrBlt
    GarageFinish GarageCars GarageArea GarageQual GarageCond PavedDrive WoodDeckSF OpenPorchSF
    EnclosedPorch 3SsnPorch ScreenPorch PoolArea PoolQC Fence MiscFeature MiscVal MoSold YrSold
    SaleType SaleCondition SalePrice
"""

#: The 81 columns, in the order of the well-known table.
COLUMNS: tuple[str, ...] = tuple(_COLUMN_NAMES.split())

#: Columns whose unknown values are empty fields, with the share of rows that lack them.
#: `GarageYrBlt` is empty too, but exactly where there is no garage.
UNKNOWN_SHARES = {"LotFrontage": 0.16, "Electrical": 0.004, "MasVnrType": 0.01}

#: MSSubClass of a detached house, by style: built until 1945, and later.
SUBCLASS_OF_DETACHED: dict[str, tuple[int, int]] = {
    "1Story": (30, 20),
    "1.5Unf": (45, 45),
    "1.5Fin": (50, 50),
    "2Story": (70, 60),
    "2.5Unf": (75, 75),
    "2.5Fin": (75, 75),
    "SLvl": (80, 80),
    "SFoyer": (85, 85),
}

#: MSSubClass of a town house in a planned development, by style.
SUBCLASS_OF_TOWN_HOUSE = {"1Story": 120, "1.5Fin": 150, "2Story": 160, "SLvl": 180, "SFoyer": 180}

#: MSSubClass of a building for two families, whatever its style.
SUBCLASS_OF_TWO_FAMILIES = {"Duplex": 90, "2fmCon": 190}


def find_subclass(building: str, style: str, year_built: int) -> int:
    """Look up MSSubClass, which building type, style and age decide.

    Parameters
    ----------
    building : str
        BldgType.
    style : str
        HouseStyle.
    year_built : int
        YearBuilt.

    Returns
    -------
    int
        A code, not a quantity.

    Examples
    --------
    >>> find_subclass("1Fam", "2Story", 1930), find_subclass("TwnhsE", "2Story", 2005)
    (70, 160)
    """
    if building in SUBCLASS_OF_TWO_FAMILIES:
        return SUBCLASS_OF_TWO_FAMILIES[building]
    if building == "1Fam":
        return SUBCLASS_OF_DETACHED[style][int(year_built > 1945)]
    return SUBCLASS_OF_TOWN_HOUSE[style]
