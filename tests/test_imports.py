"""Importing either package is free: it reads Python modules and no settings, and heavy libraries wait."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

PACKAGES = ["regression_model", "ml_api"]

# Runs in a process of its own. While the package is imported, every audited event that reaches outside is
# noted, and so is every variable of ours that is asked for.
WATCHER = """
import importlib, json, os, pkgutil, sys
from importlib.machinery import all_suffixes

watched, whole_package = sys.argv[1], sys.argv[2] == "all"
seen = []
watching = False
modules = tuple(all_suffixes())
forbidden = (
    "os.mkdir", "os.remove", "os.rename", "os.rmdir", "os.system", "os.truncate", "pickle.find_class",
    "shutil.", "socket.bind", "socket.connect", "socket.getaddrinfo", "sqlite3.connect", "subprocess.Popen",
    "tempfile.",     "urllib.Request",
)

def audit(event, args):
    if not watching:
        return
    if event.startswith(forbidden):
        seen.append(f"{event} {args!r}")
    elif event == "open" and isinstance(args[0], (str, bytes)):
        path = os.fsdecode(args[0])
        ours = any(f"{os.sep}{name}{os.sep}" in path for name in (watched, "regression_model", "ml_api"))
        if (ours or not whole_package) and not path.endswith(modules):
            seen.append(f"open {path!r}")

class Environment(type(os.environ)):
    def _check(self, key):
        if str(key).startswith(("REGRESSION_MODEL_", "ML_API_", "FLASK_", "GUNICORN_")):
            seen.append(f"environment {key}")
    def __getitem__(self, key):
        self._check(key)
        return super().__getitem__(key)
    def __contains__(self, key):
        self._check(key)
        return super().__contains__(key)
    def __iter__(self):
        if watching and not whole_package:
            seen.append("environment listed")
        return super().__iter__()

real = os.environ
os.environ = Environment(real._data, real.encodekey, real.decodekey, real.encodevalue, real.decodevalue)
os.getenv = lambda key, default=None: os.environ.get(key, default)
sys.addaudithook(audit)
watching = True
package = importlib.import_module(watched)
names = [watched]
if whole_package:
    for info in pkgutil.walk_packages(package.__path__, f"{watched}."):
        # gunicorn's settings are read from a module, which nothing of ours imports. MLflow's client tries out a socket
        # when it is imported, which it is only where a server is to be told.
        if info.name.endswith((".__main__", ".gunicorn_conf", ".mlflow_run")):
            continue
        try:
            importlib.import_module(info.name)
        except ModuleNotFoundError as error:  # the heavy extras are not installed everywhere
            if str(error.name).split(".")[0] not in ("catboost", "keras", "mlflow", "tsfresh", "xgboost"):
                raise
        else:
            names.append(info.name)
watching = False
print(json.dumps({"seen": seen, "names": names}))
"""

HEAVY = {
    "catboost",
    "feature_engine",
    "flask",
    "distributed",
    "joblib",
    "keras",
    "lightgbm",
    "marshmallow",
    "matplotlib",
    "mlflow",
    "numpy",
    "optuna",
    "pandas",
    "pyarrow",
    "scipy",
    "sklearn",
    "tsfresh",
    "xgboost",
}


def run_python(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run this Python where nothing of the checkout is on its path but what is installed."""
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("REGRESSION_MODEL_", "ML_API_"))
    }
    return subprocess.run(
        [sys.executable, "-B", *arguments],  # Python's own cache of compiled modules is no doing of ours
        env=environment | variables,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def watch_import(package: str, reach: str) -> dict[str, list[str]]:
    finished = run_python("-c", WATCHER, package, reach)
    assert finished.returncode == 0, finished.stderr
    return json.loads(finished.stdout.splitlines()[-1])


@pytest.mark.parametrize("package", PACKAGES)
def test_importing_a_package_does_no_io_and_reads_no_environment(package):
    assert watch_import(package, "package alone")["seen"] == []


@pytest.mark.parametrize("package", PACKAGES)
def test_importing_every_module_of_a_package_reads_no_file_or_setting_of_ours(package):
    watched = watch_import(package, "all")
    assert len(watched["names"]) > 5, "the walk over the package's modules found next to nothing"
    assert watched["seen"] == []


def test_the_watcher_itself_sees_files_processes_and_settings(tmp_path):
    """The two tests above could pass for a broken watcher: show it a package that does all they forbid."""
    package = tmp_path / "greedy"
    package.mkdir()
    (package / "VERSION").write_text("1")
    (package / "__init__.py").write_text(
        "import os, pathlib, subprocess, sys\n"
        "pathlib.Path(__file__).with_name('VERSION').read_text()\n"
        "os.environ.get('REGRESSION_MODEL_DATA')\n"
        "os.getenv('ML_API_ARTIFACT')\n"
        "subprocess.run([sys.executable, '-c', ''])\n"
    )
    finished = run_python("-c", WATCHER, "greedy", "all", PYTHONPATH=str(tmp_path))
    assert finished.returncode == 0, finished.stderr
    seen = " ".join(json.loads(finished.stdout)["seen"])
    for trace in ("VERSION", "REGRESSION_MODEL_DATA", "ML_API_ARTIFACT", "subprocess.Popen"):
        assert trace in seen


def test_import_time_of_the_model_package_shows_no_heavy_library():
    finished = run_python("-X", "importtime", "-c", "import regression_model")
    assert finished.returncode == 0, finished.stderr
    imported = {
        line.rsplit("|", 1)[1].strip().split(".")[0]
        for line in finished.stderr.splitlines()
        if line.startswith("import time:")
    }
    assert "regression_model" in imported
    assert not imported & HEAVY
