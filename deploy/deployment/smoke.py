"""Asks a deployed API whether it is what was deployed: alive, ready, of the right version, and right in its numbers."""

from __future__ import annotations

import http.client
import json
import math
import time
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from deployment.errors import DeploymentError

RELATIVE_TOLERANCE = 1e-9
ANSWER_TIMEOUT_S = 30.0
PAUSE_S = 0.2
READY = ["/health answered 200", "/ready answered 200"]
NO_MODEL = ["/health answered 200", "/ready answered 503"]
_MANIFEST = ".manifest.json"
_MAX_MANIFEST_BYTES = 64_000_000


@dataclass(frozen=True)
class Service:
    """An API by its URL.

    Parameters
    ----------
    url : str
        ``http://`` or ``https://``, with a path where the API does not lie at the root.
    key : str, optional
        Sent with the prediction, which is the only thing that asks for one.
    host : str, optional
        Name to send as `Host`, where it is not the one in the URL.
    """

    url: str
    key: str | None = field(default=None, repr=False)
    host: str | None = None

    def ask(self, path: str, body: object = None) -> tuple[int, Any]:
        """Send a request; return the status and the decoded JSON, or None where the answer is none."""
        parts = urlsplit(self.url)
        kinds = {"http": http.client.HTTPConnection, "https": http.client.HTTPSConnection}
        if parts.scheme not in kinds or parts.hostname is None:
            raise DeploymentError(f"expected a URL such as https://api.example.com, found {self.url!r}")
        connection = kinds[parts.scheme](parts.hostname, parts.port, timeout=ANSWER_TIMEOUT_S)
        headers = {"Content-Type": "application/json", **({"Host": self.host} if self.host else {})}
        if self.key and body is not None:
            headers["Authorization"] = f"Bearer {self.key}"
        try:
            sent = None if body is None else json.dumps(body)
            connection.request("GET" if body is None else "POST", parts.path.rstrip("/") + path, sent, headers)
            response = connection.getresponse()
            return response.status, _decode(response.read())
        finally:
            connection.close()


@dataclass(frozen=True)
class Expectation:
    """What the API has to answer.

    Parameters
    ----------
    model_version : str
    digest : str, optional
        SHA-256 of the model's manifest.
    rows, predictions : list
        Golden rows, and what they have to give; none are asked where there are none.
    """

    model_version: str
    digest: str | None = None
    rows: list[Any] = field(default_factory=list, repr=False)
    predictions: list[Any] = field(default_factory=list, repr=False)

    @classmethod
    def from_manifest(cls, manifest: dict[str, Any]) -> Expectation:
        """Expect the model that a manifest describes."""
        golden = manifest["golden_rows"]
        return cls(manifest["model_version"], manifest["sha256"], golden["rows"], golden["predictions"])


def read_manifest(path: Path) -> dict[str, Any]:
    """Read the manifest of a model from its file, its folder, or a wheel that carries it. Nothing else is opened.

    Raises
    ------
    DeploymentError
        If there is not exactly one.
    """
    if path.suffix == ".whl":
        with zipfile.ZipFile(path) as wheel:
            names = [name for name in wheel.namelist() if name.endswith(_MANIFEST)]
            if len(names) == 1 and wheel.getinfo(names[0]).file_size <= _MAX_MANIFEST_BYTES:
                return _parse(wheel.read(names[0]), path)
    else:
        files = [path] if path.is_file() else sorted(path.glob(f"*{_MANIFEST}"))
        names = [file.name for file in files]
        if len(files) == 1:
            return _parse(files[0].read_bytes(), path)
    raise DeploymentError(f"expected one file *{_MANIFEST} in {path}, found {', '.join(names) or 'none'}")


def check_service(
    service: Service,
    expected: Expectation,
    *,
    patience_s: float,
    report: Callable[[str], None] = lambda _line: None,
    find_end: Callable[[list[str]], str | None] = lambda _found: None,
) -> None:
    """Ask until the API is ready, then once for each thing that it has to be.

    Parameters
    ----------
    service : Service
    expected : Expectation
    patience_s : float
        Seconds to wait until ``/ready`` says 200.
    report : callable
        Is told each thing that holds.
    find_end : callable
        Is told what a try has found, and returns why waiting is of no use, or None as long as it may be.

    Raises
    ------
    DeploymentError
        At the first thing that does not hold.
    """
    _wait_until_ready(service, patience_s, find_end)
    report("/health and /ready answer 200")
    _status, version = _expect_200(service, "/version")
    _compare("model_version", expected.model_version, version.get("model_version"))
    report(f"/version says that the model is {expected.model_version}")
    if expected.digest is not None:
        _compare("artifact_digest", expected.digest, version.get("artifact_digest"))
        report(f"/version says that its digest is {expected.digest[:12]}...")
    if expected.rows:
        _status, answer = _expect_200(service, "/v1/predict", expected.rows)
        _compare("version of the predictions", expected.model_version, answer.get("version"))
        _compare_predictions(expected.predictions, answer.get("predictions"))
        first = answer["predictions"][0]
        report(f"{len(expected.rows)} golden rows are predicted as at the training, the first {first}")


def _wait_until_ready(service: Service, patience_s: float, find_end: Callable[[list[str]], str | None]) -> None:
    deadline_s = time.monotonic() + patience_s
    while True:
        try:
            # Alive first: what does not live can't be ready, and the message says which of the two it was.
            found = [f"{path} answered {service.ask(path)[0]}" for path in ("/health", "/ready")]
        except (OSError, http.client.HTTPException) as error:
            found = [f"{type(error).__name__}: {error}"]
        if found == READY:
            return
        ended = find_end(found)
        if ended is not None or time.monotonic() > deadline_s:
            why = ended or f"{service.url} was not ready within {patience_s:g} s; its log says why"
            raise DeploymentError(f"{why} ({', '.join(found)})")
        time.sleep(PAUSE_S)


def _expect_200(service: Service, path: str, body: object = None) -> tuple[int, dict[str, Any]]:
    try:
        status, answer = service.ask(path, body)
    except (OSError, http.client.HTTPException) as error:
        raise DeploymentError(f"{service.url}{path} broke off: {type(error).__name__}: {error}") from None
    if status in (401, 403):
        raise DeploymentError(f"{path} answered {status}: give a key with the scope 'predict' in SMOKE_TEST_KEY")
    if status != 200 or not isinstance(answer, dict):
        code = answer.get("error", {}).get("code", "") if isinstance(answer, dict) else "no JSON"
        raise DeploymentError(f"expected status 200 of {path}, found {status} {code}".rstrip())
    return status, answer


def _compare(what: str, expected: str, found: object) -> None:
    if found != expected:
        raise DeploymentError(f"expected {what} {expected!r}, found {found!r}: something else is deployed there")


def _compare_predictions(expected: list[Any], found: Any) -> None:  # noqa: ANN401 - whatever was answered
    if not isinstance(found, list) or len(found) != len(expected):
        raise DeploymentError(f"expected {len(expected)} predictions of the golden rows, found {found!r:.100}")
    for index, (wanted, answered) in enumerate(zip(expected, found, strict=True)):
        numbers = all(isinstance(value, int | float) for value in (wanted, answered))
        same = math.isclose(wanted, answered, rel_tol=RELATIVE_TOLERANCE) if numbers else wanted == answered
        if not same:
            raise DeploymentError(f"golden row {index}: expected the prediction {wanted!r}, found {answered!r}")


def _decode(text: bytes) -> Any:  # noqa: ANN401 - any JSON
    try:
        return json.loads(text)
    except ValueError:
        return None


def _parse(text: bytes, path: Path) -> dict[str, Any]:
    manifest = _decode(text)
    if not isinstance(manifest, dict) or not {"model_version", "sha256", "golden_rows"} <= manifest.keys():
        raise DeploymentError(f"the manifest in {path} is none: it lacks model_version, sha256 or golden_rows")
    return manifest
