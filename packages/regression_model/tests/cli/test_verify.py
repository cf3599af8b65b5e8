from __future__ import annotations

import hashlib
import json
import shutil
import subprocess

import pytest

from regression_model.artifact import Manifest
from regression_model.cli.exit_codes import ExitCode

REFERENCE = "Neighborhood,Income\nNAmes,50000\nOldTown,40000\n"


@pytest.fixture(scope="module")
def trained(tmp_path_factory, small_config, run_once):
    """A folder with a configuration that names a reference table, and the model that is trained from it."""
    folder = tmp_path_factory.mktemp("project")
    (folder / "tables").mkdir()
    (folder / "tables" / "income.csv").write_text(REFERENCE)
    digest = hashlib.sha256(REFERENCE.encode()).hexdigest()
    tables = f"  reference_tables:\n    income:\n      path: tables/income.csv\n      sha256: {digest}\n"
    steps = (
        "- step: lookup\n  table: income\n  key: [Neighborhood]\n  values: [Income]\n"
        "- step: impute_number\n  columns: Income\n"
    )
    text = small_config.replace("  leave_out:\n", f"{tables}  leave_out:\n")
    (folder / "houses.yml").write_text(text.replace("preprocessing:\n", f"preprocessing:\n{steps}"))
    result = run_once(
        "train", "--config", folder / "houses.yml", "--sample", "--output", folder / "model", "--no-cross-validation"
    )
    assert result.exit_code == ExitCode.OK, result.stderr
    return folder


def test_a_model_is_verified_with_what_its_configuration_names(run, trained, tmp_path):
    result = run(
        "verify", trained / "model", "--config", trained / "houses.yml", "--output", tmp_path / "again", "--json"
    )
    assert result.exit_code == ExitCode.OK, result.stderr
    found = json.loads(result.stdout)
    assert found["outcome"] == "identical"
    assert found["recorded"] == found["rebuilt"]
    manifest = json.loads(next((tmp_path / "again").glob("*.manifest.json")).read_bytes())
    assert manifest["metrics"]["cross_validation"] is None


def test_a_reference_table_that_is_not_there_is_named(run, trained, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = run("verify", trained / "model")
    assert result.exit_code == ExitCode.DATA
    assert "the reference table 'income', which is not there" in result.stderr


def test_people_see_what_differs_and_why(run, model, pack_wheel, tmp_path):
    # Trained in this process, without the pinned environment.
    wheel = pack_wheel(model, tmp_path / "houses.whl", {"regression_model/errors.py": b"other code"})
    result = run("verify", wheel)
    assert result.exit_code in (ExitCode.REBUILT_SIMILAR, ExitCode.REBUILT_DIFFERENT), result.stderr
    for part in ("digests", "1 of 1 files are not those installed here: errors.py", "embedded sample", "golden rows"):
        assert part in " ".join(result.stdout.split())
    assert "Probably because:" in result.stderr
    assert "the installed package, which trains, is another than that in the wheel" in result.stderr


def test_a_changed_model_is_refused(run, model, tmp_path):
    copy = shutil.copytree(model, tmp_path / "copy")
    path = next(copy.glob("*.joblib"))
    path.write_bytes(path.read_bytes() + b" ")
    result = run("verify", copy)
    assert result.exit_code == ExitCode.ARTIFACT
    assert "was changed after it was saved" in result.stderr


def test_a_compiled_form_with_another_intercept_is_another_model(run, model, tmp_path):
    folder = shutil.copytree(model, tmp_path / "copy")
    manifest, form = (next(folder.glob(f"*.{end}.json")) for end in ("manifest", "compiled"))
    program = json.loads(form.read_bytes())
    program["model"]["intercepts"] = [2 * value for value in program["model"]["intercepts"]]
    data = json.dumps(program).encode()
    form.write_bytes(data)
    content = json.loads(manifest.read_bytes())
    content["files"]["compiled"] |= {"sha256": hashlib.sha256(data).hexdigest(), "n_bytes": len(data)}
    manifest.write_bytes(Manifest.seal(content).to_bytes())

    result = run("verify", folder)

    assert result.exit_code == ExitCode.REBUILT_DIFFERENT, result.stderr
    assert "does not repeat its golden rows" in " ".join(result.stdout.split())
    assert "agree to a relative" not in result.stderr
    assert "may be any program" in result.stderr  # the pickle: trained without the pinned environment


def test_a_model_is_not_written_over_the_one_that_is_verified(run, model, tmp_path):
    folder = shutil.copytree(model, tmp_path / "copy")
    (folder / "houses.manifest.json.sig").write_text("signature")
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    result = run("verify", folder, "--output", folder)
    assert result.exit_code == ExitCode.ARTIFACT
    assert "holds a model already" in result.stderr
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def git(folder, *words):
    identity = ("-c", "user.name=Ann", "-c", "user.email=ann@example.com", "-c", "init.defaultBranch=main")
    subprocess.run(["git", *identity, "-C", str(folder), *words], check=True, capture_output=True)


@pytest.mark.slow
def test_a_stranger_with_the_wheel_and_the_repository_gets_the_same_digest(
    run, small_config, pack_wheel, tmp_path, monkeypatch
):
    ours, theirs = tmp_path / "ours", tmp_path / "elsewhere" / "theirs"
    ours.mkdir()
    (ours / "houses.yml").write_text(small_config)
    for words in (["init", "--quiet"], ["add", "."], ["commit", "--quiet", "-m", "first"]):
        git(ours, *words)
    run("train", "--config", ours / "houses.yml", "--sample", "--output", tmp_path / "model")
    wheel = pack_wheel(tmp_path / "model", tmp_path / "houses.whl")
    theirs.parent.mkdir()
    git(tmp_path, "clone", "--quiet", str(ours), str(theirs))
    monkeypatch.chdir(theirs)

    result = run("verify", wheel, "--json")

    found = json.loads(result.stdout)
    assert (result.exit_code, found["outcome"]) == (ExitCode.OK, "identical"), result.stderr
    assert {item["name"]: item["state"] for item in found["items"]}["commit"] == "equal"

    # Not at that commit, the manifest can't be the same; all that was learned is.
    git(theirs, "commit", "--quiet", "--allow-empty", "-m", "second")
    result = run("verify", wheel)
    assert result.exit_code == ExitCode.REBUILT_SIMILAR
    assert "the repository here is at another commit" in result.stderr
    assert "has the same files, to the byte, and another manifest" in " ".join(result.stderr.split())
