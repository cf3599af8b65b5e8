"""The models that are measured: the published Lasso, and LightGBM with 300 trees behind the same steps."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

LIGHTGBM = "model:\n  family: lightgbm\n  n_estimators: 300\n"


@dataclass(frozen=True)
class Trained:
    """A model of the benchmark.

    Attributes
    ----------
    name : str
    folder : Path
        Where its artifact lies.
    rows : list of dict
        Rows as a client sends them: those of the table, up to 1,000 of them.
    """

    name: str
    folder: Path
    rows: list[dict[str, Any]]


def train_models(folder: Path, data: Path | None) -> list[Trained]:
    """Train both models, on a table of house prices or else on the embedded sample."""
    published = files("regression_model").joinpath("config.yml").read_text(encoding="utf-8")
    changed = re.sub(r"(?m)^model:\n(?:  .*\n)+", LIGHTGBM, published)
    texts = {"lasso": published, "lightgbm": changed.replace("pipeline_name: house_prices", "pipeline_name: boosted")}
    return [_train(folder, name, text, data) for name, text in texts.items()]


def _train(folder: Path, name: str, text: str, data: Path | None) -> Trained:
    config = folder / f"{name}.yml"
    # Cross-validation measures the model, which is not what is measured here.
    config.write_text(re.sub(r"(?m)^  folds: .*\n", "", text), encoding="utf-8")
    output = folder / name
    source = ["--sample"] if data is None else ["--data", str(data)]
    program = [sys.executable, "-m", "regression_model", "train", "--config", str(config), *source]
    subprocess.run([*program, "--output", str(output)], check=True, stdout=subprocess.DEVNULL, cwd=folder)  # noqa: S603 - our own
    return Trained(name, output, read_rows(output, data))


def read_rows(artifact: Path, data: Path | None, n_rows: int = 1000) -> list[dict[str, Any]]:
    """Read rows that the model accepts, as JSON has them; those of the manifest where there is no table."""
    from regression_model import load_config, load_dataset, load_pipeline, validate_inputs

    schema = load_pipeline(artifact).schema
    config = load_config(None)
    frame = load_dataset(config, path=data, allow_sample=data is None).frame[schema.names]
    inputs = validate_inputs(input_data=frame, schema=schema)
    rows = json.loads(inputs.frame.to_json(orient="records"))
    valid = rows[:n_rows]
    return (valid * (n_rows // len(valid) + 1))[:n_rows]
