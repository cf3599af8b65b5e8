"""Which server is told, and what it costs where none is."""

from __future__ import annotations

import subprocess
import sys

import pytest

from regression_model.processing.datasets.environment import prepare_tracking, read_tracking_uri
from regression_model.tracking import open_run


@pytest.mark.parametrize(("environ", "expected"), [({}, None), ({"MLFLOW_TRACKING_URI": ""}, None)])
def test_no_variable_is_no_server(environ, expected):
    assert read_tracking_uri(environ) is expected


def test_what_the_user_has_set_for_mlflow_stays():
    environ = {"MLFLOW_HTTP_REQUEST_TIMEOUT": "300"}
    prepare_tracking(environ)
    assert environ["MLFLOW_HTTP_REQUEST_TIMEOUT"] == "300"
    assert environ["MLFLOW_DISABLE_TELEMETRY"] == "true"


def test_without_a_server_nothing_is_told_and_nothing_imported(monkeypatch):
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    program = (
        "import sys\n"
        "from pathlib import Path\n"
        "from regression_model.tracking import open_run\n"
        "with open_run('e', 'n') as run:\n"
        "    run.log_parameters({'a': 1}); run.log_metrics({'b': 2.0}); run.log_tags({'c': 'd'})\n"
        "    run.log_dataset('t', '0' * 64, 's'); run.log_file(Path('nowhere')); run.log_text('t', 'f')\n"
        "    run.begin_child('x', '0').end()\n"
        "print([name for name in sys.modules if name.split('.')[0] == 'mlflow'])\n"
    )
    finished = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=120)
    assert finished.stdout.strip() == "[]"


def test_an_exception_is_not_swallowed(monkeypatch):
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    with pytest.raises(ZeroDivisionError), open_run("e", "n"):
        _ = 1 / 0
