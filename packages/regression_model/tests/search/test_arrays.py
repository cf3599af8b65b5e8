from __future__ import annotations

import json

import numpy as np
import pytest

from regression_model.errors import SearchError
from regression_model.search.arrays import decode_array, digest_array, encode_array, read_array, write_array

ARRAYS = [np.array([0.1, -0.0, 1e-310, 3e300]), np.arange(6.0).reshape(3, 2)[:, ::-1], np.empty((0, 3))]


@pytest.mark.parametrize("array", ARRAYS)
def test_every_bit_survives_json_and_a_file(array, tmp_path):
    there = decode_array(json.loads(json.dumps(encode_array(array))))
    digest = write_array(tmp_path / "0.npy", array)
    for found in (there, read_array(tmp_path / "0.npy", digest)):
        assert found.shape == array.shape
        assert found.tobytes() == np.ascontiguousarray(array).tobytes()
    assert digest == digest_array(array) == digest_array(there)


def test_a_file_that_is_not_what_was_written_is_refused(tmp_path):
    digest = write_array(tmp_path / "0.npy", np.arange(3.0))
    write_array(tmp_path / "0.npy", np.arange(4.0))
    with pytest.raises(SearchError, match="is not what the search wrote: expected SHA-256"):
        read_array(tmp_path / "0.npy", digest)
    with pytest.raises(SearchError, match="can't be read, but the journal names it"):
        read_array(tmp_path / "1.npy", digest)
