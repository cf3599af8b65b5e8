"""A deployment to a folder, with gunicorn as it is: who is served what, and when."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter

import pytest
from deployment import server
from deployment.deploying import Checks, deploy, end_deployment, roll_back, start_deployment
from deployment.errors import DeploymentError
from deployment.processes import find_process, find_successors, lives
from deployment.server import find_server
from deployment.smoke import Expectation, Service, read_manifest

UV = "never called: the releases are there already"


def put(target, version, **checks):
    version.place(target)
    return deploy(target, version.packages, UV, {}, Checks(**checks))


class Customers(threading.Thread):
    """Ask for predictions, each on a connection of its own, and count the versions that answer and what fails."""

    def __init__(self, url, row):
        super().__init__()
        self.service, self.row = Service(url), row
        self.seen = Counter()
        self.ended = threading.Event()

    def run(self):
        while not self.ended.is_set():
            try:
                status, answer = self.service.ask("/v1/predict", self.row)
                self.seen[answer["version"] if status == 200 else status] += 1
            except OSError as error:
                self.seen[type(error).__name__] += 1

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.ended.set()
        self.join(30)


def find_row(version):
    return Expectation.from_manifest(read_manifest(version.model)).rows[0]


def ask_version(url):
    return Service(url).ask("/version")[1]["model_version"]


def test_releases_follow_each_other_and_no_customer_notices(target, version_1, version_2):
    url = put(target, version_1)
    first = find_server(target)
    assert ask_version(url) == "7.1.0"

    with Customers(url, find_row(version_1)) as customers:
        assert put(target, version_2) == url
        assert target.find_current() == "7.2.0"
        assert roll_back(target, Checks()) == url

    assert target.find_current() == "7.1.0"
    assert ask_version(url) == "7.1.0"
    assert find_server(target) != first
    assert set(customers.seen) == {"7.1.0", "7.2.0"}, customers.seen
    assert target.read_history() == ["7.1.0"]


def test_a_release_whose_model_is_damaged_is_never_switched_to(target, version_1, version_2):
    url = put(target, version_1)
    server = find_server(target)
    folder = version_2.place(target)
    damage(folder)

    with Customers(url, find_row(version_1)) as customers, pytest.raises(DeploymentError) as raised:
        deploy(target, version_2.packages, UV, {}, Checks())

    assert "Nothing was switched; 7.1.0 is served as before" in str(raised.value)
    assert target.find_current() == "7.1.0"
    assert find_server(target) == server
    assert not folder.exists()
    assert set(customers.seen) == {"7.1.0"}


def test_a_release_that_is_not_accepted_after_the_switch_is_rolled_back(target, version_1, version_2):
    url = put(target, version_1)
    asked = []

    def refuse(at):
        asked.append(ask_version(at))
        raise DeploymentError("the shop's own test says no")

    with pytest.raises(DeploymentError, match="says no\nIt was rolled back; 7.1.0 is served as before"):
        put(target, version_2, accept=refuse)

    assert asked == ["7.2.0"]
    assert target.find_current() == "7.1.0"
    assert ask_version(url) == "7.1.0"


def test_a_first_release_that_can_not_start_leaves_nothing_current(target, version_1):
    target.settings_file.write_text("ML_API_ENV=production\n")  # without keys, production does not start
    with pytest.raises(DeploymentError, match="there is no earlier release, so nothing is served"):
        put(target, version_1)
    assert target.find_current() is None
    assert find_server(target) is None
    assert "ML_API_KEYS_FILE" in target.log_file.read_text()


def test_a_first_release_that_is_not_accepted_is_not_served(target, version_1):
    def refuse(_url):
        raise DeploymentError("no")

    with pytest.raises(DeploymentError, match="there is no earlier release"):
        put(target, version_1, accept=refuse)
    assert (target.find_current(), find_server(target)) == (None, None)


def test_a_rollback_does_nothing_if_the_release_that_failed_is_not_the_current_one(target, version_1, capsys):
    put(target, version_1)
    server = find_server(target)
    assert roll_back(target, Checks(), only_from="7.2.0") is None
    assert "The current release is 7.1.0, not 7.2.0" in capsys.readouterr().out
    assert find_server(target) == server
    with pytest.raises(DeploymentError, match="has no release before 7.1.0"):
        roll_back(target, Checks())


def test_a_release_below_the_current_one_is_refused(target, version_1, version_2):
    version_2.place(target)
    target.activate("7.2.0")
    with pytest.raises(DeploymentError, match="expected a release that is not below 7.2.0, .* found 7.1.0"):
        put(target, version_1)
    assert target.find_current() == "7.2.0"


def damage(folder):
    (model,) = folder.glob("venv/lib/*/site-packages/regression_model/trained_models/*.joblib")
    model.write_bytes(model.read_bytes()[:-1])


def test_a_deployment_that_was_killed_is_repeated_and_one_that_can_not_go_back_stays(target, version_1, version_2):
    put(target, version_1)
    version_2.place(target)
    target.activate("7.2.0")  # and here it was killed: the server still serves what was current before
    url = deploy(target, version_2.packages, UV, {}, Checks())
    assert ask_version(url) == "7.2.0"

    damage(target.release_folder("7.1.0"))
    with pytest.raises(DeploymentError, match="7.1.0 does not work; 7.2.0 is served as before"):
        roll_back(target, Checks())
    assert (target.find_current(), ask_version(url)) == ("7.2.0", "7.2.0")
    assert target.read_history() == ["7.1.0", "7.2.0"]


def test_what_is_deployed_is_stopped_and_started_again(target, version_1):
    with pytest.raises(DeploymentError, match="nothing was deployed"):
        start_deployment(target)
    url = put(target, version_1)
    end_deployment(target)
    assert find_server(target) is None
    for _ in range(2):
        start_deployment(target)
        assert ask_version(url) == "7.1.0"


def test_a_server_that_was_killed_is_started_again_by_the_next_deployment(target, version_1):
    url = put(target, version_1)
    assert Service(url).ask("/")[0] == 200
    os.kill(find_server(target), signal.SIGKILL)
    with target.settings_file.open("a") as settings:
        settings.write("ML_API_PAGES=0\n")

    assert deploy(target, version_1.packages, UV, {}, Checks()) == url
    assert Service(url).ask("/")[0] == 404


def hand_over_and_be_killed(target, version):
    """Leave the folder as a deployment does that is killed after it told the old server to hand over."""
    version.place(target)
    target.activate(version.name)
    old = find_server(target)
    os.kill(old, signal.SIGUSR2)
    wait_for(lambda: find_process(target, target.successor_file))
    return old, find_process(target, target.successor_file)


def wait_for(done, timeout_s=30):
    deadline_s = time.monotonic() + timeout_s
    while not done():
        assert time.monotonic() < deadline_s
        time.sleep(0.05)


def test_of_two_servers_that_a_killed_deployment_has_left_one_stays(target, version_1, version_2):
    url = put(target, version_1)
    old, left = hand_over_and_be_killed(target, version_2)

    assert deploy(target, version_2.packages, UV, {}, Checks()) == url

    assert ask_version(url) == "7.2.0"
    assert not lives(old)
    assert not lives(left)
    assert find_successors(target, find_server(target)) == []


def test_stopping_ends_the_successor_that_a_killed_deployment_has_left_too(target, version_1, version_2):
    url = put(target, version_1)
    pids = hand_over_and_be_killed(target, version_2)
    end_deployment(target)
    assert not any(lives(pid) for pid in pids)
    with pytest.raises(ConnectionRefusedError):
        ask_version(url)


def test_a_successor_that_takes_too_long_is_ended_and_the_old_server_goes_on(target, version_1, version_2, monkeypatch):
    url = put(target, version_1)
    old = find_server(target)
    version_2.place(target)
    launch = target.release_folder("7.2.0") / "launch.py"
    # It is slow where the candidate was not: before gunicorn has said who it is.
    slow = "import time\nif 'GUNICORN_PID' in os.environ: time.sleep(600)\n"
    launch.write_text(launch.read_text().replace("import subprocess\n", f"import subprocess\n{slow}"))
    monkeypatch.setattr(server, "START_TIMEOUT_S", 1.0)

    with pytest.raises(DeploymentError, match="did not serve within 1 s.*\nIt was rolled back; 7.1.0 is served"):
        deploy(target, version_2.packages, UV, {}, Checks())

    assert find_server(target) == old
    assert find_successors(target, old) == []
    assert ask_version(url) == "7.1.0"


def test_a_repeated_deployment_whose_release_turns_out_bad_goes_back_to_the_one_before(target, version_1, version_2):
    url = put(target, version_1)
    hand_over_and_be_killed(target, version_2)
    damage(target.release_folder("7.2.0"))

    with pytest.raises(DeploymentError, match="It was rolled back; 7.1.0 is served as before"):
        deploy(target, version_2.packages, UV, {}, Checks())

    assert (target.find_current(), ask_version(url)) == ("7.1.0", "7.1.0")


def test_if_going_back_fails_too_both_errors_are_told_and_what_runs(target, version_1, version_2):
    put(target, version_1)

    def refuse(_url):
        (target.release_folder("7.1.0") / "launch.py").write_text("raise SystemExit(1)")
        raise DeploymentError("the shop's own test says no")

    with pytest.raises(DeploymentError) as raised:
        put(target, version_2, accept=refuse)

    first, second, third = str(raised.value).splitlines()
    assert first == "the shop's own test says no"
    assert second.startswith("Going back to 7.1.0 failed, too: the server ended at once")
    assert third == "The server that runs is of 7.2.0"


def test_settings_that_the_shell_can_not_read_are_named_by_their_line_only(target, version_1):
    with target.settings_file.open("a") as settings:
        settings.write("ML_API_SECRET_KEY=first half-of-a-s3cret\n")
    with pytest.raises(DeploymentError, match="settings.env can't be read: line 5") as raised:
        put(target, version_1)
    assert "half-of" not in str(raised.value)


def test_a_candidate_that_a_killed_deployment_has_left_is_ended_and_nobody_else(target):
    target.candidate_file.parent.mkdir(parents=True, exist_ok=True)
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        target.candidate_file.write_text(f"{process.pid} 1\n")
        server.end_candidate(target)
        assert process.poll() is None, "the number is somebody else's by now"
        target.candidate_file.write_text(f"{process.pid} {server.find_start(process.pid)}\n")
        server.end_candidate(target)
        assert process.wait(10) == -signal.SIGTERM
    assert not target.candidate_file.exists()
