"""Reads and writes files that only their owner may read, such as the one with the digests of the keys."""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from ml_api.errors import KeysFileError
from ml_api.services.file_lock import hold_lock

PRIVATE_MODE = 0o600
LARGEST_FILE_BYTES = 10_000_000  # some 20,000 keys; whatever is larger is another file


def read_private(path: Path) -> str:
    """Read a file that nobody but its owner can read or write.

    The mode is that of the file which was opened: a file that is exchanged in between gains nothing.

    Raises
    ------
    KeysFileError
        If there is no such file, it can't be read, or others may read or write it.
    """
    try:
        # O_NONBLOCK: a named pipe must not make us wait for its writer; it is refused below.
        with os.fdopen(os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK), "rb") as file:
            _check_private(path, os.fstat(file.fileno()))
            return file.read(LARGEST_FILE_BYTES + 1).decode("utf-8")
    except FileNotFoundError:
        raise KeysFileError(f"There is no file {path}. `ml-api keys create NAME` makes it.") from None
    except (OSError, UnicodeDecodeError) as error:
        raise KeysFileError(f"{path} can't be read: {error}.") from error


def write_private(path: Path, text: str) -> None:
    """Put a file with mode 0600 into the place of another, in one step: readers see the old one or the new one.

    Raises
    ------
    KeysFileError
        If it can't be written; the old file is as it was.
    """
    path = path.resolve()
    temporary: Path | None = None
    try:
        # mkstemp creates with mode 0600, whatever the umask.
        descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        temporary = Path(name)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        if temporary is not None:
            temporary.unlink(missing_ok=True)
        raise KeysFileError(f"{path} can't be written: {error}.") from error


@contextmanager
def lock_private(path: Path) -> Iterator[None]:
    """Be the only process that changes a file; the lock is a file beside it, since the file itself is replaced.

    Raises
    ------
    KeysFileError
        If the lock can't be made, or others hold it for too long.
    """
    path = path.resolve()
    with ExitStack() as stack:
        try:
            stack.enter_context(hold_lock(path.with_name(f"{path.name}.lock")))
        except OSError as error:
            raise KeysFileError(f"{path} can't be locked: {error}.") from error
        yield


def _check_private(path: Path, status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise KeysFileError(f"{path} is no regular file.")
    if stat.S_IMODE(status.st_mode) & 0o077:
        mode = f"{stat.S_IMODE(status.st_mode):04o}"
        raise KeysFileError(f"{path} has mode {mode}, so that others may use it. Run `chmod 600` on it.")
    if status.st_uid not in (0, os.geteuid()):
        raise KeysFileError(f"{path} belongs to another user (id {status.st_uid}).")
    if status.st_size > LARGEST_FILE_BYTES:
        raise KeysFileError(f"{path} has {status.st_size} bytes; a keys file has at most {LARGEST_FILE_BYTES}.")
