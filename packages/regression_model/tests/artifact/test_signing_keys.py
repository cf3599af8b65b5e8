from __future__ import annotations

import hashlib
import os
import re
import shlex
import shutil
import subprocess
import sys

import pytest
from cryptography.hazmat.primitives import serialization as pem
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from regression_model.artifact.signing_keys import create_key, read_private_key, read_trusted_keys
from regression_model.errors import MissingExtraError, SigningKeyError


@pytest.fixture
def file(tmp_path):
    return tmp_path / "team.pem"


def public_of(file):
    return file.with_name(f"{file.name}.pub")


@pytest.fixture(scope="module")
def rsa_key():
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def write_private(key) -> bytes:
    return key.private_bytes(pem.Encoding.PEM, pem.PrivateFormat.PKCS8, pem.NoEncryption())


def write_public(key) -> bytes:
    return key.public_key().public_bytes(pem.Encoding.PEM, pem.PublicFormat.SubjectPublicKeyInfo)


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o377])
def test_only_the_owner_may_read_a_private_key_whatever_the_umask(file, umask):
    before = os.umask(umask)
    try:
        create_key(file)
    finally:
        os.umask(before)
    assert file.stat().st_mode & 0o777 == 0o600
    assert public_of(file).stat().st_mode & 0o777 == 0o644


def test_both_halves_are_of_one_key_and_the_id_is_the_digest_of_the_public_one(file):
    key_id = create_key(file)
    public = pem.load_pem_public_key(public_of(file).read_bytes())
    assert isinstance(public, Ed25519PublicKey)
    assert key_id == hashlib.sha256(public.public_bytes_raw()).hexdigest()
    assert read_private_key(file).public_key() == public
    assert list(read_trusted_keys(public_of(file))) == [key_id]


def test_no_key_is_like_another(tmp_path):
    assert create_key(tmp_path / "a") != create_key(tmp_path / "b")


@pytest.mark.parametrize("which", ["private", "public"])
def test_a_key_is_never_overwritten(file, which):
    taken = file if which == "private" else public_of(file)
    taken.write_text("precious")
    with pytest.raises(SigningKeyError, match="is there already, and a key is never overwritten"):
        create_key(file)
    assert [(path.name, path.read_text()) for path in file.parent.iterdir()] == [(taken.name, "precious")]


def test_a_link_to_nowhere_is_not_followed(file, tmp_path):
    file.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(SigningKeyError, match="is there already"):
        create_key(file)
    assert not (tmp_path / "elsewhere").exists()


def test_a_folder_that_is_not_there_is_an_error(tmp_path):
    with pytest.raises(SigningKeyError, match=r"can't be written: No such file"):
        create_key(tmp_path / "gone" / "team.pem")


def test_a_passphrase_encrypts_the_private_key(file):
    create_key(file, passphrase="correct horse")
    assert file.read_bytes().startswith(b"-----BEGIN ENCRYPTED PRIVATE KEY-----")
    assert read_private_key(file, passphrase="correct horse")
    with pytest.raises(SigningKeyError, match="is encrypted; name the variable with its passphrase"):
        read_private_key(file)
    with pytest.raises(SigningKeyError, match="the passphrase is another one") as caught:
        read_private_key(file, passphrase="canary")
    assert "canary" not in str(caught.value)


@pytest.mark.parametrize(
    ("passphrase", "message"),
    [("ä" * 512, "has 1024 bytes; expected at most 1023"), ("\udcff", "is no text in UTF-8")],
    ids=["too long", "no text"],
)
def test_a_passphrase_that_can_not_encrypt_is_an_error_and_nothing_is_written(file, passphrase, message):
    with pytest.raises(SigningKeyError, match=message):
        create_key(file, passphrase=passphrase)
    assert list(file.parent.iterdir()) == []
    create_key(file, passphrase="ä" * 511)
    with pytest.raises(SigningKeyError, match=message):
        read_private_key(file, passphrase=passphrase)


def test_a_kill_between_the_two_files_leaves_the_one_that_the_other_can_be_made_from(file):
    program = (
        "import os, sys; from pathlib import Path; from regression_model.artifact import signing_keys as keys\n"
        "write = keys._write_new\n"
        "def once(*args, **options): write(*args, **options); os._exit(9)\n"
        "keys._write_new = once; keys.create_key(Path(sys.argv[1]))\n"
    )
    killed = subprocess.run([sys.executable, "-c", program, str(file)], check=False, timeout=60)
    assert killed.returncode == 9
    key = read_private_key(file).public_key()
    with pytest.raises(SigningKeyError, match="is there already") as caught:
        create_key(file)
    command = re.search("'(openssl .*)'", str(caught.value))[1]
    if shutil.which("openssl") is None:
        pytest.skip("no openssl, whose command the message names")
    subprocess.run(shlex.split(command), check=True, capture_output=True, timeout=60)
    assert public_of(file).read_bytes() == key.public_bytes(pem.Encoding.PEM, pem.PublicFormat.SubjectPublicKeyInfo)


def test_a_passphrase_for_a_key_that_is_not_encrypted_is_an_error(file):
    create_key(file)
    with pytest.raises(SigningKeyError, match="is not encrypted"):
        read_private_key(file, passphrase="correct horse")


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o601])
def test_a_private_key_that_others_may_use_is_refused(file, mode):
    create_key(file)
    file.chmod(mode)
    with pytest.raises(SigningKeyError, match=rf"has mode {mode:04o}.*chmod 600"):
        read_private_key(file)


def test_the_public_key_is_no_private_one_and_the_other_way_round(file):
    create_key(file)
    with pytest.raises(SigningKeyError, match="holds no private key"):
        read_private_key(public_of(file))
    with pytest.raises(SigningKeyError, match="holds a private key, which is for nobody but its owner"):
        read_trusted_keys(file)


def test_a_private_key_of_another_kind_is_refused(file, rsa_key):
    file.write_bytes(write_private(rsa_key))
    file.chmod(0o600)
    with pytest.raises(SigningKeyError, match="another kind than Ed25519"):
        read_private_key(file)


def test_a_damaged_private_key_is_refused(file):
    create_key(file)
    lines = file.read_text().splitlines()
    file.write_text("\n".join([lines[0], lines[1][:-8], lines[2]]))
    with pytest.raises(SigningKeyError, match="the file is damaged"):
        read_private_key(file)


def test_several_keys_are_trusted_with_comments_between_them(tmp_path):
    ids = [create_key(tmp_path / name) for name in ("a", "b")]
    parts = ["# the team\n", (tmp_path / "a.pub").read_text(), "\n  # releases\n", (tmp_path / "b.pub").read_text()]
    trusted = tmp_path / "trusted.pem"
    trusted.write_text("".join(parts).replace("\n", "\r\n"))
    assert list(read_trusted_keys(trusted)) == ids
    trusted.write_text((tmp_path / "a.pub").read_text() * 2)
    assert list(read_trusted_keys(trusted)) == ids[:1]


BROKEN = "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "holds no public key"),
        ("# nobody yet\n", "holds no public key"),
        ("ssh-ed25519 AAAA", "more than public keys in PEM and comments, such as 'ssh-ed25519 AAAA'"),
        (BROKEN, "can't be read; copy it again"),
        (BROKEN.replace("PUBLIC KEY", "CERTIFICATE"), "holds a CERTIFICATE; expected PUBLIC KEY"),
        (BROKEN.replace("END PUBLIC", "END PRIVATE"), "more than public keys"),
    ],
)
def test_what_is_no_file_of_public_keys_is_refused(tmp_path, content, message):
    trusted = tmp_path / "trusted.pem"
    trusted.write_text(content)
    with pytest.raises(SigningKeyError, match=message):
        read_trusted_keys(trusted)


def test_one_bad_key_among_good_ones_is_refused_and_not_passed_over(file, rsa_key):
    create_key(file)
    with public_of(file).open("ab") as stream:
        stream.write(write_public(rsa_key))
    with pytest.raises(SigningKeyError, match="public key of another kind than Ed25519"):
        read_trusted_keys(public_of(file))


def test_keys_that_everybody_could_add_to_are_refused(file):
    create_key(file)
    public_of(file).chmod(0o666)
    with pytest.raises(SigningKeyError, match=r"has mode 0666.*chmod o-w"):
        read_trusted_keys(public_of(file))


def test_a_file_that_is_gone_and_what_is_no_file(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "large").write_bytes(b"#" * 1_000_001)
    with pytest.raises(SigningKeyError, match="gone can't be read: No such file"):
        read_trusted_keys(tmp_path / "gone")
    for name in ("pipe", "large"):
        with pytest.raises(SigningKeyError, match="is no file of keys"):
            read_trusted_keys(tmp_path / name)
    with pytest.raises(SigningKeyError):
        read_trusted_keys(tmp_path)


@pytest.mark.parametrize("use", [create_key, read_private_key, read_trusted_keys])
def test_without_the_library_the_extra_is_named(file, monkeypatch, use):
    monkeypatch.setitem(sys.modules, "cryptography", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'regression-model\[signing\]'"):
        use(file)
