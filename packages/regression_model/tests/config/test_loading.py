from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from regression_model.config import Config, load_config, parse_config, shipped_configs
from regression_model.errors import ConfigError

TEXT = """\
pipeline_name: test
task: regression
data:
  name: houses
target:
  column: price
  transform: log
features:
  number:
    area: Living area in square feet
    age:
      description: Years
      nullable: yes
  integer: [rooms]
preprocessing:
  - step: log
    columns: area
  - step: impute_number
    columns: [age, rooms]
model:
  family: lasso
  alpha: 0.01
"""

TABLES = f"  reference_tables:\n    zones:\n      path: zones.csv\n      sha256: {'ab' * 32}"
LOOKUP = "  - step: lookup\n    table: zone\n"
LEAVE_OUT = "  leave_out:\n    - column: aera\n      above: 4\n      reason: large"


def test_a_sound_file_becomes_a_frozen_config():
    config = parse_config(TEXT)

    assert config.features.dtypes() == {"area": "number", "age": "number", "rooms": "integer"}
    assert config.features.details()["area"].description == "Living area in square feet"
    assert config.features.details()["age"].nullable is True
    assert config.preprocessing[0].columns == ("area",)
    assert config.model.alpha == 0.01
    with pytest.raises(ValidationError, match="frozen"):
        config.seed = 1


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        ("task: regression", "task: regresion", 2, "task: Input should be 'regression' or 'classification'"),
        ("  integer:", "  integr:", 14, r"features.integr: unknown key \(did you mean 'integer'\?\)"),
        ("alpha: 0.01", "alpha: -1", 22, "model.alpha: Input should be greater than 0, found '-1'"),
        ("alpha: 0.01", "alhpa: 1", 22, r"model.alhpa: unknown key \(did you mean 'alpha'\?\)"),
        ("family: lasso", "family: laso", 21, r"model.family: unknown 'laso' \(did you mean 'lasso'\?\)"),
        ("  family: lasso\n", "", 20, "model: the key 'family' is missing"),
        ("columns: area", "columns: aera", 17, r"no column 'aera' at this point \(did you mean 'area'\?\)"),
        ("column: price", "column: area", 6, "'area' is the target"),
        ("nullable: yes", "nullable: perhaps", 13, "nullable: Input should be a valid boolean"),
        ("nullable: yes", "available: training_only", 11, "nobody could send it with a request.*left_out"),
        ("  integer: [rooms]", "  integer: [area]", 14, "'area' is also listed under 'number'"),
        ("  integer: [rooms]", "  category: [rooms]", 19, "'impute_number' works on number.*'rooms' is a category"),
        ("task: regression", "task: classification", 7, "a class can't be transformed"),
        ("name: houses", "name: ../houses", 4, "data.name: String should match pattern"),
        ("pipeline_name: test", "pipeline_name: test\npipeline_name: test", 2, "Duplicate key 'pipeline_name'"),
        ("      nullable: yes", "   nullable: yes", 13, "not valid YAML"),
        ("  name: houses", "  name: houses\n  source:\n    sha256: ab", 6, "sha256: String should match"),
        ("  name: houses", "  name: houses\n  source:\n    openml: 3\n    url: http://a/b", 5, "exactly one of"),
        ("  name: houses", f"  name: houses\n{LEAVE_OUT}", 6, "'aera' is no feature of numbers"),
    ],
)  # fmt: skip
def test_an_error_names_file_line_and_key(old, new, line, message):
    assert old in TEXT

    with pytest.raises(ConfigError, match=message) as caught:
        parse_config(TEXT.replace(old, new), file=Path("some.yml"))

    assert str(caught.value).startswith(f"some.yml:{line}: ")


@pytest.mark.parametrize(
    ("old", "new", "key", "message"),
    [
        ("[rooms]\n", "[rooms, [b]]\n", "features.integer", r"names of features are text, but number 2 .* is \['b'\]"),
        ("  integer: [rooms]", "  integer:\n    - rooms: x", "features.integer", "'name: description', without a dash"),
        ("[rooms]\n", "[rooms, rooms]\n", "features.integer", "'rooms' is listed twice"),
        ("[rooms]\n", "[rooms, '']\n", "features.integer", "the name of a feature can't be empty"),
        ("    area: Living", "    '': Living", "features.number", "the name of a feature can't be empty"),
        ("column: price", "column:", "target.column", "at least 1 character, found nothing"),
        ("model:\n", f"{LOOKUP}    key: rooms\n    values: x\nmodel:\n", "preprocessing.2.table",
         r"has no table 'zone' \(did you mean 'zones'\?\); there is zones"),
        ("model:\n", f"{LOOKUP}    values: x\nmodel:\n", "preprocessing.2", "exactly one of 'key' and 'nearest'"),
        ("model:\n", f"{LOOKUP}    key: rooms\nmodel:\n", "preprocessing.2.values", "this key is missing"),
        ("columns: area", "columns: {a: b}", "preprocessing.0.columns", r"a list, such as \[a, b\], found keys"),
        ("step: log\n", "step: cap_outliers\n    fold: abc\n", "preprocessing.0.fold",
         "'auto', or: .* a valid number.*, found 'abc'$"),
        ("model:\n  family: lasso\n  alpha: 0.01", "model: lasso", "model", "expected keys with .*, found 'lasso'"),
        ("alpha: 0.01", "alpha: 0.01\nfile: /x", "file", r"unknown key; known are: .*, comparison, search, sweep$"),
        ("task: regression", f"task: {'x' * 200}", "task", r"found 'x{79}\.\.\.$"),
    ],
)  # fmt: skip
def test_an_error_says_what_the_file_should_say(old, new, key, message):
    assert old in TEXT

    with pytest.raises(ConfigError, match=message) as caught:
        parse_config(TEXT.replace(old, new, 1).replace("name: houses", f"name: houses\n{TABLES}"))

    assert caught.value.key == key


def test_one_name_may_stand_for_a_list():
    text = TEXT.replace("name: houses", "name: houses\n  order_by: rooms\n  missing_values: '?'")
    config = parse_config(text.replace("integer: [rooms]", "integer: rooms"))

    assert config.data.order_by == ("rooms",)
    assert config.data.missing_values == ("?",)
    assert list(config.features.integer) == ["rooms"]


def test_a_key_without_a_value_is_an_empty_list_or_section():
    empty = "\n  ".join(["name: houses", "order_by:", "missing_values:", "leave_out:", "reference_tables:"])
    text = TEXT.replace("name: houses", empty).replace("  integer: [rooms]", "  integer: [rooms]\n  left_out:")
    before, after = text.split("preprocessing:")[0], text.split("model:")[1]
    config = parse_config(f"{before}preprocessing:\nevaluation:\nmodel:{after}")

    assert config.preprocessing == config.data.order_by == config.data.missing_values == config.data.leave_out == ()
    assert config.data.reference_tables == config.features.left_out == {}
    assert config.evaluation.folds == 0


@pytest.mark.parametrize("text", ["a: " + "[" * 3000 + "]" * 3000, TEXT.replace("[rooms]", "[" * 400 + "]" * 400, 1)])
def test_what_is_nested_too_deeply_is_refused(text):
    with pytest.raises(ConfigError, match="nested too deeply"):
        parse_config(text)


def test_a_config_knows_its_file_without_saying_so(tmp_path):
    file = tmp_path / "a.yml"
    file.write_text(TEXT)
    config = load_config(file)

    assert config.file == config.model_copy(update={"seed": 1}).file == file
    assert "file" not in config.model_dump()
    assert parse_config(TEXT).file is None
    assert Config.model_validate(config.model_dump(mode="json")).file is None


def test_a_missing_section_is_named():
    with pytest.raises(ConfigError, match="target: this key is missing"):
        parse_config(TEXT.replace("target:\n  column: price\n  transform: log\n", ""))


def test_a_category_that_reaches_the_model_is_refused():
    text = TEXT.replace("  integer: [rooms]", "  category: [zone]\n  integer: [rooms]")

    with pytest.raises(ConfigError, match="'zone' is still a category when it reaches the model.*'ordered_encoding'"):
        parse_config(text)


def test_a_column_name_with_dots_is_found_again():
    text = TEXT.replace("rooms", "emp.var.rate").replace(
        "integer: [emp.var.rate]", "integer:\n    emp.var.rate:\n      available: training_only"
    )

    with pytest.raises(ConfigError) as caught:
        parse_config(text)

    assert caught.value.key == "features.integer.emp.var.rate"
    assert caught.value.line == 15


def test_a_config_is_equal_wherever_its_file_lies(tmp_path):
    first, second = tmp_path / "a.yml", tmp_path / "b.yml"
    first.write_text(TEXT)
    second.write_text(TEXT)

    assert load_config(first).model_dump(mode="json") == load_config(second).model_dump(mode="json")


def test_paths_are_relative_to_the_file(tmp_path):
    file = tmp_path / "a.yml"
    file.write_text(TEXT.replace("name: houses", "name: houses\n  path: tables/houses.csv"))
    config = load_config(file)

    assert config.resolve(config.data.path) == tmp_path / "tables" / "houses.csv"


@pytest.mark.parametrize("name", sorted(shipped_configs()))
def test_each_shipped_config_is_sound(name):
    config = load_config(name)

    assert config.description
    # Of a table of measurements there are two files, which nobody has published together.
    assert config.data.source is not None or config.data.time_series is not None


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "the file is empty"),
        (b"- a\n- b\n", "expected sections"),
        (b"\xff\xfe", "not UTF-8"),
        (b"a: 1\nb: \x07\n", "x.yml:2: not valid YAML: the character U\\+0007 is not allowed"),
        (b"a: &x 1\nb: *x\n", "not valid YAML"),
        (b"a: !!python/object:os.system 1\n", "not valid YAML"),
    ],
)
def test_what_is_no_config_is_refused(tmp_path, content, message):
    file = tmp_path / "x.yml"
    file.write_bytes(content)

    with pytest.raises(ConfigError, match=message):
        load_config(file)


def test_a_folder_is_no_file(tmp_path):
    with pytest.raises(ConfigError, match="this is a folder; name a configuration file in it"):
        load_config(tmp_path)


def test_a_name_that_no_file_can_have_is_refused():
    with pytest.raises(ConfigError, match="can't be read: File name too long"):
        load_config("x" * 5000)


def test_an_unknown_name_is_refused_with_a_suggestion():
    with pytest.raises(ConfigError, match="did you mean 'bank_marketing'"):
        load_config("bank_marketin")
