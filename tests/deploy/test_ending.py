"""What is left when somebody ends a deployment: what was there before."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest
from deployment.deploying import Checks, deploy
from deployment.server import find_served
from deployment.smoke import Service

ROOT = Path(__file__).resolve().parents[2]
BEGIN = f"""
import os, signal, sys, time
from pathlib import Path
sys.path.insert(0, {str(ROOT / "deploy")!r})
from deployment.ending import end_in_order, run_child
"""
UV = "never called: the releases are there already"


def start(code, *arguments, **options):
    return subprocess.Popen(
        [sys.executable, "-c", BEGIN + code, *map(str, arguments)], stdout=subprocess.PIPE, text=True, **options
    )


def test_a_deployment_that_is_told_to_end_goes_back_and_a_second_signal_does_not_stop_that(
    target, version_1, version_2
):
    version_1.place(target)
    url = deploy(target, version_1.packages, UV, {}, Checks())
    version_2.place(target)
    code = """
from deployment.deploying import Checks, deploy
from deployment.packages import Packages
from deployment.target import Target
folder, version, *files = sys.argv[1:]
def accept(url):
    print("asked", flush=True)
    time.sleep(600)
end_in_order()
deploy(Target(Path(folder)), Packages(version, version, *map(Path, files)), Path("uv"), {}, Checks(None, accept))
"""
    packages = version_2.packages
    files = (packages.model_wheel, packages.api_wheel, packages.lock)
    with start(code, target.folder, packages.api_version, *files) as deployment:
        assert "asked\n" in deployment.stdout
        assert find_served(target) == "7.2.0"
        deployment.send_signal(signal.SIGTERM)
        assert deployment.stdout.readline() == "Going back to 7.1.0 ...\n"
        deployment.send_signal(signal.SIGTERM)
        assert deployment.wait(60) == 128 + signal.SIGTERM
        assert "It was rolled back; 7.1.0 is served as before\n" in deployment.stdout
    assert (target.find_current(), find_served(target)) == ("7.1.0", "7.1.0")
    assert Service(url).ask("/version")[1]["model_version"] == "7.1.0"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_child_is_asked_to_end_and_waited_for(tmp_path, number):
    # The shell's own child has to be told, too: a shell that is told waits for nobody.
    child = """
import signal, sys, time
from pathlib import Path
def end(*_):
    time.sleep(0.3)
    Path(sys.argv[1]).write_text("in order")
    sys.exit()
signal.signal(signal.SIGTERM, end)
print("ready", flush=True)
time.sleep(600)
"""
    code = "end_in_order()\nrun_child(['sh', '-c', '\"$@\"; true', 'sh', *sys.argv[1:]])"
    left = tmp_path / "left"
    with start(code, sys.executable, "-c", child, left) as process:
        assert process.stdout.readline() == "ready\n"
        process.send_signal(number)
        assert process.wait(30) == 128 + number
    assert left.read_text() == "in order"


def test_under_nohup_a_connection_that_breaks_off_ends_nothing():
    code = "end_in_order()\nos.kill(os.getpid(), signal.SIGHUP)\nprint('goes on')"
    ignore = "import os, signal, sys; signal.signal(signal.SIGHUP, signal.SIG_IGN); os.execv(sys.argv[1], sys.argv[1:])"
    command = [sys.executable, "-c", ignore, sys.executable, "-c", BEGIN + code]
    finished = subprocess.run(command, stdout=subprocess.PIPE, text=True, timeout=30, check=False)
    assert (finished.returncode, finished.stdout) == (0, "goes on\n")


@pytest.mark.parametrize("script", ["deploy", "rollback", "release-rehearsal"])
def test_the_scripts_end_in_order(script):
    text = (ROOT / "scripts" / script).read_text(encoding="utf-8")
    assert "\n    end_in_order()\n" in text.partition("def main()")[2]
