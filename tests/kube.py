"""A real API server and etcd on loopback, from the folder that .ci/kube built or KUBEBUILDER_ASSETS names."""

import json
import os
import random
import socket
import ssl
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Lock, Thread
from typing import Any, NamedTuple

from tests.oracles import missing, require

LAB = Path(os.environ.get("GOPROXYCTL_KUBE") or Path.home() / ".cache" / "goproxyctl-ci" / "kube")
ADMIN = "admin-token"
#: Someone with no rights.
STRANGER = "stranger"
#: More of them, one for each test that grants some. The token of each is the name.
MEMBERS = [f"member-{number}" for number in range(2_000)]
START_S = 120


class Said(NamedTuple):
    """An answer of the API server."""

    status: int
    tree: dict[str, Any]
    headers: Mapping[str, str]


def find_kube() -> Path | None:
    """The folder with both programs, when there is one."""
    named = os.environ.get("KUBEBUILDER_ASSETS")
    folder = Path(named) if named else LAB / "bin"
    return folder if (folder / "kube-apiserver").exists() and (folder / "etcd").exists() else None


def require_kube() -> Path:
    """The folder with both programs; skips, or fails where every oracle is required, when there is none."""
    return find_kube() or missing("kube-apiserver", ".ci/kube")


@dataclass(frozen=True)
class Kube:
    """A running API server, as its admin sees it."""

    url: str
    authority: Path

    def ask(
        self, method: str, path: str, body: object = None, form: str = "application/json", token: str = ADMIN
    ) -> Said:
        """One request, as `kubectl` and other strangers make it."""
        return _send(self.url + path, method, json.dumps(body).encode() if body is not None else None, form, token,
                     ssl.create_default_context(cafile=str(self.authority)))  # fmt: skip

    def namespaces(self, *names: str) -> None:
        """Makes them."""
        for name in names:
            assert self.ask("POST", "/api/v1/namespaces", {"metadata": {"name": name}}).status == 201

    def get(self, namespace: str, name: str = "goproxy-env") -> dict[str, Any] | None:
        """A ConfigMap; None when there is none."""
        said = self.ask("GET", f"/api/v1/namespaces/{namespace}/configmaps/{name}")
        return said.tree if said.status == 200 else None

    def create(self, namespace: str, body: Mapping[str, Any], manager: str = "kubectl-create") -> Said:
        """Makes a ConfigMap as a hand does."""
        whole = {"apiVersion": "v1", "kind": "ConfigMap", **body}
        return self.ask("POST", f"/api/v1/namespaces/{namespace}/configmaps?fieldManager={manager}", whole)

    def edit(self, namespace: str, patch: object, manager: str = "kubectl-edit") -> None:
        """Changes our ConfigMap as a hand does."""
        path = f"/api/v1/namespaces/{namespace}/configmaps/goproxy-env?fieldManager={manager}"
        assert self.ask("PATCH", path, patch, "application/merge-patch+json").status == 200

    def declare(self, namespace: str, body: Mapping[str, Any], manager: str) -> None:
        """Applies to our ConfigMap as another program does."""
        whole = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "goproxy-env"}, **body}
        path = f"/api/v1/namespaces/{namespace}/configmaps/goproxy-env?fieldManager={manager}"
        assert self.ask("PATCH", path, whole, "application/apply-patch+yaml").status in {200, 201}

    def delete(self, namespace: str, name: str = "goproxy-env") -> None:
        """Deletes a ConfigMap."""
        assert self.ask("DELETE", f"/api/v1/namespaces/{namespace}/configmaps/{name}").status == 200

    def kubeconfig(self, path: Path, *, token: str = ADMIN, server: str = "", user: object = None) -> str:
        """Writes a kubeconfig for the user of ``token``, or for one that is described otherwise."""
        cluster = {"server": server or self.url}
        if cluster["server"].startswith("https:"):
            cluster["certificate-authority"] = str(self.authority)
        config = {
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": "lab",
            "clusters": [{"name": "lab", "cluster": cluster}],
            "users": [{"name": "someone", "user": user or {"token": token}}],
            "contexts": [{"name": "lab", "context": {"cluster": "lab", "user": "someone"}}],
        }
        path.write_text(json.dumps(config), encoding="utf-8")
        return str(path)


def _send(url: str, method: str, body: bytes | None, form: str, token: str, context: ssl.SSLContext | None) -> Said:
    headers = {"Authorization": f"Bearer {token}", "Content-Type": form, "Accept": "application/json"}
    request = urllib.request.Request(url, body, headers, method=method)
    straight = urllib.request.build_opener(
        urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context)
    )
    try:
        with straight.open(request, timeout=60) as answer:
            return Said(answer.status, json.loads(answer.read() or b"{}"), dict(answer.headers))
    except urllib.error.HTTPError as error:
        with error:
            raw = error.read()
        return Said(error.code, json.loads(raw) if raw.startswith(b"{") else {}, dict(error.headers))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def running(folder: Path, *flags: str) -> Iterator[Kube]:
    """An API server with nothing in it, and more ``flags``; everything that it writes is in ``folder``."""
    programs = require_kube()
    client, peer, secure = f"http://127.0.0.1:{free_port()}", f"http://127.0.0.1:{free_port()}", free_port()
    subprocess.run(
        [require("openssl"), "genrsa", "-out", str(folder / "sa.key"), "2048"], check=True, capture_output=True
    )
    people = "".join(f"{name},{name},{name}\n" for name in (STRANGER, *MEMBERS))
    (folder / "tokens.csv").write_text(f"{ADMIN},admin,admin,system:masters\n{people}")
    etcd = [
        "etcd", "--data-dir", "etcd", "--listen-client-urls", client, "--advertise-client-urls", client,
        "--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer, "--initial-cluster", f"default={peer}",
        "--unsafe-no-fsync",
    ]  # fmt: skip
    server = [
        "kube-apiserver", "--etcd-servers", client, "--bind-address", "127.0.0.1", "--secure-port", str(secure),
        "--cert-dir", "certs", "--service-account-key-file", "sa.key", "--service-account-signing-key-file", "sa.key",
        "--service-account-issuer", "https://k", "--api-audiences", "k", "--token-auth-file", "tokens.csv",
        "--authorization-mode", "RBAC", "--disable-admission-plugins", "ServiceAccount",
        "--service-cluster-ip-range", "10.0.0.0/24", *flags,
    ]  # fmt: skip
    with ExitStack() as stack:
        for command in (etcd, server):
            stack.enter_context(_program([str(programs / command[0]), *command[1:]], folder))
        kube = Kube(f"https://127.0.0.1:{secure}", folder / "certs" / "apiserver.crt")
        _wait(kube, folder)
        yield kube


@contextmanager
def _program(command: list[str], folder: Path) -> Iterator[None]:
    with (folder / f"{Path(command[0]).name}.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        try:
            yield
        finally:
            process.kill()
            process.wait()


def _wait(kube: Kube, folder: Path) -> None:
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline:
        try:
            if kube.ask("GET", "/api/v1/namespaces/default").status == 200:
                return
        except (OSError, ValueError):  # not listening yet, or its certificate is not written yet
            pass
        time.sleep(0.2)
    raise AssertionError((folder / "kube-apiserver.log").read_text()[-2000:])


#: What becomes of a request: None, it is carried out; a status and headers, the answer that it gets instead. Or a word:
#: "lost", carried out, and the connection ends; "cut", carried out, and the answer breaks off; "held", carried out when
#: half a second is over; "silent", never answered; "page" and "gone", a page of a proxy that says 200 and 404.
Fault = str | tuple[int, dict[str, str]] | None
_PAGE = b"<!doctype html><title>Sign in</title>"


@dataclass
class Wire:
    """What stands between us and the API server: counts requests, and makes of each what ``fault`` says.

    ``fault``: method and path of a request -> what becomes of it. ``page``: how many objects a page of a list has,
    where more are asked for. ``most``: how many requests were under way at once.
    """

    fault: Callable[[str, str], Fault] = lambda _method, _path: None
    page: int = 500
    url: str = ""
    asked: list[tuple[str, str]] = field(default_factory=list)
    answered: list[int] = field(default_factory=list)
    most: int = 0
    now: int = 0
    lock: Lock = field(default_factory=Lock)
    closed: Event = field(default_factory=Event)

    def count(self, method: str) -> int:
        """How many requests of a method came."""
        return sum(name == method for name, _ in self.asked)


def passing(seed: int) -> Callable[[str, str], Fault]:
    """A fault for every fourth request, of every sort that passes."""
    dice = random.Random(seed)
    sorts: list[Fault] = ["lost", "cut", "page", "gone", "held", (429, {}), (429, {"Retry-After": "0"}), (503, {}),
                          (500, {})]  # fmt: skip

    def fault(_method: str, _path: str) -> Fault:
        return dice.choice(sorts) if dice.random() < 0.25 else None

    return fault


@contextmanager
def wire(kube: Kube) -> Iterator[Wire]:
    """A plain proxy before ``kube``, on loopback."""
    made = Wire()
    context = ssl.create_default_context(cafile=str(kube.authority))

    class Relay(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def relay(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0)) or None
            with made.lock:
                made.asked.append((self.command, self.path))
                made.now += 1
                made.most = max(made.most, made.now)
            try:
                self.answer(body)
            finally:
                with made.lock:
                    made.now -= 1

        def answer(self, body: bytes | None) -> None:
            fault = made.fault(self.command, self.path)
            if isinstance(fault, tuple):
                self.write(fault[0], json.dumps(refusal(fault[0])).encode(), fault[1])
            elif fault in {"page", "gone"}:
                self.write(200 if fault == "page" else 404, _PAGE, {"Content-Type": "text/html"})
            elif fault == "silent":
                made.closed.wait()
                self.close_connection = True
            else:
                self.carry_out(body, fault)

        def carry_out(self, body: bytes | None, fault: str | None) -> None:
            if fault == "held":
                made.closed.wait(0.5)
            token = self.headers["Authorization"].removeprefix("Bearer ")
            path = self.path[self.path.index("/api/") :]  # whoever takes us for their HTTP proxy says the whole URL
            url = kube.url + path.replace("limit=500", f"limit={made.page}")
            said = _send(url, self.command, body, self.headers["Content-Type"], token, context)
            if fault == "lost":
                self.close_connection = True
                return
            headers = {k: v for k, v in said.headers.items() if k == "Retry-After"}
            self.write(said.status, json.dumps(said.tree).encode(), headers, cut=fault == "cut")

        def write(self, status: int, raw: bytes, headers: Mapping[str, str], *, cut: bool = False) -> None:
            made.answered.append(status)
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(raw))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(raw[: len(raw) // 2] if cut else raw)
            self.close_connection |= cut

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = relay  # noqa: N815 - names of http.server

        def log_message(self, *_: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 128

        def handle_error(self, *_: object) -> None:
            """A client that was killed is no error of ours."""

    server = Server(("127.0.0.1", 0), Relay)
    made.url = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield made
    finally:
        made.closed.set()
        server.shutdown()
        thread.join()
        server.server_close()


def refusal(status: int) -> dict[str, Any]:
    """How the API server says no. Source: kubernetes.io, API concepts: Status."""
    return {"apiVersion": "v1", "kind": "Status", "metadata": {}, "status": "Failure", "message": "injected",
            "code": status}  # fmt: skip
