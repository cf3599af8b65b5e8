from __future__ import annotations

from pathlib import Path

import pytest

from regression_model import errors
from regression_model.cli.exit_codes import MEANINGS, ExitCode, find_exit_code

KINDS = [
    kind
    for kind in vars(errors).values()
    if isinstance(kind, type)
    and issubclass(kind, errors.RegressionModelError)
    and kind is not errors.RegressionModelError
]


def test_all_kinds_of_errors_were_found():
    assert len(KINDS) >= 10


@pytest.mark.parametrize("kind", KINDS)
def test_every_error_of_ours_has_a_code_of_its_own_and_none_is_a_defect(kind):
    takes_two = issubclass(kind, errors.MissingExtraError | errors.NotCompiledError)
    error = kind("what", "extra") if takes_two else kind("what")
    assert find_exit_code(error) not in (ExitCode.OK, ExitCode.INTERNAL, ExitCode.FILE)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (errors.DownloadError("x"), ExitCode.DATA),
        (errors.ArtifactVersionError("x"), ExitCode.ARTIFACT),
        (PermissionError(13, "Permission denied"), ExitCode.FILE),
        (BrokenPipeError(), ExitCode.READER_GONE),
        (KeyError("x"), ExitCode.INTERNAL),
    ],
)
def test_the_most_special_code_wins(error, code):
    assert find_exit_code(error) is code


def test_every_code_is_explained_here_and_in_the_readme():
    assert set(MEANINGS) == set(ExitCode)
    readme = next(
        parent / "README.md" for parent in Path(__file__).parents if (parent / "pyproject.toml").is_file()
    ).read_text(encoding="utf-8")
    for code, meaning in MEANINGS.items():
        assert f"| {code.value} | {meaning} |" in readme
