"""A real HTTP server on loopback that follows a script, faults included."""

from __future__ import annotations

import functools
import json
import socket
import struct
import threading
from collections import defaultdict
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from regression_model.config import parse_config
from regression_model.processing.datasets import DownloadSettings

Step = Callable[[BaseHTTPRequestHandler], None]


class ScriptedServer(ThreadingHTTPServer):
    """Answers each path by its steps in turn; the last one repeats."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.steps: dict[str, list[Step]] = {}
        self.requests: defaultdict[str, list[dict[str, str]]] = defaultdict(list)
        self.closing = threading.Event()
        self.lock = threading.Lock()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}"

    def script(self, path, *steps):
        """Set what is answered at a path, and return the URL."""
        self.steps[path] = list(steps)
        return self.url + path

    def next_step(self, path, headers):
        with self.lock:
            self.requests[path].append(dict(headers))
            steps = self.steps.get(path, [self.status(404)])
            return steps.pop(0) if len(steps) > 1 else steps[0]

    def handle_error(self, request, client_address):
        """Stay silent: that the client hangs up is part of several tests."""

    @staticmethod
    def body(content, **headers):
        def step(handler):
            handler.send_response(200)
            for name, value in {"Content_Length": str(len(content)), **headers}.items():
                handler.send_header(name.replace("_", "-"), value)
            handler.end_headers()
            handler.wfile.write(content)

        return step

    @staticmethod
    def status(code, **headers):
        def step(handler):
            handler.send_response(code)
            for name, value in headers.items():
                handler.send_header(name.replace("_", "-"), value)
            handler.end_headers()

        return step

    def cut(self, content, *, missing=10):
        """Announce more than is sent, as a connection that breaks off does."""
        return self.body(content, Content_Length=str(len(content) + missing))

    @staticmethod
    def without_length(content):
        def step(handler):
            handler.send_response(200)
            handler.end_headers()
            handler.wfile.write(content)

        return step

    @staticmethod
    def chunked(*chunks, complete=True):
        def step(handler):
            handler.wfile.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n")
            for chunk in chunks:
                handler.wfile.write(b"%x\r\n%s\r\n" % (len(chunk), chunk))
            if complete:
                handler.wfile.write(b"0\r\n\r\n")

        return step

    @staticmethod
    def reset(content=b""):
        """Send the beginning, then reset the connection (RST, not FIN)."""

        def step(handler):
            if content:
                handler.send_response(200)
                handler.send_header("Content-Length", str(len(content) + 10))
                handler.end_headers()
                handler.wfile.write(content)
            handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            # The server ends a connection in good order (FIN) unless it is closed already; then it can't.
            handler.wfile.flush()
            socket.socket(fileno=handler.connection.detach()).close()

        return step

    def silent(self, content=b"", *, announced=None):
        """Send the beginning, then nothing, until the server is closed."""

        def step(handler):
            if announced is not None:
                handler.send_response(200)
                handler.send_header("Content-Length", str(announced))
                handler.end_headers()
                handler.wfile.write(content)
                handler.wfile.flush()
            self.closing.wait(30)

        return step

    def dripping(self, pause_s=0.02):
        """Send a byte now and then, for ever."""

        def step(handler):
            handler.send_response(200)
            handler.end_headers()
            while not self.closing.wait(pause_s):
                handler.wfile.write(b"x")
                handler.wfile.flush()

        return step

    def endless(self):
        """Send as fast as possible, for ever."""

        def step(handler):
            handler.send_response(200)
            handler.end_headers()
            while not self.closing.is_set():
                handler.wfile.write(b"x" * 65536)

        return step

    def openml(self, dataset_id, path, *, md5=None, file_format="ARFF"):
        """Describe a dataset as OpenML's API does."""
        description = {"id": str(dataset_id), "name": "houses", "format": file_format, "url": self.url + path}
        if md5 is not None:
            description["md5_checksum"] = md5
        content = json.dumps({"data_set_description": description}).encode()
        return self.script(f"/api/v1/json/data/{dataset_id}", self.body(content))


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.next_step(self.path, self.headers)(self)

    def log_message(self, *args):
        """Log nothing."""


@pytest.fixture
def server(monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("no_proxy", "*")
    with ScriptedServer() as running:
        thread = threading.Thread(target=functools.partial(running.serve_forever, poll_interval=0.02))
        thread.start()
        yield running
        running.closing.set()
        running.shutdown()
        thread.join()


@pytest.fixture
def waits():
    """The waits between attempts, in seconds: recorded instead of slept."""
    return []


@pytest.fixture
def settings(waits):
    """Three attempts, no real waits, and patience with a slow machine."""
    return DownloadSettings(timeout_s=10.0, n_attempts=3, max_bytes=1_000_000, sleep=waits.append)


@pytest.fixture
def build_config():
    """Build a small real config with the given section ``data``."""

    def build(data, file=None):
        return parse_config(
            "pipeline_name: houses\n"
            "task: regression\n"
            f"data: {json.dumps({'name': 'houses', **data})}\n"
            "target:\n  column: price\n"
            "features:\n  number: [area]\n"
            "model:\n  family: lasso\n",
            file=file,
        )

    return build
