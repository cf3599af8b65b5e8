"""The folder on a host that an API is deployed to: which releases it has, and which of them is current.

::

    settings.env            the operator's: variables of ml-api, in the shell's syntax
    current -> releases/2   what is served
    history                 the releases in the order in which they became current, one per line, the current one last
    releases/2/             one release: its own environment, its requirements, its way to start
    run/, log/              process id of the server, and what it prints
"""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from deployment.errors import DeploymentError


@dataclass(frozen=True)
class Target:
    """A folder that holds deployments of one API.

    Parameters
    ----------
    folder : Path
        Absolute; it is made when something is first deployed.
    """

    folder: Path

    @property
    def settings_file(self) -> Path:
        """Return where the operator's settings are."""
        return self.folder / "settings.env"

    @property
    def pid_file(self) -> Path:
        """Return where the server keeps its process id."""
        return self.folder / "run" / "server.pid"

    @property
    def successor_file(self) -> Path:
        """Return where gunicorn keeps the process id of a server that is to take over, until it has."""
        return self.folder / "run" / "server.pid.2"

    @property
    def candidate_file(self) -> Path:
        """Return where the process id of a release that is being tried is, and when it was started."""
        return self.folder / "run" / "candidate"

    def serving_file(self, pid: int | str) -> Path:
        """Return what a server makes as soon as one of its workers serves: one file for each server."""
        return self.folder / "run" / f"serving.{pid}"

    @property
    def log_file(self) -> Path:
        """Return where the server's output goes."""
        return self.folder / "log" / "server.log"

    @property
    def current_link(self) -> Path:
        """Return the link that says which release is served."""
        return self.folder / "current"

    def release_folder(self, name: str) -> Path:
        """Return where a release lies, whether it is there or not."""
        return self.folder / "releases" / name

    def make_folders(self) -> None:
        """Make what is not there yet, for the owner only: settings and logs are confidential."""
        for folder in (self.folder, self.folder / "releases", self.pid_file.parent, self.log_file.parent):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    @contextlib.contextmanager
    def hold_lock(self) -> Iterator[None]:
        """Keep other deployments to this folder out; whoever comes second is refused."""
        self.make_folders()
        with (self.folder / ".lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise DeploymentError(
                    f"something else is being deployed to {self.folder} right now; wait until it is done"
                ) from None
            yield

    def find_current(self) -> str | None:
        """Return the name of the release that is served; None before the first one."""
        return self.current_link.resolve().name if self.current_link.is_symlink() else None

    def read_history(self) -> list[str]:
        """Return the releases that became current, oldest first, up to the current one."""
        current = self.find_current()
        if current is None:
            return []
        file = self.folder / "history"
        names = file.read_text(encoding="utf-8").split() if file.exists() else []
        # A deployment that was killed before it moved the link has left a name behind the current one.
        if current not in names:
            return [*names, current]
        return names[: len(names) - names[::-1].index(current)]

    def find_previous(self) -> str | None:
        """Return the newest release in the history that is not the current one and still there; None without one."""
        current = self.find_current()
        names = (name for name in reversed(self.read_history()) if name != current)
        return next((name for name in names if self.release_folder(name).is_dir()), None)

    def activate(self, name: str) -> None:
        """Make a release the current one. At every instant, `current` leads to one release or the other."""
        history = self.read_history()
        if not history or history[-1] != name:
            self._write_history([*history, name])
        self._move_link(name)

    def step_back(self, name: str | None) -> None:
        """Make an earlier release current again, and forget what came after it; None: there was none before."""
        history = self.read_history()
        if name is None:
            self.current_link.unlink(missing_ok=True)
            history = []
        else:
            self._move_link(name)
            while history and history[-1] != name:
                del history[-1]
        self._write_history((history or [name]) if name else [])

    def _move_link(self, name: str) -> None:
        draft = self.folder / ".current.draft"
        draft.unlink(missing_ok=True)
        draft.symlink_to(Path("releases") / name)
        draft.replace(self.current_link)

    def _write_history(self, names: list[str]) -> None:
        draft = self.folder / ".history.draft"
        with draft.open("w", encoding="utf-8") as file:
            file.writelines(f"{name}\n" for name in names)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self.folder / "history")
