"""Keeps lines of any length from the reader of the log, which holds several in memory at once."""

from __future__ import annotations

from pathlib import Path

LONGEST_LINE_BYTES = 16 * 2**20
_BLOCK_BYTES = 2**20


def link_readable(path: Path, link: Path, *, longest: int = LONGEST_LINE_BYTES) -> int:
    """Make a file readable under another name: by a link, or, if lines are too long, by a copy without those.

    Parameters
    ----------
    path : Path
        File of a log.
    link : Path
        Must not exist. Unlike `path`, it is free of what the reader takes for wildcards.
    longest : int
        Longest line, in bytes.

    Returns
    -------
    int
        Number of lines left out.
    """
    if path.stat().st_size <= longest or find_longest_gap(path) <= longest:
        link.symlink_to(path.resolve())
        return 0
    return _copy_short_lines(path, link, longest)


def find_longest_gap(path: Path) -> int:
    """Return an upper bound of the longest line in bytes, at most one block above it.

    Looks at the first and last line end of each block only, so that it is about as fast as the disk.
    """
    longest = gap = 0
    with path.open("rb") as file:
        while block := file.read(_BLOCK_BYTES):
            first = block.find(b"\n")
            if first < 0:
                gap += len(block)
            else:
                longest = max(longest, gap + first, len(block))
                gap = len(block) - 1 - block.rfind(b"\n")
    return max(longest, gap)


def _copy_short_lines(path: Path, copy: Path, longest: int) -> int:
    n_left_out = 0
    with path.open("rb") as file, copy.open("xb") as short:
        while line := file.readline(longest + 1):
            if len(line) <= longest:
                short.write(line)
                continue
            n_left_out += 1
            while line and not line.endswith(b"\n"):
                line = file.readline(longest)
    return n_left_out
