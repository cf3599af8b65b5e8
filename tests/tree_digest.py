"""Prove that a command changed no file of the checkout: ``save`` digests before, ``check`` them after."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def compute_digests(root: Path) -> dict[str, str]:
    """SHA-256 of every file that Git tracks or would offer to track, by path."""
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=root,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    paths = [root / name for name in sorted(set(listing.split("\0"))) if name]
    return {
        path.relative_to(root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in paths
        if path.is_file()
    }


def main(verb: str, file: Path) -> int:
    digests = compute_digests(ROOT)
    if verb == "save":
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(digests), encoding="utf-8")
        return 0
    before = json.loads(file.read_text(encoding="utf-8"))
    changed = sorted(path for path in before.keys() | digests.keys() if before.get(path) != digests.get(path))
    if changed:
        print(f"changed while only looking: {', '.join(changed)}", file=sys.stderr)
    return 1 if changed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], Path(sys.argv[2])))
