"""LightGBM's shared library, opened by itself: importing the package would bring scikit-learn, pandas and scipy along.

The calls are those of https://lightgbm.readthedocs.io/en/stable/C-API.html.
"""

from __future__ import annotations

import ctypes
import sys
from ctypes import POINTER, byref, c_char_p, c_double, c_int, c_int32, c_int64, c_void_p
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from regression_model.errors import MissingExtraError

NORMAL, CONTRIBUTIONS = 0, 3
"""What is predicted: the model's answer, or the contributions of the columns (C_API_PREDICT_...)."""

DOUBLE = 1
"""Values in double precision (C_API_DTYPE_FLOAT64)."""

_FILES = {"win32": ("bin/lib_lightgbm.dll", "lib/lib_lightgbm.dll"), "darwin": ("lib/lib_lightgbm.dylib",)}
_ELSEWHERE = ("lib/lib_lightgbm.so",)


class LightGBMLibrary:
    """The library's calls, with their types.

    Parameters
    ----------
    path : Path
        The shared library.
    """

    def __init__(self, path: Path) -> None:
        # Long calls let other threads run; a short one for a single row would wait longer for its turn than it takes.
        self._free = ctypes.CDLL(str(path))
        self._short = ctypes.PyDLL(str(path))
        self._declare()
        most_threads = c_int()
        self.check(self._free.LGBM_GetMaxThreads(byref(most_threads)))
        self._most_threads = most_threads.value

    def _declare(self) -> None:
        free, short = self._free, self._short
        free.LGBM_GetLastError.restype = c_char_p
        free.LGBM_GetLastError.argtypes = []
        free.LGBM_GetMaxThreads.argtypes = [POINTER(c_int)]
        free.LGBM_SetMaxThreads.argtypes = [c_int]
        free.LGBM_BoosterLoadModelFromString.argtypes = [c_char_p, POINTER(c_int), POINTER(c_void_p)]
        free.LGBM_BoosterFree.argtypes = [c_void_p]
        free.LGBM_BoosterGetNumFeature.argtypes = [c_void_p, POINTER(c_int)]
        free.LGBM_BoosterGetNumClasses.argtypes = [c_void_p, POINTER(c_int)]
        free.LGBM_FastConfigFree.argtypes = [c_void_p]
        free.LGBM_BoosterPredictForMat.argtypes = [
            c_void_p, c_void_p, c_int, c_int32, c_int32, c_int, c_int, c_int, c_int, c_char_p, c_void_p, c_void_p,
        ]  # fmt: skip
        free.LGBM_BoosterPredictForMatSingleRowFastInit.argtypes = [
            c_void_p, c_int, c_int, c_int, c_int, c_int32, c_char_p, POINTER(c_void_p),
        ]  # fmt: skip
        short.LGBM_BoosterPredictForMatSingleRowFast.argtypes = [c_void_p, c_void_p, c_void_p, c_void_p]
        self.predict_row = short.LGBM_BoosterPredictForMatSingleRowFast
        """Takes the configuration of a row, its values, room for their number and for the outputs; 0 if all is well."""

    def check(self, status: int) -> None:
        """Raise what the library says if a call failed.

        Raises
        ------
        RuntimeError
        """
        if status:
            raise RuntimeError(f"LightGBM: {self._free.LGBM_GetLastError().decode(errors='replace')}")

    def load(self, text: str) -> c_void_p:
        """Return the handle of the model that a text describes; the caller frees it.

        Loading would start a thread for each processor, which stay, and which a fork leaves behind. The limit is one
        of the whole process, so that it is taken back: the package may be training in it.
        """
        handle, n_iterations = c_void_p(), c_int()
        self.check(self._free.LGBM_SetMaxThreads(1))
        try:
            self.check(self._free.LGBM_BoosterLoadModelFromString(text.encode(), byref(n_iterations), byref(handle)))
        finally:
            self._free.LGBM_SetMaxThreads(self._most_threads)
        return handle

    def free(self, booster: c_void_p, row_configuration: c_void_p) -> None:
        """Free a model and its configuration of a row."""
        self._free.LGBM_FastConfigFree(row_configuration)
        self._free.LGBM_BoosterFree(booster)

    def count(self, booster: c_void_p) -> tuple[int, int]:
        """Return the numbers of columns and of outputs."""
        n_columns, n_outputs = c_int(), c_int()
        self.check(self._free.LGBM_BoosterGetNumFeature(booster, byref(n_columns)))
        self.check(self._free.LGBM_BoosterGetNumClasses(booster, byref(n_outputs)))
        return n_columns.value, n_outputs.value

    def configure_row(self, booster: c_void_p, n_columns: int) -> c_void_p:
        """Prepare predictions of single rows of a model; the caller frees what it gets."""
        configuration = c_void_p()
        prepare = self._free.LGBM_BoosterPredictForMatSingleRowFastInit
        self.check(prepare(booster, NORMAL, 0, -1, DOUBLE, n_columns, _PARAMETERS, byref(configuration)))
        return configuration

    def predict(self, booster: c_void_p, shape: tuple[int, int], values: int, kind: int, outputs: int) -> None:
        """Predict many rows.

        Parameters
        ----------
        booster : c_void_p
        shape : tuple of int
            Numbers of rows and columns.
        values : int
            Address of their values, in double precision, row after row.
        kind : int
            What is predicted.
        outputs : int
            Address of the room for the outputs, in double precision.
        """
        length = c_int64()
        call = self._free.LGBM_BoosterPredictForMat
        self.check(
            call(booster, values, DOUBLE, *shape, 1, kind, 0, -1, _PARAMETERS, ctypes.addressof(length), outputs)
        )


_PARAMETERS = b"num_threads=1"

Row = c_double
"""Type of a value in a row; ``Row * n`` is that of room for n of them."""


@cache
def open_library() -> LightGBMLibrary:
    """Open the library of the installed package, once.

    Raises
    ------
    MissingExtraError
        If it is not installed.
    """
    spec = find_spec("lightgbm")
    folders = list(spec.submodule_search_locations or ()) if spec is not None else []
    for path in (Path(folder, name) for folder in folders for name in _FILES.get(sys.platform, _ELSEWHERE)):
        if path.is_file():
            try:
                return LightGBMLibrary(path)
            except OSError as error:
                raise MissingExtraError(
                    f"a model of LightGBM (its library does not load: {error})", "lightgbm"
                ) from error
    raise MissingExtraError("a model of LightGBM", "lightgbm")
