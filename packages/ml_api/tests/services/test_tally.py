"""Numbers wait for a moment under gevent, and none is lost in an orderly end."""

from __future__ import annotations

import subprocess
import sys

from ml_api.services.tally import Tally

KIND = ("POST", "/v1/predict", "200")


def test_without_gevent_each_number_is_handed_on_at_once():
    handed = []
    tally = Tally(lambda *numbers: handed.append(numbers))
    tally.begin_request()
    tally.add_predictions([1.0, 2.0])
    tally.end_request(KIND, 0.25)
    assert handed == [({}, [], 1), ({}, [1.0, 2.0], 1), ({KIND: [0.25]}, [], 0)]


PROGRAM = """
from gevent import monkey
monkey.patch_all()
import sys, time
from ml_api.services import tally
tally.INTERVAL_S = float(sys.argv[1])
kind = ("POST", "/v1/predict", "200")
counts = tally.Tally(print)
for number in range(3):
    counts.begin_request()
    counts.add_predictions([number])
    counts.end_request(kind, 0.5)
counts.begin_request()
print("nothing yet", flush=True)
time.sleep(float(sys.argv[2]))
print("end", flush=True)
"""


def run(interval_s: float, wait_s: float) -> list[str]:
    command = [sys.executable, "-c", PROGRAM, str(interval_s), str(wait_s)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout.splitlines()


def test_under_gevent_they_are_handed_on_together():
    told = "{('POST', '/v1/predict', '200'): [0.5, 0.5, 0.5]} [0, 1, 2] 1"
    assert run(0.01, 0.5) == ["nothing yet", told, "end", "{} [] 1"]


def test_an_orderly_end_loses_nothing():
    told = "{('POST', '/v1/predict', '200'): [0.5, 0.5, 0.5]} [0, 1, 2] 1"
    assert run(3600, 0) == ["nothing yet", "end", told]
