"""Exit code 0 if the API in this container is ready, and 1 if not: the HEALTHCHECK of the image."""

from __future__ import annotations

import http.client
import os
import sys

TIMEOUT_S = 4


def is_ready(environ: dict[str, str]) -> bool:
    """Ask /ready on the port, and under a name, that the API's own settings allow."""
    port = int(environ.get("ML_API_PORT") or environ.get("PORT") or 8000)
    host = environ.get("ML_API_ALLOWED_HOSTS", "").split(",")[0].strip().lstrip(".")
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT_S)
    try:
        connection.request("GET", "/ready", headers={"Host": host} if host else {})
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(0 if is_ready(dict(os.environ)) else 1)
