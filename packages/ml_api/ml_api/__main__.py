"""Lets ``python -m ml_api`` stand in for ``ml-api``."""

from __future__ import annotations

from ml_api.cli import main

if __name__ == "__main__":
    main()
