"""A server on loopback that writes down what it is asked, and a network of its own in which to run go."""

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.oracles import ROOT, require

#: Path (or CONNECT target) and Host -> status and body.
Answer = Callable[[str, str], tuple[int, bytes]]


def nothing(path: str, host: str) -> tuple[int, bytes]:
    """There is no such thing here."""
    return 404, b"not found"


class Recorder(ThreadingHTTPServer):
    """``seen`` holds what was asked: a path, a whole URL (by clients that take us for a proxy), or "CONNECT host:port"."""

    daemon_threads = True
    request_queue_size = 256

    def __init__(self, answer: Answer = nothing, address: str = "127.0.0.1") -> None:
        self.answer = answer
        self.seen: list[str] = []
        super().__init__((address, 0), _Handler)

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.server_port}"

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up is no error here."""


class _Handler(BaseHTTPRequestHandler):
    server: Recorder

    def do_GET(self) -> None:
        self.server.seen.append(self.path)
        self._say(*self.server.answer(self.path, self.headers.get("Host", "")))

    def do_CONNECT(self) -> None:
        self.server.seen.append(f"CONNECT {self.path}")
        self._say(403, b"no tunnels")

    def _say(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@contextmanager
def recording(answer: Answer = nothing, address: str = "127.0.0.1") -> Iterator[Recorder]:
    """A recorder that answers in threads of its own."""
    with Recorder(answer, address) as recorder:
        thread = threading.Thread(target=recorder.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield recorder
        finally:
            recorder.shutdown()
            thread.join()


def run_alone(module: str, given: bytes) -> bytes:
    """Runs ``python -m module`` in a network namespace with nothing but loopback, from which no packet can leave."""
    if sys.platform != "linux":
        pytest.skip("only Linux has network namespaces")
    namespace = [require("unshare", "the Debian package util-linux"), "-n" if os.geteuid() == 0 else "-rn"]
    ip = require("ip", "the Debian package iproute2")
    refused = subprocess.run([*namespace, ip, "link", "set", "lo", "up"], capture_output=True, text=True).stderr
    if refused:
        pytest.skip(f"this account may not make a network namespace ({' '.join(namespace)}): {refused.strip()}")
    up_and_run = f'"{ip}" link set lo up && exec "{sys.executable}" -m {module}'
    ended = subprocess.run([*namespace, "sh", "-c", up_and_run], input=given, capture_output=True, cwd=ROOT)
    assert ended.returncode == 0, ended.stderr.decode()
    return ended.stdout
