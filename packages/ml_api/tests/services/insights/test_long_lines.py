from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ml_api.services.insights.long_lines import find_longest_gap, link_readable


def test_a_file_of_short_lines_is_linked(tmp_path):
    source, link = tmp_path / "a", tmp_path / "b"
    source.write_bytes(b"short\n" * 10)
    assert link_readable(source, link, longest=100) == 0
    assert link.is_symlink()
    assert link.read_bytes() == source.read_bytes()


@pytest.mark.parametrize("end", [b"", b"\n"])
def test_long_lines_are_left_out(tmp_path, end):
    source, link = tmp_path / "a", tmp_path / "b"
    source.write_bytes(b"one\n" + b"x" * 1000 + b"\ntwo\n" + b"y" * 11 + b"\nten bytes\n" + b"z" * 3000 + end)
    assert link_readable(source, link, longest=10) == 3
    assert link.read_bytes() == b"one\ntwo\nten bytes\n"


def test_a_long_line_across_blocks_is_found(tmp_path):
    source = tmp_path / "a"
    source.write_bytes(b"one\n" + b"x" * 5_000_000 + b"\ntwo\n")
    assert 5_000_000 <= find_longest_gap(source) <= 5_000_000 + 2**20


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.binary(max_size=30).filter(lambda line: b"\n" not in line), min_size=1))
def test_exactly_the_short_lines_are_kept(tmp_path, lines):
    source, link = tmp_path / "a", tmp_path / "b"
    link.unlink(missing_ok=True)
    source.write_bytes(b"".join(line + b"\n" for line in lines))
    short = [line for line in lines if len(line) < 10]
    assert link_readable(source, link, longest=10) == len(lines) - len(short)
    assert link.read_bytes() == b"".join(line + b"\n" for line in short)
