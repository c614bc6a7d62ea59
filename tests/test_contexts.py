"""Several clusters with one command line: real API servers side by side, one that is dead, one that denies, one that ails."""

import json
import re
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from itertools import count
from pathlib import Path
from threading import Condition, Event
from typing import NamedTuple

import pytest

from goproxyctl.cli.contexts import MOST_CLUSTERS
from tests.desk import Desk, Ran
from tests.fleet import HOST, POLICY, WANTED
from tests.kube import ADMIN, STRANGER, Kube, Wire, free_port, passing, require_kube, running, wire
from tests.test_cli import talk

_numbers = count()


class Way(NamedTuple):
    """How a context leads to a cluster: the API server itself, or what is between."""

    kube: Kube
    server: str = ""
    user: object = None


@pytest.fixture(scope="module")
def kubes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Kube, Kube]]:
    require_kube()
    with ExitStack() as stack:
        one, two = (stack.enter_context(running(tmp_path_factory.mktemp("kube"))) for _ in range(2))
        yield one, two


def write_kubeconfig(path: Path, ways: dict[str, Way]) -> None:
    clusters, users = [], []
    for name, way in ways.items():
        server = way.server or way.kube.url
        trust = {"certificate-authority": str(way.kube.authority)} if server.startswith("https:") else {}
        clusters.append({"name": name, "cluster": {"server": server, **trust}})
        users.append({"name": name, "user": way.user or {"token": ADMIN}})
    contexts = [{"name": name, "context": {"cluster": name, "user": name}} for name in ways]
    config = {"apiVersion": "v1", "kind": "Config", "clusters": clusters, "users": users, "contexts": contexts}
    path.write_text(json.dumps(config), encoding="utf-8")


class Sites:
    """One policy, namespaces of that name in every cluster, and a kubeconfig that leads to them."""

    def __init__(self, desk: Desk, kubes: Sequence[Kube], config: Path) -> None:
        self.desk, self.kubes, self.config = desk, kubes, config
        number = next(_numbers)
        self.owner = f"sites-{number}"
        self.names = [f"site-{number}-{index}" for index in range(3)]
        self.ways = {"east": Way(kubes[0]), "west": Way(kubes[1])}

    def grow(self, size: int) -> "Sites":
        self.names = [f"{self.owner}-{index}" for index in range(size)]
        return self.begin()

    def begin(self) -> "Sites":
        for kube in self.kubes:
            kube.namespaces(*self.names)
        return self.write()

    def write(self, host: str = HOST) -> "Sites":
        self.desk.write(POLICY.format(owner=self.owner, host=host, namespaces=", ".join(self.names)))
        write_kubeconfig(self.config, self.ways)
        return self

    def add(self, **ways: Way) -> "Sites":
        self.ways |= ways
        return self.write()

    def words(self, command: str, *more: str, contexts: Sequence[str] = ()) -> list[str]:
        asked = [word for name in contexts or self.ways for word in ("--context", name)]
        return [command, "--in", "cluster", "--kubeconfig", str(self.config), *asked, *more]

    def run(self, command: str, *more: str, contexts: Sequence[str] = ()) -> Ran:
        return self.desk.run(*self.words(command, *more, contexts=contexts))

    def apply(self, *more: str, contexts: Sequence[str] = ()) -> Ran:
        return self.run("apply", "--yes", *more, contexts=contexts)

    def values(self, kube: Kube, variable: str = "GOPROXY") -> list[str | None]:
        trees = [kube.get(name) for name in self.names]
        return [tree["data"].get(variable) if tree else None for tree in trees]


@pytest.fixture
def sites(
    kubes: tuple[Kube, Kube], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Sites:
    return Sites(Desk(tmp_path, monkeypatch, capsys), kubes, tmp_path / "kubeconfig")


def headings(report: str) -> list[str]:
    return re.findall(r"^context (\S+)$", report, re.MULTILINE)


def last_line(report: str) -> str:
    return report.splitlines()[-1]


@pytest.mark.slow
def test_clusters_are_planned_applied_in_sync_and_drift_by_themselves(sites: Sites) -> None:
    sites.begin()
    planned = sites.run("plan")
    assert (planned.code, planned.err) == (0, "")
    assert planned.out.count("3 to create") == 2
    assert last_line(planned.out) == "contexts: 2 (2 with differences)"
    assert sites.run("plan", "--exit-code").code == 3

    applied = sites.apply()
    assert (applied.code, applied.err) == (0, "")
    assert headings(applied.out) == ["east", "west"] * 2
    assert applied.out.count("3 done") == 2
    assert last_line(applied.out) == "contexts: 2 (2 in sync)"
    for kube in sites.kubes:
        assert sites.values(kube) == [WANTED] * 3
        assert kube.get("default", f"goproxyctl-ledger-{sites.owner}")

    again = sites.apply()
    assert again.code == 0
    assert headings(again.out) == ["east", "west"]
    assert sites.run("status").code == sites.run("diff").code == 0


@pytest.mark.slow
def test_drift_in_one_cluster_is_found_there_and_taken_back_only_when_told(sites: Sites) -> None:
    sites.begin().apply()
    sites.kubes[1].edit(sites.names[0], {"data": {"GOPROXY": "off"}})
    status = sites.run("status")
    assert status.code == 3
    assert last_line(status.out) == "contexts: 2 (1 in sync, 1 with differences)"
    east, west = status.out.split("context west")
    assert ("in sync: 3" in east, "drifted" in east, "1 drifted" in west) == (True, False, True)
    diff = sites.run("diff")
    assert diff.code == 3
    assert re.search(r"^context west$.*^- .*off.*^contexts: 2", diff.out, re.MULTILINE | re.DOTALL), diff

    held = sites.apply()
    assert held.code == 1
    assert last_line(held.out) == "contexts: 2 (1 in sync, 1 failed (west))"
    assert sites.apply("--take-fields").code == 0
    assert sites.values(sites.kubes[1]) == [WANTED] * 3


@pytest.mark.slow
@pytest.mark.parametrize("command", ["status", "plan", "diff", "apply"])
def test_the_document_of_several_holds_that_of_each_cluster(sites: Sites, command: str) -> None:
    sites.begin().apply(contexts=["east"])
    more = ["--format", "json", *(["--yes"] if command == "apply" else [])]
    alone = json.loads(sites.run(command, *more, contexts=["east"]).out)
    whole = json.loads(sites.run(command, *more).out)
    assert set(whole) == {"version", "command", "contexts", "summary"}
    assert (whole["version"], whole["command"]) == (1, command)
    assert [part["context"] for part in whole["contexts"]] == ["east", "west"]
    assert {"version": 1, "command": command, **whole["contexts"][0]["report"]} == alone
    assert [part["code"] for part in whole["contexts"]] == [0, 0 if command == "apply" else 3]
    assert [part["error"] for part in whole["contexts"]] == [None, None]
    by_pattern = json.loads(sites.run(command, *more, contexts=["eas?"]).out)
    assert [part["context"] for part in by_pattern["contexts"]] == ["east"]


@pytest.mark.slow
def test_a_cluster_that_fails_does_not_stop_the_others(sites: Sites) -> None:
    dead = f"https://127.0.0.1:{free_port()}"
    sites.begin().add(
        dead=Way(sites.kubes[0], server=dead), denied=Way(sites.kubes[1], sites.kubes[1].url + "/", {"token": STRANGER})
    )
    order = ["dead", "east", "denied"]
    applied = sites.apply(contexts=order)
    assert applied.code == 4
    assert headings(applied.out) == ["dead", "east", "denied", "east"]
    assert sites.values(sites.kubes[0]) == [WANTED] * 3
    assert f"error: {dead}: the API server does not answer (Connection refused)" in applied.out
    assert "cannot list resource" in applied.out
    assert last_line(applied.out) == "contexts: 3 (1 in sync, 2 failed (dead, denied))"

    status = sites.run("status", "--format", "json", contexts=["east", "denied"])
    assert status.code == 1
    assert [part["code"] for part in json.loads(status.out)["contexts"]] == [0, 1]
    assert json.loads(status.out)["contexts"][1]["report"] is None
    assert sites.apply(contexts=["denied", "east"]).code == 1  # nothing was to be done in the other one


@pytest.mark.slow
def test_a_cluster_that_is_done_in_part_makes_the_whole_partly_applied(sites: Sites) -> None:
    sites.begin()
    sites.kubes[0].ask("DELETE", f"/api/v1/namespaces/{sites.names[0]}")  # no controller runs: it stays terminating
    applied = sites.apply("--format", "json")
    assert applied.code == 4
    assert [part["code"] for part in json.loads(applied.out)["contexts"]] == [4, 0]
    outcomes = [result["outcome"] for result in json.loads(applied.out)["contexts"][0]["report"]["results"]]
    assert sorted(outcomes) == ["done", "done", "failed"]


@pytest.mark.slow
def test_too_many_deletions_in_one_cluster_are_refused_there_alone(sites: Sites) -> None:
    sites.grow(12).apply(contexts=["west"])
    east, sites.names = sites.names[:7], sites.names[:7]
    sites.write().apply(contexts=["east"])
    refused = sites.apply("--prune", contexts=["east", "west"])
    assert refused.code == 1
    assert "--max-deletes 5" in refused.out
    assert last_line(refused.out) == "contexts: 2 (1 in sync, 1 failed (west))"
    assert sites.kubes[1].get(f"{sites.owner}-11") is not None
    assert sites.values(sites.kubes[0]) == [WANTED] * len(east)


@pytest.mark.slow
def test_faults_on_the_way_to_one_cluster_lose_nothing_in_any(sites: Sites) -> None:
    sites.grow(20)
    with wire(sites.kubes[1]) as between:
        between.fault = passing(11)
        sites.add(west=Way(sites.kubes[1], between.url))
        applied = sites.apply()
        assert (applied.code, applied.err) == (0, ""), applied
        assert between.count("PATCH") >= 20
    for kube in sites.kubes:
        assert sites.values(kube) == [WANTED] * 20


@pytest.mark.slow
def test_the_report_is_in_the_order_asked_whoever_answers_first(sites: Sites) -> None:
    sites.begin()
    answered = Event()

    def late(_method: str, _path: str) -> None:
        assert answered.wait(30)

    def early(_method: str, path: str) -> None:
        if sites.names[2] in path:  # the last thing that it is asked
            answered.set()

    with wire(sites.kubes[0]) as slow, wire(sites.kubes[1]) as fast:
        slow.fault, fast.fault = late, early
        sites.add(east=Way(sites.kubes[0], slow.url), west=Way(sites.kubes[1], fast.url))
        assert headings(sites.run("status", contexts=["east", "west"]).out) == ["east", "west"]
        answered.clear()
        assert headings(sites.run("status", contexts=["west", "east"]).out) == ["west", "east"]


@pytest.mark.slow
def test_a_bounded_number_of_clusters_is_asked_at_once(sites: Sites) -> None:
    sites.begin()
    busy: dict[int, int] = {}
    most, changed = [0], Condition()

    def counting(number: int) -> Callable[[str, str], None]:
        """Holds the first request to a cluster until as many are asked as may be, and then a while for one more."""

        def fault(_method: str, _path: str) -> None:
            first = number not in busy
            with changed:
                busy[number] = 1
                most[0] = max(most[0], sum(wires[n].now > 0 for n in wires))
                changed.notify_all()
                if first:
                    changed.wait_for(lambda: most[0] >= MOST_CLUSTERS, 20)
            if first:
                time.sleep(0.3)

        return fault

    wires: dict[int, Wire] = {}
    with ExitStack() as stack:
        for number in range(MOST_CLUSTERS + 4):
            wires[number] = stack.enter_context(wire(sites.kubes[number % 2]))
            wires[number].fault = counting(number)
            sites.ways[f"c{number}"] = Way(sites.kubes[number % 2], wires[number].url)
        sites.write()
        names = [f"c{number}" for number in wires]
        status = sites.run("status", contexts=names)
    assert status.code == 3
    assert headings(status.out) == names
    assert most == [MOST_CLUSTERS]


@pytest.mark.slow
def test_one_cluster_at_two_addresses_comes_out_right(sites: Sites) -> None:
    sites.begin()
    with wire(sites.kubes[0]) as between:
        sites.add(east=Way(sites.kubes[0]), twin=Way(sites.kubes[0], between.url))
        applied = sites.apply(contexts=["east", "twin"])
        assert applied.code in {0, 1, 4}, applied
        assert sites.values(sites.kubes[0]) == [WANTED] * 3
        assert sites.apply(contexts=["east"]).code == 0
        assert sites.run("status", contexts=["east", "twin"]).code == 0


@pytest.mark.slow
def test_a_program_that_gives_credentials_runs_for_each_context_when_it_may(sites: Sites) -> None:
    credential = {"apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential", "status": {"token": ADMIN}}
    runs = {"apiVersion": credential["apiVersion"], "command": "echo", "args": [json.dumps(credential)]}
    sites.begin().add(east=Way(sites.kubes[0], user={"exec": runs}), west=Way(sites.kubes[1], user={"exec": runs}))
    refused = sites.run("status")
    assert refused.code == 1
    assert refused.out.count("say --allow-exec") == 2
    assert sites.run("status", "--allow-exec").out.count("3 pending") == 2


@contextmanager
def under_way(desk: Desk, words: Sequence[str]) -> Iterator[subprocess.Popen[bytes]]:
    """A run in a process of its own that hears Ctrl-C, though we may be a job in the background, which does not."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        process = subprocess.Popen(
            desk.command(*words), cwd=desk.tree, env=desk.env(), stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
    finally:
        signal.signal(signal.SIGINT, before)
    with process:
        try:
            yield process
        finally:
            process.kill()


def holding(release: Event, free: int) -> tuple[Callable[[str, str], None], Event]:
    """Lets so many writes of objects through, and holds the others; the event: some are held."""
    held, seen = Event(), count()

    def fault(method: str, _path: str) -> None:
        if method == "PATCH" and next(seen) >= free:
            held.set()
            release.wait(60)

    return fault, held


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interrupted_no_write_begins_any_more_and_what_was_done_is_said(sites: Sites, number: signal.Signals) -> None:
    sites.grow(60)
    release = Event()
    with wire(sites.kubes[0]) as one, wire(sites.kubes[1]) as two:
        (one.fault, first), (two.fault, second) = holding(release, 5), holding(release, 7)
        sites.add(east=Way(sites.kubes[0], one.url), west=Way(sites.kubes[1], two.url))
        with under_way(sites.desk, sites.words("apply", "--yes", "--format", "json")) as process:
            assert first.wait(60)
            assert second.wait(60)
            time.sleep(0.5)  # whatever may be under way at once is
            begun = one.count("PATCH"), two.count("PATCH")
            process.send_signal(number)
            out, err = process.communicate(timeout=60)
        assert (one.count("PATCH"), two.count("PATCH")) == begun
        assert max(begun) < 60
        release.set()
    assert process.returncode == {signal.SIGINT: 130, signal.SIGTERM: 143}[number]
    assert err.strip() == b""
    parts = json.loads(out)["contexts"]
    assert [len(part["report"]["results"]) for part in parts] == [5, 7]
    assert [part["error"]["text"] for part in parts] == ["not finished; run again"] * 2
    sites.add(east=Way(sites.kubes[0]), west=Way(sites.kubes[1]))
    assert sites.apply().code == 0
    for kube in sites.kubes:
        assert sites.values(kube) == [WANTED] * 60


@pytest.mark.slow
def test_interrupted_while_it_only_looks_it_ends_at_once(sites: Sites) -> None:
    sites.begin()
    held, release = Event(), Event()

    def hold(_method: str, _path: str) -> None:
        held.set()
        release.wait(60)

    with wire(sites.kubes[0]) as one:
        one.fault = hold
        sites.add(east=Way(sites.kubes[0], one.url))
        with under_way(sites.desk, sites.words("status")) as process:
            assert held.wait(60)
            process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=10)
            assert (out, err.strip()) == (b"", b"")
        release.set()
    assert process.returncode == 130


@pytest.mark.slow
def test_one_question_is_asked_for_all_clusters_and_one_bar_is_drawn(sites: Sites) -> None:
    sites.grow(30)
    code, screen = talk(sites.desk, "no\n", *sites.words("apply"))
    assert (code, screen.count("Type yes")) == (1, 1)
    assert [set(sites.values(kube)) for kube in sites.kubes] == [{None}] * 2
    code, screen = talk(sites.desk, "yes\n", *sites.words("apply"))
    assert (code, screen.count("Type yes")) == (0, 1)
    assert "/60" in screen
    assert "/30" not in screen
    assert [set(sites.values(kube)) for kube in sites.kubes] == [{WANTED}] * 2


# What is refused before any cluster is asked needs none.


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Desk:
    desk = Desk(tmp_path, monkeypatch, capsys)
    desk.write(POLICY.format(owner="acme", host=HOST, namespaces="team-a"))
    nowhere = Kube("https://nowhere.invalid", tmp_path)
    servers = {
        "prod-eu": "https://eu.invalid:443/",
        "prod-eu-viewer": "https://EU.invalid",
        "prod-us": "https://us.invalid",
        "rancher-a": "https://rancher.invalid/k8s/clusters/a",
        "rancher-b": "https://rancher.invalid/k8s/clusters/b",
    }
    write_kubeconfig(tmp_path / "kubeconfig", {name: Way(nowhere, server) for name, server in servers.items()})
    return desk


def asked(desk: Desk, command: str, *words: str) -> Ran:
    return desk.run(command, "--kubeconfig", str(desk.tree.parent / "kubeconfig"), *words)


CLUSTER = ("--in", "cluster")
TWO = ("--context", "prod-us", "--context", "rancher-a")


@pytest.mark.parametrize(
    "words",
    [
        ("adopt", *CLUSTER, "--yes", *TWO),
        ("remove", *CLUSTER, "--yes", *TWO),
        ("remove", *CLUSTER, "--yes", "--context", "prod-*"),
        ("plan", *CLUSTER, *TWO, "-o", "saved.plan"),
        ("apply", *TWO, "saved.plan"),
        ("diff", *CLUSTER, *TWO, "--format", "markdown"),
        ("diff", *CLUSTER, *TWO, "--from", "main"),
        ("apply", "--yes", *TWO),
        ("status", "--in", "all", *TWO),
        ("apply", *CLUSTER, *TWO),
    ],
    ids=" ".join,
)
def test_what_takes_one_context_says_so_and_does_nothing(desk: Desk, words: tuple[str, ...]) -> None:
    seal = desk.run("plan", "-o", "saved.plan")
    assert seal.code == 0, seal
    kept = desk.files()
    ran = asked(desk, *words)
    assert ran.code == 2, ran
    assert ran.out == ""
    assert "--in cluster" in ran.err or "name one --context" in ran.err or "--yes" in ran.err
    assert desk.files() == kept


@pytest.mark.parametrize(
    ("contexts", "said"),
    [
        (
            ("prod-us", "prod-eo"),
            "--context prod-eo: there is no such context in the kubeconfig; did you mean 'prod-eu'?",
        ),
        (("prod-us", "x"), "known here: prod-eu, prod-eu-viewer, prod-us, rancher-a, rancher-b"),
        (("stage-*",), "--context stage-*: there is no such context"),
        (("prod-us ",), "did you mean 'prod-us'?"),
        (("prod-*",), "'prod-eu' and 'prod-eu-viewer' are the same API server"),
        (("prod-eu-viewer", "rancher-?", "prod-eu"), "'prod-eu-viewer' and 'prod-eu' are the same API server"),
    ],
)
def test_contexts_that_cannot_be_meant_are_refused(desk: Desk, contexts: tuple[str, ...], said: str) -> None:
    words = [word for name in contexts for word in ("--context", name)]
    ran = asked(desk, "apply", *CLUSTER, "--yes", *words)
    assert (ran.code, ran.out) == (1, "")
    assert said in ran.err


def test_a_context_that_is_asked_for_twice_is_one(desk: Desk) -> None:
    kube = Kube("https://127.0.0.1:1", desk.tree)
    runs = {"exec": {"apiVersion": "client.authentication.k8s.io/v1", "command": "false"}}
    write_kubeconfig(desk.tree.parent / "kubeconfig", {"a": Way(kube, user=runs)})  # which is refused at once
    ran = asked(desk, "status", *CLUSTER, "--format", "json", "--context", "a", "--context", "a", "--context", "*")
    assert ran.code == 1
    assert [part["context"] for part in json.loads(ran.out)["contexts"]] == ["a"]


def test_several_contexts_need_a_kubeconfig(desk: Desk) -> None:
    ran = desk.run("status", *CLUSTER, *TWO)
    assert ran.code == 1
    assert "say --kubeconfig FILE" in ran.err
