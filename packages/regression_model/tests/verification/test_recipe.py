from __future__ import annotations

import subprocess

import pytest

from regression_model.errors import ArtifactIntegrityError, ConfigError, DataNotFoundError
from regression_model.train_pipeline.surroundings import describe_commit
from regression_model.verification.recipe import read_recipe


@pytest.fixture
def spare(tmp_path):
    folder = tmp_path / "spare"
    folder.mkdir()
    return folder


@pytest.fixture
def repository(tmp_path):
    """A Git repository with one commit."""
    folder = tmp_path / "repository"
    folder.mkdir()
    identity = ("-c", "user.name=Ann", "-c", "user.email=ann@example.com")
    for command in (["init", "--quiet"], [*identity, "commit", "--quiet", "--allow-empty", "-m", "first"]):
        subprocess.run(["git", "-C", str(folder), *command], check=True)
    return folder


def with_config(content, **sections):
    return {**content, "config": {**content["config"], **sections}}


def with_table(content, path):
    """Let a manifest's configuration name a reference table."""
    tables = {"rates": {"path": str(path), "sha256": "0" * 64}}
    return with_config(content, data={**content["config"]["data"], "reference_tables": tables})


def test_the_configuration_is_what_it_was_the_order_of_its_features_too(content, spare):
    config = read_recipe(content, spare=spare).config
    assert config.model_dump(mode="json") == content["config"]
    assert list(config.features.number) == ["LotArea", "GrLivArea", "BsmtFinSF1"]


def test_a_cross_validation_that_was_left_out_is_left_out_again(content, spare):
    assert read_recipe(content, spare=spare).config.evaluation.folds == 2
    without = with_config(content, evaluation={**content["config"]["evaluation"], "folds": 0})
    assert read_recipe(without, spare=spare).config.evaluation.folds == 0


@pytest.mark.parametrize(
    "broken", [{"data": None}, {"data": {}}, {"data": {"sha256": "../x"}}, {"config": None}, {"config": []}]
)
def test_a_manifest_that_lacks_the_table_or_the_configuration_is_refused(content, spare, broken):
    with pytest.raises(ArtifactIntegrityError, match="does not say what it was trained on"):
        read_recipe({**content, **broken}, spare=spare)


@pytest.mark.parametrize("order", [7, {"features.number": 7}, {"features.number": ["x"]}, {"target.column": ["x"]}])
def test_an_order_that_does_not_fit_is_refused(content, spare, order):
    with pytest.raises(ArtifactIntegrityError, match="config_order does not fit"):
        read_recipe({**content, "config_order": order}, spare=spare)


def test_settings_of_another_release_are_refused_by_name(content, spare):
    with pytest.raises(ConfigError, match="model.n_trees: this release can't use the configuration in the manifest"):
        read_recipe(with_config(content, model={"family": "ridge", "n_trees": 7}), spare=spare)
    with pytest.raises(ConfigError, match="Verify with the release that trained it"):
        read_recipe(with_config(content, target={"column": "LotArea"}), spare=spare)


def test_relative_paths_begin_at_the_working_folder(content, spare, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    named = with_table(content, "tables/rates.csv")
    with pytest.raises(DataNotFoundError, match=r"the reference table 'rates', which is not there: .*\(--config\)"):
        read_recipe(named, spare=spare)
    (tmp_path / "tables").mkdir()
    (tmp_path / "tables" / "rates.csv").write_text("x\n1\n")
    assert read_recipe(named, spare=spare).config.file.parent == tmp_path


def test_a_reference_table_that_is_none_is_refused_before_it_is_read(content, spare, tmp_path):
    """A manifest may name /proc/kcore, which has no end."""
    file = tmp_path / "kcore"
    file.write_text("x\n1\n")
    with pytest.raises(ConfigError, match="reference table 'rates'.*kcore.*no table"):
        read_recipe(with_table(content, file), spare=spare)


def test_relative_paths_begin_at_the_folder_of_the_file_that_is_named(content, spare, tmp_path):
    file = tmp_path / "project" / "config.yml"
    named = with_table(content, "rates.csv")
    with pytest.raises(ConfigError, match="there is no such file"):
        read_recipe(named, spare=spare, config_file=file)
    file.parent.mkdir()
    file.write_text("anything")
    file.with_name("rates.csv").write_text("x\n1\n")
    assert read_recipe(named, spare=spare, config_file=file).config.file == file


def test_the_repository_is_that_with_the_recorded_commit(content, spare, repository, monkeypatch):
    here = describe_commit(repository)
    monkeypatch.chdir(repository)
    recorded = {**content, "git": here, "lock_sha256": None}
    assert read_recipe(recorded, spare=spare).config.file.parent == repository


def test_a_model_of_no_repository_is_rebuilt_in_none(content, spare, repository, monkeypatch):
    monkeypatch.chdir(repository)
    recorded = {**content, "git": None, "lock_sha256": None}
    assert describe_commit(read_recipe(recorded, spare=spare).config.file.parent) is None


def test_the_working_folder_wins_if_no_commit_is_the_recorded_one(content, spare, repository, monkeypatch):
    monkeypatch.chdir(repository)
    recorded = {**content, "git": {"commit": "0" * 40, "dirty": False}, "lock_sha256": None}
    assert read_recipe(recorded, spare=spare).config.file.parent == repository
