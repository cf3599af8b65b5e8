"""Models of LightGBM, computed by LightGBM's own library."""

from __future__ import annotations

import weakref
from array import array
from collections.abc import Sequence
from typing import ClassVar, Self

import numpy as np

from regression_model.compiled.models.base import Model, Numbers
from regression_model.compiled.models.booster_text import check_booster
from regression_model.compiled.models.lightgbm_library import CONTRIBUTIONS, NORMAL, Row, open_library
from regression_model.compiled.models.section import Section, refuse


class LightGBMModel(Model):
    """A model of LightGBM; its link is its own, so that outputs are answers or probabilities.

    Predictions of single rows share a buffer inside of the library. Nothing else runs during such a call, because it
    keeps the interpreter's lock; its input and output are made anew each time.

    Parameters
    ----------
    text : str
        As LightGBM saves it.
    n_columns, n_outputs : int
        What the text has to describe.

    Raises
    ------
    ArtifactIntegrityError
        If LightGBM can't read the text or finds other numbers in it.
    MissingExtraError
        If LightGBM is not installed.
    """

    kind: ClassVar[str] = "lightgbm"

    def __init__(self, text: str, n_columns: int, n_outputs: int) -> None:
        self.n_columns = n_columns
        self.n_outputs = n_outputs
        self._library = library = open_library()
        try:
            self._booster = library.load(text)
        except RuntimeError as error:
            raise refuse(f"LightGBM can't read the booster ({error})") from error
        self._row = library.configure_row(self._booster, n_columns)
        weakref.finalize(self, library.free, self._booster, self._row)
        if library.count(self._booster) != (n_columns, n_outputs):
            raise refuse(f"the booster has {library.count(self._booster)} columns and outputs")
        self._output_type = Row * n_outputs
        self._predict = library.predict_row
        self._length = (Row * 1)()  # room for the number of outputs, which nobody reads

    @classmethod
    def check(cls, section: Section) -> None:
        """Check what the document says; see `Model.check`."""
        _read(section)

    @classmethod
    def read(cls, section: Section) -> Self:
        """Make the model; see `Model.read`."""
        text, n_outputs = _read(section)
        return cls(text, section.n_columns, n_outputs)

    def predict_columns(self, matrix: Numbers) -> Numbers:
        """Compute the outputs of many rows; see `Model.predict_columns`."""
        return self._predict_all(matrix, NORMAL, self.n_outputs)

    def predict_contributions(self, matrix: Numbers) -> Numbers:
        """Compute what each column adds to each output.

        Parameters
        ----------
        matrix : ndarray of shape (n_rows, n_columns)

        Returns
        -------
        ndarray of shape (n_rows, n_outputs, n_columns + 1)
            SHAP values on the scale before the link, and behind them the base.
        """
        width = self.n_columns + 1
        answer = self._predict_all(matrix, CONTRIBUTIONS, self.n_outputs * width)
        return answer.reshape(len(matrix), self.n_outputs, width)

    def predict_row(self, values: Sequence[float]) -> list[float]:
        """Compute the outputs of one row; see `Model.predict_row`."""
        outputs = self._output_type()
        row = array("d", values)
        if len(row) != self.n_columns:  # the library would read on behind them
            raise ValueError(f"expected {self.n_columns} values, got {len(row)}")
        status = self._predict(self._row, row.buffer_info()[0], self._length, outputs)
        if status:
            self._library.check(status)
        return list(outputs)

    def _predict_all(self, matrix: Numbers, kind: int, width: int) -> Numbers:
        if matrix.shape[1:] != (self.n_columns,):
            raise ValueError(f"expected rows of {self.n_columns} columns, got the shape {matrix.shape}")
        outputs = np.empty((len(matrix), width))
        if len(matrix):
            rows = np.ascontiguousarray(matrix, dtype=np.float64)
            shape = (len(rows), self.n_columns)
            self._library.predict(self._booster, shape, rows.ctypes.data, kind, outputs.ctypes.data)
        return outputs


def _read(section: Section) -> tuple[str, int]:
    section.check_keys("booster", "n_outputs")
    text, n_outputs = section.text("booster"), section.whole("n_outputs", maximum=1_000)
    check_booster(text, section.n_columns, n_outputs)
    return text, n_outputs
