from __future__ import annotations

import io
import warnings
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


def header(descr="'<f8'", order="False", shape="(1,)", end=" "):
    return f"{{'descr': {descr}, 'fortran_order': {order}, 'shape': {shape},{end}}}"


@pytest.mark.parametrize(
    "text",
    [
        header("'<f8', 'descr': '<f8'"), header("[('a', '<f8')]"), header("'<f8' '<f8'"), header("'<f5'"),
        header("'<f99'"), header("'>f8'"), header("f'<f8'"), header(order="0"), header(order="True"),
        header(shape="(True,)"), header(shape="(1.0,)"), header(shape="(1)"), header(shape="1"), header(shape="(1,,)"),
        header(shape="('1',)"), header(shape="(-1, -1)"), header(shape="(" + "1, " * 40 + "1)"),
        header(shape="(99999999999999999999999,)"), header(shape="(0x1,)"), header(end=" 1: 2"), header() + "#",
        "{" * 100, "(" * 110, "'" * 3, "\\", "0" * 110, "9**9**9", "[" * 90 + "]", "\t x\n y", "{'a': 1",
    ],
)  # fmt: skip
def test_a_header_is_read_only_as_it_is_written(text):
    assert set(read_arrays(make_zip(make_npy(header(), b"\0" * 8)))) == {"a"}
    with pytest.raises(ArtifactIntegrityError, match="array"):
        read_arrays(make_zip(make_npy(text, b"\0" * 8)))


def test_a_name_that_is_there_twice_is_refused():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for _ in range(2):
            archive.writestr("a.npy", make_npy(header(), b"\0" * 8))
    with pytest.raises(ArtifactIntegrityError, match="'a' is there twice"):
        read_arrays(file.getvalue())


def test_arrays_that_share_their_bytes_are_refused():
    whole = make_zip(make_npy(header(shape="(1000,)"), b"\0" * 8_000))
    end, directory = whole.rindex(b"PK\5\6"), whole.rindex(b"PK\1\2")
    entries = b"".join(whole[directory:end].replace(b"a.npy", b"%c.npy" % name) for name in b"abcdefgh")
    n_bytes, count = len(entries).to_bytes(4, "little"), (8).to_bytes(2, "little")
    tail = whole[end : end + 8] + count * 2 + n_bytes + directory.to_bytes(4, "little") + b"\0\0"
    with pytest.raises(ArtifactIntegrityError, match="shorter than the arrays"):
        read_arrays(whole[:directory] + entries + tail)


@pytest.mark.parametrize("shape", [(), (0,), (3,), (2, 3), (2, 0, 4)])
@pytest.mark.parametrize("dtype", ["bool", "int8", "uint16", "int64", "float32", "float64"])
def test_every_shape_of_numbers_is_read_as_it_was(shape, dtype):
    array = np.arange(np.prod(shape, dtype=int)).reshape(shape).astype(dtype)
    found = read_arrays(write_arrays({"a": array}))["a"]
    assert (found.shape, found.dtype) == (array.shape, array.dtype)
    np.testing.assert_array_equal(found, array)
