from __future__ import annotations

import io
import zipfile

import numpy as np
import pytest

from regression_model.compiled.array_files import read_arrays, write_arrays
from regression_model.errors import ArtifactIntegrityError


def make_zip(data, name="a.npy", method=zipfile.ZIP_STORED):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        archive.writestr(name, data)
    return file.getvalue()


def make_npy(header, body=b"", version=b"\x01\x00"):
    text = header.encode().ljust(117) + b"\n"
    return b"\x93NUMPY" + version + len(text).to_bytes(2, "little") + text + body


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"no archive",
        make_zip(b""),
        make_zip(b"\x93NUMPY"),
        make_zip(make_npy("{'descr': '<f8', 'fortran_order': False, 'shape': (1000000000000,), }")),
        make_zip(make_npy("{'descr': '<f8', 'fortran_order': False, 'shape': (-1,), }")),
        make_zip(make_npy("{'descr': '<f8', 'fortran_order': False, 'shape': (2,), }", b"\0" * 8)),
        make_zip(make_npy("{'descr': '|O', 'fortran_order': False, 'shape': (1,), }", b"cos\nsystem\n(S'true'\ntR.")),
        make_zip(make_npy("{'descr': '<U1', 'fortran_order': False, 'shape': (1,), }", b"\0" * 4)),
        make_zip(make_npy("__import__('os').system('true')")),
        make_zip(make_npy("{'descr': '<f8', 'fortran_order': False, 'shape': (0,), }", version=b"\x09\x00")),
        make_zip(b"\0" * 1_000_000, method=zipfile.ZIP_DEFLATED),
    ],
)
def test_what_is_no_array_file_is_refused(data):
    with pytest.raises(ArtifactIntegrityError, match="array"):
        read_arrays(data)


def test_arrays_hold_numbers():
    with pytest.raises(ArtifactIntegrityError, match="'a' holds object, expected numbers"):
        write_arrays({"a": np.array([{}], dtype=object)})
    arrays = {"f": np.array([[1.5, np.nan]]), "i": np.array([1], dtype=">i4"), "b": np.array([], dtype=bool)}
    found = read_arrays(write_arrays(arrays))
    assert found.keys() == arrays.keys()
    for name, array in arrays.items():
        np.testing.assert_array_equal(found[name], array)
