"""Boosters of three libraries and a network, together in one ensemble."""

from __future__ import annotations

import pytest

from regression_model.train_pipeline.job import TrainingJob
from regression_model.train_pipeline.training import execute

from .conftest import LINE, TREES, build_flats, label

pytestmark = pytest.mark.heavy

MODELS = {
    "light": {"family": "lightgbm", "n_estimators": 20},
    "extreme": {"family": "xgboost", "n_estimators": 20},
    "cat": {"family": "catboost", "iterations": 20},
}
MEMBERS = [
    *({"name": name, "preprocessing": TREES["preprocessing"], "model": model} for name, model in MODELS.items()),
    {"name": "network", "preprocessing": LINE["preprocessing"], "model": {"family": "mlp", "epochs": 5}},
]


@pytest.mark.parametrize(("family", "classes"), [("vote", 0), ("stack", 2)])
def test_the_same_bytes_with_a_compiled_form(make_config, tmp_path, family, classes):
    table = build_flats()
    if classes:
        table["price"] = label(table["price"], classes)
    table.to_csv(tmp_path / "flats.csv", index=False)
    settings = {"task": "classification"} if classes else {"transform": "log"}
    config = make_config({"family": family, "members": MEMBERS}, **settings)

    files = []
    for number in (1, 2):
        folder = tmp_path / str(number)
        job = TrainingJob(config, tmp_path / "flats.csv", output=folder, member_threads=number)
        manifest = execute(job, report_progress=lambda text: None).manifest.content
        files.append({path.name: path.read_bytes() for path in folder.iterdir()})

    assert "compiled_reason" not in manifest
    assert files[0] == files[1]
