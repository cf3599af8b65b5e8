"""What an index says of a package is read right, and the token goes to nobody else."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from .conftest import ROOT, TOKEN, build_environment, serve_index

SHA256 = "0" * 63 + "1"


def read_index(url: str, package: str = "regression-model", **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(ROOT / "scripts" / "package_index.py"), package],
        env=build_environment(PACKAGE_INDEX_URL=url, **variables),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@contextlib.contextmanager
def serve_pages(host: str, pages: dict[str, tuple[int, dict[str, str], str]]):
    """Answer with fixed pages (status, headers, body by path) and note what was asked; yield URL and notes."""
    asked: list[tuple[str, str | None]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append((self.path, self.headers.get("Authorization")))
            status, headers, body = pages.get(self.path, (404, {}, ""))
            self.send_response(status)
            # "Length" is what is announced of a body that is cut.
            length = headers.get("Length", str(len(body)))
            for name, value in (headers | {"Content-Length": length}).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer((host, 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://{host}:{server.server_port}", asked
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_files_versions_and_hashes_are_those_of_a_real_index(private_index):
    (private_index.folder / "regression_model-1.0.0.tar.gz").write_bytes(b"1")
    (private_index.folder / "regression_model-1.10.0-py3-none-any.whl").write_bytes(b"2")
    finished = read_index(private_index.url)
    assert finished.returncode == 0, finished.stderr
    rows = sorted(line.split("\t") for line in finished.stdout.splitlines())
    assert [row[:2] for row in rows] == [
        ["1.0.0", "regression_model-1.0.0.tar.gz"],
        ["1.10.0", "regression_model-1.10.0-py3-none-any.whl"],
    ]
    # SHA-256 of the byte "1", as sha256sum says it.
    assert rows[0][2] == "6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b"


def test_a_package_that_is_not_there_has_no_files(private_index):
    finished = read_index(private_index.url, "nobody-has-this")
    assert (finished.returncode, finished.stdout) == (0, "")


def test_an_index_that_asks_who_reads_is_told(tmp_path):
    with serve_index(tmp_path / "closed", authenticate="update,list,download") as index:
        (index.folder / "regression_model-1.0.0.tar.gz").write_bytes(b"1")
        refused = read_index(index.url)
        assert refused.returncode == 1
        assert "answered 401" in refused.stderr
        told = read_index(index.url, PACKAGE_INDEX_TOKEN=TOKEN)
        assert told.stdout.startswith("1.0.0\tregression_model-1.0.0.tar.gz\t6b86b273")
        assert TOKEN not in told.stdout + told.stderr


def test_a_page_in_json_is_read_too():
    file = {"url": "../files/regression_model-2.0.0.tar.gz", "hashes": {"sha256": SHA256}}
    page = (200, {"Content-Type": "application/vnd.pypi.simple.v1+json"}, json.dumps({"files": [file]}))
    with serve_pages("127.0.0.1", {"/simple/regression-model/": page}) as (url, _):
        finished = read_index(f"{url}/simple/", "regression_model")
    assert finished.stdout == f"2.0.0\tregression_model-2.0.0.tar.gz\t{SHA256}\n"


def test_the_token_stays_with_the_index_when_it_sends_us_on_and_the_others_files_are_not_ours():
    theirs = (200, {"Content-Type": "text/html"}, f'<a href="/regression_model-9.0.0.tar.gz#sha256={SHA256}">9</a>')
    with serve_pages("localhost", {"/regression-model/": theirs}) as (other, asked_other):
        forward = {"/simple/regression-model/": (302, {"Location": f"{other}/regression-model/"}, "")}
        with serve_pages("127.0.0.1", forward) as (url, asked):
            finished = read_index(f"{url}/simple/", PACKAGE_INDEX_TOKEN=TOKEN)
    assert (finished.returncode, finished.stdout) == (0, "")
    assert "it sends who asks for it to another host" in finished.stderr
    assert [login is not None for _, login in asked] == [True]
    assert asked_other == [("/regression-model/", None)]


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("", "PACKAGE_INDEX_URL has to be the URL"),
        ("file:///etc/", "PACKAGE_INDEX_URL has to be the URL"),
        ("https://user:secret@host.invalid/simple/", "holds a user or a password"),
        ("http://127.0.0.1:9/simple/", "does not answer"),
        ("http://host.invalid/simple/", "PACKAGE_INDEX_URL has to begin with https://"),
        ("http://127.0.0.1.host.invalid/simple/", "PACKAGE_INDEX_URL has to begin with https://"),
        ("https://[::1/simple/", "PACKAGE_INDEX_URL has to be the URL"),
        ("https://host.invalid:port/simple/", "PACKAGE_INDEX_URL has to be the URL"),
        ("http://127.0.0.1:9/sim ple/", "is none of a package index"),
    ],
)
def test_an_index_that_can_not_be_asked_is_refused_with_the_reason(url, message):
    finished = read_index(url)
    assert "Traceback" not in finished.stderr
    assert finished.returncode == 1
    assert message in finished.stderr
    assert "secret" not in finished.stderr


def test_an_address_that_is_none_of_an_index_is_no_index_without_files(private_index):
    finished = read_index(private_index.url.replace("/simple/", "/simpel/"))
    assert (finished.returncode, finished.stdout) == (1, "")
    assert "/simpel/ answers 404: it is no package index" in finished.stderr


@pytest.mark.parametrize(
    "link", ["file:///etc/regression_model-9.0.0.tar.gz", "ftp://127.0.0.1/regression_model-9.0.0.tar.gz"]
)
def test_only_addresses_of_the_web_are_opened(link):
    page = (200, {"Content-Type": "text/html"}, f'<a href="{link}">9</a>')
    with serve_pages("127.0.0.1", {"/simple/regression-model/": page}) as (url, _):
        finished = read_index(f"{url}/simple/")
    assert (finished.returncode, finished.stdout) == (1, "")
    assert f"names a file at {link}, which is no address of the web" in finished.stderr


def test_the_token_is_not_sent_in_clear_to_the_host_that_has_it_encrypted():
    sys.path.insert(0, str(ROOT / "scripts"))
    try:
        from package_index import Index, PackageIndexError
    finally:
        sys.path.pop(0)
    with serve_pages("127.0.0.1", {"/f": (200, {}, "bytes")}) as (url, asked):
        index = Index(url.replace("http://", "https://") + "/simple/", "", "user", TOKEN)
        index._open(f"{url}/f").close()
        assert asked == [("/f", None)]
        Index(f"{url}/simple/", "", "user", TOKEN)._open(f"{url}/f").close()
        assert asked[1][1].startswith("Basic ")
    with pytest.raises(PackageIndexError, match="does not answer"):
        index._open(f"{url}/f")


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("https://user:secret@host.invalid/", "PACKAGE_UPLOAD_URL holds a user or a password"),
        ("http://host.invalid/", "PACKAGE_UPLOAD_URL has to begin with https://"),
        ("ftp://host.invalid/", "PACKAGE_UPLOAD_URL has to be the URL"),
    ],
)
def test_where_files_are_sent_to_is_looked_at_in_the_same_way(url, message):
    finished = read_index("https://host.invalid/simple/", PACKAGE_UPLOAD_URL=url)
    assert finished.returncode == 1
    assert message in finished.stderr
    assert "secret" not in finished.stderr


LOGIN = '<h1>Log in to regression-model</h1><form><input name="password"></form><a href="/reset">Forgotten?</a>'
JSON = "application/vnd.pypi.simple.v1+json"


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("text/html", LOGIN),
        ("text/html", '<script src="/login.js"></script>regression-model'),
        ("text/html", "<h1>It works!</h1>"),
        ("text/html", ""),
        (JSON, "{"),
        (JSON, "{}"),
        (JSON, "[]"),
        (JSON, '{"files": [{"filename": "without-url"}]}'),
        (JSON, '{"files": [null]}'),
        (JSON, '{"files": [{"url": "https://[::1/regression_model-1.0.0.tar.gz"}]}'),
    ],
)
def test_a_page_that_is_none_of_an_index_is_no_index_without_files(kind, body):
    page = (200, {"Content-Type": kind}, body)
    with serve_pages("127.0.0.1", {"/simple/regression-model/": page}) as (url, _):
        finished = read_index(f"{url}/simple/")
    assert (finished.returncode, finished.stdout) == (1, "")
    assert "none of a package index" in finished.stderr
    assert "Traceback" not in finished.stderr


@pytest.mark.parametrize(
    "body",
    [
        '<meta name="pypi:repository-version" content="1.0">',
        "<title>Links for regression_model</title><h1>Links for regression_model</h1>",
        '<a href="/files/another-1.0.0-py3-none-any.whl">another</a>',
    ],
    ids=["says so", "names the package", "lists others"],
)
def test_a_page_of_an_index_without_files_of_the_package_is_one(body):
    page = (200, {"Content-Type": "text/html"}, body)
    with serve_pages("127.0.0.1", {"/simple/regression-model/": page}) as (url, _):
        finished = read_index(f"{url}/simple/")
    assert (finished.returncode, finished.stdout, finished.stderr) == (0, "", "")


@pytest.mark.parametrize("path", ["/simple/regression-model/", "/regression_model-1.0.0.tar.gz"])
def test_an_answer_that_is_cut_is_refused(path):
    link = '<a href="/regression_model-1.0.0.tar.gz">1</a>'
    pages = {"/simple/regression-model/": (200, {"Content-Type": "text/html"}, link)}
    pages["/regression_model-1.0.0.tar.gz"] = (200, {}, "bytes")
    status, headers, body = pages[path]
    pages[path] = (status, headers | {"Length": str(len(body) + 10)}, body)
    with serve_pages("127.0.0.1", pages) as (url, _):
        finished = read_index(f"{url}/simple/")
    assert (finished.returncode, finished.stdout) == (1, "")
    assert "Traceback" not in finished.stderr
    assert f"scripts/package_index.py: what {url}{path} answers" in finished.stderr or "ended after 5 of 15 bytes" in (
        finished.stderr
    )
