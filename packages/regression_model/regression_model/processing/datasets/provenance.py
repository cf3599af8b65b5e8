"""A table and where it came from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import pandas as pd

Kind = Literal["path", "data_dir", "cache", "download", "sample", "snapshot"]


@dataclass(frozen=True)
class Provenance:
    """Where a table came from, without any path of this machine.

    Attributes
    ----------
    name : str
        The config's name for the table.
    kind : {"path", "data_dir", "cache", "download", "sample", "snapshot"}
        Which of the places had it.
    location : str
        The file's name; for a download, now or earlier, its URL without secrets (see `hide_secrets`).
    sha256 : str
        Of the file's bytes, in hexadecimal.
    n_rows, n_columns : int
        Shape of the table as read; of a table of measurements, once it has one row for each series.
    synthetic : bool
        Whether the rows are made up: true of the embedded sample only.
    labels_sha256 : str, optional
        Of the bytes of the table of labels, where a table of measurements has one.
    """

    name: str
    kind: Kind
    location: str
    sha256: str
    n_rows: int
    n_columns: int
    synthetic: bool
    labels_sha256: str | None = None

    def content(self) -> dict[str, str | int | bool]:
        """Return what the table's content alone decides, and so is equal on every machine.

        `kind` and `location` are left out: the same bytes come from a download on one machine and
        from the cache, or from a file of another name, on the next.

        Returns
        -------
        dict
            ``name``, ``sha256``, ``n_rows``, ``n_columns`` and ``synthetic``; ``labels_sha256`` where there is one.
        """
        return {
            "name": self.name,
            "sha256": self.sha256,
            "n_rows": self.n_rows,
            "n_columns": self.n_columns,
            "synthetic": self.synthetic,
            **({} if self.labels_sha256 is None else {"labels_sha256": self.labels_sha256}),
        }


@dataclass(frozen=True)
class Dataset:
    """A raw table and where it came from.

    Attributes
    ----------
    frame : pandas.DataFrame of shape (n_rows, n_columns)
        The raw frame, as `read_table` returns it.
    provenance : Provenance
        Its origin.
    """

    frame: pd.DataFrame
    provenance: Provenance
