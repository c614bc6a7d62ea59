"""What a pod says of the values it runs, and whose it is, without a cluster."""

import json
from typing import Any

import pytest

from goproxyctl.formats.kubepod import Old, OldPods, Workload, old_since, workload
from goproxyctl.report.document import document
from goproxyctl.report.oldpods import old_pods_body, old_pods_text
from goproxyctl.report.style import Style

CHANGED = {("team-a", "goproxy-env"): "2026-03-01T12:00:00Z", ("team-a", "other"): "2026-03-01T09:00:00Z"}
EARLY, LATE = "2026-03-01T08:00:00Z", "2026-03-01T12:00:01Z"
READS = {"envFrom": [{"prefix": "X_", "configMapRef": {"name": "goproxy-env"}}]}


def pod(status: dict[str, Any], *containers: dict[str, Any], init: bool = False) -> dict[str, Any]:
    group = "initContainers" if init else "containers"
    named = [{"name": f"c{number}", **container} for number, container in enumerate(containers)]
    return {"metadata": {"name": "p", "namespace": "team-a"}, "spec": {group: named}, "status": status}


def told(*states: dict[str, Any], init: bool = False) -> dict[str, Any]:
    statuses = [{"name": f"c{number}", "state": state} for number, state in enumerate(states)]
    return {"startTime": EARLY, "initContainerStatuses" if init else "containerStatuses": statuses}


def runs(since: str) -> dict[str, Any]:
    return {"running": {"startedAt": since}}


@pytest.mark.parametrize("init", [False, True])
@pytest.mark.parametrize(
    ("status", "old"),
    [
        ({}, False),
        ({"startTime": EARLY}, True),
        ({"startTime": LATE}, False),
        (runs(EARLY), True),
        (runs("2026-03-01T12:00:00Z"), True),
        (runs(LATE), False),
        ({"waiting": {"reason": "CrashLoopBackOff"}}, False),
        ({"terminated": {"startedAt": EARLY}}, False),
    ],
)
def test_a_container_has_what_was_there_when_it_started(status: dict[str, Any], old: bool, init: bool) -> None:
    stated = status if not status or "startTime" in status else told(status, init=init)
    since = "2026-03-01T12:00:00Z" if old else None
    assert old_since(pod(stated, READS, init=init), CHANGED) == since


@pytest.mark.parametrize("gone", ["Succeeded", "Failed", "deleted"])
def test_a_pod_that_is_over_runs_nothing(gone: str) -> None:
    found = pod({**told(runs(EARLY)), "phase": gone}, READS)
    if gone == "deleted":
        found["metadata"]["deletionTimestamp"] = LATE
    assert old_since(found, CHANGED) is None


def test_a_pod_is_old_since_the_first_change_that_one_of_its_containers_missed() -> None:
    other = {"env": [{"name": "A", "valueFrom": {"configMapKeyRef": {"name": "other", "key": "A"}}}]}
    both = told(runs(EARLY), runs(EARLY))
    assert old_since(pod(both, READS, other), CHANGED) == "2026-03-01T09:00:00Z"
    assert old_since(pod(told(runs(EARLY), runs(LATE)), READS, other), CHANGED) == "2026-03-01T12:00:00Z"
    assert old_since(pod(told(runs(LATE), runs(EARLY)), READS, other), CHANGED) == "2026-03-01T09:00:00Z"
    assert old_since(pod(told(runs(LATE), runs(LATE)), READS, other), CHANGED) is None


@pytest.mark.parametrize(
    "container",
    [
        {},
        {"envFrom": [{"secretRef": {"name": "goproxy-env"}}]},
        {"envFrom": [{"configMapRef": {"name": "another"}}]},
        {"env": [{"name": "GOPROXY", "value": "off"}]},
        {"env": [{"name": "A", "valueFrom": {"secretKeyRef": {"name": "goproxy-env", "key": "A"}}}]},
    ],
)
def test_who_reads_something_else_is_not_old(container: dict[str, Any]) -> None:
    assert old_since(pod(told(runs(EARLY)), container), CHANGED) is None


def test_another_namespace_has_another_configmap() -> None:
    found = pod(told(runs(EARLY)), READS)
    found["metadata"]["namespace"] = "team-b"
    assert old_since(found, CHANGED) is None


def owned(owner: tuple[str, str, str], hash_: str | None = None) -> dict[str, Any]:
    kind, name, version = owner
    found = pod({})
    watcher = {"apiVersion": "acme.example/v1", "kind": "Watcher", "name": "w"}
    controller = {"apiVersion": version, "kind": kind, "name": name, "controller": True}
    found["metadata"]["ownerReferences"] = [watcher, controller]
    found["metadata"]["labels"] = {"pod-template-hash": hash_} if hash_ else None
    return found


@pytest.mark.parametrize(
    ("owner", "label", "named", "restart"),
    [
        (("ReplicaSet", "api-web-7d4b", "apps/v1"), "7d4b", ("Deployment", "api-web"), "deployment/api-web"),
        (("ReplicaSet", "api-7d4b", "apps/v1"), "ffff", ("ReplicaSet", "api-7d4b"), None),
        (("ReplicaSet", "api-", "apps/v1"), None, ("ReplicaSet", "api-"), None),
        (("ReplicaSet", "api-7d4b", "acme/v1"), "7d4b", ("ReplicaSet", "api-7d4b"), None),
        (("StatefulSet", "db", "apps/v1"), None, ("StatefulSet", "db"), "statefulset/db"),
        (("StatefulSet", "db", "apps.kruise.io/v1"), None, ("StatefulSet", "db"), None),
        (("StatefulSet", "--all", "apps/v1"), None, ("StatefulSet", "--all"), None),
        (("Job", "build", "batch/v1"), None, ("Job", "build"), None),
    ],
)
def test_the_workload_is_what_controls_the_pod(
    owner: tuple[str, str, str], label: str | None, named: tuple[str, str], restart: str | None
) -> None:
    found = workload(owned(owner, label))
    assert (found.kind, found.name) == named
    assert found.restart == (f"kubectl rollout restart {restart} -n team-a" if restart else None)


def test_a_pod_that_nothing_controls_is_its_own_workload() -> None:
    assert workload(pod({})) == Workload("team-a", "Pod", "p")


def text(old: OldPods | None, *, pending: bool = False) -> str:
    return old_pods_text(old, str, Style(), pending=pending)


def test_what_is_not_old_takes_no_line() -> None:
    assert text(None) == text(OldPods(())) == ""
    assert old_pods_body(None) == {}
    assert old_pods_body(OldPods(()))["old_pods"]["workloads"] == []


def test_each_workload_is_a_line_that_says_what_to_do() -> None:
    kinds = [("Deployment", True), ("Job", False), ("Pod", False), ("Rollout", False)]
    found = tuple(Old(Workload("team-a", kind, "x", apps), 2, EARLY) for kind, apps in kinds)
    lines = text(OldPods(found, ("team-b",), "no"), pending=True).splitlines()
    assert lines[0] == ""
    assert "4 workloads" in lines[1]
    assert "apply --in cluster first" in lines[2]
    assert [line.split()[0] for line in lines[3:7]] == [f"team-a/{kind.lower()}/x" for kind, _ in kinds]
    assert lines[3].endswith("kubectl rollout restart deployment/x -n team-a")
    assert "ends by itself" in lines[4]
    assert "create it again" in lines[5]
    assert "delete its pods" in lines[6]
    assert "(no)" in lines[7]
    assert all(EARLY in line and "old pods: 2" in line for line in lines[3:7])


def test_names_that_anybody_can_make_up_are_shown_without_effect() -> None:
    found = OldPods((Old(Workload("team-a", "\x1b[2J", "::error::x"), 1, EARLY),))
    assert "\x1b" not in text(found)
    assert "\x1b" not in json.dumps(old_pods_body(found))
    assert "##vso[" not in document("status", old_pods_body(OldPods((Old(Workload("a", "##vso[x]", "y"), 1, EARLY),))))
