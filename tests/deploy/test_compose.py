"""The compose file: valid, and what it mounts and asks for is there."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
COMPOSE = yaml.safe_load((DEPLOY / "compose.yml").read_text(encoding="utf-8"))
SERVICES = COMPOSE["services"]


def test_the_file_is_valid_by_the_schema_of_compose():
    check = [sys.executable, "-m", "check_jsonschema", "--builtin-schema"]
    command = [*check, "vendor.compose-spec", "deploy/compose.yml"]
    finished = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert finished.returncode == 0, finished.stdout + finished.stderr


@pytest.mark.parametrize("name", SERVICES)
def test_what_a_service_mounts_is_in_the_repository_or_a_secret_or_a_volume(name):
    for volume in SERVICES[name].get("volumes", []):
        source = volume.split(":")[0]
        if source.startswith("./secrets/"):
            assert source in (DEPLOY / "compose.yml").read_text().replace("deploy/secrets", "./secrets")
        elif source.startswith("."):
            assert (DEPLOY / source).exists(), source
        else:
            assert source in COMPOSE["volumes"]


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_has_a_fixed_version_and_listens_to_this_machine_only(name):
    service = SERVICES[name]
    assert "build" in service or re.search(r":v?\d+", service["image"])
    assert all(port.startswith("127.0.0.1:") for port in service.get("ports", []))


def test_the_api_can_write_to_its_volume_and_finds_its_keys():
    volumes = dict(volume.split(":")[:2] for volume in SERVICES["api"]["volumes"])
    dockerfile = (DEPLOY / "image" / "Dockerfile").read_text()
    # A volume is made with the owner that the folder has in the image.
    assert f"install --directory --owner ml-api --group ml-api --mode 0700 {volumes['predictions']}\n" in dockerfile
    settings = SERVICES["api"]["environment"]
    assert settings["ML_API_PREDICTION_LOG"].startswith(volumes["predictions"])
    assert settings["ML_API_KEYS_FILE"].startswith(volumes["./secrets/keys"])


def test_secrets_are_files_that_git_ignores():
    ignored = subprocess.run(
        ["git", "check-ignore", "--quiet", "deploy/secrets/postgres_password"], cwd=ROOT, check=False
    )
    assert ignored.returncode == 0
    for service in SERVICES.values():
        assert not [name for name in service.get("environment", {}) if re.search(r"(PASSWORD|SECRET|TOKEN)$", name)]


def test_the_commands_that_make_secrets_make_them_for_their_owner_only(tmp_path):
    text = (DEPLOY / "compose.yml").read_text(encoding="utf-8")
    commands = [line.removeprefix("#").strip() for line in text.partition("name: ml-api")[0].splitlines()]
    first, last = commands.index("("), commands.index(")")
    programs = tmp_path / "bin"
    programs.mkdir()
    # What is not here, or needs an owner that is not: who may read is what the shell decides.
    for name, script in {"ml-api": "echo a-key; touch keys.json", "openssl": "echo 0a1b", "chown": ""}.items():
        (programs / name).write_text(f"#!/bin/sh\n{script.replace('keys.json', 'deploy/secrets/keys/keys.json')}\n")
        (programs / name).chmod(0o755)
    environment = {"PATH": f"{programs}:/usr/bin:/bin"}
    shell = "\n".join(["set -e; umask 022", *commands[first : last + 1]])
    subprocess.run(["sh", "-c", shell], cwd=tmp_path, env=environment, check=True)
    made = list((tmp_path / "deploy" / "secrets").rglob("*"))
    assert {path.name for path in made} == {"keys", "keys.json", "metrics_key", "postgres_password", "api.env"}
    assert not [path for path in made if path.stat().st_mode & 0o077]


def test_prometheus_reads_the_api_and_the_rules_that_are_mounted():
    config = yaml.safe_load((DEPLOY / "prometheus" / "prometheus.yml").read_text())
    (job,) = config["scrape_configs"]
    assert job["job_name"] == "ml-api", "the rules of alerts.yml expect this name"
    assert job["static_configs"] == [{"targets": ["api:8000"]}]
    mounted = {volume.split(":")[1] for volume in SERVICES["prometheus"]["volumes"] if ":" in volume}
    assert set(config["rule_files"]) <= mounted
    assert job["authorization"]["credentials_file"].removeprefix("/run/secrets/") in COMPOSE["secrets"]


def test_the_settings_of_the_api_are_settings():
    from ml_api.settings import describe_settings

    text = describe_settings()
    assert all(f"`{name}`" in text for name in SERVICES["api"]["environment"])
