from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

import regression_model.compiled.models.lightgbm as module
import regression_model.compiled.models.lightgbm_library as library_module
from regression_model.compiled.models import link_model
from regression_model.compiled.models.lightgbm_library import open_library
from regression_model.errors import ArtifactIntegrityError, MissingExtraError

pytest.importorskip("lightgbm")

from regression_model.families.adapted.lightgbm_models import LightGBMClassifier, LightGBMRegressor

N_COLUMNS = 5


def build_rows(n_rows: int = 400) -> np.ndarray:
    return np.random.default_rng(2).normal(size=(n_rows, N_COLUMNS))


@pytest.fixture(scope="module")
def program(lower):
    rows = build_rows()
    model = LightGBMRegressor(n_estimators=30, verbose=-1, n_jobs=1).fit(rows, rows[:, 0] * rows[:, 1])
    return lower(model, N_COLUMNS)


@pytest.fixture(scope="module")
def classes(lower):
    rows = build_rows()
    labels = np.digitize(rows[:, 0], [-0.5, 0.5])
    model = LightGBMClassifier(n_estimators=20, verbose=-1, n_jobs=1).fit(rows, labels)
    return model, lower(model, N_COLUMNS)


def test_many_threads_ask_for_single_rows_and_for_many(classes):
    model = link_model(classes[1])
    rows = build_rows(300)
    together = model.predict_columns(rows)
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        with ThreadPoolExecutor(8) as pool:
            alone = [pool.submit(model.predict_row, row) for _ in range(10) for row in rows.tolist()]
            blocks = [pool.submit(model.predict_columns, rows) for _ in range(20)]
    finally:
        sys.setswitchinterval(interval)
    found = np.array([each.result() for each in alone]).reshape(10, *together.shape)
    assert np.ptp(together, axis=0).min() > 0.1, "rows differ"
    for each in [*found, *(block.result() for block in blocks)]:
        np.testing.assert_array_equal(each, together)


MEMORY = """
import gc, sys
from pathlib import Path
from regression_model.compiled.models.lightgbm import LightGBMModel

def memory_mb():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 1e6

def make():
    model = LightGBMModel(text, 5, 1)
    model.predict_row([0.0] * 5)
    return model

text = Path(sys.argv[1]).read_text()
make()
start = memory_mb()
kept = [make() for _ in range(200)]
taken = memory_mb() - start
kept.clear()
gc.collect()
before = memory_mb()
for _ in range(400):
    make()
print(taken, memory_mb() - before)
"""


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="memory is read from /proc")
def test_a_model_that_goes_frees_what_the_library_holds(program, tmp_path):
    path = tmp_path / "booster.txt"
    path.write_text(program.texts["booster"])
    command = [sys.executable, "-c", MEMORY, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    taken, grown = map(float, done.stdout.split())
    assert taken > 3, "models take memory"
    assert grown < taken / 2


THREADS = """
import os, sys
from pathlib import Path
import numpy as np
from regression_model.compiled.models.lightgbm import LightGBMModel

before = len(os.listdir("/proc/self/task"))
model = LightGBMModel(Path(sys.argv[1]).read_text(), 5, 1)
model.predict_row([0.0] * 5)
model.predict_columns(np.zeros((5_000, 5)))
model.predict_contributions(np.zeros((50, 5)))
print(len(os.listdir("/proc/self/task")) - before)
"""


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="threads are counted in /proc")
def test_the_library_starts_no_threads(program, tmp_path):
    path = tmp_path / "booster.txt"
    path.write_text(program.texts["booster"])
    command = [sys.executable, "-c", THREADS, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "0"


def test_contributions_are_those_of_the_library(classes):
    model, program = classes
    rows = build_rows(20)
    rows[3, 2] = np.nan
    found = link_model(program).predict_contributions(rows)
    expected = model.booster_.predict(rows, pred_contrib=True).reshape(found.shape)
    np.testing.assert_array_equal(found, expected)
    raw = model.booster_.predict(rows, raw_score=True)
    np.testing.assert_allclose(found.sum(axis=2), raw, rtol=1e-9)


def test_columns_in_another_order_of_memory(program):
    model, rows = link_model(program), build_rows(50)
    expected = model.predict_columns(rows)
    np.testing.assert_array_equal(model.predict_columns(np.asfortranarray(rows)), expected)
    assert model.predict_columns(rows[:0]).shape == (0, 1)


def test_rows_of_another_length_never_reach_the_library(program):
    model = link_model(program)
    with pytest.raises(ValueError, match="expected 5 values, got 4"):
        model.predict_row([0.0] * 4)
    with pytest.raises(ValueError, match="expected rows of 5 columns"):
        model.predict_columns(np.zeros((3, 6)))


def test_a_text_that_the_library_refuses(program, monkeypatch):
    monkeypatch.setattr(module, "check_booster", lambda *_: None)
    program.texts["booster"], kept = "tree\nversion=v4\n", program.texts["booster"]
    try:
        with pytest.raises(ArtifactIntegrityError, match="LightGBM can't read the booster"):
            link_model(program)
    finally:
        program.texts["booster"] = kept


@pytest.fixture
def closed_library():
    open_library.cache_clear()
    yield
    open_library.cache_clear()


@pytest.mark.usefixtures("closed_library")
def test_without_lightgbm_the_extra_is_named(program, monkeypatch):
    monkeypatch.setattr(library_module, "find_spec", lambda _: None)
    with pytest.raises(MissingExtraError, match=r"regression-model\[lightgbm\]") as caught:
        link_model(program)
    assert caught.value.extra == "lightgbm"


@pytest.mark.usefixtures("closed_library")
def test_a_library_that_does_not_load_is_told(program, monkeypatch, tmp_path):
    file = tmp_path / library_module._FILES.get(sys.platform, library_module._ELSEWHERE)[0]
    file.parent.mkdir()
    file.write_text("no library")
    spec = type("Spec", (), {"submodule_search_locations": [str(tmp_path)]})
    monkeypatch.setattr(library_module, "find_spec", lambda _: spec)
    with pytest.raises(MissingExtraError, match="its library does not load"):
        link_model(program)


def test_neither_the_package_nor_anything_large_is_imported(program, tmp_path):
    path = tmp_path / "booster.txt"
    path.write_text(program.texts["booster"])
    script = (
        "import sys\n"
        "from pathlib import Path\n"
        "from regression_model.compiled.models.lightgbm import LightGBMModel\n"
        f"model = LightGBMModel(Path({str(path)!r}).read_text(), {N_COLUMNS}, 1)\n"
        f"print(model.predict_row([0.5] * {N_COLUMNS})[0])\n"
        "names = {'lightgbm', 'sklearn', 'scipy', 'pandas', 'pydantic', 'joblib'}\n"
        "print(sorted(names & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60)
    prediction, imported = done.stdout.splitlines()
    assert float(prediction) == link_model(program).predict_row([0.5] * N_COLUMNS)[0]
    assert imported == "[]"
