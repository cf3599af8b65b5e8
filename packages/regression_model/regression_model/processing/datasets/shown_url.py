"""What of a URL may be shown and recorded: links are signed, and tokens and passwords stand in them."""

from __future__ import annotations

import re

HIDDEN = "…"
"""Stands for what is hidden."""

_URL = re.compile(
    r"(?P<scheme>(?:[A-Za-z][A-Za-z0-9+.-]*:)?//)?(?P<authority>[^/?#]*)(?P<path>[^?#]*)"
    r"(?P<query>\?[^#]*)?(?P<fragment>#.*)?",
    re.DOTALL,
)
_HOST = re.compile(r"(?:\[[^\]]*\]|[^:\[\]]*)(?::[0-9]*)?")


def hide_secrets(url: str) -> str:
    """Replace user and password, the query and the fragment of a URL, whatever is wrong with it.

    Parameters
    ----------
    url : str

    Returns
    -------
    str
        With `HIDDEN` in their place; hiding it again changes nothing.

    Examples
    --------
    >>> hide_secrets("https://me:hush@host/t.csv?token=hush#hush")
    'https://…@host/t.csv?…#…'
    >>> hide_secrets("https://host:8080/t.csv")
    'https://host:8080/t.csv'
    """
    parts = _URL.fullmatch(url)
    if parts is None:
        return HIDDEN
    scheme = parts["scheme"] or ""
    _, at, host = parts["authority"].rpartition("@")
    if not _HOST.fullmatch(host):
        # A password with / ? or # in it ends the host there, and would be taken for its port.
        return f"{scheme}{HIDDEN}"
    named = f"{HIDDEN}@{host}" if at else host
    query = f"?{HIDDEN}" if parts["query"] else ""
    fragment = f"#{HIDDEN}" if parts["fragment"] else ""
    return f"{scheme}{named}{parts['path']}{query}{fragment}"
