from __future__ import annotations

import hashlib
import json

import pytest

from regression_model.artifact import Manifest, save_pipeline
from regression_model.artifact.integrity import check_model_files
from regression_model.errors import ArtifactIntegrityError, ArtifactNotFoundError


@pytest.fixture
def saved(fit, facts, program, folder):
    save_pipeline(fit(2.0), folder=folder, facts=facts(), program=program(2.0))
    return folder


def reseal(folder, **changes):
    """Change a manifest as somebody who computes its digest anew."""
    path = next(folder.glob("*.manifest.json"))
    path.write_bytes(Manifest.seal({**json.loads(path.read_bytes()), **changes}).to_bytes())


def test_a_whole_model_passes_and_nothing_is_opened(saved):
    entries = json.loads(next(saved.glob("*.manifest.json")).read_bytes())["files"]
    (saved / "x.joblib").write_bytes(b"no pickle")
    digest = hashlib.sha256(b"no pickle").hexdigest()
    reseal(saved, files={**entries, "pipeline": {"name": "x.joblib", "sha256": digest, "n_bytes": 9}})
    found = check_model_files(saved)
    assert found.digests["pipeline"] == digest
    assert set(found.digests) == set(entries)
    assert found.file.parent == saved


def test_each_file_is_checked(saved):
    for path in sorted(saved.glob("line_output*")):
        if path.name.endswith(".manifest.json"):
            continue
        whole = path.read_bytes()
        path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
        with pytest.raises(ArtifactIntegrityError, match=f"{path.name} was changed"):
            check_model_files(saved)
        path.unlink()
        with pytest.raises(ArtifactNotFoundError, match=path.name):
            check_model_files(saved)
        path.write_bytes(whole)
    assert check_model_files(saved)


@pytest.mark.parametrize(
    "files", [None, [], {}, {"compiled": {"name": "x", "sha256": "0"}}, {"pipeline": "x"}, {"pipeline": {"name": 1}}]
)
def test_a_manifest_that_names_no_files_is_refused(saved, files):
    reseal(saved, files=files)
    with pytest.raises(ArtifactIntegrityError, match="does not name its files"):
        check_model_files(saved)


def test_a_name_that_leads_out_of_the_folder_is_refused(saved):
    reseal(saved, files={"pipeline": {"name": "../x", "sha256": "0" * 64}})
    with pytest.raises(ArtifactIntegrityError, match="outside its folder"):
        check_model_files(saved)


def test_what_later_releases_require_is_not_asked_for(saved):
    content = json.loads(next(saved.glob("*.manifest.json")).read_bytes())
    reseal(saved, schema={"features": [{"name": "x"}]}, golden_rows=None)
    assert check_model_files(saved).manifest.model_version == content["model_version"]
