"""The unit of systemd: valid, and what it calls is there."""

from __future__ import annotations

import shlex
import shutil
import subprocess
from configparser import ConfigParser
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
UNIT = ROOT / "deploy" / "ml-api.service"
CHECKOUT, TARGET = "/opt/regression-model", "/srv/ml-api"


def read_unit():
    parser = ConfigParser(interpolation=None)
    parser.optionxform = str
    parser.read_string(UNIT.read_text(encoding="utf-8"))
    return parser


@pytest.mark.parametrize(("key", "option"), [("ExecStart", "--start"), ("ExecStop", "--stop")])
def test_it_calls_the_script_that_deploys(key, option, tmp_path):
    command = read_unit()["Service"][key].replace(CHECKOUT, str(ROOT)).replace(TARGET, str(tmp_path / "host"))
    script, *words = shlex.split(command)
    assert words[-1] == option
    finished = subprocess.run([script, *words], capture_output=True, text=True, timeout=60, check=False)
    # Before anything is deployed there is nothing to start, and stopping is no failure.
    assert (finished.returncode, "nothing was deployed" in finished.stderr) == ((1, True), (0, False))[
        option == "--stop"
    ]


def test_a_server_that_hands_over_does_not_end_the_service():
    service = read_unit()["Service"]
    assert (service["Type"], service["RemainAfterExit"]) == ("oneshot", "yes")


def test_systemd_accepts_it(tmp_path):
    program = shutil.which("systemd-analyze")
    if program is None:
        pytest.skip("there is no systemd-analyze here")
    copy = tmp_path / UNIT.name
    copy.write_text(UNIT.read_text(encoding="utf-8").replace(CHECKOUT, str(ROOT)), encoding="utf-8")
    finished = subprocess.run([program, "verify", "--man=no", str(copy)], capture_output=True, text=True, check=False)
    assert finished.returncode == 0, finished.stderr
    assert UNIT.name not in finished.stderr
