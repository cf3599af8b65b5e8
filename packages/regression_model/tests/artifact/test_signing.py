"""Whether a signature lets through what was signed, and nothing else."""

from __future__ import annotations

import json
import pickle
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from regression_model.artifact import Manifest, load_artifact, load_pipeline, save_pipeline
from regression_model.artifact.signatures import Signature, signature_path
from regression_model.artifact.signing import describe_signer, sign_artifact, verify_signature
from regression_model.artifact.signing_keys import create_key
from regression_model.errors import (
    ArtifactIntegrityError,
    ArtifactNotFoundError,
    ArtifactSignatureError,
    MissingExtraError,
    SigningKeyError,
)

LOADERS = [load_artifact, load_pipeline]


@pytest.fixture(scope="module")
def keys(tmp_path_factory) -> Path:
    """A folder with two keys, `ours` and `theirs`."""
    folder = tmp_path_factory.mktemp("keys")
    for name in ("ours", "theirs"):
        (folder / f"{name}.id").write_text(create_key(folder / name))
    return folder


@pytest.fixture(scope="module")
def signed(tmp_path_factory, fit, facts, program, keys) -> Path:
    path = save_pipeline(fit(2.0), folder=tmp_path_factory.mktemp("signed"), facts=facts(), program=program(2.0))
    sign_artifact(path, keys / "ours")
    return path


@pytest.fixture
def copy(signed, tmp_path) -> Path:
    shutil.copytree(signed.parent, tmp_path / "copy")
    return tmp_path / "copy" / signed.name


@pytest.mark.parametrize("load", LOADERS)
def test_a_model_that_is_signed_by_a_trusted_key_is_loaded(signed, keys, load):
    artifact = load(signed.parent, trusted_keys=keys / "ours.pub")
    assert artifact.signed_by == (keys / "ours.id").read_text()
    assert artifact.version == "1.0.0"
    assert verify_signature(signed, keys / "ours.pub") == artifact.signed_by
    assert artifact.pipeline.named_steps["model"].coef_[0] == pytest.approx(2.0)


@pytest.mark.parametrize("load", LOADERS)
def test_one_of_several_trusted_keys_is_enough(signed, keys, tmp_path, load):
    both = tmp_path / "both"
    both.write_text((keys / "theirs.pub").read_text() + (keys / "ours.pub").read_text())
    assert load(signed, trusted_keys=both).signed_by == (keys / "ours.id").read_text()


@pytest.mark.parametrize("load", LOADERS)
def test_signatures_are_not_looked_at_unless_asked_for(copy, load):
    signature_path(copy).write_text("scribble")
    assert load(copy).signed_by is None


def test_what_is_signed_is_what_the_readme_says(signed, keys):
    said = json.loads(signature_path(signed).read_bytes())
    public = load_pem_public_key((keys / "ours.pub").read_bytes())
    line = b"regression-model: manifest of a saved model, version 1\n"
    public.verify(bytes.fromhex(said["signature"]), line + signed.read_bytes())
    assert said.keys() == {"algorithm", "key_id", "signature"}
    assert (said["algorithm"], said["key_id"]) == ("ed25519", (keys / "ours.id").read_text())


def test_the_same_key_and_model_give_the_same_signature(copy, keys):
    before = signature_path(copy).read_bytes()
    assert sign_artifact(copy.parent, keys / "ours") == signature_path(copy)
    assert signature_path(copy).read_bytes() == before


REFUSALS = [
    (lambda manifest: signature_path(manifest).unlink(), "is not signed, and only models"),
    (lambda manifest: signature_path(manifest).write_text("{}"), "is no signature of a model"),
    (lambda manifest: signature_path(manifest).write_text("[" * 9_000), "is no signature of a model"),
    (lambda manifest: signature_path(manifest).write_bytes(b"\xff"), "is no signature of a model"),
    (lambda manifest: signature_path(manifest).write_bytes(b" " * 1_000_000), "is no signature of a model"),
    (lambda manifest: manifest.write_bytes(manifest.read_bytes() + b"\n"), "is not of these bytes"),
    (lambda manifest: manifest.write_text("no manifest at all"), "is not of these bytes"),
]


@pytest.mark.parametrize("load", [*LOADERS, verify_signature])
@pytest.mark.parametrize(("damage", "message"), REFUSALS)
def test_a_signature_is_checked_before_anything_else_is_read(copy, keys, load, damage, message):
    """Nothing else is there to be read: looking for it would be another error."""
    damage(copy)
    for path in copy.parent.iterdir():
        if path not in (copy, signature_path(copy)):
            path.unlink()
    with pytest.raises(ArtifactSignatureError, match=message):
        load(copy, trusted_keys=keys / "ours.pub")


@pytest.mark.parametrize("load", LOADERS)
def test_a_signature_by_somebody_else_is_refused(copy, keys, load):
    sign_artifact(copy, keys / "theirs")
    with pytest.raises(ArtifactSignatureError, match=(keys / "theirs.id").read_text()):
        load(copy, trusted_keys=keys / "ours.pub")


@pytest.mark.parametrize("load", LOADERS)
def test_a_signature_that_bears_the_name_of_a_trusted_key_has_to_be_by_it(copy, keys, load):
    sign_artifact(copy, keys / "theirs")
    found = Signature.from_bytes(signature_path(copy).read_bytes())
    forged = Signature((keys / "ours.id").read_text(), found.value)
    signature_path(copy).write_bytes(forged.to_bytes())
    with pytest.raises(ArtifactSignatureError, match="is not of these bytes"):
        load(copy, trusted_keys=keys / "ours.pub")


@pytest.mark.parametrize("load", LOADERS)
def test_a_manifest_that_an_attacker_sealed_again_is_refused_before_its_pickle_is_opened(
    copy, keys, load, monkeypatch, tmp_path
):
    class Hostile:
        def __reduce__(self):
            return (Path.touch, (tmp_path / "run",))

    content = json.loads(copy.read_bytes())
    data = pickle.dumps(Hostile())
    from regression_model.artifact.files import describe_file

    entry = describe_file("line_output_v1.0.0", "pipeline", data)
    (copy.parent / entry["name"]).write_bytes(data)
    content |= {"compiled": False, "files": {"pipeline": entry}}
    copy.write_bytes(Manifest.seal(content).to_bytes())

    with pytest.raises(ArtifactSignatureError):
        load(copy, trusted_keys=keys / "ours.pub")
    assert not (tmp_path / "run").exists()
    # Counterpart: it is the signature that keeps it closed.
    with pytest.raises(AttributeError):  # what it leads to is no pipeline
        load(copy)
    assert (tmp_path / "run").exists()


@given(data=st.data())
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_flipped_bit_anywhere_is_refused(data, signed, keys):
    files = [path for path in signed.parent.iterdir() if path.name != ".lock"]
    assert len(files) == 6
    file = data.draw(st.sampled_from(files), label="file")
    content = file.read_bytes()
    position = data.draw(st.integers(0, len(content) * 8 - 1), label="bit")
    changed = bytearray(content)
    changed[position // 8] ^= 1 << (position % 8)
    expected = ArtifactSignatureError if file in (signed, signature_path(signed)) else ArtifactIntegrityError
    try:
        file.write_bytes(changed)
        for check in (verify_signature, load_artifact, load_pipeline):
            with pytest.raises(expected):
                check(signed, trusted_keys=keys / "ours.pub")
    finally:
        file.write_bytes(content)


def test_what_is_checked_is_what_is_used(copy, keys, monkeypatch):
    """A manifest that is exchanged right after its signature was checked is not read."""
    from regression_model.artifact import loading

    check = loading.check_signature

    def check_and_exchange(*arguments):
        key_id = check(*arguments)
        copy.write_text("{}")
        return key_id

    monkeypatch.setattr(loading, "check_signature", check_and_exchange)
    assert load_artifact(copy, trusted_keys=keys / "ours.pub").version == "1.0.0"


def test_a_damaged_model_is_not_signed(copy, keys):
    signature_path(copy).unlink()
    [pipeline] = copy.parent.glob("*.joblib")
    pipeline.write_bytes(pipeline.read_bytes() + b"\0")
    with pytest.raises(ArtifactIntegrityError, match="was changed after it was saved"):
        sign_artifact(copy, keys / "ours")
    pipeline.unlink()
    with pytest.raises(ArtifactNotFoundError):
        sign_artifact(copy, keys / "ours")
    assert not signature_path(copy).exists()


def test_keys_that_can_not_be_used_let_nothing_in(signed, tmp_path):
    for keys in (tmp_path / "gone", tmp_path, "", Path()):
        with pytest.raises(SigningKeyError):
            load_artifact(signed, trusted_keys=keys)


@pytest.mark.parametrize("version", ["1.0.0", "1.1.0"])
def test_saving_a_model_removes_the_signature_of_the_one_before(folder, fit, facts, keys, version):
    old = save_pipeline(fit(2.0), folder=folder, facts=facts())
    other = save_pipeline(fit(2.0), folder=folder, facts=facts(name="other"))
    for path in (old, other):
        sign_artifact(path, keys / "ours")

    new = save_pipeline(fit(3.0), folder=folder, facts=facts(slope=3.0, version=version))

    assert list(folder.glob("*.sig")) == [signature_path(other)]
    with pytest.raises(ArtifactSignatureError, match="is not signed"):
        load_artifact(new, trusted_keys=keys / "ours.pub")


def test_without_the_library_models_that_have_to_be_signed_are_refused(signed, keys, monkeypatch):
    monkeypatch.setitem(sys.modules, "cryptography", None)
    with pytest.raises(MissingExtraError):
        load_artifact(signed, trusted_keys=keys / "ours.pub")
    assert load_artifact(signed).version == "1.0.0"
    assert describe_signer(signed).startswith((keys / "ours.id").read_text())


def test_the_library_is_imported_by_nobody_who_does_not_ask_for_signatures(signed):
    program = (
        "import sys; import regression_model.artifact.signing; from regression_model import load_artifact; "
        f"load_artifact({str(signed)!r}); assert 'cryptography' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)


def test_the_signer_is_told_to_people(copy, keys):
    assert describe_signer(copy) == (
        f"{(keys / 'ours.id').read_text()} (not checked here; 'regression-model verify-signature' does)"
    )
    signature_path(copy).write_text("scribble")
    assert "is no signature of a model" in describe_signer(copy)
    signature_path(copy).unlink()
    assert describe_signer(copy) == "nobody"
