from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest

from regression_model.errors import DataNotFoundError
from regression_model.processing import sample
from regression_model.processing.sample import SAMPLE_NOTICE, generate_sample, load_sample_path, sample_file
from regression_model.processing.sample.sample_file import build_csv_bytes, write_sample


def test_the_shipped_file_is_what_the_generator_makes():
    shipped = gzip.decompress(load_sample_path().read_bytes())
    assert shipped == build_csv_bytes(generate_sample()), "run scripts/make-sample"


def test_the_shipped_file_is_small():
    assert load_sample_path().stat().st_size < 100_000


def test_the_shipped_file_holds_neither_time_nor_name():
    header = load_sample_path().read_bytes()[:10]
    flags, modified = header[3], header[4:8]
    assert (flags, modified) == (0, b"\0\0\0\0")


def test_writing_twice_gives_the_same_bytes_whatever_the_name(tmp_path):
    rows = generate_sample(n_rows=5)
    write_sample(tmp_path / "one.csv.gz", rows)
    write_sample(tmp_path / "two.csv.gz", rows)
    assert (tmp_path / "one.csv.gz").read_bytes() == (tmp_path / "two.csv.gz").read_bytes()


def test_the_file_is_plain_csv_with_empty_fields_for_unknown_values():
    lines = gzip.decompress(load_sample_path().read_bytes()).decode("ascii").split("\n")
    assert len(lines) == 802 and lines[-1] == ""
    assert {line.count(",") for line in lines[:-1]} == {80}
    assert not re.search(r"nan|None,\d*\.|<NA>|\.0\b", "\n".join(lines))
    assert any(",," in line for line in lines)


def test_it_says_of_itself_that_it_is_synthetic():
    readme = load_sample_path().with_name("README.md").read_text(encoding="utf-8")
    for text in (SAMPLE_NOTICE, readme, sample.__doc__, sample_file.__doc__):
        assert "synthetic" in text


def test_a_missing_file_is_named(monkeypatch):
    monkeypatch.setattr(sample_file, "SAMPLE_FILE_NAME", "absent.csv.gz")
    with pytest.raises(DataNotFoundError, match=r"absent\.csv\.gz.*install the package again"):
        load_sample_path()


def test_the_path_is_inside_the_package():
    assert load_sample_path().parent == Path(sample.__file__).parent


def test_unknown_names_are_refused():
    with pytest.raises(AttributeError, match="no attribute 'generate_samples'"):
        sample.generate_samples  # noqa: B018 - the access itself is under test
