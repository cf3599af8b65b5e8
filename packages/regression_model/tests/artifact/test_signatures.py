from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regression_model.artifact.signatures import Signature, signature_path

CONTENT = {"algorithm": "ed25519", "key_id": "0a" * 32, "signature": "ff" * 64}


def write(content) -> bytes:
    return json.dumps(content, sort_keys=True, indent=1).encode() + b"\n"


@given(key=st.binary(min_size=32, max_size=32), value=st.binary(min_size=64, max_size=64))
def test_what_is_written_is_read_back(key, value):
    signature = Signature(key.hex(), value)
    assert Signature.from_bytes(signature.to_bytes()) == signature


def test_the_form_is_the_documented_one():
    assert Signature.from_bytes(write(CONTENT)) == Signature("0a" * 32, b"\xff" * 64)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"null",
        b"[]",
        b"{}",
        write(CONTENT)[:-1],
        write(CONTENT) + b"\n",
        json.dumps(CONTENT).encode(),
        write(CONTENT | {"algorithm": "rsa"}),
        write(CONTENT | {"key_id": "0A" * 32}),
        write(CONTENT | {"key_id": "0a" * 31}),
        write(CONTENT | {"key_id": "../" * 20}),
        write(CONTENT | {"key_id": None}),
        write(CONTENT | {"signature": "ff" * 65}),
        write(CONTENT | {"signature": ["ff" * 64]}),
        write(CONTENT | {"more": 1}),
        write({name: value for name, value in CONTENT.items() if name != "algorithm"}),
        write(CONTENT).replace(b"ff", b"\xff", 1),
    ],
)
def test_nothing_else_is_read(data):
    with pytest.raises(ValueError):
        Signature.from_bytes(data)


@given(data=st.binary(max_size=300))
def test_whatever_comes_is_refused_in_the_same_way(data):
    with pytest.raises(ValueError):
        Signature.from_bytes(data)


def test_a_signature_lies_beside_its_manifest():
    assert signature_path(Path("models/a.manifest.json")) == Path("models/a.manifest.json.sig")
