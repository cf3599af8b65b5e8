"""Say which Pythons the tests ran on: one line, from the file that ``tox run --result-json`` wrote."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

TOX_FOLDER = Path(__file__).resolve().parents[1] / ".tox"


def find_version(environment: str, tox_folder: Path) -> str | None:
    """Return the full version of the Python that an environment was made with."""
    settings = tox_folder / environment / "pyvenv.cfg"
    match = re.search(r"^version(?:_info)? *= *(\S+)", settings.read_text(encoding="utf-8"), re.MULTILINE)
    return match[1] if match else None


def build_summary(result: dict, tox_folder: Path) -> str:
    """Name each Python that tests ran on with its full version, and those that were asked for but missing."""
    states = {}
    for name, environment in result.get("testenvs", {}).items():
        match = re.match(r"py3(\d+)-", name)
        outcome = environment.get("result")
        if match is None or outcome is None:
            continue
        minor = f"3.{match[1]}"
        if outcome.get("skipped"):
            states.setdefault(minor, f"{minor} not found, skipped")
        else:
            states[minor] = f"{find_version(name, tox_folder) or minor} tested"
    return f"Pythons: {', '.join(states.values())}" if states else ""


if __name__ == "__main__":
    text = Path(sys.argv[1]).read_text(encoding="utf-8")
    summary = build_summary(json.loads(text), TOX_FOLDER) if text else ""
    if summary:
        print(summary)
