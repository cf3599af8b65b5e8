from __future__ import annotations

from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from regression_model.cli.init import init
from regression_model.config import load_config
from regression_model.errors import ConfigError, DataError, DataNotFoundError

app = typer.Typer()
app.command()(init)


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "data" / "Flat prices.csv"
    path.parent.mkdir()
    rows = (f"{n},{n * 37 % 101}.5,{'NSWE'[n % 4]},{n * 53 % 97}.25" for n in range(80))
    path.write_text("\n".join(["id,area,side,price", *rows]), encoding="utf-8")
    return path


def run(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments], catch_exceptions=True)


def test_a_table_becomes_a_config(table, tmp_path):
    output = tmp_path / "models" / "flats.yml"
    result = run(table, "--target", "price", "--output", output)
    assert result.exit_code == 0, result.output
    config = load_config(output)
    assert config.pipeline_name == config.data.name == "flat_prices"
    assert config.data.path == Path("../data/Flat prices.csv")
    assert config.resolve(config.data.path).samefile(table)
    assert config.features.dtypes() == {"area": "number", "side": "category"}


def test_the_summary_says_what_was_decided_and_what_to_do_next(table, tmp_path):
    output = tmp_path / "my config.yml"
    said = run(table, "--target", "price", "--output", output).output
    for part in ("80 rows, 4 columns", "price (regression", "number, 1", "id: identifier", "random_forest"):
        assert part in said
    assert f"regression-model train --config '{output}'" in said


def test_the_name_of_the_model(table, tmp_path):
    run(table, "--target", "price", "--output", tmp_path / "c.yml", "--name", "My flats")
    config = load_config(tmp_path / "c.yml")
    assert (config.pipeline_name, config.data.name) == ("my_flats", "flat_prices")


def test_the_config_goes_to_the_working_folder(table, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert run(Path("data") / table.name, "--target", "price").exit_code == 0
    assert load_config("config.yml").data.path == Path("data/Flat prices.csv")


def test_without_a_target_the_columns_are_listed(table, tmp_path):
    error = run(table, "--output", tmp_path / "c.yml").exception
    assert isinstance(error, DataError)
    assert "with --target" in str(error)
    assert "has: id, area, side, price" in str(error)


def test_a_misspelt_target_is_answered_with_what_was_meant(table, tmp_path):
    error = run(table, "--target", "prize", "--output", tmp_path / "c.yml").exception
    assert isinstance(error, DataError)
    assert "did you mean 'price'" in str(error)
    assert not (tmp_path / "c.yml").exists()


def test_a_config_is_not_overwritten_unasked(table, tmp_path):
    output = tmp_path / "c.yml"
    output.write_text("mine", encoding="utf-8")
    error = run(table, "--target", "price", "--output", output).exception
    assert isinstance(error, ConfigError)
    assert "--force" in str(error)
    assert output.read_text(encoding="utf-8") == "mine"
    assert run(table, "--target", "price", "--output", output, "--force").exit_code == 0
    assert load_config(output).target.column == "price"


def test_a_table_that_is_not_there(tmp_path):
    assert isinstance(run(tmp_path / "no.csv", "--target", "y").exception, DataNotFoundError)


def test_a_folder_that_cant_be_written_to(table, tmp_path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    error = run(table, "--target", "price", "--output", tmp_path / "file" / "c.yml").exception
    assert isinstance(error, NotADirectoryError | FileExistsError)
