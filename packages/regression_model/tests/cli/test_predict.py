from __future__ import annotations

import csv
import io
import json
import os

import pytest

from regression_model.cli.exit_codes import ExitCode


@pytest.fixture
def predict(run, model):
    return lambda *arguments, **options: run("predict", *arguments, "--artifact", model, **options)


def read(text):
    return list(csv.DictReader(io.StringIO(text)))


def test_good_rows_end_with_0_and_people_are_told_how_many(predict, rows, tmp_path):
    result = predict(rows, "-o", tmp_path / "out.csv")
    assert result.exit_code == 0
    assert result.stdout == ""
    assert "10 of 10 rows predicted" in result.stderr
    assert len(read((tmp_path / "out.csv").read_text(encoding="utf-8"))) == 10
    assert not (tmp_path / "out.csv.errors.ndjson").exists()


def test_refused_rows_end_with_1_and_are_summed_up(predict, rows, tmp_path):
    with rows.open("a", encoding="utf-8") as stream:
        stream.write("x,y\n")
    result = predict(rows, "-o", tmp_path / "out.csv")
    assert result.exit_code == ExitCode.ROWS_REFUSED
    assert "10 of 11 rows predicted" in result.stderr
    assert f"1 rows refused: {tmp_path / 'out.csv.errors.ndjson'}" in result.stderr
    assert "row 11: the row has 2 cells" in result.stderr
    (error,) = (tmp_path / "out.csv.errors.ndjson").read_text(encoding="utf-8").splitlines()
    assert json.loads(error)["row"] == 11


def test_the_errors_can_go_elsewhere(predict, rows, tmp_path):
    with rows.open("a", encoding="utf-8") as stream:
        stream.write("x\n")
    predict(rows, "-o", tmp_path / "out.csv", "--errors", tmp_path / "why.ndjson")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out.csv", "rows.csv", "why.ndjson"]


def test_an_output_that_exists_is_kept_unless_forced(predict, rows, tmp_path):
    target = tmp_path / "out.csv"
    target.write_text("mine", encoding="utf-8")
    result = predict(rows, "-o", target)
    assert result.exit_code == ExitCode.USAGE
    assert "--force" in result.stderr
    assert target.read_text(encoding="utf-8") == "mine"
    assert predict(rows, "-o", target, "--force").exit_code == 0
    assert target.read_text(encoding="utf-8").startswith("row,prediction\n")


@pytest.mark.parametrize("alias", ["same", "link", "hard link"])
def test_input_and_output_must_not_be_the_same_file(predict, rows, tmp_path, alias):
    target = tmp_path / "other.csv"
    if alias == "link":
        target.symlink_to(rows)
    elif alias == "hard link":
        os.link(rows, target)
    else:
        target = tmp_path / "." / "rows.csv"
    before = rows.read_bytes()
    result = predict(rows, "-o", target, "--force")
    assert result.exit_code == ExitCode.USAGE
    assert "INPUT and OUTPUT are the same file" in " ".join(result.stderr.replace("│", " ").split())
    assert rows.read_bytes() == before


def test_the_errors_must_not_replace_the_input(predict, rows, tmp_path):
    ours = rows.rename(tmp_path / "rows.ndjson")
    assert predict(ours, "-o", tmp_path / "out.csv", "--errors", ours, "--force").exit_code == ExitCode.USAGE


@pytest.mark.parametrize("name", ["out.xlsx", "nowhere/out.csv", "."])
def test_an_output_that_can_not_be_is_a_usage_error(predict, rows, tmp_path, name):
    assert predict(rows, "-o", tmp_path / name).exit_code == ExitCode.USAGE


def test_an_input_that_is_not_there_is_said_so(predict, tmp_path):
    result = predict(tmp_path / "nothing.csv", "-o", tmp_path / "out.csv")
    assert result.exit_code == ExitCode.INPUT
    assert "nothing.csv: can't be read: No such file" in result.stderr


def test_an_absent_column_is_one_error_and_no_output(predict, rows, tmp_path):
    rows.write_text(rows.read_text(encoding="utf-8").replace("LotArea", "Lot_Area"), encoding="utf-8")
    result = predict(rows, "-o", tmp_path / "out.csv")
    assert result.exit_code == ExitCode.INPUT
    assert "'LotArea' is not there; 'Lot_Area' was sent" in result.stderr
    assert not (tmp_path / "out.csv").exists()


def test_a_pipe_goes_in_and_out_as_csv_by_default(predict, rows):
    result = predict("-", "-o", "-", text=rows.read_bytes())
    assert result.exit_code == 0
    assert [row["row"] for row in read(result.stdout)] == [str(number) for number in range(1, 11)]


def test_a_pipe_takes_the_format_of_the_other_side_or_the_one_it_is_told(predict, rows, model, run, tmp_path):
    row = run("info", "--artifact", model, "--example-row").stdout
    same = predict("-", "-o", tmp_path / "out.ndjson", text=row)
    assert same.exit_code == 0, same.stderr
    told = predict(rows, "-o", "-", "--format", "ndjson")
    assert [json.loads(line)["row"] for line in told.stdout.splitlines()] == list(range(1, 11))


def test_a_pipe_has_no_side_file_unless_it_is_named(predict, rows):
    result = predict("-", "-o", "-", text=rows.read_bytes() + b"x\n")
    assert result.exit_code == ExitCode.ROWS_REFUSED
    assert "--errors FILE keeps the reasons of all" in result.stderr


def test_columns_are_copied_on_request(predict, rows, tmp_path):
    assert predict(rows, "-o", tmp_path / "a.csv", "--keep", "YearBuilt", "--keep", "LotArea").exit_code == 0
    assert predict(rows, "-o", tmp_path / "b.csv", "--with-inputs").exit_code == 0
    header = (tmp_path / "a.csv").read_text(encoding="utf-8").splitlines()[0]
    assert header == "row,prediction,YearBuilt,LotArea"
    first_line = rows.read_text(encoding="utf-8").splitlines()[0]
    assert (tmp_path / "b.csv").read_text(encoding="utf-8").startswith(f"row,prediction,{first_line}\n")


def test_fields_of_ndjson_are_copied_to_a_table_by_name_only(predict, tmp_path):
    (tmp_path / "in.ndjson").write_text("{}\n", encoding="utf-8")
    result = predict(tmp_path / "in.ndjson", "-o", tmp_path / "out.csv", "--with-inputs")
    assert result.exit_code == ExitCode.USAGE
    assert "--keep" in result.stderr


def test_no_rows_are_said_so(predict, rows, tmp_path):
    rows.write_text(rows.read_text(encoding="utf-8").splitlines()[0], encoding="utf-8")
    result = predict(rows, "-o", tmp_path / "out.csv")
    assert result.exit_code == 0
    assert "the input has no rows" in result.stderr


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs a device that is always full")  # noqa: PTH110
def test_a_full_disk_is_said_so(predict, rows, tmp_path, monkeypatch):
    """The temporary file is on a device without room."""
    import pathlib

    opened = pathlib.Path.open

    def open_full(self, mode="r", *arguments, **options):
        path = pathlib.Path("/dev/full") if self.name.endswith(".part") else self
        return opened(path, "wb" if self.name.endswith(".part") else mode, *arguments, **options)

    monkeypatch.setattr(pathlib.Path, "open", open_full)
    result = predict(rows, "-o", tmp_path / "out.csv")
    assert result.exit_code == ExitCode.FILE
    assert "No space left on device" in result.stderr
    assert not (tmp_path / "out.csv").exists()
