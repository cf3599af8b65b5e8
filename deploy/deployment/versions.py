"""Which of two versions is above the other, by PEP 440; the host that is deployed to need not have ``packaging``."""

from __future__ import annotations

import re

from deployment.errors import DeploymentError

_VERSION = re.compile(
    r"v?(?P<release>\d+(\.\d+)*)((?P<stage>a|b|rc)(?P<stage_number>\d+))?(\.post(?P<post>\d+))?(\.dev(?P<dev>\d+))?"
)
_LAST = 10**9  # above every number of a stage or of a development release


def check_not_older(version: str, current: str | None) -> None:
    """Refuse a release below the current one: two deployments may come in another order than their commits.

    Raises
    ------
    DeploymentError
        If it is below, or one of the two is no version as both packages have them.
    """
    if current is not None and _build_key(version) < _build_key(current):
        raise DeploymentError(
            f"expected a release that is not below {current}, which is current, found {version}; "
            "scripts/rollback goes back"
        )


def _build_key(version: str) -> tuple[list[int], int, int, int, int]:
    """Return what sorts as versions do: 1.0.dev1, 1.0a1, 1.0rc1.dev1, 1.0rc1, 1.0, 1.0.post1."""
    found = _VERSION.fullmatch(version)
    if found is None:
        raise DeploymentError(f"expected a version such as 1.2.3 or 1.2.3rc1, found {version!r}")
    release = [int(number) for number in found["release"].split(".")]
    while release and release[-1] == 0:
        del release[-1]
    # A development release of a version is below its first stage.
    unstaged = -1 if found["dev"] and not found["post"] else len("abr")
    stage = "abr".index(found["stage"][0]) if found["stage"] else unstaged
    post = int(found["post"]) if found["post"] else -1
    dev = int(found["dev"]) if found["dev"] else _LAST
    return release, stage, int(found["stage_number"] or 0), post, dev
