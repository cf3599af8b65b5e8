from __future__ import annotations

import hashlib
import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest

from regression_model.artifact import load_artifact, load_pipeline, save_pipeline
from regression_model.artifact.files import SUFFIXES
from regression_model.artifact.manifest import SUFFIX
from regression_model.errors import ArtifactWriteError

FRAME = pd.DataFrame({"x": [4.0]})


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.name != ".lock")


def test_what_is_saved_can_be_loaded(folder, fit, facts):
    path = save_pipeline(fit(2.0), folder=folder, facts=facts())
    artifact = load_pipeline(path)

    assert path.name == f"line_output_v1.0.0{SUFFIX}"
    assert artifact.version == "1.0.0"
    assert artifact.pipeline.predict(FRAME)[0] == pytest.approx(8.0)
    assert names(folder) == sorted([path.name, artifact.manifest.content["files"]["pipeline"]["name"]])
    assert oct(path.stat().st_mode & 0o777) == "0o644"


def test_what_is_saved_with_a_compiled_form_can_be_loaded_in_both_forms(folder, fit, facts, program):
    path = save_pipeline(fit(2.0), folder=folder, facts=facts(), program=program(2.0))
    content = load_artifact(path).manifest.content

    assert content["compiled"] is True
    assert list(content["files"]) == ["booster", "compiled", "compiled_arrays", "pipeline"]
    for entry, suffix in SUFFIXES.items():
        said = content["files"][entry]
        data = (folder / said["name"]).read_bytes()
        assert said["name"] == f"line_output_v1.0.0.{said['sha256'][:12]}{suffix}"
        assert (said["sha256"], said["n_bytes"]) == (hashlib.sha256(data).hexdigest(), len(data))
    assert load_artifact(path).compiled.predict_row({"x": 4.0})["predictions"] == [8.0]
    assert load_pipeline(path).pipeline.predict(FRAME)[0] == pytest.approx(8.0)
    assert names(folder) == sorted([path.name, *(entry["name"] for entry in content["files"].values())])


def test_a_manifest_says_that_there_is_no_compiled_form_and_why(folder, fit, facts):
    path = save_pipeline(fit(2.0), folder=folder, facts=facts() | {"compiled_reason": "model: no lowering"})
    content = load_artifact(path).manifest.content

    assert content["compiled"] is False
    assert content["compiled_reason"] == "model: no lowering"


def test_the_same_training_gives_the_same_bytes(tmp_path, fit, facts, program):
    first = save_pipeline(fit(2.0), folder=tmp_path / "a", facts=facts(), program=program(2.0))
    second = save_pipeline(fit(2.0), folder=tmp_path / "b", facts=facts(), program=program(2.0))

    assert names(tmp_path / "a") == names(tmp_path / "b")
    assert first.read_bytes() == second.read_bytes()


def test_older_versions_of_the_same_pipeline_go_and_others_stay(folder, fit, facts):
    save_pipeline(fit(2.0), folder=folder, facts=facts(version="1.0.0"))
    other = save_pipeline(fit(2.0), folder=folder, facts=facts(name="line_two"))
    nested = save_pipeline(fit(2.0), folder=folder, facts=facts(name="line_output_v9"))
    new = save_pipeline(fit(3.0), folder=folder, facts=facts(slope=3.0, version="1.1.0"))

    assert [load_pipeline(path).version for path in (new, other, nested)] == ["1.1.0", "1.0.0", "1.0.0"]
    assert sum(name.endswith(SUFFIX) for name in names(folder)) == 3


def test_a_version_that_is_trained_again_replaces_the_one_before(folder, fit, facts, program):
    save_pipeline(fit(2.0), folder=folder, facts=facts(), program=program(2.0))
    path = save_pipeline(fit(3.0), folder=folder, facts=facts(slope=3.0))

    assert len(names(folder)) == 2
    assert load_pipeline(path).pipeline.predict(FRAME)[0] == pytest.approx(12.0)


def test_a_full_disk_leaves_the_old_model_and_no_partial_file(folder, fit, facts):
    """A limit on the size of files (RLIMIT_FSIZE) makes writing fail half-way, as a full disk does."""
    old = save_pipeline(fit(2.0), folder=folder, facts=facts())
    before = names(folder)
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, hard))
    try:
        with pytest.raises(ArtifactWriteError, match=r"File too large.*untouched"):
            save_pipeline(fit(3.0), folder=folder, facts=facts(slope=3.0, version="2.0.0"))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    assert names(folder) == before
    assert load_pipeline(old).version == "1.0.0"


def test_a_folder_that_can_not_be_made_is_an_error(tmp_path, fit, facts):
    (tmp_path / "file").write_text("")

    with pytest.raises(ArtifactWriteError, match="can't be written"):
        save_pipeline(fit(2.0), folder=tmp_path / "file" / "models", facts=facts())


SAVE_FOR_EVER = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from conftest import build_facts as facts, compile_line as program, fit_line as fit
from regression_model.artifact import save_pipeline
pipelines = [(fit(float(s)), facts(float(s), f"1.0.{s}"), program(float(s))) for s in range(1, 20)]
print("ready", flush=True)
while True:
    for pipeline, said, program in pipelines:
        save_pipeline(pipeline, folder=Path(sys.argv[1]), facts=said, program=program)
"""


@pytest.mark.slow
def test_a_kill_at_any_moment_leaves_a_whole_model(folder, fit, facts):
    save_pipeline(fit(7.0), folder=folder, facts=facts(7.0, "0.9.0"))
    for attempt in range(4):
        command = [sys.executable, "-c", SAVE_FOR_EVER, str(folder), str(Path(__file__).parent)]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
            assert process.stdout.readline() == b"ready\n"
            time.sleep(0.01 + 0.0257 * attempt)
            process.kill()

        manifests = sorted(folder.glob(f"line_output_v*{SUFFIX}"))
        # A kill between the new manifest and the removal of the old one leaves both, each of them whole.
        assert 1 <= len(manifests) <= 2
        assert load_artifact(folder).version in {path.name.split("_v")[1].removesuffix(SUFFIX) for path in manifests}
        for path in manifests:
            version = path.name.removeprefix("line_output_v").removesuffix(SUFFIX)
            assert load_pipeline(path).version == load_artifact(path).version == version
    save_pipeline(fit(2.0), folder=folder, facts=facts(2.0, "2.0.0"))

    assert len(names(folder)) == 2  # what the kills left behind is gone


EVENTS = {"write": "open", "replace": "os.rename", "unlink": "os.remove"}
"""Python's audit events, raised before the system call."""


@pytest.mark.parametrize("call", EVENTS)
@pytest.mark.parametrize("nth", [1, 2, 3, 4, 5, 6, 7])
def test_a_death_in_any_system_call_leaves_a_whole_model(folder, call, nth, fit, facts, program):
    """The saving process ends itself (no cleanup, as after SIGKILL) at the n-th call of its kind."""
    save_pipeline(fit(7.0), folder=folder, facts=facts(7.0, "0.9.0"), program=program(7.0))
    child = os.fork()
    if child == 0:
        _die_at(call, nth)
        save_pipeline(fit(3.0), folder=folder, facts=facts(3.0, "1.0.0"), program=program(3.0))
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) in (0, 9)

    for path in folder.glob(f"*{SUFFIX}"):
        assert load_pipeline(path).version == load_artifact(path).version
    assert load_artifact(folder).version in ("0.9.0", "1.0.0")
    save_pipeline(fit(2.0), folder=folder, facts=facts(2.0, "2.0.0"))
    assert len(names(folder)) == 2


def _die_at(call: str, nth: int) -> None:
    seen = iter(range(1, 1000))

    def die(event: str, _arguments: object) -> None:
        if event == EVENTS[call] and next(seen) == nth:
            os._exit(9)

    sys.addaudithook(die)
