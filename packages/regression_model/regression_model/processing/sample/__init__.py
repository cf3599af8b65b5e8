"""The embedded sample: 800 **synthetic** house sales, for trying things out without real data.

No row of it is a real sale. A seeded generator in this folder writes it (see `generator`), with
the columns and the coding of the well-known house-prices table, so that every step of the
published model has something to work on. `scripts/make-sample` writes the file again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from regression_model.processing.sample.sample_file import SAMPLE_NOTICE, load_sample_path

if TYPE_CHECKING:
    from regression_model.processing.sample.generator import generate_sample

__all__ = ["SAMPLE_NOTICE", "generate_sample", "load_sample_path"]


def __getattr__(name: str) -> Any:  # noqa: ANN401 - the signature that PEP 562 asks for
    """Import the generator, and with it numpy and pandas, only when it is asked for."""
    if name == "generate_sample":
        from regression_model.processing.sample.generator import generate_sample

        return generate_sample
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
