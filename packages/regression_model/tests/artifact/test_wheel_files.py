from __future__ import annotations

import errno
import hashlib
import warnings
import zipfile

import pytest

from regression_model.artifact.wheel_files import WheelLimits, opening_model_files
from regression_model.errors import ArtifactIntegrityError, ArtifactNotFoundError

FOLDER = "regression_model/trained_models/"
MANIFEST = f"{FOLDER}line_output_v1.0.0.manifest.json"


def write(path, members, *, compression=zipfile.ZIP_DEFLATED):
    with warnings.catch_warnings(), zipfile.ZipFile(path, "w", compression) as archive:
        warnings.simplefilter("ignore", UserWarning)  # of names that are there twice
        for name, data in members:
            archive.writestr(name, data)
    return path


def unpack(path, limits=None):
    """Return what is unpacked, by name, and the digests of the code."""
    with opening_model_files(path, limits=limits) as files:
        return {file.name: file.read_bytes() for file in files.place.iterdir()}, files.code


def test_the_model_is_unpacked_and_the_code_only_hashed(tmp_path):
    wheel = write(
        tmp_path / "a.whl",
        [
            (MANIFEST, b"{}"),
            (f"{FOLDER}line_output_v1.0.0.0123456789ab.joblib", b"pickle"),
            ("regression_model/cli/app.py", b"raise SystemExit"),
            ("regression_model-1.0.0.dist-info/RECORD", b"..."),
        ],
    )
    files, code = unpack(wheel)
    assert files == {
        "line_output_v1.0.0.manifest.json": b"{}",
        "line_output_v1.0.0.0123456789ab.joblib": b"pickle",
    }
    assert code == {"cli/app.py": hashlib.sha256(b"raise SystemExit").hexdigest()}


def test_nothing_is_left_behind(tmp_path):
    with opening_model_files(write(tmp_path / "a.whl", [(MANIFEST, b"{}")])) as files:
        place = files.place
        assert place.is_dir()
    assert not place.exists()


def test_a_folder_is_taken_as_it_is(tmp_path):
    with opening_model_files(tmp_path) as files:
        assert (files.place, files.code) == (tmp_path, None)


@pytest.mark.parametrize(
    "name",
    [
        "/etc/passwd",
        "../outside",
        "regression_model/../../outside",
        f"{FOLDER}../../outside",
        f"{FOLDER}deeper/file.joblib",
        f"{FOLDER}.hidden",
        "C:/windows",
        "regression_model\\..\\outside",
    ],
)
def test_a_name_that_leads_elsewhere_is_refused_before_anything_is_written(tmp_path, name):
    wheel = write(tmp_path / "a.whl", [(MANIFEST, b"{}"), (name, b"x")])
    with pytest.raises(ArtifactIntegrityError, match=r"a.whl is refused: .* Fetch the wheel again"):
        unpack(wheel)
    assert [path.name for path in tmp_path.iterdir()] == ["a.whl"]


def test_a_name_that_is_there_twice_is_refused(tmp_path):
    with pytest.raises(ArtifactIntegrityError, match="twice"):
        unpack(write(tmp_path / "a.whl", [(MANIFEST, b"{}"), (MANIFEST, b"{ }")]))


def test_a_link_becomes_a_file(tmp_path):
    link = zipfile.ZipInfo(f"{FOLDER}link")
    link.external_attr = 0o120777 << 16
    files, _ = unpack(write(tmp_path / "a.whl", [(MANIFEST, b"{}"), (link, "/etc/passwd")]))
    assert files["link"] == b"/etc/passwd"


def test_a_bomb_is_refused_by_what_it_says(tmp_path):
    wheel = write(tmp_path / "a.whl", [(MANIFEST, b"{}"), (f"{FOLDER}zeros", bytes(1_000_000))])
    assert wheel.stat().st_size < 3_000
    with pytest.raises(ArtifactIntegrityError, match="unpacks to 1,000,002 bytes, at most 999,999 are read"):
        unpack(wheel, WheelLimits(n_bytes=999_999))


def test_a_bomb_that_lies_about_its_size_is_refused(tmp_path):
    wheel = write(tmp_path / "a.whl", [(MANIFEST, b"{}"), (f"{FOLDER}zeros", bytes(1_000_000))])
    size = (1_000_000).to_bytes(4, "little")
    data = wheel.read_bytes()
    assert data.count(size) == 2
    wheel.write_bytes(data.replace(size, (10).to_bytes(4, "little")))
    with pytest.raises(ArtifactIntegrityError, match="can't be unpacked"):
        unpack(wheel)


def test_too_many_files_are_refused(tmp_path):
    wheel = write(tmp_path / "a.whl", [(f"regression_model/{number}", b"") for number in range(5)])
    with pytest.raises(ArtifactIntegrityError, match="holds 5 files, at most 4 are read"):
        unpack(wheel, WheelLimits(n_members=4))


@pytest.mark.parametrize("compression", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
@pytest.mark.parametrize("name", [MANIFEST, "regression_model/code.py"])
def test_a_changed_byte_is_noticed(tmp_path, name, compression):
    members = {MANIFEST: b"{}", name: b"some text of this file" * 9}
    wheel = write(tmp_path / "a.whl", members.items(), compression=compression)
    data = bytearray(wheel.read_bytes())
    data[data.rfind(name.encode(), 0, data.find(b"PK\1\2")) + len(name) + 5] ^= 1
    wheel.write_bytes(data)
    with pytest.raises(ArtifactIntegrityError, match="can't be unpacked"):
        unpack(wheel)


def test_what_is_no_wheel_is_refused(tmp_path):
    path = tmp_path / "a.whl"
    with pytest.raises(ArtifactNotFoundError, match="there is no wheel"):
        unpack(path)
    path.write_bytes(b"no zip")
    with pytest.raises(ArtifactIntegrityError, match="can't be unpacked"):
        unpack(path)


def test_a_wheel_without_a_model_says_so(tmp_path):
    wheel = write(tmp_path / "a.whl", [("regression_model/__init__.py", b""), (f"{FOLDER}README.md", b"")])
    with pytest.raises(ArtifactNotFoundError, match="holds no trained model"):
        unpack(wheel)


def test_whatever_byte_of_a_wheel_is_wrong_no_other_error_comes(tmp_path):
    """What zlib and struct raise is not what zipfile says that it raises."""
    text = "".join(f"line {number}\n" for number in range(200)).encode()
    path = write(tmp_path / "a.whl", [(MANIFEST, text), ("regression_model/code.py", text[::-1])])
    whole = path.read_bytes()
    n_refused = 0
    for place in range(len(whole)):
        for mask in (0x01, 0x80, 0xFF):
            changed = bytearray(whole)
            changed[place] ^= mask
            path.write_bytes(changed)
            try:
                unpack(path)
            except (ArtifactIntegrityError, ArtifactNotFoundError):
                n_refused += 1
    assert n_refused > len(whole)


@pytest.mark.parametrize("compression", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_compression_that_no_wheel_has_is_refused(tmp_path, compression):
    wheel = write(tmp_path / "a.whl", [(MANIFEST, b"{}" * 999)], compression=compression)
    with pytest.raises(ArtifactIntegrityError, match="compressed in another way than wheels are"):
        unpack(wheel)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.99])
def test_a_wheel_that_was_cut_off_is_refused(tmp_path, share):
    wheel = write(tmp_path / "a.whl", [(MANIFEST, bytes(range(256)) * 20)])
    wheel.write_bytes(wheel.read_bytes()[: int(wheel.stat().st_size * share)])
    with pytest.raises(ArtifactIntegrityError, match="can't be unpacked"):
        unpack(wheel)


def test_a_folder_called_like_a_wheel_is_refused(tmp_path):
    (tmp_path / "a.whl").mkdir()
    with pytest.raises(ArtifactIntegrityError, match="a.whl is refused: it is a folder"):
        unpack(tmp_path / "a.whl")


def test_a_disk_that_is_full_is_not_the_wheels_fault(tmp_path, monkeypatch):
    def fail(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("regression_model.artifact.wheel_files._write", fail)
    with pytest.raises(OSError, match="No space left"):
        unpack(write(tmp_path / "a.whl", [(MANIFEST, b"{}")]))
