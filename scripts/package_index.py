#!/usr/bin/env python3
"""Say what a package index holds of a package: a line with version, file and SHA-256 for each file.

PACKAGE_INDEX_URL is the index, such as https://host/simple/. Where it asks who reads, PACKAGE_INDEX_TOKEN is the
password and PACKAGE_INDEX_USERNAME the name, by default __token__.
"""

from __future__ import annotations

import argparse
import base64
import contextlib
import hashlib
import http.client
import ipaddress
import json
import os
import re
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urldefrag, urljoin, urlsplit
from urllib.response import addinfourl

TIMEOUT_S = 60
CHUNK_BYTES = 1 << 20
PAGE_TYPES = "application/vnd.pypi.simple.v1+json, text/html;q=0.5"
NOT_FOUND = 404
DISTRIBUTION = re.compile(r"\.(whl|tar\.gz|zip)$")


class PackageIndexError(Exception):
    """The index is not named as it has to be, or does not answer; the message says what to do."""


@dataclass(frozen=True)
class IndexFile:
    """A file of a package; `sha256` is empty where the index does not say it."""

    name: str
    url: str
    sha256: str

    @property
    def version(self) -> str:
        """The version in the file's name: of `regression_model-1.2.3-py3-none-any.whl` or `….tar.gz`, 1.2.3."""
        found = re.search(r"-(\d[^-]*?)(-.*\.whl|\.tar\.gz|\.zip)$", self.name)
        return found[1] if found else ""


@dataclass(frozen=True)
class Index:
    """A package index, and who asks it.

    Parameters
    ----------
    url : str
        Of its pages, as pip's `--index-url` takes it; without user and password.
    upload_url : str
        Where twine sends files to.
    username, token : str
        An empty token asks anonymously.
    """

    url: str
    upload_url: str
    username: str
    token: str

    def read_files(self, package: str) -> list[IndexFile]:
        """Return the files that the index has of a package, and none if it does not know it.

        An index that sends us on to another host for a name has nothing of its own under it: whoever has published
        there is somebody else. That is said, and their files are left out.
        """
        page = f"{self.url.rstrip('/')}/{_normalise(package)}/"
        try:
            with _explain(page), self._open(page) as response:
                text, kind, found_at = response.read().decode(), response.headers.get_content_type(), response.url
        except urllib.error.HTTPError as error:
            if error.code == NOT_FOUND:
                self._check_root()
                return []
            raise PackageIndexError(f"the package index answered {error.code} for {page}") from error
        if urlsplit(found_at).hostname != urlsplit(page).hostname:
            print(f"Note: the index has no {package}; it sends who asks for it to another host.", file=sys.stderr)
            return []
        with _explain(page):
            links = _read_json(text) if kind.endswith("json") else _read_html(text, package, page)
            files = [_describe_file(urljoin(found_at, url), sha256) for url, sha256 in links]
        return [file for file in files if _normalise(file.name).startswith(f"{_normalise(package)}-")]

    def _check_root(self) -> None:
        """Tell an index that does not know a package from an address that is none of an index."""
        try:
            self._open(f"{self.url.rstrip('/')}/").close()
        except urllib.error.HTTPError as error:
            raise PackageIndexError(
                f"{self.url} answers {error.code}: it is no package index; PACKAGE_INDEX_URL has to be the URL of its "
                "pages, such as https://host/simple/"
            ) from error

    def hash_file(self, file: IndexFile) -> str:
        """SHA-256 of a file, as the index says it, or else of the bytes that it sends."""
        if file.sha256:
            return file.sha256
        digest = hashlib.sha256()
        for chunk in self._read_chunks(file.url):
            digest.update(chunk)
        return digest.hexdigest()

    def download(self, file: IndexFile, target: Path) -> str:
        """Download a file, and return its SHA-256, which is the one that the index says, if it says one."""
        digest = hashlib.sha256()
        with target.open("wb") as out:
            for chunk in self._read_chunks(file.url):
                digest.update(chunk)
                out.write(chunk)
        if file.sha256 not in ("", digest.hexdigest()):
            target.unlink()
            raise PackageIndexError(f"{file.name} came with SHA-256 {digest.hexdigest()}, the index says {file.sha256}")
        return digest.hexdigest()

    def _read_chunks(self, url: str) -> Iterator[bytes]:
        """Read a file piece by piece; refuse one that is cut, which urllib does not."""
        with _explain(url), self._open(url) as response:
            expected, size = response.headers.get("Content-Length"), 0
            while chunk := response.read(CHUNK_BYTES):
                size += len(chunk)
                yield chunk
            if expected is not None and size != int(expected):
                raise PackageIndexError(f"{url} ended after {size} of {expected} bytes; try again")

    def _open(self, url: str) -> addinfourl:
        asked, ours = urlsplit(url), urlsplit(self.url)
        if asked.scheme not in ("http", "https"):
            raise PackageIndexError(f"the package index names a file at {url}, which is no address of the web")
        request = urllib.request.Request(url, headers={"Accept": PAGE_TYPES})  # noqa: S310 - checked
        if self.token and (asked.scheme, asked.netloc) == (ours.scheme, ours.netloc):
            login = base64.b64encode(f"{self.username}:{self.token}".encode()).decode()
            # Not handed on to the host that a redirect leads to.
            request.add_unredirected_header("Authorization", f"Basic {login}")
        try:
            response: addinfourl = urllib.request.urlopen(request, timeout=TIMEOUT_S)  # noqa: S310
        except urllib.error.HTTPError:
            raise
        except OSError as error:
            raise PackageIndexError(f"the package index does not answer at {url}: {error}") from error
        return response


@contextlib.contextmanager
def _explain(url: str) -> Iterator[None]:
    """Turn whatever an answer that is none of an index's leads to into an error that says so."""
    try:
        yield
    except urllib.error.HTTPError:
        raise
    except (OSError, http.client.HTTPException, ValueError, LookupError, TypeError, AttributeError) as error:
        raise PackageIndexError(
            f"what {url} answers is none of a package index, or was cut: {type(error).__name__}: {error}"
        ) from error


class _Page(HTMLParser):
    """Collects where the links of a page lead, and what tells an index from another page."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.names: set[str | None] = set()
        self.tags: set[str] = set()
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a link, or what a meta tag is about."""
        self.tags.add(tag)
        self.links += [value for name, value in attrs if tag == "a" and name == "href" and value]
        self.names |= {value for name, value in attrs if tag == "meta" and name == "name"}

    def handle_data(self, data: str) -> None:
        """Note the text."""
        self.text += data

    def is_index_of(self, package: str) -> bool:
        """Tell a page of an index from one to log in at, or the like.

        It says so itself (PEP 629), or links to a distribution, or it names the package and has nothing on it: no link,
        no form, no script.
        """
        if "pypi:repository-version" in self.names:
            return True
        if any(DISTRIBUTION.search(urlsplit(link).path) for link in self.links):
            return True
        return _normalise(package) in _normalise(self.text) and not self.tags & {"a", "form", "input", "script"}


def _read_html(text: str, package: str, page: str) -> list[tuple[str, str]]:
    parsed = _Page()
    parsed.feed(text)
    if not parsed.is_index_of(package):
        raise PackageIndexError(
            f"{page} answers with a page that is none of a package index: no files, and nothing that says so; does it "
            "ask for a login (PACKAGE_INDEX_TOKEN), or is PACKAGE_INDEX_URL another one?"
        )
    split = [urldefrag(link) for link in parsed.links]
    return [(url, part.removeprefix("sha256=") if part.startswith("sha256=") else "") for url, part in split]


def _read_json(text: str) -> list[tuple[str, str]]:
    return [(file["url"], file.get("hashes", {}).get("sha256", "")) for file in json.loads(text)["files"]]


def _normalise(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _describe_file(url: str, sha256: str) -> IndexFile:
    return IndexFile(unquote(urlsplit(url).path.rpartition("/")[2]), url, sha256)


def read_index(environ: Mapping[str, str]) -> Index:
    """Read from the environment which index it is.

    `PACKAGE_UPLOAD_URL` says where files are sent to, where that is not the index's URL without its `simple/`.
    """
    url = environ.get("PACKAGE_INDEX_URL", "")
    upload_url = environ.get("PACKAGE_UPLOAD_URL") or re.sub(r"/simple/?$", "/", url)
    _check_url("PACKAGE_INDEX_URL", url, "https://host/simple/")
    _check_url("PACKAGE_UPLOAD_URL", upload_url, "https://host/")
    username = environ.get("PACKAGE_INDEX_USERNAME", "__token__")
    return Index(url, upload_url, username, environ.get("PACKAGE_INDEX_TOKEN", ""))


def _check_url(variable: str, url: str, example: str) -> None:
    """Refuse an address that is none, that holds a secret, or that would have one sent in clear."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        _ = parts.port
    except ValueError:
        host = ""
    if not host or parts.scheme not in ("http", "https"):
        raise PackageIndexError(f"{variable} has to be the URL of the package index, such as {example}")
    if "@" in parts.netloc:
        raise PackageIndexError(
            f"{variable} holds a user or a password; set PACKAGE_INDEX_USERNAME and PACKAGE_INDEX_TOKEN instead"
        )
    if parts.scheme == "http" and not _is_loopback(host):
        raise PackageIndexError(
            f"{variable} has to begin with https://: by http:// the token, and all that is installed, is anybody's on "
            "the way; only on this machine's own address (127.0.0.1, ::1, localhost) nobody is"
        )


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def hash_file(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def main() -> int:
    """Parse the command line, and turn failures into a message and an exit code."""
    parser = argparse.ArgumentParser(prog="scripts/package_index.py", description=__doc__)
    parser.add_argument("package", nargs="?", default="regression-model", help="its name (default: regression-model)")
    options = parser.parse_args()
    try:
        index = read_index(os.environ)
        for file in index.read_files(options.package):
            print(file.version, file.name, index.hash_file(file), sep="\t")
    except (PackageIndexError, OSError) as error:
        print(f"scripts/package_index.py: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
