"""What an image is built from. No engine runs here: the file is read, and its commands are executed as they stand."""

from __future__ import annotations

import json
import os
import platform
import re
import secrets
import shlex
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml
from deployment.contexts import choose_wheels
from deployment.local_index import find_free_port, run_local_index
from deployment.packages import PYTHON_MINOR, read_version
from deployment.smoke import Expectation, Service, check_service, read_manifest

ROOT = Path(__file__).resolve().parents[2]
IMAGE = ROOT / "deploy" / "image"
CONFIG = ROOT / "packages" / "ml_api" / "tests" / "configs" / "prices.yml"
COMPILERS = re.compile(r"\b(gcc|g\+\+|build-essential|make|clang|python3?-dev)\b")


@dataclass(frozen=True)
class Instruction:
    stage: int
    name: str
    value: str


def read_dockerfile() -> list[Instruction]:
    text = re.sub(r"\\\n\s*", "", (IMAGE / "Dockerfile").read_text(encoding="utf-8"))
    found, stage = [], -1
    for line in text.splitlines():
        if line and not line.startswith("#"):
            name, _, value = line.partition(" ")
            stage += name == "FROM"
            found.append(Instruction(stage, name, value))
    return found


INSTRUCTIONS = read_dockerfile()
FINAL = [item for item in INSTRUCTIONS if item.stage == INSTRUCTIONS[-1].stage]


def values(name, instructions=INSTRUCTIONS):
    return [item.value for item in instructions if item.name == name]


def test_there_are_two_stages_of_the_same_tagged_base():
    bases = values("FROM")
    assert [base.split()[0] for base in bases] == [
        "python:${PYTHON_MINOR}-slim-bookworm${BASE_DIGEST:+@$BASE_DIGEST}"
    ] * 2
    assert values("ARG") == ["PYTHON_MINOR=3.11", "BASE_DIGEST="]
    assert "ADD" not in {item.name for item in INSTRUCTIONS}


def test_nothing_is_compiled_or_fetched_and_everything_has_its_hash():
    (install,) = (command for command in values("RUN") if " pip " in command and " install " in command)
    for option in ("--no-index", "--require-hashes", "--only-binary :all:", "--find-links /build/vendor"):
        assert option in install
    assert not any(COMPILERS.search(command) or "apt-get" in command for command in values("RUN"))


def test_the_final_image_takes_the_environment_only_and_runs_as_nobody_special():
    copies = values("COPY", FINAL)
    assert copies == ["--from=build /opt/ml-api /opt/ml-api", "healthcheck.py /opt/ml-api/healthcheck.py"]
    assert values("USER", FINAL) == ["10001:10001"]
    names = [item.name for item in FINAL]
    assert names.index("USER") > max(index for index, name in enumerate(names) if name in ("COPY", "RUN"))
    assert json.loads(values("CMD", FINAL)[0]) == ["ml-api", "serve"]
    assert len(values("HEALTHCHECK", FINAL)) == 1


def read_variables() -> dict[str, str]:
    """What ENV sets in the final image."""
    return dict(word.split("=", 1) for value in values("ENV", FINAL) for word in shlex.split(value))


def read_healthcheck() -> list[str]:
    (value,) = values("HEALTHCHECK", FINAL)
    return json.loads(value.partition("CMD ")[2])


def test_the_port_that_is_exposed_is_the_one_that_is_listened_on_and_that_compose_forwards():
    (exposed,) = values("EXPOSE", FINAL)
    assert read_variables()["ML_API_PORT"] == exposed
    api = yaml.safe_load((IMAGE.parent / "compose.yml").read_text())["services"]["api"]
    assert api["ports"] == [f"127.0.0.1:8000:{exposed}"]


def test_there_is_no_secret_in_it():
    assert not re.search(r"TOKEN|SECRET|PASSWORD|INDEX_URL", (IMAGE / "Dockerfile").read_text(encoding="utf-8"))


def serve(command, cwd, environment):
    """Start a server on a socket that is free, wait until it is ready, and yield its port."""
    port = int(environment.get("ML_API_PORT") or find_free_port())
    variables = {"PATH": environment["PATH"], "HOME": str(cwd), "PORT": str(port), **environment}
    server = subprocess.Popen(command, cwd=cwd, env=variables, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    deadline_s = time.monotonic() + 60
    while time.monotonic() < deadline_s:
        try:
            if Service(f"http://127.0.0.1:{port}").ask("/ready")[0] == 200:
                break
        except OSError:
            time.sleep(0.1)
        if server.poll() is not None:
            pytest.fail(server.communicate()[0].decode())
    else:
        pytest.fail(f"not ready: {stop(server)}")
    return server, port


def stop(server):
    server.terminate()
    output, _ = server.communicate(timeout=30)
    return output.decode()


def test_the_command_of_the_procfile_serves_on_the_port_of_the_platform_and_the_healthcheck_agrees(version_1, tmp_path):
    command = (IMAGE / "Procfile").read_text().strip().removeprefix("web: ")
    programs = f"{version_1.venv / 'bin'}:{os.environ['PATH']}"
    environment = {"PATH": programs, "ML_API_ENV": "production", "ML_API_SECRET_KEY": secrets.token_hex(32)}
    python = str(version_1.venv / "bin" / "python")
    create = ["-m", "ml_api", "keys", "create", "shop", "--file", str(tmp_path / "made.json")]
    subprocess.run([python, *create], check=True, capture_output=True)
    environment["API_KEYS_JSON"] = (tmp_path / "made.json").read_text()
    # As the platform does it: the profile, and then the command, in one shell.
    shell = f". {shlex.quote(str(IMAGE / 'profile'))}; exec {python} -m ml_api {command.removeprefix('ml-api ')}"
    server, port = serve(["sh", "-c", shell], tmp_path, environment)
    try:
        check = [sys.executable, str(IMAGE / "healthcheck.py")]
        assert subprocess.run(check, env={"ML_API_PORT": str(port)}, check=False).returncode == 0
        status, answer = Service(f"http://127.0.0.1:{port}").ask("/v1/predict", {})
        assert (status, answer["error"]["code"]) == (401, "unauthorized")
    finally:
        output = stop(server)
    assert server.returncode == 0, output
    assert (tmp_path / "keys.json").stat().st_mode & 0o777 == 0o600
    assert subprocess.run(check, env={"ML_API_PORT": str(port)}, check=False).returncode == 1


def test_the_app_of_cloud_foundry_asks_whether_it_is_ready():
    (app,) = yaml.safe_load((IMAGE / "manifest.yml").read_text())["applications"]
    assert (app["health-check-type"], app["health-check-http-endpoint"]) == ("http", "/ready")
    assert app["buildpacks"] == ["python_buildpack"]
    assert not [name for name in app["env"] if re.search("SECRET|KEY|TOKEN", name)]


def test_the_token_of_the_registry_goes_to_docker_by_its_standard_input_only(tmp_path):
    docker = tmp_path / "bin" / "docker"
    docker.parent.mkdir()
    docker.write_text(f"""#!/bin/sh
printf '%s\\n' "$*" >> {tmp_path}/asked
if [ "$1" = login ]; then cat > {tmp_path}/password; fi
""")
    docker.chmod(0o755)
    (tmp_path / "image").mkdir()
    (tmp_path / "image" / "Dockerfile").touch()
    variables = {"IMAGE_REPOSITORY": "images.example/team/houses", "IMAGE_REGISTRY_USERNAME": "ci"}
    variables |= {"IMAGE_BASE_DIGEST": f"sha256:{'0a' * 32}"}
    variables |= {"IMAGE_REGISTRY_TOKEN": "s3cret", "PATH": f"{docker.parent}:{os.environ['PATH']}"}
    command = [str(ROOT / "scripts" / "image-build"), "--dist", str(tmp_path), "--push"]
    finished = subprocess.run(command, env=os.environ | variables, capture_output=True, text=True, check=False)
    assert finished.returncode == 0, finished.stderr
    asked = (tmp_path / "asked").read_text()
    tag = f"images.example/team/houses:{read_version(ROOT, 'ml_api')}"
    login, build, push = asked.splitlines()
    assert login == "login images.example --username ci --password-stdin"
    assert build.startswith("build ")
    assert f"--build-arg=BASE_DIGEST=sha256:{'0a' * 32} " in build
    assert f"--tag {tag} {tmp_path / 'image'}" in build
    assert push == f"push {tag}"
    assert (tmp_path / "password").read_text() == "s3cret"
    assert "s3cret" not in asked + finished.stdout + finished.stderr


def test_a_digest_that_is_none_is_refused():
    command = [str(ROOT / "scripts" / "image-build"), "--dry-run"]
    environment = os.environ | {"IMAGE_BASE_DIGEST": "latest"}
    finished = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert finished.returncode == 1
    assert "expected IMAGE_BASE_DIGEST as sha256:" in finished.stderr


def test_wheels_are_chosen_for_the_glibc_of_the_image():
    options = choose_wheels()
    platforms = [option.partition("=")[2] for option in options if option.startswith("--platform=")]
    machine = platform.machine()
    assert f"manylinux_2_28_{machine}" in platforms
    assert f"manylinux_2_17_{machine}" in platforms
    minors = [int(found[1]) for found in (re.match(r"manylinux_2_(\d+)_", name) for name in platforms) if found]
    assert max(minors) < 35, "cflinuxfs4 has glibc 2.35, Debian 12 has 2.36"


@pytest.fixture(scope="module")
def dist(tmp_path_factory):
    """Wheels as they are published, of a copy of the checkout with a small model in it."""
    copy, folder = tmp_path_factory.mktemp("copy"), tmp_path_factory.mktemp("dist")
    ignored = shutil.ignore_patterns("__pycache__", "*_output_v*", "tests")
    shutil.copytree(ROOT / "packages", copy / "packages", ignore=ignored)
    output = copy / "packages" / "regression_model" / "regression_model" / "trained_models"
    train = [sys.executable, "-m", "regression_model", "train", "--config", str(CONFIG), "--sample"]
    subprocess.run([*train, "--output", str(output)], check=True, capture_output=True)
    build = [str(ROOT / "scripts" / "build"), "--source", str(copy), "--output", str(folder)]
    subprocess.run(build, check=True, capture_output=True, env=os.environ | {"SOURCE_DATE_EPOCH": "1700000000"})
    return folder


@pytest.fixture
def index(dist, tmp_path):
    """Variables that name an index on loopback, which has the model, and sends on who asks for anything else."""
    files = tmp_path / "index" / "files"
    files.mkdir(parents=True)
    for wheel in dist.glob("regression_model*.whl"):
        shutil.copy(wheel, files)
    with run_local_index(tmp_path / "index", Path(sys.executable)) as url:
        yield {"PACKAGE_INDEX_URL": url, "PACKAGE_INDEX_TOKEN": "s3cret-of-the-index"}


def test_the_image_is_built_by_its_own_commands_without_an_index_and_serves(dist, index, tmp_path):
    command = [str(ROOT / "scripts" / "image-context"), "--dist", str(dist)]
    finished = subprocess.run(command, env=os.environ | index, capture_output=True, text=True, check=False)
    assert finished.returncode == 0, finished.stderr
    context = dist / "image"
    assert (context / "runtime.txt").read_text() == f"python-{PYTHON_MINOR}.x\n"
    texts = [path.read_text() for path in context.iterdir() if path.is_file()]
    assert not [text for text in texts if index["PACKAGE_INDEX_TOKEN"] in text or index["PACKAGE_INDEX_URL"] in text]

    offline = {"PATH": os.environ["PATH"], "PIP_CONFIG_FILE": os.devnull, "PIP_INDEX_URL": "http://127.0.0.1:1/simple"}
    offline["PIP_NO_COMPILE"] = "1"  # which takes long, and is tried by nothing here
    for run in values("RUN", [item for item in INSTRUCTIONS if item.stage == 0]):
        here = run.replace("/build/", f"{context}/").replace("/opt/ml-api", str(tmp_path / "opt"))
        program, *words = shlex.split(here)
        assert program == "python"
        built = subprocess.run([sys.executable, *words], env=offline, capture_output=True, text=True, check=False)
        assert built.returncode == 0, built.stdout + built.stderr
    for copied in values("COPY", FINAL):
        source, copy = copied.split()[-2:]
        if not copied.startswith("--from="):
            assert (context / source).stat().st_mode & 0o777 == 0o644
            shutil.copyfile(context / source, copy.replace("/opt/ml-api", str(tmp_path / "opt")))
    shutil.rmtree(context)  # the final image has the environment only

    programs = tmp_path / "opt" / "bin"
    assert not (programs / "pip").exists()
    environment = read_variables() | {"PATH": f"{programs}:/usr/bin:/bin", "ML_API_ENV": "production"}
    environment |= {"ML_API_PORT": str(find_free_port()), "ML_API_SECRET_KEY": secrets.token_hex(32)}
    environment["ML_API_KEYS_FILE"] = str(tmp_path / "keys.json")
    create = [str(programs / "ml-api"), "keys", "create", "shop", "--scope", "predict", "--file"]
    made = subprocess.run([*create, environment["ML_API_KEYS_FILE"]], check=True, capture_output=True, text=True)
    (name, *arguments) = json.loads(values("CMD", FINAL)[0])
    server, port = serve([str(programs / name), *arguments], tmp_path, environment)
    try:
        python, script = read_healthcheck()
        check = [str(programs / python), script.replace("/opt/ml-api", str(tmp_path / "opt"))]
        assert subprocess.run(check, env=environment, check=False).returncode == 0
        # All of 127/8 is this machine: a server that listened on 127.0.0.1 only would be out of the container's reach.
        assert Service(f"http://127.0.0.2:{port}").ask("/health")[0] == 200
        expected = Expectation.from_manifest(read_manifest(next(dist.glob("regression_model*.whl"))))
        check_service(Service(f"http://127.0.0.1:{port}", made.stdout.strip()), expected, patience_s=10)
    finally:
        stop(server)
    assert server.returncode == 0


def test_a_model_in_the_index_that_is_not_the_one_that_was_built_is_refused(dist, index, tmp_path):
    other = tmp_path / "other"
    shutil.copytree(dist, other)
    for wheel in other.glob("regression_model*.whl"):
        wheel.write_bytes(wheel.read_bytes() + b"\n")
    command = [str(ROOT / "scripts" / "image-context"), "--dist", str(other)]
    finished = subprocess.run(command, env=os.environ | index, capture_output=True, text=True, check=False)
    assert finished.returncode == 1
    assert "DO NOT MATCH THE HASHES" in finished.stderr
    assert index["PACKAGE_INDEX_TOKEN"] not in finished.stderr + finished.stdout
