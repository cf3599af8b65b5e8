from __future__ import annotations

import pytest

from regression_model.processing.datasets.atomic import replacing


def test_the_file_appears_at_the_end_only(tmp_path):
    target = tmp_path / "record.json"
    target.write_bytes(b"old")

    with replacing(target) as stream:
        stream.write(b"new")
        stream.flush()
        assert target.read_bytes() == b"old"

    assert target.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [target]


def test_an_error_leaves_the_old_file_and_no_other(tmp_path):
    target = tmp_path / "record.json"
    target.write_bytes(b"old")

    with pytest.raises(RuntimeError, match="in the middle"), replacing(target) as stream:
        stream.write(b"new")
        raise RuntimeError("in the middle")

    assert target.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [target]


def test_the_file_has_the_usual_permissions(tmp_path):
    (tmp_path / "usual").write_bytes(b"")

    with replacing(tmp_path / "record.json") as stream:
        stream.write(b"new")

    assert (tmp_path / "record.json").stat().st_mode == (tmp_path / "usual").stat().st_mode
