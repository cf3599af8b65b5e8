from __future__ import annotations

import json
import subprocess
import sys

import pytest

from ml_api.errors import InsightsError
from ml_api.services.insights import collect_insights, run_insights
from ml_api.services.insights.runner import FAILED, NICENESS
from regression_model import make_prediction


@pytest.fixture
def real_log(log, artifact):
    """A log of the model that was really trained."""
    log.artifact = artifact
    rows = [artifact.example_row()] * 120
    answer = make_prediction(input_data=rows, artifact=artifact)
    log.tell(log.predict(rows, answer["predictions"]), answer["predictions"][0] + 1000.0, row=5)
    return log.folder


def test_a_child_process_says_the_same(real_log, model_folder):
    said = run_insights(real_log, artifact_path=model_folder)
    assert said == json.loads(json.dumps(collect_insights(real_log, artifact_path=model_folder).to_json()))
    assert said["drift"]["n_rows"] == 120
    # One row, a hundred and twenty times: nothing like the training data.
    assert said["drift"]["prediction"]["level"] == "major"
    [version] = said["accuracy"]["versions"]
    mae = version["metrics"][0]
    assert mae["name"] == "mae"
    assert mae["value"] == pytest.approx(1000.0)
    assert mae["holdout"] > 1000


def test_the_number_of_days_is_passed_on(real_log, model_folder):
    assert run_insights(real_log, artifact_path=model_folder, n_days=1)["log"]["since"] is not None


def test_its_message_is_ours(tmp_path, model_folder):
    with pytest.raises(InsightsError, match="There is no prediction log in .*the folder does not exist.$"):
        run_insights(tmp_path / "gone", artifact_path=model_folder)
    with pytest.raises(InsightsError, match="The model that drift is measured against can't be loaded: there is no"):
        run_insights(tmp_path, artifact_path=tmp_path)


def test_a_slow_one_is_stopped(real_log, model_folder):
    with pytest.raises(InsightsError, match="were not ready after 0.01 s"):
        run_insights(real_log, artifact_path=model_folder, timeout_s=0.01)


def test_what_a_crash_says_is_for_the_log(real_log, model_folder, monkeypatch, caplog):
    monkeypatch.setattr("sys.executable", "/bin/false")
    with pytest.raises(InsightsError, match=FAILED):
        run_insights(real_log, artifact_path=model_folder)
    assert "insights failed" in caplog.text


def test_a_folder_of_the_same_name_is_not_imported(real_log, model_folder, monkeypatch, tmp_path):
    (tmp_path / "ml_api").mkdir()
    (tmp_path / "ml_api" / "__init__.py").write_text("raise SystemExit(3)")
    monkeypatch.chdir(tmp_path)
    assert run_insights(real_log, artifact_path=model_folder)["traffic"]["n_requests"] == 1


ENDED_BY_ITS_REQUEST = """
import os, sys, tempfile, gevent
from pathlib import Path
from ml_api.services.insights import run_insights

folder = Path(sys.argv[1])
sys.executable, tempfile.tempdir = str(folder / "program"), str(folder)
request = gevent.spawn(run_insights, folder)
with gevent.Timeout(30):
    while not (folder / "pid").exists():  # which shows that others go on
        gevent.sleep(0.01)
pid = int((folder / "pid").read_text())
os.kill(pid, 0)
assert len(list(folder.glob("ml-api-insights-*/half"))) == 1
request.kill(TimeoutError("late"), timeout=10)
assert request.dead and isinstance(request.exception, TimeoutError), request.exception
try:
    os.kill(pid, 0)
except ProcessLookupError:
    pass
else:
    raise AssertionError("the process lives on")
assert not list(folder.glob("ml-api-insights-*")), "it has left files"
"""


def test_the_process_and_its_files_end_with_the_request_that_waits(tmp_path):
    program = tmp_path / "program"
    program.write_text(
        f'#!/bin/sh\ntouch "$TMPDIR/half"\necho $$ > {tmp_path}/pid.part\nmv {tmp_path}/pid.part {tmp_path}/pid\n'
        "exec sleep 60\n"
    )
    program.chmod(0o700)
    command = [sys.executable, "-c", f"from gevent import monkey; monkey.patch_all()\n{ENDED_BY_ITS_REQUEST}", tmp_path]
    result = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert result.returncode == 0, result.stderr


def test_whoever_waits_for_a_prediction_goes_first(tmp_path, monkeypatch):
    program = tmp_path / "program"
    program.write_text(
        "#!/bin/sh\nuntil [ $(cut -d ' ' -f 19 /proc/$$/stat) -gt 0 ]; do sleep 0.01; done\n"
        "cut -d ' ' -f 19 /proc/$$/stat\n"
    )
    program.chmod(0o700)
    monkeypatch.setattr("sys.executable", str(program))
    assert run_insights(tmp_path, timeout_s=20) == NICENESS
