"""What scripts/publish does not publish, and says why."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from .conftest import ROOT, TOKEN, build_environment, run_git
from .publishing import (
    MODEL_PACKAGE,
    VERSION,
    publish,
)

pytestmark = pytest.mark.slow


def test_without_a_table_of_real_data_the_sample_is_not_published(checkout, private_index, tmp_path):
    status, output = publish(checkout, private_index, REGRESSION_MODEL_CACHE=str(tmp_path))
    assert status == 1
    assert "no table 'house_prices' was found" in output
    assert list(private_index.folder.iterdir()) == []


def test_a_tree_with_changes_is_refused_and_programs_of_git_do_not_see_the_token(
    checkout, private_index, table, tmp_path
):
    monitor = tmp_path / "monitor"
    monitor.write_text(f"#!/bin/sh\nenv >> {tmp_path}/seen\nexit 1\n")
    monitor.chmod(0o755)
    run_git(checkout, "config", "core.fsmonitor", str(monitor))
    planted = checkout / MODEL_PACKAGE / "planted.py"
    planted.write_text("")
    try:
        status, output = publish(checkout, private_index, "--data", str(table))
    finally:
        planted.unlink()
        run_git(checkout, "config", "--unset", "core.fsmonitor")
    assert status == 1
    assert "the tree has changes that are not committed" in output
    assert "planted.py" in output
    assert TOKEN not in (tmp_path / "seen").read_text()


def test_outside_a_checkout_git_has_its_say(private_index, tmp_path):
    shutil.copytree(ROOT / "scripts", tmp_path / "scripts")
    status, output = publish(tmp_path, private_index)
    assert status == 1
    assert "not a git repository" in output
    assert "Traceback" not in output


def test_a_file_that_only_a_persons_own_settings_hide_is_found(checkout, private_index, table, tmp_path):
    (tmp_path / "ignore").write_text("planted.py\n")
    run_git(checkout, "config", "core.excludesFile", str(tmp_path / "ignore"))
    planted = checkout / "packages" / "regression_model" / "regression_model" / "planted.py"
    planted.write_text("")
    try:
        assert run_git(checkout, "status", "--porcelain") == ""
        status, output = publish(checkout, private_index, "--data", str(table))
    finally:
        planted.unlink()
        run_git(checkout, "config", "--unset", "core.excludesFile")
    assert status == 1
    assert "planted.py" in output


def test_the_embedded_sample_is_refused(checkout, private_index):
    (sample,) = checkout.rglob("*sample.csv.gz")
    status, output = publish(checkout, private_index, "--data", str(sample))
    assert status == 1
    assert "the table is the embedded, synthetic sample" in output


@pytest.mark.parametrize("name", ["regression_model-99.0.0-py3-none-any.whl", "regression_model-99.0.0.tar.gz"])
def test_a_version_below_the_last_one_is_refused(checkout, private_index, table, name):
    (private_index.folder / name).write_bytes(b"")
    status, output = publish(checkout, private_index, "--data", str(table))
    assert status == 1
    assert f"regression-model {VERSION} is not above 99.0.0, the last one in the index" in output


def test_without_a_token_nothing_is_even_trained(checkout, private_index):
    finished = subprocess.run(
        [str(checkout / "scripts" / "publish")],
        env=build_environment(PACKAGE_INDEX_URL=private_index.url),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert finished.returncode == 1
    assert "PACKAGE_INDEX_TOKEN is not set" in finished.stderr
