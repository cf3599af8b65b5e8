"""The environment that a training runs in, wherever it runs.

Only what has a say in the bytes of a model is pinned; folders, proxies and the like stay the caller's.
"""

from __future__ import annotations

import os
import platform
from collections.abc import Mapping
from pathlib import Path

_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS")

_MEDDLING = (
    *("PYTHON", "OMP_", "GOMP_", "KMP_", "OPENBLAS_", "GOTO_", "MKL_", "BLIS_", "VECLIB_", "NUMEXPR_", "NPY_"),
    *("SKLEARN_", "SCIPY_", "PANDAS_", "JOBLIB_", "LOKY_", "LC_", "LANG", "TZ", "GLIBC_TUNABLES"),
)
"""Beginnings of names that change how numbers are computed or text is read."""

_HARMLESS = ("PYTHONDONTWRITEBYTECODE", "PYTHONHOME", "PYTHONPYCACHEPREFIX", "PYTHONUNBUFFERED", "PYTHONNOUSERSITE")
"""Names that begin so and say only where Python lies, and what it writes."""

_X86_BASELINE = "X86_V3"
"""x86-64-v3: AVX2 and fused multiply-add, which every x86 server since 2013 has (2015 for AMD's)."""


def pinned_environment() -> dict[str, str]:
    """Return the variables that are pinned, with their values.

    Hash seed, one thread in every library, UTC, the C locale with UTF-8; and on x86-64 processors with AVX2, BLAS and
    numpy use AVX2 and nothing newer, so that a newer processor does not sum in another order. On other processors
    their libraries choose by themselves.

    Returns
    -------
    dict of str to str
        The same on every machine of a processor family.
    """
    return {
        "PYTHONHASHSEED": "0",
        "PYTHONUTF8": "1",
        "LC_ALL": "C.UTF-8",
        "TZ": "UTC",
        **dict.fromkeys(_THREADS, "1"),
        **_pin_instructions(),
    }


def _pin_instructions() -> dict[str, str]:
    if platform.machine().lower() not in ("x86_64", "amd64"):
        return {}
    import numpy as np

    # What numpy was built with beyond its baseline, whether this processor has it or not.
    extensions = np.show_config(mode="dicts")["SIMD Extensions"]
    built = [*extensions["found"], *extensions["not found"]]
    if _X86_BASELINE not in built or not _has_avx2(found=_X86_BASELINE in extensions["found"]):
        return {}
    above = sorted(name for name in built if name != _X86_BASELINE)
    return {"OPENBLAS_CORETYPE": "Haswell", "NPY_DISABLE_CPU_FEATURES": " ".join(above)}


def _has_avx2(*, found: bool) -> bool:
    """Ask the kernel, since numpy in this process may have been told to do without."""
    try:
        flags = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").split()
    except OSError:
        return found
    return "avx2" in flags and "fma" in flags


def build_environment(pinned: Mapping[str, str], ambient: Mapping[str, str] | None = None) -> dict[str, str]:
    """Put the pinned variables in the place of all that could meddle with a training.

    Parameters
    ----------
    pinned : mapping of str to str
    ambient : mapping of str to str, optional
        By default, the environment of this process.

    Examples
    --------
    >>> build_environment({"TZ": "UTC"}, {"HOME": "/home/ann", "LANG": "de_DE", "PYTHONHASHSEED": "7"})
    {'HOME': '/home/ann', 'TZ': 'UTC'}
    """
    variables = os.environ if ambient is None else ambient  # noqa: TID251 - handed on to the child, not read
    kept = {
        name: value for name, value in variables.items() if name in _HARMLESS or not name.upper().startswith(_MEDDLING)
    }
    return kept | dict(pinned)
