"""``scripts/build`` does not care when and where; ``scripts/check-reproducible`` compares whole distributions."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import tarfile
import time
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
VERSION = (ROOT / "packages/regression_model/regression_model/VERSION").read_text(encoding="utf-8").strip()
RELEASED = "2024-02-29"


@pytest.fixture(scope="module")
def dist(tmp_path_factory) -> Path:
    """A build of a copy without Git, in which a training has left a model, its lock and a part of a file."""
    folder = tmp_path_factory.mktemp("build")
    source = folder / "source"
    ignored = shutil.ignore_patterns("tests", "__pycache__", "*_output_v*")
    shutil.copytree(ROOT / "packages", source / "packages", ignore=ignored)
    shutil.copy(ROOT / ".gitignore", source)
    (source / "CHANGELOG.md").write_text(f"# Changelog\n\n## [Unreleased]\n\n## [{VERSION}] - {RELEASED}\n")
    models = source / "packages/regression_model/regression_model/trained_models"
    for name in ("m_output_v1.manifest.json", ".lock", ".m_output_v1.joblib.0a.part"):
        (models / name).write_text("{}")
    (folder / "dist").mkdir()
    (folder / "dist" / "older.txt").write_text("stays")
    command = [ROOT / "scripts" / "build", "--source", source, "--output", folder / "dist"]
    subprocess.run(list(map(str, command)), check=True, timeout=120, capture_output=True)
    return folder / "dist"


@pytest.mark.parametrize("name", ["regression-model", "ml-api"])
def test_the_constraints_file_pins_the_wheel_by_its_hash(dist, name):
    (wheel,) = dist.glob(f"{name.replace('-', '_')}-*.whl")
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    pin = f"{name}=={wheel.name.split('-')[1]} --hash=sha256:{digest}\n"
    assert (dist / f"{name}.constraints.txt").read_text() == pin


def test_only_finished_distributions_are_put_into_the_folder(dist):
    assert sorted(path.name for path in dist.iterdir()) == sorted(
        [
            *(f"{name}-{VERSION}{end}" for name in ("regression_model",) for end in ("-py3-none-any.whl", ".tar.gz")),
            *(path.name for path in dist.glob("ml_api-*")),
            "older.txt",
            "regression-model.constraints.txt",
            "ml-api.constraints.txt",
        ]
    )
    assert len(list(dist.glob("ml_api-*"))) == 2


def test_the_model_is_carried_without_what_is_hidden_beside_it(dist):
    with zipfile.ZipFile(dist / f"regression_model-{VERSION}-py3-none-any.whl") as wheel:
        names = {name for name in wheel.namelist() if "/trained_models/" in name}
    with tarfile.open(dist / f"regression_model-{VERSION}.tar.gz") as archive:
        sources = {name.split("/", 1)[1] for name in archive.getnames() if "/trained_models/" in name}
    assert names == sources
    assert {Path(name).name for name in names} == {"README.md", "m_output_v1.manifest.json"}


def test_times_and_permissions_are_those_of_nobody(dist):
    released = time.strptime(RELEASED, "%Y-%m-%d")[:6]
    with zipfile.ZipFile(dist / f"regression_model-{VERSION}-py3-none-any.whl") as wheel:
        assert {entry.date_time for entry in wheel.infolist()} == {released}
        assert {entry.external_attr >> 16 & 0o777 for entry in wheel.infolist()} == {0o644}
    with tarfile.open(dist / f"regression_model-{VERSION}.tar.gz") as archive:
        members = archive.getmembers()
    assert {(entry.uid, entry.gid, entry.uname, entry.gname) for entry in members} == {(0, 0, "", "")}
    assert {time.gmtime(entry.mtime)[:6] for entry in members} == {released}


def test_an_unknown_option_is_refused():
    finished = subprocess.run(
        [str(ROOT / "scripts" / "build"), "--fast"], capture_output=True, text=True, timeout=60, check=False
    )
    assert finished.returncode == 2
    assert "unknown option --fast" in finished.stderr
