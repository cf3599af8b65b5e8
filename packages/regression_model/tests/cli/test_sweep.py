from __future__ import annotations

import pytest

CONFIG_END = """
sweep:
  sampling: grid
  parameters:
    alpha:
      choice: [0.0001, 0.01]
  primary_metric: mae
  max_concurrent_runs: 2
"""


@pytest.fixture
def file(small_config, tmp_path):
    path = tmp_path / "houses.yml"
    path.write_text(small_config.replace("  folds: 3\n", "") + CONFIG_END, encoding="utf-8")
    return path


@pytest.mark.slow
def test_a_sweep_from_its_file_to_the_next_commands(run, file, tmp_path):
    done = run("sweep", file, "--sample", "--jobs", 1, "--output", tmp_path / "runs")
    assert done.exit_code == 0, done.output
    (folder,) = (tmp_path / "runs" / "sweep").iterdir()
    assert done.stdout.strip() == str(folder)
    assert "run 0 of 2: completed" in done.stderr
    assert "completed*" in done.stderr
    assert "--dry-run" in done.stderr
    assert "The best run's model on" in done.stderr

    shown = run("sweep", folder, "--replay-policy", "{type: bandit, slack_factor: 0, delay_evaluation: 5}")
    assert shown.exit_code == 0, shown.output
    assert shown.stdout.strip() == "0.0% saved"
    assert "goes on to its end" in shown.stderr

    promoted = run("promote", folder, "--config", file, "--dry-run")
    assert promoted.exit_code == 0, promoted.output


def test_a_file_without_the_section_is_refused(run, small_config, tmp_path):
    path = tmp_path / "houses.yml"
    path.write_text(small_config, encoding="utf-8")
    done = run("sweep", path, "--sample")
    assert done.exit_code != 0
    assert "the section 'sweep' is missing" in done.output


def test_other_policies_are_checked(run, tmp_path):
    done = run("sweep", tmp_path, "--replay-policy", "{type: bandit}")
    assert done.exit_code != 0
    assert "exactly one of" in done.output
    done = run("sweep", tmp_path, "--replay-policy", "{type: median_stopping}")
    assert "is no run of a sweep: it has no run.json" in done.output


def test_two_tables_are_refused(run, file):
    done = run("sweep", file, "--sample", "--data", file)
    assert "exclude each other" in done.output
