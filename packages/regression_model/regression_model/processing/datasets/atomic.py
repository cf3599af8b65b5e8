"""A file that appears under its name complete, or not at all."""

from __future__ import annotations

import contextlib
import os
import secrets
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PART_SUFFIX = ".part"


@contextlib.contextmanager
def replacing(target: Path) -> Iterator[IO[bytes]]:
    """Open a temporary file that replaces `target` when the block ends without an error.

    The temporary file lies in the folder of `target`, because a rename is atomic only within one
    file system; its name begins with a dot and ends in ``.part``. It is synced before the rename,
    and the folder after it, so that a power cut can't leave a name on missing bytes.

    Parameters
    ----------
    target : pathlib.Path
        The final name. Its folder must exist.

    Yields
    ------
    binary file
        Open for reading and writing.

    Raises
    ------
    OSError
        The folder can't be written to.
    """
    part = target.with_name(f".{target.name}.{secrets.token_hex(8)}{PART_SUFFIX}")
    try:
        with part.open("x+b") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        part.replace(target)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    _sync_folder(target.parent)


def _sync_folder(folder: Path) -> None:
    """Make a rename in the folder durable; Windows can't open folders and needs no such thing."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
