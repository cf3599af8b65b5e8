from __future__ import annotations

import csv
import gzip
import io
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from regression_model.artifact import load_artifact, load_pipeline
from regression_model.errors import InputDataError
from regression_model.predict import FileJob, Place, find_format, make_prediction, predict_file
from regression_model.processing.datasets import read_table
from regression_model.schema import check_row, is_missing

# Sums in another order (another chunk) may differ in the last bits, not more.
TOLERANCE = 1e-9


def predict(source, target, artifact, **options):
    places = [Place(find_format(path.name), path) for path in (source, target)]
    errors = target.with_name(f"{target.name}.errors.ndjson")
    return predict_file(FileJob(*places, errors, **options), artifact)


def read_csv(path):
    with path.open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def predictions(path):
    return [float(row["prediction"]) if row["prediction"] else None for row in read_csv(path)]


def errors_of(target):
    path = target.with_name(f"{target.name}.errors.ndjson")
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else None


def write_rows(rows, path):
    if find_format(path.name) == "ndjson":
        text = "".join(json.dumps(row) + "\n" for row in rows)
        path.write_bytes(gzip.compress(text.encode()) if path.name.endswith(".gz") else text.encode())
    elif path.suffix == ".parquet":
        pd.DataFrame(rows).to_parquet(path, index=False)
    else:
        pd.DataFrame(rows).to_csv(path, index=False)
    return path


def test_a_csv_gives_one_line_per_row_and_no_file_of_errors(houses, house_rows, house_csv, tmp_path):
    target = tmp_path / "out.csv"
    summary = predict(house_csv, target, houses, chunk_rows=7)

    assert summary.n_rows == 40
    assert summary.n_refused == 0
    assert summary.done == summary.total == house_csv.stat().st_size
    assert [row["row"] for row in read_csv(target)] == [str(number) for number in range(1, 41)]
    expected = make_prediction(input_data=house_rows[:40], artifact=houses)["predictions"]
    assert predictions(target) == pytest.approx(expected, rel=TOLERANCE)
    assert errors_of(target) is None
    assert sorted(path.name for path in tmp_path.iterdir()) == ["houses.csv", "out.csv"]


@pytest.mark.parametrize("ending", [".csv.gz", ".ndjson", ".jsonl.gz", ".parquet"])
def test_every_format_gives_what_csv_gives(houses, house_rows, house_csv, tmp_path, ending):
    predict(house_csv, tmp_path / "expected.csv", houses)
    source = write_rows(house_rows[:40], tmp_path / f"in{ending}")

    predict(source, tmp_path / f"out{ending}", houses, chunk_rows=11)

    found = read_table(_readable(tmp_path / f"out{ending}", tmp_path))["prediction"].astype(float)
    assert found.tolist() == pytest.approx(predictions(tmp_path / "expected.csv"), rel=TOLERANCE)


def _readable(path: Path, folder: Path) -> Path:
    """Give a packed file a name that says nothing of it: gzip must be told by its content too."""
    return path.rename(folder / f"renamed{path.suffixes[0]}") if path.suffix == ".gz" else path


cells = st.fixed_dictionaries(
    {
        "LotArea": st.one_of(st.none(), st.integers(-10, 10**6), st.floats(1, 1e6)),
        "GrLivArea": st.floats(1, 1e5),
        "LotFrontage": st.one_of(st.none(), st.floats(0, 1e3)),
        "OverallQual": st.one_of(st.integers(1, 10), st.just(2.5)),
        "YearBuilt": st.integers(1800, 2020),
        "Neighborhood": st.sampled_from(["NAmes", "CollgCr", "Elsewhere", 'a "b", c', "ä"]),
        "Street": st.sampled_from(["Pave", "Grvl", "Water"]),
    }
)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(cells, min_size=1, max_size=8), chunk_rows=st.integers(1, 9))
def test_the_same_rows_in_any_format_give_the_same_predictions_and_errors(houses, tmp_path, rows, chunk_rows):
    answer = make_prediction(input_data=rows, artifact=houses)
    refused = [(row + 1, error["field"], error["reason"]) for row, found in answer["errors"].items() for error in found]
    for ending in (".csv", ".ndjson", ".parquet"):
        target = tmp_path / "out.csv"
        predict(write_rows(rows, tmp_path / f"in{ending}"), target, houses, chunk_rows=chunk_rows)
        assert predictions(target) == [
            None if value is None else pytest.approx(value, rel=TOLERANCE) for value in answer["predictions"]
        ]
        found = [(error["row"], error["field"], error["reason"]) for error in errors_of(target) or []]
        assert found == refused, ending


def test_refused_rows_stay_in_place_and_their_reasons_go_to_the_side_file(houses, house_rows, tmp_path):
    rows = [dict(row) for row in house_rows[:6]]
    rows[1]["LotArea"] = "secret"
    rows[4] |= {"OverallQual": 2.5, "Street": "Water"}
    source = write_rows(rows, tmp_path / "in.csv")
    with source.open("a", encoding="utf-8") as stream:
        stream.write("only one cell\n")
    target = tmp_path / "out.csv"

    summary = predict(source, target, houses, chunk_rows=2)

    assert [value is None for value in predictions(target)] == [False, True, False, False, True, False, True]
    assert (summary.n_rows, summary.n_refused) == (7, 3)
    assert summary.reasons[("LotArea", "not_a_number")] == 1
    assert [row for row, _ in summary.examples] == [2, 5, 5, 7]
    errors = errors_of(target)
    assert [(error["row"], error["field"], error["reason"]) for error in errors] == [
        (2, "LotArea", "not_a_number"),
        (5, "OverallQual", "not_whole"),
        (5, "Street", "unseen_category"),
        (7, None, "wrong_cell_count"),
    ]
    assert all(set(error) == {"row", "field", "reason", "message", "expected"} for error in errors)
    assert "secret" not in json.dumps(errors)


def test_broken_lines_of_ndjson_are_refused_rows(houses, house_rows, tmp_path):
    source = tmp_path / "in.ndjson"
    good = json.dumps(house_rows[0])
    source.write_text(f'{good}\n{{"LotArea": \n[1]\n{good}\n', encoding="utf-8")
    predict(source, tmp_path / "out.ndjson", houses, chunk_rows=2)

    rows = [json.loads(line) for line in (tmp_path / "out.ndjson").read_text(encoding="utf-8").splitlines()]
    assert [row["prediction"] is None for row in rows] == [False, True, True, False]
    assert [error["reason"] for error in errors_of(tmp_path / "out.ndjson")] == ["bad_json", "not_an_object"]


def test_a_chunk_of_nothing_but_broken_rows_is_answered(houses, house_csv, tmp_path):
    house_csv.write_text(house_csv.read_text(encoding="utf-8").splitlines()[0] + "\n1\n2\n3\n", encoding="utf-8")
    assert predict(house_csv, tmp_path / "out.csv", houses).n_refused == 3
    assert predictions(tmp_path / "out.csv") == [None, None, None]


def test_a_later_run_without_errors_removes_the_errors_of_an_earlier_one(houses, house_rows, house_csv, tmp_path):
    target = tmp_path / "out.csv"
    predict(write_rows([house_rows[0] | {"LotArea": "x"}], tmp_path / "bad.csv"), target, houses)
    assert len(errors_of(target)) == 1
    predict(house_csv, target, houses)
    assert errors_of(target) is None


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"LotArea": None}, "houses.csv: column 'LotArea' is not there"),
        ({"LotArea": None, "Street": None}, "houses.csv: column 'LotArea' is not there.*; column 'Street' is not"),
        ({"LotArea": "lotarea"}, "'LotArea' is not there; 'lotarea' was sent"),
        ({"LotFrontage": "Lot_Frontage"}, "'LotFrontage' is not there; 'Lot_Frontage' was sent"),
        (
            dict.fromkeys(("LotArea", "GrLivArea", "LotFrontage", "OverallQual", "YearBuilt", "Street")),
            "6 columns that the model reads are not there: LotArea, GrLivArea",
        ),
        ({"LotFrontage": "LotArea"}, "houses.csv: these columns are there more than once: LotArea"),
    ],
)
def test_a_header_that_fails_every_row_is_one_error(houses, house_csv, tmp_path, change, message):
    table = pd.read_csv(house_csv, dtype=str)
    dropped = table.drop(columns=[name for name, new in change.items() if new is None])
    dropped.rename(columns=change).to_csv(house_csv, index=False)
    with pytest.raises(InputDataError, match=message):
        predict(house_csv, tmp_path / "out.csv", houses)
    assert not (tmp_path / "out.csv").exists()


def test_a_nullable_column_may_be_empty(houses, house_csv, tmp_path):
    pd.read_csv(house_csv, dtype=str).assign(LotFrontage="").to_csv(house_csv, index=False)
    assert predict(house_csv, tmp_path / "out.csv", houses).n_refused == 0


def test_a_table_of_something_else_is_one_error(houses, tmp_path):
    (tmp_path / "in.csv").write_text("x,y\n1,2\n", encoding="utf-8")
    with pytest.raises(InputDataError, match="none of the columns that the model reads is there: LotArea, "):
        predict(tmp_path / "in.csv", tmp_path / "out.csv", houses)


def test_no_rows_are_no_fault(houses, house_csv, tmp_path):
    house_csv.write_text(house_csv.read_text(encoding="utf-8").splitlines()[0], encoding="utf-8")
    assert predict(house_csv, tmp_path / "out.csv", houses).n_rows == 0
    assert (tmp_path / "out.csv").read_text(encoding="utf-8") == "row,prediction\n"


def test_a_failure_leaves_what_was_there_before_and_nothing_else(houses, house_csv, tmp_path):
    with house_csv.open("ab") as stream:
        stream.write(b"\xff\xfe\n")
    target, errors = tmp_path / "out.csv", tmp_path / "out.csv.errors.ndjson"
    target.write_text("old", encoding="utf-8")
    errors.write_text("old", encoding="utf-8")

    with pytest.raises(InputDataError, match="line 42: not UTF-8"):
        predict(house_csv, target, houses, chunk_rows=3)

    assert target.read_text(encoding="utf-8") == errors.read_text(encoding="utf-8") == "old"
    assert len(list(tmp_path.iterdir())) == 3, "no temporary file stays"


def test_columns_are_copied_by_name_or_all(houses, house_rows, house_csv, tmp_path):
    predict(house_csv, tmp_path / "some.csv", houses, keep=("Street",))
    predict(house_csv, tmp_path / "all.csv", houses, keep=None)
    assert list(read_csv(tmp_path / "some.csv")[0]) == ["row", "prediction", "Street"]
    assert list(read_csv(tmp_path / "all.csv")[0]) == ["row", "prediction", *house_rows[0]]
    with pytest.raises(InputDataError, match=r"no column 'Stret' to copy \(did you mean 'Street'\?\)"):
        predict(house_csv, tmp_path / "none.csv", houses, keep=("Stret",))


def test_a_classification_writes_probabilities(colours, tmp_path):
    rows = [{"emp.var.rate": value, "emp": -value / 3} for value in np.linspace(-2, 2, 9).tolist()]
    expected = make_prediction(input_data=rows, artifact=colours)
    endings = [".csv", ".ndjson"]
    try:
        import pyarrow  # noqa: F401 - only whether it is there
    except ImportError:
        pass
    else:
        endings.append(".parquet")
    for ending in endings:
        target = tmp_path / "out.csv"
        predict(write_rows(rows, tmp_path / f"in{ending}"), target, colours, chunk_rows=4)
        found = read_csv(target)
        assert [row["prediction"] for row in found] == expected["predictions"]
        shares = [[float(row[f"probability_{label}"]) for label in expected["classes"]] for row in found]
        assert shares == [pytest.approx(each, rel=TOLERANCE) for each in expected["probabilities"]]


def test_streams_are_read_and_written_and_left_open(houses, house_csv):
    source, target = io.BytesIO(house_csv.read_bytes()), io.BytesIO()
    job = FileJob(Place("csv", stream=source), Place("ndjson", stream=target))
    assert predict_file(job, houses).n_rows == 40
    assert len(target.getvalue().splitlines()) == 40


@pytest.mark.parametrize("side", ["source", "target"])
def test_parquet_can_not_be_streamed(houses, house_csv, tmp_path, side):
    places = {"source": Place("csv", house_csv), "target": Place("csv", tmp_path / "out.csv")}
    places[side] = Place("parquet", stream=io.BytesIO())
    with pytest.raises(InputDataError, match="Parquet can't be"):
        predict_file(FileJob(**places), houses)


def test_a_file_that_is_not_there_is_said_so(houses, tmp_path):
    with pytest.raises(InputDataError, match="nothing.csv: can't be read: No such file"):
        predict(tmp_path / "nothing.csv", tmp_path / "out.csv", houses)


def test_the_report_after_each_chunk_says_how_far_it_is(houses, house_csv, tmp_path):
    seen = []
    job = FileJob(Place("csv", house_csv), Place("csv", tmp_path / "out.csv"), chunk_rows=15)
    predict_file(job, houses, lambda summary: seen.append((summary.n_rows, summary.done, summary.total)))
    assert [n_rows for n_rows, _, _ in seen] == [15, 30, 40]
    assert all(0 < done <= total for _, done, total in seen)


@pytest.mark.slow
def test_ten_thousand_rows_equal_one_call_and_each_row_alone(trained, tmp_path):
    """On the published model, with its real steps; the rows are variations of those that it was trained on."""
    from regression_model.processing.sample import load_sample_path

    artifact = load_artifact(trained.path)
    assert artifact.compiled is not None
    table = pd.read_csv(load_sample_path(), dtype=str, keep_default_na=False)
    draws = np.random.default_rng(0)
    many = pd.DataFrame({name: draws.choice(table[name].to_numpy(), 10_000) for name in artifact.schema.names})
    many["GrLivArea"] = np.linspace(500, 5000, 10_000)
    many.to_csv(tmp_path / "in.csv", index=False)
    predict(tmp_path / "in.csv", tmp_path / "out.csv", artifact, chunk_rows=777)

    rows = pd.read_csv(tmp_path / "in.csv", dtype=str, keep_default_na=False).to_dict(orient="records")
    together = make_prediction(input_data=rows, artifact=artifact)["predictions"]
    known = [place for place, value in enumerate(together) if value is not None]
    assert len(known) > 9_000, "hardly a row is refused"

    found = predictions(tmp_path / "out.csv")
    assert [place for place, value in enumerate(found) if value is not None] == known
    assert [found[place] for place in known] == pytest.approx([together[place] for place in known], rel=TOLERANCE)
    # Texts are looked at closely, one by one; sent as JSON has them, the same values take the quick way.
    sent = [_as_json(check_row(row, artifact.schema)[0], artifact.schema) or row for row in rows]
    assert all(type(sent[place]["LotArea"]) is float for place in known)
    alone = [make_prediction(input_data=row, artifact=artifact)["predictions"][0] for row in sent]
    assert [place for place, value in enumerate(alone) if value is not None] == known
    assert [alone[place] for place in known] == pytest.approx([together[place] for place in known], rel=TOLERANCE)
    by_pipeline = make_prediction(input_data=rows, artifact=load_pipeline(trained.path))["predictions"]
    assert [by_pipeline[place] for place in known] == pytest.approx([alone[place] for place in known], rel=TOLERANCE)


def _as_json(values, schema):
    if values is None:
        return None
    return {name: None if is_missing(value) else value for name, value in zip(schema.names, values, strict=True)}


@pytest.mark.parametrize("keep", [(), ("LotArea", "Street"), None])
def test_a_table_read_by_arrow_gives_the_same_bytes_as_one_read_without(
    houses, house_rows, tmp_path, monkeypatch, keep
):
    rows = [dict(row) for row in house_rows[:60]]
    for position, cell in enumerate(
        [" 12.5 ", "1_000", "x", "nan", "-nan", "inf", "+7", "001", '"', "a,b", "1\n2", ""]
    ):
        rows[4 * position + 5] |= {"LotArea": cell, "Neighborhood": cell}
    source = write_rows(rows, tmp_path / "in.csv")
    with source.open("a", encoding="utf-8") as stream:
        stream.write("only one cell\n\n" + source.read_text(encoding="utf-8").partition("\n")[2])
    for chunk_rows in (1, 7, 1_000):
        predict(source, tmp_path / "fast.csv", houses, keep=keep, chunk_rows=chunk_rows)
        with monkeypatch.context() as patch:
            patch.setattr("regression_model.predict.readers.csv_rows.is_arrow_installed", lambda: False)
            summary = predict(source, tmp_path / "exact.csv", houses, keep=keep, chunk_rows=chunk_rows)
        assert summary.n_rows > 100
        assert 0 < summary.n_refused < 40
        assert (tmp_path / "fast.csv").read_bytes() == (tmp_path / "exact.csv").read_bytes()
        assert errors_of(tmp_path / "fast.csv") == errors_of(tmp_path / "exact.csv")


def test_a_model_without_compiled_form_predicts_the_same(houses, houses_path, house_csv, tmp_path):
    predict(house_csv, tmp_path / "compiled.csv", houses)
    predict(house_csv, tmp_path / "pipeline.csv", load_pipeline(houses_path))
    assert predictions(tmp_path / "pipeline.csv") == pytest.approx(
        predictions(tmp_path / "compiled.csv"), rel=TOLERANCE
    )
