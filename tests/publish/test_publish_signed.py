"""What is published is the commit, whatever else lies in the checkout, and signed where there is a key."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from .conftest import build_environment, run_git
from .publishing import (
    MODEL_PACKAGE,
    PASSPHRASE,
    VERSION,
    WHEEL,
    publish,
)

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def key(checkout, tmp_path_factory) -> Path:
    """A private key that is encrypted; its public key lies beside it."""
    file = tmp_path_factory.mktemp("keys") / "team.pem"
    command = [sys.executable, "-m", "regression_model", "signing-key", "create", "--output", str(file)]
    subprocess.run([*command, "--passphrase-env", "WORDS"], env=build_environment(WORDS=PASSPHRASE), check=True)
    return file


def test_what_git_is_told_to_overlook_is_not_published(checkout, private_index, table, key, tmp_path):
    """Nor does a dry run upload or change anything but dist/; what it makes there is signed."""
    package = checkout / MODEL_PACKAGE
    excluded, unseen = package / "excluded.py", package / "unseen.py"
    changed, mine = package / "__init__.py", package / "trained_models" / "mine.manifest.json"
    before = changed.read_text()
    # Given three ways to hide a file of the package from Git, and a model of the developer's own
    (checkout / ".git" / "info" / "exclude").write_text("excluded.py\n")
    run_git(checkout, "config", "status.showUntrackedFiles", "no")
    run_git(checkout, "update-index", "--assume-unchanged", str(changed))
    excluded.write_text("")
    changed.write_text(f"{before}\nPLANTED = True\n")
    mine.write_text("{}")
    try:
        options = ("--dry-run", "--data", str(table), "--sign-key", str(key))
        status, output = publish(checkout, private_index, *options, PACKAGE_SIGNING_PASSPHRASE=PASSPHRASE)
        unseen.write_text("")
        refused = publish(checkout, private_index, *options)
        kept = mine.read_text()
    finally:
        changed.write_text(before)
        for path in (excluded, unseen, mine):
            path.unlink(missing_ok=True)
        run_git(checkout, "update-index", "--no-assume-unchanged", str(changed))
        run_git(checkout, "config", "--unset", "status.showUntrackedFiles")
        (checkout / ".git" / "info" / "exclude").write_text("")

    # Then the wheel is the commit's
    assert status == 0, output
    with zipfile.ZipFile(checkout / "dist" / WHEEL) as wheel:
        names = wheel.namelist()
        assert not [name for name in names if name.endswith(("excluded.py", "mine.manifest.json"))]
        assert wheel.read("regression_model/__init__.py").decode() == before
        (manifest,) = (name for name in names if name.endswith(".manifest.json"))
        commit = run_git(checkout, "rev-parse", "HEAD").strip()
        assert json.loads(wheel.read(manifest))["git"] == {"commit": commit, "dirty": False}
        # And is signed by who has the key
        assert f"{manifest}.sig" in names
    assert "signed by " in output
    assert PASSPHRASE not in output
    # And nothing else has changed
    assert kept == "{}"
    assert list(private_index.folder.iterdir()) == []
    # And what can be seen is said
    assert refused[0] == 1
    assert "unseen.py" in refused[1]

    # And a wheel with a damaged model would not have been let through
    assert "ArtifactIntegrityError" in check_broken(checkout, manifest, tmp_path)


def check_broken(checkout: Path, manifest: str, folder: Path) -> str:
    """Have a wheel tried that has a byte more in a file of its model; return what is said."""
    dist = folder / "dist"
    shutil.copytree(checkout / "dist", dist)
    with zipfile.ZipFile(checkout / "dist" / WHEEL) as wheel, zipfile.ZipFile(dist / WHEEL, "w") as broken:
        (name, *_) = json.loads(wheel.read(manifest))["files"].values()
        for entry in wheel.infolist():
            more = b" " if entry.filename.endswith(name["name"]) else b""
            broken.writestr(entry, wheel.read(entry) + more)
    digest = hashlib.sha256((dist / WHEEL).read_bytes()).hexdigest()
    (dist / "regression-model.constraints.txt").write_text(f"regression-model=={VERSION} --hash=sha256:{digest}\n")
    finished = subprocess.run(
        [str(checkout / "scripts" / "check-wheel"), "--dist", str(dist)],
        env=build_environment(),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert finished.returncode == 1
    return finished.stderr


def test_a_key_without_its_public_key_is_refused_before_anything_is_trained(checkout, private_index, tmp_path):
    (tmp_path / "lonely.pem").write_text("")
    status, output = publish(checkout, private_index, "--sign-key", str(tmp_path / "lonely.pem"))
    assert status == 1
    assert "--sign-key needs" in output
    assert "== Train" not in output


@pytest.mark.parametrize(
    "case",
    [("wrong", False, "the passphrase is another one"), (PASSPHRASE, True, "is the public key of another one than")],
    ids=["passphrase", "public key"],
)
def test_a_key_that_can_not_be_used_is_refused_in_time(checkout, private_index, key, case):
    passphrase, is_of_another, message = case
    public = key.with_name("team.pem.pub")
    before = public.read_bytes()
    if is_of_another:
        public.write_bytes(write_public_key())
    try:
        options = ("--sign-key", str(key))
        status, output = publish(checkout, private_index, *options, PACKAGE_SIGNING_PASSPHRASE=passphrase)
    finally:
        public.write_bytes(before)
    assert status == 1
    assert message in output
    assert "Traceback" not in output
    assert "== Train" not in output


def write_public_key() -> bytes:
    key = Ed25519PrivateKey.generate().public_key()
    return key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
