from __future__ import annotations

import subprocess
import sys

import pytest

from regression_model import evaluation


def test_every_listed_name_exists():
    assert dir(evaluation) == sorted(evaluation.__all__)
    for name in evaluation.__all__:
        assert getattr(evaluation, name).__module__.startswith("regression_model.evaluation")


def test_unknown_names_are_attribute_errors():
    with pytest.raises(AttributeError, match="no attribute 'evaluat'"):
        evaluation.evaluat  # noqa: B018 - the access is the test


@pytest.mark.parametrize(
    ("imported", "absent"),
    [
        ("import regression_model.evaluation", ["pandas", "matplotlib", "sklearn"]),
        (
            "from regression_model.evaluation import build_report, evaluate_predictions",
            ["matplotlib", "sklearn"],
        ),
    ],
)
def test_heavy_libraries_are_imported_when_used(imported, absent):
    code = f"import sys; {imported}; assert not [m for m in {absent} if m in sys.modules], sorted(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
