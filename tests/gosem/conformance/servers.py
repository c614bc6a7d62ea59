"""Every host of the world behind one port on loopback: an egress proxy that answers for all of them and writes a log."""

import socketserver
import ssl
import subprocess
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.oracles import require


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer; ``cut``: fewer bytes than announced; ``garbage``: no HTTP at all; ``hang``: nothing, for ever."""

    status: int = 200
    body: bytes = b""
    location: str = ""
    cut: bool = False
    garbage: bool = False
    hang: bool = False

    def wire(self) -> bytes:
        if self.garbage:
            return b"HTTP/1.1 2"
        length = len(self.body) + (100 if self.cut else 0)
        head = f"HTTP/1.1 {self.status} X\r\nContent-Length: {length}\r\n"
        head += f"Location: {self.location}\r\n" if self.location else ""
        if self.status == 204:
            head = "HTTP/1.1 204 X\r\n"
        return f"{head}Content-Type: application/octet-stream\r\n\r\n".encode() + self.body


#: (scheme, host, path as sent)
Line = tuple[str, str, str]


class World(socketserver.ThreadingTCPServer):
    """The egress proxy; ``answer`` decides, ``log`` remembers; hosts of ``untrusted`` show a foreign certificate."""

    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 64

    def __init__(self, tls: Path, answer: Callable[[Line], Reply], refused: set[str], untrusted: set[str]) -> None:
        super().__init__(("127.0.0.1", 0), _Connection)
        self.answer, self.refused = answer, refused
        self.log: list[Line] = []
        self.lock = threading.Lock()
        self.good, self.bad = (_context(tls / name) for name in ("good", "bad"))
        self.untrusted = untrusted
        self.quit = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request: object, client_address: object) -> None:
        """Clients hang up and refuse certificates; that is what they are here for."""


def _context(stem: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(f"{stem}.pem", f"{stem}.key")
    return context


class _Connection(socketserver.StreamRequestHandler):
    server: World
    timeout = 60

    def handle(self) -> None:
        try:
            self._converse()
        finally:
            self.request.close()

    def _converse(self) -> None:
        scheme, host = "http", ""
        self.connection.setsockopt(6, 1, True)  # TCP_NODELAY
        while line := self.rfile.readline():
            method, target, _ = line.decode().split(" ", 2)
            while self.rfile.readline() not in {b"\r\n", b""}:
                pass
            if method == "CONNECT":
                host = target.removesuffix(":443")
                if host in self.server.refused:
                    self.wfile.write(b"HTTP/1.1 502 refused\r\nContent-Length: 0\r\n\r\n")
                    return
                self.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n")
                self.finish()
                context = self.server.bad if host in self.server.untrusted else self.server.good
                self.request = context.wrap_socket(self.request, server_side=True)
                self.setup()
                scheme = "https"
                continue
            if scheme == "http":
                _, _, rest = target.partition("://")
                host, slash, path = rest.partition("/")
                target = slash + path
            if not self._reply((scheme, host, target)):
                return

    def _reply(self, line: Line) -> bool:
        with self.server.lock:
            self.server.log.append(line)
        reply = self.server.answer(line)
        if reply.hang:
            self.server.quit.wait(60)
            return False
        self.wfile.write(reply.wire())
        return not (reply.cut or reply.garbage)


def make_certificates(folder: Path) -> None:
    """``good``: for *.test and every host that is asked, signed by ca.pem; ``bad``: self-signed."""
    openssl = require("openssl")
    names = "subjectAltName=DNS:*.test,DNS:*.corp.test,DNS:*.example.test,DNS:golang.org"
    for stem in ("good", "bad"):
        subprocess.run(
            [openssl, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
             "-keyout", f"{stem}.key", "-out", f"{stem}.pem", "-subj", f"/CN={stem}.test", "-addext", names],
            cwd=folder, check=True, capture_output=True,
        )  # fmt: skip
