"""Lets ``python -m regression_model`` stand in for ``regression-model``."""

from __future__ import annotations

from regression_model.cli import main

if __name__ == "__main__":
    main()
