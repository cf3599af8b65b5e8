"""``scripts/differential-test`` against a real package index."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

import pytest

from regression_model.artifact import Manifest
from regression_model.cli.exit_codes import ExitCode
from regression_model.processing.sample import load_sample_path

ROOT = Path(__file__).resolve().parents[2]
VERSION = (ROOT / "packages" / "regression_model" / "regression_model" / "VERSION").read_text().strip()
USERNAME, TOKEN = "reader", "a secret of the test"


@pytest.fixture
def run(run_script, index):
    """Run the script as somebody whom the index knows."""

    def call(*arguments, **variables):
        known = {"PACKAGE_INDEX_URL": index.url, "PACKAGE_INDEX_USERNAME": USERNAME, "PACKAGE_INDEX_TOKEN": TOKEN}
        return run_script(*arguments, **{**known, **variables})

    return call


@pytest.fixture(scope="module")
def previous(train):
    return train("0.0.1", alpha=0.0001)


@pytest.fixture(scope="module")
def candidate(train):
    return train(VERSION, alpha=0.001)


def wheel_name(version):
    return f"regression_model-{version}-py3-none-any.whl"


def test_the_first_release_has_no_previous_version(run, index, candidate):
    index.publish("something_else-1.0.0-py3-none-any.whl")
    finished = run("--candidate", candidate)
    assert finished.returncode == 0, finished.stderr
    assert f"{index.url} has no regression-model up to {VERSION}: there is no previous version." in finished.stdout


def test_the_version_before_is_the_highest_final_one_that_is_not_above(run, index, previous):
    wheel = index.publish(wheel_name("0.0.10"), previous)
    index.publish(wheel_name("0.0.9"))
    index.publish(wheel_name("999.0.0"))
    index.publish(wheel_name("0.0.11rc1"))
    index.publish("regression_model-0.0.12.tar.gz")
    finished = run("--candidate", previous)
    assert finished.returncode == 0, finished.stderr
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    assert f"Previous version: 0.0.10 ({wheel.name}, SHA-256 {digest})" in finished.stdout
    assert "house_prices_sample.csv.gz" in finished.stdout


def test_a_breach_fails_until_the_changelog_says_so(run, index, previous, candidate, tmp_path):
    index.publish(wheel_name("0.0.1"), previous)
    changelog = tmp_path / "CHANGELOG.md"
    changelog.write_text("## [Unreleased]\n")
    finished = run("--candidate", candidate, "--changelog", changelog, "--golden-rows-only")
    assert finished.returncode == ExitCode.PREDICTIONS_MOVED
    assert "house_prices_sample" not in finished.stdout
    assert f"say why in the changelog, under {VERSION}" in finished.stderr

    changelog.write_text(f"## [{VERSION}]\n- Predictions change: a stronger penalty\n")
    finished = run("--candidate", candidate, "--changelog", changelog, "--data", load_sample_path())
    assert finished.returncode == 0, finished.stderr
    assert "a stronger penalty" in finished.stderr


def test_an_index_that_does_not_let_us_in_is_no_empty_index(run, index, previous, candidate):
    index.publish(wheel_name("0.0.1"), previous)
    finished = run("--candidate", candidate, PACKAGE_INDEX_TOKEN="wrong")
    assert finished.returncode == 1
    assert "the package index answered 403" in finished.stderr
    assert TOKEN not in finished.stderr + finished.stdout


def test_an_index_that_is_down_or_not_named_is_no_empty_index(run, candidate):
    finished = run("--candidate", candidate, PACKAGE_INDEX_URL="http://127.0.0.1:9/simple/")
    assert finished.returncode == 1
    assert "does not answer" in finished.stderr
    assert run("--candidate", candidate, PACKAGE_INDEX_URL="").returncode == 1


@pytest.mark.parametrize("path", ["simpel/", "simple/simple/", "index/simple/"])
def test_a_mistyped_address_is_no_empty_index(run, index, previous, candidate, path):
    """The host answers, and says 404 for the package: so it would for one that was never published."""
    index.publish(wheel_name("0.0.1"), previous)
    finished = run("--candidate", candidate, PACKAGE_INDEX_URL=index.url.removesuffix("simple/") + path)
    assert finished.returncode == 1, finished.stdout
    assert "it is no package index" in finished.stderr
    assert "there is no previous version" not in finished.stdout


def test_an_old_version_that_can_not_predict_the_table_does_not_pass_in_silence(run, index, previous, tmp_path):
    old = shutil.copytree(previous, tmp_path / "old")
    path = next(old.glob("*.manifest.json"))
    content = json.loads(path.read_bytes())
    files = {"pipeline": content["files"]["pipeline"]}
    path.write_bytes(Manifest.seal({**content, "files": files, "compiled": False}).to_bytes())
    index.publish(wheel_name("0.0.1"), old)
    finished = run("--candidate", previous)
    assert finished.returncode == ExitCode.PREDICTIONS_MOVED
    assert "was not compared: of the old version, it has no compiled form" in " ".join(finished.stderr.split())
    assert run("--candidate", previous, "--golden-rows-only").returncode == 0


def test_a_version_that_was_published_without_a_model_is_said(run, index, candidate):
    index.publish(wheel_name("0.0.1"))
    finished = run("--candidate", candidate)
    assert finished.returncode == ExitCode.ARTIFACT
    assert "holds no trained model" in finished.stderr
