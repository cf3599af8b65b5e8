"""The configuration of CircleCI: each step is a script, master alone publishes, secrets go where they are used."""

from __future__ import annotations

import itertools
import os
import re
import subprocess
import sys
from configparser import ConfigParser
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / ".circleci" / "config.yml").read_text(encoding="utf-8")
CONFIG = yaml.safe_load(TEXT)
(WORKFLOW,) = CONFIG["workflows"].values()
INVOCATIONS = {
    name: options
    for item in WORKFLOW["jobs"]
    for name, options in (item.items() if isinstance(item, dict) else [(item, {})])
}
ON_MASTER = ["publish-model", "build-image", "deploy-api"]


def find_runs(job: str) -> list[dict]:
    return [step["run"] for step in CONFIG["jobs"][job]["steps"] if isinstance(step, dict) and "run" in step]


def find_commands() -> list[tuple[str, str]]:
    """Every command that is run, with the values of its job's matrix in their places."""
    commands = []
    for job, options in INVOCATIONS.items():
        matrix = options.get("matrix", {}).get("parameters", {})
        for values in itertools.product(*matrix.values()):
            for run in find_runs(job):
                command = run["command"]
                for name, value in zip(matrix, values, strict=True):
                    command = command.replace(f"<< parameters.{name} >>", value)
                commands.append((job, command))
    return commands


def test_the_file_is_valid_by_the_schema_of_circleci():
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.circle-ci", ".circleci/config.yml"]
    finished = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert finished.returncode == 0, finished.stdout + finished.stderr


@pytest.mark.parametrize(("job", "command"), find_commands(), ids=lambda value: value)
def test_each_step_is_one_script_with_options_that_it_knows(job, command):
    script, *words = command.split()
    assert re.fullmatch(r"scripts/[a-z-]+", script)
    assert os.access(ROOT / script, os.X_OK)
    assert not re.search(r"[;|&$`<>]", command), "a step is a script and its options, and no program of its own"
    shown = subprocess.run([str(ROOT / script), "--help"], capture_output=True, text=True, timeout=60, check=False)
    assert shown.returncode == 0, shown.stderr
    if script not in ("scripts/train",):  # hands its options on
        assert all(word in shown.stdout for word in words if word.startswith("--"))


def test_there_is_no_job_that_is_not_run_and_no_other_kind_of_step():
    assert set(CONFIG["jobs"]) == set(INVOCATIONS)
    known = {"checkout", "run", "restore_cache", "save_cache", "store_artifacts", "persist_to_workspace"}
    known |= {"attach_workspace", "setup_remote_docker", *CONFIG["commands"]}
    steps = [step for job in CONFIG["jobs"].values() for step in job["steps"]]
    assert {step if isinstance(step, str) else next(iter(step)) for step in steps} <= known
    # What has steps of its own is a step only of CircleCI's.
    inner = [step for command in CONFIG["commands"].values() for step in command["steps"]]
    assert {next(iter(step)) for step in inner} == {"restore_cache", "save_cache", "run"}
    runs = [step["run"]["command"] for step in inner if "run" in step]
    assert runs == ["scripts/install-system-packages"]


def expand(name: str) -> list[str]:
    """Expand `py311-{model,api}` as tox does."""
    found = re.match(r"(.*)\{(.+)\}(.*)", name)
    return [f"{found[1]}{word}{found[3]}" for word in found[2].split(",")] if found else [name]


def test_every_environment_of_tox_is_run_and_no_other_is_named():
    parser = ConfigParser()
    parser.read(ROOT / "tox.ini")
    listed = re.split(r",\s*(?![^{]*\})", parser["tox"]["env_list"].replace("\n", " ").strip())
    names = {expanded for name in listed for expanded in expand(name.strip())}
    commands = [command.split() for _, command in find_commands()]
    tested = [words[1:] for words in commands if words[0] == "scripts/test"]
    assert all(tested), "without a name, scripts/test runs everything"
    # scripts/lint is `tox -e lint`.
    assert [words for words in commands if words[0] == "scripts/lint"] == [["scripts/lint"]]
    assert {"lint", *(word for words in tested for word in words)} == names


def test_what_tests_need_of_the_system_is_installed_before_and_they_fail_without_it():
    for job in INVOCATIONS:
        if any(run["command"].startswith("scripts/test ") for run in find_runs(job)):
            assert CONFIG["jobs"][job]["steps"].index("install_system_packages") == 1, job
    for job in ("tests", "tox"):
        assert CONFIG["jobs"][job]["environment"] == {"REQUIRE_POSTGRESQL": "1"}


def find_steps(job: str, kind: str) -> list[dict]:
    return [step[kind] for step in CONFIG["jobs"][job]["steps"] if isinstance(step, dict) and kind in step]


def find_place(job: str, kind: str, text: str = "") -> int:
    """The number of the one step of a kind that has a text in it."""
    steps = [step if isinstance(step, dict) else {step: ""} for step in CONFIG["jobs"][job]["steps"]]
    (place,) = (index for index, step in enumerate(steps) if kind in step and text in str(step[kind]))
    return place


def test_what_was_published_goes_to_the_jobs_that_install_it():
    assert find_steps("publish-model", "persist_to_workspace") == [{"root": ".", "paths": ["dist"]}]
    assert find_place("publish-model", "persist_to_workspace") > find_place("publish-model", "run", "scripts/publish")
    for job, script in (("build-image", "scripts/image-context"), ("deploy-api", "scripts/deploy")):
        assert find_steps(job, "attach_workspace") == [{"at": "."}]
        assert find_place(job, "attach_workspace") < find_place(job, "run", script)
    # cf push takes what the image was built from; a path of the workspace is where the scripts look.
    assert find_steps("build-image", "persist_to_workspace") == [{"root": ".", "paths": ["dist/image"]}]


def test_the_table_is_kept_where_the_package_looks_for_it():
    from regression_model.processing.datasets import read_locations

    (saved,) = find_steps("differential", "save_cache")
    (folder,) = saved["paths"]
    assert Path(folder).expanduser() == read_locations({}).cache_dir
    (restored,) = CONFIG["commands"]["restore_data"]["steps"]
    assert restored["restore_cache"]["keys"][0] == saved["key"]
    assert saved["key"].startswith(restored["restore_cache"]["keys"][1])
    for job in ("differential", "publish-model"):
        assert "restore_data" in CONFIG["jobs"][job]["steps"]


def test_what_a_job_stores_is_what_its_scripts_write():
    stored = {job: [step["path"] for step in find_steps(job, "store_artifacts")] for job in INVOCATIONS}
    assert {job: paths for job, paths in stored.items() if paths} == {
        "differential": ["dist/candidate"],
        "wheel": ["dist"],
        "publish-model": ["dist"],
    }
    train, compare = (run["command"].split() for run in find_runs("differential"))
    assert train[train.index("--output") + 1] == compare[compare.index("--candidate") + 1] == "dist/candidate"
    for script in ("build", "publish"):
        shown = subprocess.run([str(ROOT / "scripts" / script), "--help"], capture_output=True, text=True, check=True)
        assert "dist" in shown.stdout


def test_only_master_publishes_and_deploys_and_only_after_everything_else():
    for job in ON_MASTER:
        assert INVOCATIONS[job]["filters"] == {"branches": {"only": "master"}}
    others = set(INVOCATIONS) - set(ON_MASTER)
    assert set(INVOCATIONS["publish-model"]["requires"]) == others
    assert INVOCATIONS["build-image"]["requires"] == ["publish-model"]
    assert INVOCATIONS["deploy-api"]["requires"] == ["build-image"]
    # Never two at once.
    assert INVOCATIONS["publish-model"]["serial-group"] == INVOCATIONS["deploy-api"]["serial-group"]


def test_the_rehearsal_publishes_as_master_does():
    (publish,) = (run["command"].split() for run in find_runs("publish-model"))
    text = (ROOT / "scripts" / "release-rehearsal").read_text(encoding="utf-8")
    assert ", ".join(f'"{word}"' for word in publish) in text


def test_the_job_that_deploys_asks_the_deployment_and_then_goes_back_only_if_something_failed():
    commands = [run["command"] for run in find_runs("deploy-api")]
    assert commands == ["scripts/deploy", "scripts/smoke-test --dist dist", "scripts/rollback --only-this-version"]
    assert [run.get("when", "on_success") for run in find_runs("deploy-api")][-1] == "on_fail"
    assert {run.get("when") for run in find_runs("deploy-api")[:-1]} == {None}


def test_no_job_gets_a_secret_that_it_has_no_use_for():
    contexts = {job: set(options.get("context", [])) for job, options in INVOCATIONS.items()}
    assert {job for job, names in contexts.items() if "package-index-write" in names} == {"publish-model"}
    assert {job for job, names in contexts.items() if "deployment" in names} == {"deploy-api"}
    assert {job for job, names in contexts.items() if names} == {"differential", *ON_MASTER}


def test_no_secret_is_in_the_file_and_none_is_printed():
    assert not re.search(r"environment:\s*\n\s+\w*(TOKEN|KEY|PASSWORD|SECRET)", TEXT)
    for script in (ROOT / "scripts").iterdir():
        if script.is_file():
            text = script.read_text(encoding="utf-8")
            assert not re.search(r"set -[a-z]*x|printenv|^\s*env\s*$", text, re.MULTILINE), script.name


def test_caches_go_by_the_checksums_of_the_locks():
    (key,) = CONFIG["commands"]["restore_libraries"]["steps"][0]["restore_cache"]["keys"]
    assert key == CONFIG["commands"]["save_libraries"]["steps"][0]["save_cache"]["key"]
    locks = re.findall(r'checksum "(locks/[^"]+)"', key)
    assert len(locks) == 3
    minors = INVOCATIONS["tests"]["matrix"]["parameters"]["minor"]
    for lock, minor in itertools.product(locks, minors):
        assert (ROOT / lock.replace("<< parameters.minor >>", minor)).is_file()
