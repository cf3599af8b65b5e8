from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from regression_model.errors import DownloadError
from regression_model.processing.datasets.download import Digests, DownloadRecord, download

CONTENT = b"area,price\n100,200000\n"
SHA256 = hashlib.sha256(CONTENT).hexdigest()
FULL_DEVICE = Path("/dev/full")
MD5 = hashlib.md5(CONTENT).hexdigest()


def names_in(folder):
    return sorted(path.name for path in folder.iterdir())


def test_writes_the_file_and_says_what_came(server, settings, tmp_path):
    target = tmp_path / "new" / "folder" / "houses.csv"
    url = server.script("/t.csv", server.body(CONTENT))

    record = download(url, target, settings=settings)

    assert record == DownloadRecord(url=url, sha256=SHA256, n_bytes=len(CONTENT))
    assert target.read_bytes() == CONTENT
    assert names_in(target.parent) == ["houses.csv"]


def test_a_retry_begins_the_file_anew(server, settings, tmp_path):
    url = server.script("/t.csv", server.cut(b"wrong" * 1000), server.body(CONTENT))

    record = download(url, tmp_path / "houses.csv", settings=settings)

    assert record.sha256 == SHA256
    assert (tmp_path / "houses.csv").read_bytes() == CONTENT


@pytest.mark.parametrize("expected", [Digests(sha256=SHA256.upper()), Digests(md5=MD5), Digests(SHA256, MD5)])
def test_digests_that_agree(server, settings, tmp_path, expected):
    url = server.script("/t.csv", server.body(CONTENT))

    assert download(url, tmp_path / "houses.csv", expected=expected, settings=settings).sha256 == SHA256


@pytest.mark.parametrize(
    ("expected", "message"),
    [
        (Digests(sha256="0" * 64), f"expected SHA-256 {'0' * 64}, found {SHA256}"),
        (Digests(md5="0" * 32), f"expected MD5 {'0' * 32}, found {MD5}"),
        (Digests(sha256=SHA256, md5="0" * 32), "expected MD5"),
    ],
)
def test_another_digest_leaves_nothing(server, settings, tmp_path, expected, message):
    url = server.script("/t.csv", server.body(CONTENT))

    with pytest.raises(DownloadError, match=message):
        download(url, tmp_path / "houses.csv", expected=expected, settings=settings)

    assert names_in(tmp_path) == []
    assert len(server.requests["/t.csv"]) == 1


def test_a_wrong_digest_is_said_without_the_query(server, settings, tmp_path):
    url = server.script("/t.csv?token=hush", server.body(CONTENT))

    with pytest.raises(DownloadError, match=r"/t\.csv\?…: expected SHA-256") as caught:
        download(url, tmp_path / "houses.csv", expected=Digests(sha256="0" * 64), settings=settings)

    assert "hush" not in str(caught.value)


def test_a_failure_leaves_the_old_file(server, settings, tmp_path):
    target = tmp_path / "houses.csv"
    target.write_bytes(b"old")
    url = server.script("/t.csv", server.cut(CONTENT))

    with pytest.raises(DownloadError, match="cut short"):
        download(url, target, settings=settings)

    assert target.read_bytes() == b"old"
    assert names_in(tmp_path) == ["houses.csv"]


def test_an_interrupt_leaves_nothing(server, settings, tmp_path):
    url = server.script("/t.csv", server.body(CONTENT))

    def interrupt(_done, _total):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        download(url, tmp_path / "houses.csv", settings=settings, progress=interrupt)

    assert names_in(tmp_path) == []


def test_a_folder_that_is_a_file_is_said(server, settings, tmp_path):
    (tmp_path / "cache").write_text("a file")
    url = server.script("/t.csv", server.body(CONTENT))

    with pytest.raises(DownloadError, match=r"can't write .*houses\.csv"):
        download(url, tmp_path / "cache" / "houses.csv", settings=settings)


@pytest.mark.skipif(not FULL_DEVICE.exists(), reason="needs a device that is always full")
def test_a_full_disk_is_no_fault_of_the_server(server, settings, waits, tmp_path, monkeypatch):
    # The write, not the transfer, must fail: the temporary file is opened on the device instead.
    real_open = Path.open
    monkeypatch.setattr(
        Path,
        "open",
        lambda path, mode="r", *args, **kwargs: (
            real_open(FULL_DEVICE, "wb", 0) if mode == "x+b" else real_open(path, mode, *args, **kwargs)
        ),
    )
    url = server.script("/t.csv", server.body(CONTENT))

    with pytest.raises(DownloadError, match="can't write"):
        download(url, tmp_path / "houses.csv", settings=settings)

    assert waits == []


def test_temporary_files_of_killed_downloads_are_removed_after_a_day(server, settings, tmp_path):
    abandoned, recent, other = (
        tmp_path / name for name in (".houses.csv.1.part", ".houses.csv.2.part", ".flats.csv.1.part")
    )
    for path in (abandoned, recent, other):
        path.write_bytes(b"half")
    two_days_ago = time.time() - 2 * 24 * 3600
    for path in (abandoned, other):
        os.utime(path, (two_days_ago, two_days_ago))
    url = server.script("/t.csv", server.body(CONTENT))

    download(url, tmp_path / "houses.csv", settings=settings)

    assert names_in(tmp_path) == [".flats.csv.1.part", ".houses.csv.2.part", "houses.csv"]


CHILD = """
import sys
from pathlib import Path
from regression_model.processing.datasets.download import download
download(sys.argv[1], Path(sys.argv[2]))
"""


@pytest.mark.skipif(os.name == "nt", reason="SIGKILL is POSIX")
@pytest.mark.parametrize("old", [None, b"old"])
def test_a_download_killed_in_the_middle_leaves_the_final_name_alone(server, settings, tmp_path, old):
    target = tmp_path / "houses.csv"
    if old is not None:
        target.write_bytes(old)
    url = server.script("/t.csv", server.silent(b"x" * 200_000, announced=400_000), server.body(CONTENT))

    child = subprocess.Popen([sys.executable, "-c", CHILD, url, str(target)])
    try:
        deadline = time.monotonic() + 30
        while not any(part.stat().st_size for part in tmp_path.glob("*.part")):
            assert child.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.01)
    finally:
        child.send_signal(signal.SIGKILL)
        child.wait()

    assert (target.read_bytes() if target.exists() else None) == old
    # And the next one is not disturbed by what is left.
    assert download(url, target, settings=settings).sha256 == SHA256
    assert target.read_bytes() == CONTENT
