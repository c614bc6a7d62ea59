"""What goes wrong between us and a real API server: nothing is lost, nothing is done twice, and it ends."""

import json
import random
import signal
import subprocess
import time
from collections.abc import Callable

import pytest

from tests.fleet import WANTED, Fleet
from tests.kube import Fault, Kube, passing, wire
from tests.rights import grant, throttle
from tests.scale import scaled

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("seed", range(scaled(2, 20)))
def test_faults_on_the_way_lose_no_change_and_double_none(fleet: Fleet, kube: Kube, seed: int) -> None:
    fleet.grow(30)
    with wire(kube) as between:
        between.fault, between.page = passing(seed), 7
        fleet.kube.kubeconfig(fleet.config, server=between.url)
        applied = fleet.apply()
        assert (applied.code, applied.err) == (0, ""), applied
        assert fleet.values() == {WANTED}
        assert fleet.apply().out.startswith("in sync")
        versions = fleet.versions()
        fleet.write(fleet.names[:20])
        pruned = fleet.apply("--prune", "--max-deletes", "10")
        assert pruned.code == 0, pruned
    assert [tree is None for tree in fleet.live().values()] == [False] * 20 + [True] * 10
    assert fleet.versions() == versions[:20]


def once(found: str, fault: Fault) -> Callable[[str, str], Fault]:
    """The fault for the first request whose method and path hold ``found``."""
    met: list[str] = []

    def fault_once(method: str, path: str) -> Fault:
        if found in f"{method} {path}" and not met:
            met.append(path)
            return fault
        return None

    return fault_once


def unharmed(_method: str, _path: str) -> Fault:
    return None


def slowly(method: str, _path: str) -> Fault:
    return "held" if method == "PATCH" else None


def refusing(at: str, status: int = 403) -> Callable[[str, str], Fault]:
    """Refuses every write of that object."""
    return lambda method, path: (status, {}) if method == "PATCH" and at in path else None


@pytest.mark.parametrize("status", [410, 403])
def test_a_list_that_breaks_off_between_two_pages_is_seen_whole(fleet: Fleet, kube: Kube, status: int) -> None:
    fleet.grow(12).apply()
    with wire(kube) as between:
        between.page, between.fault = 5, once("&continue=", (status, {}))
        fleet.kube.kubeconfig(fleet.config, server=between.url)
        assert fleet.run("status").out == "in sync: 12\n"
        assert between.answered.count(status) == 1
        begun = [path for _, path in between.asked if "configmaps?fieldSelector" in path and "continue" not in path]
        assert len(begun) == {410: 2, 403: 1}[status]


def test_a_list_that_always_expires_is_a_failure_and_no_empty_cluster(fleet: Fleet, kube: Kube) -> None:
    fleet.grow(12).apply()
    with wire(kube) as between:
        between.page, between.fault = 5, lambda _, path: (410, {}) if "continue=" in path else None
        fleet.kube.kubeconfig(fleet.config, server=between.url)
        ran = fleet.run("plan")
    assert (ran.code, ran.out) == (1, "")
    assert "ConfigMap of every namespace" in ran.err


def test_whichever_object_fails_the_others_are_done_and_a_rerun_sends_that_one(fleet: Fleet, kube: Kube) -> None:
    fleet.grow(scaled(4, 16))
    with wire(kube) as between:
        fleet.kube.kubeconfig(fleet.config, server=between.url)
        for number, name in enumerate(fleet.names):
            fleet.write(host=f"h{number}.acme.example")
            at = f"/{name}/configmaps/goproxy-env"
            between.fault = refusing(at)
            ran = fleet.apply("--format", "json")
            results = json.loads(ran.out)["results"]
            assert ran.code == 4
            failed = [json.dumps(one["address"]) for one in results if one["outcome"] != "done"]
            assert [name in one for one in failed] == [True], results
            between.fault = unharmed
            between.asked.clear()
            assert fleet.apply().code == 0
            assert between.count("PATCH") == 1
            assert fleet.values() == {f"https://h{number}.acme.example,direct"}


def test_an_object_that_the_server_cannot_write_for_now_holds_up_no_other(fleet: Fleet, kube: Kube) -> None:
    """As when the webhook that must admit the objects of one namespace is down."""
    fleet.grow(4)
    at = f"/{fleet.names[1]}/configmaps"
    with wire(kube) as between:
        between.fault = refusing(at, 500)
        fleet.kube.kubeconfig(fleet.config, server=between.url)
        ran = fleet.apply()
        assert ran.code == 4
        assert "injected" in ran.out
        assert [tree is None for tree in fleet.live().values()] == [False, True, False, False]
        between.fault = unharmed
        assert fleet.apply().code == 0


def test_an_answer_that_got_lost_is_no_change_of_somebody_else(fleet: Fleet, kube: Kube) -> None:
    """The object has another writer beside us, so that it alone does not prove who made the change."""
    fleet.grow(1)
    fleet.kube.create(fleet.names[0], {"metadata": {"name": "goproxy-env", "annotations": {"by": "hand"}}})
    assert fleet.run("adopt", "--yes").code == 0
    with wire(kube) as between:
        between.fault = once("PATCH", "lost")
        fleet.kube.kubeconfig(fleet.config, server=between.url)
        applied = fleet.apply()
        assert (applied.code, between.count("PATCH")) == (0, 2), applied
        assert fleet.values() == {WANTED}
        assert fleet.run("status").code == 0


@pytest.mark.parametrize("take", [(), ("--take-fields",)])
def test_an_object_that_appears_before_the_write_keeps_every_value(
    fleet: Fleet, kube: Kube, take: tuple[str, ...]
) -> None:
    fleet.grow(1)
    mine = {"GOPROXY": "https://mine.example", "GOSUMDB": "sum.golang.google.cn", "MINE": "1"}
    ready: list[int] = []

    def meanwhile(method: str, _path: str) -> None:
        if method == "PATCH" and not ready:
            ready.append(kube.create(fleet.names[0], {"metadata": {"name": "goproxy-env"}, "data": mine}).status)

    with wire(kube) as between:
        between.fault = meanwhile
        fleet.kube.kubeconfig(fleet.config, server=between.url)
        assert fleet.apply(*take).code == 1
        assert ready == [201]
        assert (kube.get(fleet.names[0]) or {})["data"] == mine
        assert fleet.run("remove", "--yes").code == 0
    assert (kube.get(fleet.names[0]) or {})["data"] == mine


def test_what_another_program_declares_in_our_object_outlives_it(fleet: Fleet) -> None:
    fleet.grow(12).apply()
    shared = fleet.names[0]
    uid = (fleet.kube.get(shared) or {})["metadata"]["uid"]
    fleet.kube.declare(shared, {"data": {"TEAM": "a"}}, "kustomize-controller")
    fleet.write(fleet.names[1:])
    assert fleet.apply("--prune", "--max-deletes", "5").code == 0
    left = fleet.kube.get(shared) or {}
    assert (left["data"], left["metadata"]["uid"]) == ({"TEAM": "a"}, uid)
    assert "labels" not in left["metadata"]

    fleet.kube.declare(fleet.names[1], {"metadata": {"labels": {"team": "a"}}}, "kustomize-controller")
    assert fleet.run("remove", "--yes").code == 0
    assert (fleet.kube.get(fleet.names[1]) or {})["metadata"]["labels"] == {"team": "a"}
    assert [tree is None for tree in fleet.live().values()] == [False, False] + [True] * 10
    assert fleet.ledger() is None


def test_a_user_who_is_throttled_gets_everything_done(fleet: Fleet, kube: Kube) -> None:
    """By the API server itself: priority and fairness never turns an admin away, but it does the likes of us."""
    fleet.grow(60)
    for name in ("default", *fleet.names):
        grant(fleet, name, ["get", "list", "create", "update", "patch", "delete"])
    with wire(kube) as between, throttle(kube, fleet.member):
        fleet.kube.kubeconfig(fleet.config, token=fleet.member, server=between.url)
        applied = fleet.apply()
        assert (applied.code, applied.err) == (0, ""), applied
    assert between.answered.count(429) > 0
    assert fleet.values() == {WANTED}


def killing(victim: list[subprocess.Popen[bytes]], number: int) -> Callable[[str, str], None]:
    """Kills the one in ``victim`` when so many writes have come."""
    written: list[str] = []

    def fault(method: str, path: str) -> None:
        if method in {"PATCH", "POST", "PUT"}:
            written.append(path)
            if len(written) == number:
                victim[0].send_signal(signal.SIGKILL)

    return fault


def start(fleet: Fleet) -> subprocess.Popen[bytes]:
    """An apply in a process of its own."""
    command = fleet.desk.command(*fleet.words("apply", "--yes"))
    return subprocess.Popen(
        command, cwd=fleet.desk.tree, env=fleet.desk.env(), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )


def done(fleet: Fleet, host: str) -> int:
    """How many objects have the values of that host."""
    return sum(f"{host}," in ((tree or {}).get("data") or {}).get("GOPROXY", "") for tree in fleet.live().values())


def test_killed_at_any_point_a_rerun_finishes(fleet: Fleet, kube: Kube) -> None:
    fleet.grow(40)
    dice = random.Random(7)
    for turn in range(scaled(4, 100)):
        host = f"h{turn}.acme.example"
        fleet.write(host=host)
        for name in dice.sample(fleet.names, 3) if turn else ():  # what is made anew is another object than before
            fleet.kube.delete(name)
        victim: list[subprocess.Popen[bytes]] = []
        with wire(kube) as between:
            between.fault = killing(victim, dice.randrange(1, 42))
            fleet.kube.kubeconfig(fleet.config, server=between.url)
            victim.append(start(fleet))
            assert victim[0].communicate(timeout=120)[1] == b""
            assert victim[0].returncode == -signal.SIGKILL
            left = 40 - done(fleet, host)
            between.fault = unharmed
            between.asked.clear()
            again = fleet.apply()
            assert again.code == 0, again
            assert between.count("PATCH") <= left
            assert fleet.run("status").code == 0
        assert fleet.values() == {f"https://{host},direct"}


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_in_the_middle_ends_it_soon_and_a_rerun_finishes(
    fleet: Fleet, kube: Kube, number: int, code: int
) -> None:
    fleet.grow(40)
    dice = random.Random(number)
    for turn in range(scaled(3, 25)):
        host = f"h{turn}.acme.example"
        fleet.write(host=host)
        with wire(kube) as between:
            wanted, slow = dice.randrange(1, 41), dice.random() < 0.5
            between.fault = slowly if slow else unharmed
            fleet.kube.kubeconfig(fleet.config, server=between.url)
            apply = start(fleet)
            deadline = time.monotonic() + 60
            while between.count("PATCH") < wanted and time.monotonic() < deadline:
                time.sleep(0.002)
            begun = time.monotonic()
            apply.send_signal(number)
            said = apply.communicate(timeout=60)[1]
            took_s = time.monotonic() - begun
            assert b"Traceback" not in said, said.decode()
            assert apply.returncode in {code, 0}, said  # 0: it was done before the signal came
            assert took_s < 5, "promised are 2 s, on a machine that does nothing else"
            assert apply.returncode == code or done(fleet, host) == 40
            time.sleep(0.6 if slow else 0.1)  # what was under way gets there, or not
            left = 40 - done(fleet, host)
            between.fault = unharmed
            between.asked.clear()
            assert fleet.apply().code == 0
            assert between.count("PATCH") <= left
        assert fleet.values() == {f"https://{host},direct"}
