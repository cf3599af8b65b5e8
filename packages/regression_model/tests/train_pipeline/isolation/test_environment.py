from __future__ import annotations

import json
import os
import platform
import subprocess
import sys

import pytest

from regression_model.train_pipeline.isolation.environment import build_environment, pinned_environment

on_x86 = pytest.mark.skipif(platform.machine() != "x86_64", reason="pins the instructions of x86-64 processors")


def test_the_caller_has_no_say_in_what_changes_numbers():
    ambient = {
        "HOME": "/home/ann",
        "HTTPS_PROXY": "http://proxy:3128",
        "REGRESSION_MODEL_DATA": "/data",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONHASHSEED": "7",
        "PYTHONINSPECT": "1",
        "PYTHONOPTIMIZE": "2",
        "OMP_NUM_THREADS": "8",
        "GOMP_CPU_AFFINITY": "0",
        "OPENBLAS_CORETYPE": "Prescott",
        "NPY_DISABLE_CPU_FEATURES": "X86_V3",
        "NPY_ENABLE_CPU_FEATURES": "X86_V4",
        "SKLEARN_WORKING_MEMORY": "1",
        "LANG": "tr_TR.UTF-8",
        "LANGUAGE": "tr",
        "LC_NUMERIC": "de_DE.UTF-8",
        "TZ": "Asia/Tokyo",
    }
    pinned = pinned_environment()
    built = build_environment(pinned, ambient)
    harmless = ("HOME", "HTTPS_PROXY", "REGRESSION_MODEL_DATA", "PYTHONDONTWRITEBYTECODE")
    assert built == {name: ambient[name] for name in harmless} | pinned
    assert (pinned["PYTHONHASHSEED"], pinned["TZ"], pinned["LC_ALL"]) == ("0", "UTC", "C.UTF-8")


@on_x86
@pytest.mark.parametrize("disabled", ["", "X86_V3", "X86_V3 X86_V4"])
def test_what_is_pinned_does_not_depend_on_what_numpy_was_told_here(disabled):
    code = (
        "import json; from regression_model.train_pipeline.isolation import pinned_environment;"
        "print(json.dumps(pinned_environment()))"
    )
    ambient = os.environ | {"NPY_DISABLE_CPU_FEATURES": disabled}
    done = subprocess.run([sys.executable, "-c", code], env=ambient, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == pinned_environment()


@on_x86
def test_numpy_and_blas_do_as_they_are_told_without_a_warning():
    code = (
        "import json, numpy, scipy.linalg, threadpoolctl;"
        "blas = [{k: i[k] for k in ('architecture', 'num_threads')} for i in threadpoolctl.threadpool_info()"
        " if i['internal_api'] == 'openblas'];"
        "print(json.dumps([blas, numpy.show_config(mode='dicts')['SIMD Extensions']['found']]))"
    )
    pinned = pinned_environment()
    if "OPENBLAS_CORETYPE" not in pinned:
        pytest.skip("this processor has no AVX2")
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        env=build_environment(pinned),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    blas, found = json.loads(done.stdout)
    assert blas
    assert all(library == {"architecture": "Haswell", "num_threads": 1} for library in blas)
    assert found == ["X86_V3"]
