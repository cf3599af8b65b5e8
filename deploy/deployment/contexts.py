"""Writes the folders that images and platforms are given: everything that is installed, and nothing secret."""

from __future__ import annotations

import platform
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

from deployment.errors import DeploymentError
from deployment.packages import MODEL, PYTHON_MINOR, Packages, build_index_environment, hide_token
from deployment.smoke import read_manifest

_DEPLOY = Path(__file__).resolve().parents[1]
# Wheels of what is built for this glibc or an older one run in the image (Debian 12 has 2.36) and where Cloud Foundry
# stages (cflinuxfs4 has 2.35), whatever the machine has that collects them.
_GLIBC = (2, 28)
_OLDEST_GLIBC_MINOR = 5


def write_image_context(folder: Path, packages: Packages, pip: list[str], environ: Mapping[str, str]) -> None:
    """Write what an image is built from, and an app of Cloud Foundry is staged from.

    Parameters
    ----------
    folder : Path
        Made anew; what was there is removed.
    packages : Packages
    pip : list of str
        The command that downloads. It takes wheels for the Python that it runs on, and for the kind of processor.
    environ : mapping
        See `deployment.packages.build_index_environment`.

    Raises
    ------
    DeploymentError
        If a wheel is not in the index, or is another one.
    """
    shutil.rmtree(folder, ignore_errors=True)
    vendor = folder / "vendor"
    vendor.mkdir(parents=True)
    for source in (path for path in (_DEPLOY / "image").iterdir() if path.is_file()):
        # Cloud Foundry looks for a file whose name begins with a dot.
        copy = folder / (".profile" if source.name == "profile" else source.name)
        shutil.copyfile(source, copy)
        copy.chmod(0o644)  # whatever the umask: the image keeps it, and runs as somebody else
    (folder / "runtime.txt").write_text(f"python-{PYTHON_MINOR}.x\n", encoding="utf-8")
    shutil.copyfile(packages.api_wheel, vendor / packages.api_wheel.name)
    # The model first: if the index has another one, that is said before everything else is downloaded.
    from_index = f"{packages.pin_model()}\n{packages.lock.read_text(encoding='utf-8')}"
    (folder / "requirements.txt").write_text(f"{packages.pin_api()}\n{from_index}", encoding="utf-8")
    _download(from_index, vendor, pip, build_index_environment(environ))


def write_azure_context(folder: Path, packages: Packages, root: Path) -> None:
    """Write the code folder and the environment file of an online endpoint of Azure Machine Learning.

    The code is the scoring script and, from the wheel, regression_model with its model.

    Raises
    ------
    DeploymentError
        If the model has no compiled form, without which it would need all that it was trained with.
    """
    if not read_manifest(packages.model_wheel).get("compiled"):
        raise DeploymentError("the model has no compiled form, and the environment of deploy/azure_ml has numpy only")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    shutil.copyfile(_DEPLOY / "azure_ml" / "score.py", folder / "score.py")
    with zipfile.ZipFile(packages.model_wheel) as wheel:
        # `extract` itself leads no name out of the folder.
        wheel.extractall(folder, [name for name in wheel.namelist() if name.startswith(f"{MODEL}/")])
    environment = (_DEPLOY / "azure_ml" / "environment.yml").read_text(encoding="utf-8")
    minor = re.search(r"python=3\.(\d+)", environment)
    assert minor is not None
    lock = (root / "locks" / f"ml-api-py3{minor[1]}.txt").read_text(encoding="utf-8")
    version = re.search(r"^numpy==(\S+)", lock, re.MULTILINE)
    assert version is not None
    completed = environment.replace("${NUMPY_VERSION}", version[1])
    (folder / "environment.yml").write_text(completed, encoding="utf-8")


def choose_wheels() -> list[str]:
    """Return pip's options that take wheels for the image, and not for the machine that this runs on."""
    machine = platform.machine()
    major, newest = _GLIBC
    tags = [f"manylinux_{major}_{minor}" for minor in range(newest, _OLDEST_GLIBC_MINOR - 1, -1)]
    tags += ["manylinux2014", "manylinux2010", "manylinux1", "linux"]
    python = ["--python-version", PYTHON_MINOR, "--implementation", "cp"]
    abis = [f"cp{PYTHON_MINOR.replace('.', '')}", "abi3", "none"]
    options = [f"--platform={tag}_{machine}" for tag in tags] + [f"--abi={abi}" for abi in abis]
    return ["--only-binary", ":all:", *python, *options]


def _download(requirements: str, vendor: Path, pip: list[str], environment: dict[str, str]) -> None:
    with tempfile.NamedTemporaryFile("w", suffix=".txt", encoding="utf-8") as file:
        file.write(requirements)
        file.flush()
        options = ["download", "--quiet", "--require-hashes", "--dest", str(vendor), *choose_wheels()]
        finished = subprocess.run(
            [*pip, *options, "--requirement", file.name],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
    if finished.returncode != 0:
        raise DeploymentError(f"pip download failed:\n{hide_token(finished.stdout, environment).rstrip()}")


def find_pip(root: Path) -> list[str]:
    """Return the command of the pip that the scripts work with."""
    python = root / ".venvs" / "tox" / "bin" / "python"
    return [str(python) if python.exists() else sys.executable, "-m", "pip"]
