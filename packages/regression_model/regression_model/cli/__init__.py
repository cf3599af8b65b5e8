"""The command line: ``regression-model``.

Importing this package does nothing; `main` imports what it needs, and each command what it needs itself.
"""

from __future__ import annotations

__all__ = ["main"]


def main() -> None:
    """Run the command line on the arguments of the process, and end the process.

    Raises
    ------
    SystemExit
        With one of the codes of `regression_model.cli.exit_codes`.
    """
    from regression_model.cli.app import app

    app(prog_name="regression-model")
