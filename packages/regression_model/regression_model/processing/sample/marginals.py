"""How often each category occurs in the **synthetic** sample: round weights, chosen by hand.

Weights are relative to each other within a table; "NA" means that the house has none of it.
`INDEPENDENT` holds the columns that depend on no other, the other tables are keyed by what they
depend on: the kind of neighbourhood, or the age band of the house.
"""

from __future__ import annotations

from regression_model.processing.sample.draws import Weights

WeightsByGroup = dict[str, Weights]

#: Last year of construction of each age band; the last band has no end.
AGE_BANDS = {"old": 1945, "middle": 1989, "new": 9999}

INDEPENDENT: dict[str, Weights] = {
    "Street": {"Pave": 99.3, "Grvl": 0.7},
    "Utilities": {"AllPub": 99.7, "NoSewr": 0.3},
    "LandContour": {"Lvl": 90, "Bnk": 4, "HLS": 4, "Low": 2},
    "LandSlope": {"Gtl": 95, "Mod": 4, "Sev": 1},
    "LotConfig": {"Inside": 73, "Corner": 17.5, "CulDSac": 6, "FR2": 3, "FR3": 0.5},
    "Condition2": {"Norm": 91, "Feedr": 4, "PosA": 2, "PosN": 2, "Artery": 1},
    "RoofStyle": {"Gable": 79, "Hip": 18.5, "Gambrel": 1, "Flat": 0.8, "Mansard": 0.5, "Shed": 0.2},
    "RoofMatl": {"CompShg": 98.4, "Tar&Grv": 0.8, "WdShake": 0.4, "WdShngl": 0.2, "Membran": 0.2},
    "ExterCond": {"TA": 87, "Gd": 10, "Fa": 2.4, "Ex": 0.4, "Po": 0.2},
    "BsmtCond": {"TA": 92, "Gd": 4, "Fa": 3.5, "Po": 0.5},
    "BsmtExposure": {"No": 67, "Av": 15, "Gd": 9.5, "Mn": 8.5},
    "BsmtFinType2": {"Unf": 87, "Rec": 4, "LwQ": 3, "BLQ": 2.5, "ALQ": 2, "GLQ": 1.5},
    "Functional": {"Typ": 93, "Min1": 2.5, "Min2": 2.5, "Mod": 1.2, "Maj1": 0.5, "Maj2": 0.3},
    "GarageQual": {"TA": 94.5, "Fa": 4.3, "Gd": 0.7, "Po": 0.3, "Ex": 0.2},
    "GarageCond": {"TA": 96, "Fa": 2.6, "Gd": 0.6, "Po": 0.6, "Ex": 0.2},
    "Fence": {"NA": 80.5, "MnPrv": 11, "GdPrv": 4, "GdWo": 4, "MnWw": 0.5},
    "PoolQC": {"NA": 99.3, "Gd": 0.3, "Ex": 0.2, "Fa": 0.2},
    "MiscFeature": {"NA": 96.4, "Shed": 3, "Gar2": 0.3, "Othr": 0.3},
    "MasVnrType": {"None": 60, "BrkFace": 30, "Stone": 9, "BrkCmn": 1},
    "YrSold": {2006: 21, 2007: 24, 2008: 21, 2009: 22, 2010: 12},
}

#: The last year ends in July, so its months have a table of their own.
MONTHS_OF_FULL_YEAR: Weights = {
    1: 4, 2: 4, 3: 7, 4: 9, 5: 13, 6: 17, 7: 15, 8: 9, 9: 6, 10: 6, 11: 5, 12: 5,
}  # fmt: skip
MONTHS_OF_LAST_YEAR: Weights = {1: 7, 2: 8, 3: 14, 4: 18, 5: 22, 6: 23, 7: 8}

ZONING_BY_KIND: WeightsByGroup = {
    "old_town": {"RM": 72, "RL": 20, "C (all)": 5, "RH": 3},
    "suburb": {"RL": 97, "RM": 1.5, "RH": 1, "A (agr)": 0.3, "I (all)": 0.2},
    "village": {"FV": 78, "RL": 22},
    "town_houses": {"RM": 60, "RL": 40},
}

BUILDING_BY_KIND: WeightsByGroup = {
    "old_town": {"1Fam": 88, "2fmCon": 7, "Duplex": 4, "TwnhsE": 1},
    "suburb": {"1Fam": 89, "TwnhsE": 5, "Duplex": 4, "Twnhs": 1, "2fmCon": 1},
    "village": {"1Fam": 55, "TwnhsE": 30, "Twnhs": 15},
    "town_houses": {"TwnhsE": 58, "Twnhs": 42},
}

ALLEY_BY_KIND: WeightsByGroup = {
    "old_town": {"NA": 75, "Grvl": 21, "Pave": 4},
    "suburb": {"NA": 99, "Grvl": 0.7, "Pave": 0.3},
    "village": {"NA": 75, "Pave": 25},
    "town_houses": {"NA": 97, "Pave": 3},
}

CONDITION_BY_KIND: WeightsByGroup = {
    "old_town": {"Norm": 80, "Feedr": 9, "Artery": 10, "RRAn": 1},
    "suburb": {
        "Norm": 87,
        "Feedr": 6,
        "Artery": 1.5,
        "RRAe": 1.5,
        "PosN": 1.8,
        "PosA": 1,
        "RRNe": 0.3,
        "RRAn": 0.9,
    },
    "village": {"Norm": 84, "RRAn": 6, "RRNn": 4, "Feedr": 4, "PosN": 2},
    "town_houses": {"Norm": 95, "PosN": 3, "Feedr": 2},
}

STYLE_BY_BAND: WeightsByGroup = {
    "old": {"1.5Fin": 40, "1Story": 28, "2Story": 25, "1.5Unf": 3, "2.5Unf": 3, "2.5Fin": 1},
    "middle": {"1Story": 66, "2Story": 12, "SLvl": 9, "1.5Fin": 7, "SFoyer": 6},
    "new": {"2Story": 51, "1Story": 45, "SLvl": 3, "SFoyer": 1},
    "town_house": {"1Story": 53, "2Story": 42, "SFoyer": 3, "SLvl": 2},
}

FOUNDATION_BY_BAND: WeightsByGroup = {
    "old": {"BrkTil": 66, "CBlock": 22, "PConc": 9, "Stone": 2, "Slab": 1},
    "middle": {"CBlock": 80, "PConc": 15, "Slab": 4, "BrkTil": 0.6, "Wood": 0.4},
    "new": {"PConc": 98, "CBlock": 1, "Slab": 0.7, "Wood": 0.3},
}

EXTERIOR_BY_BAND: WeightsByGroup = {
    "old": {
        "Wd Sdng": 35, "MetalSd": 28, "VinylSd": 12, "Stucco": 8, "WdShing": 5, "AsbShng": 5, "BrkFace": 5,
        "BrkComm": 1, "AsphShn": 1,
    },
    "middle": {
        "HdBoard": 32, "MetalSd": 18, "Wd Sdng": 17, "Plywood": 16, "VinylSd": 8, "BrkFace": 6, "WdShing": 2,
        "AsbShng": 1, "CemntBd": 1,
    },
    "new": {
        "VinylSd": 74, "CemntBd": 11, "HdBoard": 6, "MetalSd": 4, "Wd Sdng": 3, "WdShing": 1, "ImStucc": 1,
    },
}  # fmt: skip

#: The second exterior column spells three materials in its own way.
SECOND_SPELLING = {"CemntBd": "CmentBd", "WdShing": "Wd Shng", "BrkComm": "Brk Cmn"}

HEATING_BY_BAND: WeightsByGroup = {
    "old": {"GasA": 93, "GasW": 4, "Grav": 2, "Wall": 1},
    "middle": {"GasA": 99.4, "GasW": 0.3, "Wall": 0.3},
    "new": {"GasA": 100},
}

ELECTRICAL_BY_BAND: WeightsByGroup = {
    "old": {"SBrkr": 74, "FuseA": 18, "FuseF": 7, "FuseP": 1},
    "middle": {"SBrkr": 90, "FuseA": 9, "FuseF": 1},
    "new": {"SBrkr": 100},
}

GARAGE_BY_BAND: WeightsByGroup = {
    "old": {"Detchd": 76, "Attchd": 9, "NA": 12, "Basment": 1.5, "2Types": 1, "CarPort": 0.5},
    "middle": {
        "Attchd": 64,
        "Detchd": 26,
        "NA": 5.5,
        "BuiltIn": 2,
        "Basment": 1.2,
        "CarPort": 0.8,
        "2Types": 0.5,
    },
    "new": {"Attchd": 81, "BuiltIn": 14, "Detchd": 4, "NA": 1},
}

DRIVE_BY_BAND: WeightsByGroup = {
    "old": {"Y": 68, "N": 26, "P": 6},
    "middle": {"Y": 93, "N": 5, "P": 2},
    "new": {"Y": 99, "N": 0.5, "P": 0.5},
}

SALE_TYPE: Weights = {"WD": 94, "COD": 3, "ConLD": 1.2, "CWD": 0.8, "ConLI": 0.4, "Oth": 0.3, "ConLw": 0.3}

SALE_CONDITION: Weights = {"Normal": 90, "Abnorml": 7, "Family": 1.7, "Alloca": 0.8, "AdjLand": 0.5}
