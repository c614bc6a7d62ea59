"""An API server that says no, says nothing or is none: how often it is asked, how long that takes, what is said."""

import asyncio
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread

import pytest

from goproxyctl.errors import StoreError
from goproxyctl.gosem.egress import Egress
from goproxyctl.resource import CLUSTER, Address, Place
from goproxyctl.stores.cluster import Answer, Api, Cluster, Patience
from goproxyctl.stores.kubeconfig import Access
from goproxyctl.stores.kubernetes import KubernetesStore, Uids
from tests.kube import Kube

SHORT = Patience(attempts=3, first_s=0.01, connect_s=0.3, answer_s=0.3, whole_s=5.0)
OBJECT = {"kind": "ConfigMap", "metadata": {"name": "x"}}
#: Status, headers and body of an answer; the number of the request -> that, or None: nothing comes.
Said = tuple[int, dict[str, str], bytes]
Says = Callable[[int], Said | None]


class Server:
    """What listens at ``url``, and when it was asked."""

    def __init__(self, url: str, asked: list[float], folder: Path) -> None:
        self.url, self.asked = url, asked
        self._folder = folder

    def cluster(self, patience: Patience = SHORT) -> Cluster:
        config = Kube(self.url, self._folder).kubeconfig(self._folder / "kubeconfig")
        return Cluster(Access(Egress(), (Path(config),)), patience)


@contextmanager
def serving(folder: Path, says: Says) -> Iterator[Server]:
    asked: list[float] = []
    closed = Event()

    class Relay(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def relay(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            asked.append(time.monotonic())
            said = says(len(asked))
            if said is None:
                closed.wait()
                self.close_connection = True
                return
            status, headers, raw = said
            self.send_response(status)
            for name, value in {"Content-Length": str(len(raw)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(raw)
            self.close_connection = int(headers.get("Content-Length", len(raw))) != len(raw)

        do_GET = do_PATCH = relay  # noqa: N815 - names of http.server

        def log_message(self, *_: object) -> None:
            pass

    class Quiet(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 128

        def handle_error(self, *_: object) -> None:
            """A client that went away is no error of ours."""

    server = Quiet(("127.0.0.1", 0), Relay)
    thread = Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield Server(f"http://127.0.0.1:{server.server_port}", asked, folder)
    finally:
        closed.set()
        server.shutdown()
        thread.join()
        server.server_close()


def said(status: int, tree: object = OBJECT, **headers: str) -> Said:
    return status, {name.replace("_", "-"): value for name, value in headers.items()}, json.dumps(tree).encode()


def get(api: Api) -> "asyncio.Task[Answer]":
    return asyncio.ensure_future(api.send("GET", "/api/v1/x"))


PAGE = b"<!doctype html><title>Sign in</title>"


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ((200, {"Content-Type": "text/html"}, PAGE), "200, not from an API server"),
        ((404, {}, PAGE), "404, not from an API server"),
        ((403, {}, b""), "403, not from an API server"),
        ((200, {}, b'{"ok": true}'), "200, not from an API server"),
        ((200, {}, b"[" * 100_000), "200, not from an API server"),
        ((200, {}, b'{"kind": "ConfigMap", "metadata": "x"}'), "200, not from an API server"),
        ((409, {}, b'{"kind": "Status", "metadata": {"name": 1}, "details": "x"'), "409, not from an API server"),
        ((200, {"Content-Length": "4096"}, b'{"kind": "ConfigMap", "metadata": {}}'), "no answer"),
        ((200, {"Content-Encoding": "gzip"}, b"\x1f\x8b no"), "no answer"),
        ((200, {"Transfer-Encoding": "chunked", "Content-Length": "0"}, b"zz\r\n"), "no answer"),
        ((429, {}, b"Too many requests, please try again later."), "429"),
        ((503, {"Retry-After": "soon"}, PAGE), "503"),
        (None, "no answer"),
    ],
)
def test_what_is_no_answer_of_an_api_server_is_asked_for_again_and_never_believed(
    wrong: Said | None, why: str, tmp_path: Path
) -> None:
    with serving(tmp_path, lambda _: wrong) as server:
        with pytest.raises(StoreError) as refused:
            server.cluster().run(get)
        assert f"({why})" in refused.value.text.render()
        assert len(server.asked) == SHORT.attempts
    with serving(tmp_path, lambda number: wrong if number < 3 else said(200)) as server:
        assert server.cluster().run(get) == Answer(200, OBJECT)


def test_a_page_that_says_not_found_is_no_word_about_an_object(tmp_path: Path) -> None:
    """Otherwise an object that is there would be made anew, or forgotten as deleted."""
    address = Address(Place.KUBERNETES, CLUSTER, ("ConfigMap", "goproxy-env", "team-a"))
    with serving(tmp_path, lambda _: (404, {}, PAGE)) as server, pytest.raises(StoreError):
        KubernetesStore(server.cluster(), "acme", Uids({}, {})).read([address])


def test_the_time_that_the_server_asks_for_is_waited(tmp_path: Path) -> None:
    with serving(tmp_path, lambda n: said(429, Retry_After="1") if n == 1 else said(200)) as server:
        assert server.cluster().run(get).good
    first, second = server.asked
    assert second - first >= 1


def test_more_time_than_there_is_ends_it_at_once_and_is_told(tmp_path: Path) -> None:
    with serving(tmp_path, lambda _: said(429, Retry_After="3600")) as server:
        with pytest.raises(StoreError) as refused:
            server.cluster().run(get)
        assert "429, and asks to wait 3600 s" in refused.value.text.render()
        assert len(server.asked) == 1


@pytest.mark.parametrize("wrong", [None, said(503)])
def test_a_server_that_is_gone_is_not_waited_for_by_each_of_many(wrong: Said | None, tmp_path: Path) -> None:
    async def all_of_them(api: Api) -> list[Answer | BaseException]:
        return await asyncio.gather(*(get(api) for _ in range(200)), return_exceptions=True)

    with serving(tmp_path, lambda _: wrong) as server:
        begun = time.monotonic()
        results = server.cluster().run(all_of_them, requests=200)
        assert time.monotonic() - begun < 15, "each by itself would take a minute"
        assert all(isinstance(result, StoreError) for result in results)
        assert len(server.asked) <= 20 * SHORT.attempts  # so many at once


def test_no_attempt_is_begun_when_the_time_is_over(tmp_path: Path) -> None:
    patience = SHORT._replace(attempts=100, answer_s=0.2, whole_s=0.7)
    with serving(tmp_path, lambda _: None) as server:
        begun = time.monotonic()
        with pytest.raises(StoreError):
            server.cluster(patience).run(get)
        assert time.monotonic() - begun < 10, "of 100 attempts of 0.2 s each"
        assert len(server.asked) < 6


def test_those_who_were_turned_away_together_do_not_come_back_together(tmp_path: Path) -> None:
    async def all_of_them(api: Api) -> list[Answer]:
        return list(await asyncio.gather(*(get(api) for _ in range(40))))

    patience = SHORT._replace(answer_s=5.0)
    with serving(tmp_path, lambda n: said(429, Retry_After="1") if n <= 40 else said(200)) as server:
        answers = server.cluster(patience).run(all_of_them, requests=640)
    assert all(answer.good for answer in answers)
    again = sorted(server.asked)[40:]
    assert again[-1] - again[0] > 0.1


def kubeconfig(server: str = "http://127.0.0.1:1", user: str = "{token: x}") -> bytes:
    return (
        "{apiVersion: v1, kind: Config, current-context: a, contexts: [{name: a, context: {cluster: a, user: a}}], "
        f"clusters: [{{name: a, cluster: {{server: {server}}}}}], users: [{{name: a, user: {user}}}]}}"
    ).encode()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (kubeconfig(server="nope"), "the address of the API server is 'nope'"),
        (kubeconfig(server="'https://'"), "the address of the API server is 'https:'"),
        (kubeconfig(server="'ftp://127.0.0.1'"), "the address of the API server is 'ftp://127.0.0.1'"),
        (kubeconfig(server="'http://127.0.0.1:99999'"), "the address of the API server is "),
        (kubeconfig(server="'http://[::1'"), "the address of the API server is 'http://[::1'"),
        (kubeconfig(server="[1]"), "no kubeconfig that can be read"),
        (kubeconfig(server="{a: b}"), "no kubeconfig that can be read"),
        (kubeconfig(user="[x]"), "no kubeconfig that can be read"),
        (kubeconfig(user="5"), "no kubeconfig that can be read"),
        (b"\xff\xfe\x00", "no kubeconfig that can be read"),
        (b"[" * 50, "no kubeconfig that can be read"),
        (b"- 1", "no kubeconfig that can be read"),
    ],
)
def test_a_kubeconfig_that_is_wrong_is_named_and_nobody_is_asked(content: bytes, said: str, tmp_path: Path) -> None:
    path = tmp_path / "kubeconfig"
    path.write_bytes(content)
    with pytest.raises(StoreError) as refused:
        Cluster(Access(Egress(), (path,)), SHORT).run(get)
    told = refused.value.text.render()
    assert said in told
    assert "does not answer" not in told
    assert str(path) in told
