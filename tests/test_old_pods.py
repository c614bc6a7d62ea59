"""Who still runs old values, at a real API server.

No controller and no kubelet runs there, so no pod ever does: the tests make pods, and write into their status by hand
what a kubelet would (startTime, containerStatuses). The API server checks and keeps them as it does everywhere.
"""

import json
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.fleet import Fleet
from tests.kube import Kube, wire
from tests.rights import grant
from tests.scale import scaled

pytestmark = pytest.mark.slow

READS = {"envFrom": [{"configMapRef": {"name": "goproxy-env"}}]}


def stamp(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


class Town:
    """A namespace with our ConfigMap, and pods whose times are told relative to its last change. Units: seconds."""

    def __init__(self, fleet: Fleet, namespace: str) -> None:
        self.kube, self.namespace = fleet.kube, namespace
        entries = (fleet.kube.get(namespace) or {})["metadata"]["managedFields"]
        self.changed = max(datetime.fromisoformat(entry["time"]) for entry in entries)

    def at(self, seconds: int) -> str:
        return stamp(self.changed + timedelta(seconds=seconds))

    def pod(
        self,
        name: str,
        start: int | None,
        *,
        container: Mapping[str, Any] = READS,
        metadata: Mapping[str, Any] | None = None,
        status: Mapping[str, Any] | None = None,
        **spec: Any,
    ) -> None:
        """A pod whose one container runs since ``start``; None: nobody knows of it yet. ``status`` tells otherwise."""
        path = f"/api/v1/namespaces/{self.namespace}/pods"
        body = {
            "metadata": {"name": name, **(metadata or {})},
            "spec": {"containers": [{"name": "main", "image": "x", **container}], **spec},
        }
        made = self.kube.ask("POST", path, body)
        assert made.status == 201, made.tree
        if start is not None or status:
            told = {"phase": "Running", **self.running(start or 0), **(status or {})}
            said = self.kube.ask(
                "PATCH", f"{path}/{name}/status", {"status": told}, "application/strategic-merge-patch+json"
            )
            assert said.status == 200, said.tree

    def running(self, start: int, **state: Any) -> dict[str, Any]:
        started = state or {"running": {"startedAt": self.at(start)}}
        return {"startTime": self.at(start), "containerStatuses": [contained("main", started)]}

    def delete(self, name: str) -> None:
        assert self.kube.ask("DELETE", f"/api/v1/namespaces/{self.namespace}/pods/{name}").status in {200, 202}


def contained(name: str, state: Mapping[str, Any]) -> dict[str, Any]:
    return {"name": name, "image": "x", "imageID": "", "ready": True, "restartCount": 0, "state": state}


def owned(kind: str, name: str, version: str = "apps/v1", hash_: str = "", *, controls: bool = True) -> dict[str, Any]:
    owner = {"apiVersion": version, "kind": kind, "name": name, "uid": f"uid-{name}", "controller": controls}
    return {"ownerReferences": [owner], "labels": {"pod-template-hash": hash_} if hash_ else {}}


def old(fleet: Fleet, *more: str) -> dict[str, int]:
    """What ``status`` names: workload -> pods."""
    said = json.loads(fleet.run("status", "--format", "json", *more).out)["old_pods"]
    return {f"{w['kind']}/{w['name']}": w["pods"] for w in said["workloads"]}


def test_a_pod_is_old_when_its_container_started_before_the_change_or_in_its_second(fleet: Fleet) -> None:
    fleet.grow(1).apply()
    town = Town(fleet, fleet.names[0])
    for name, start in (("before", -1), ("same", 0), ("after", 1)):
        town.pod(name, start)
    town.pod("unknown", None)
    assert old(fleet) == {"Pod/before": 1, "Pod/same": 1}
    status = fleet.run("status")
    assert status.code == 0  # nothing is to be applied
    assert "still on old values: 2 workloads" in status.out
    assert f"{fleet.names[0]}/pod/before" in status.out
    assert f"since {town.at(0)}" in status.out
    assert "after" not in status.out


def test_what_counts_is_when_the_container_started_not_when_its_pod_did(fleet: Fleet) -> None:
    fleet.grow(1).apply()
    town = Town(fleet, fleet.names[0])
    ended = {"terminated": {"exitCode": 0, "startedAt": town.at(-50), "finishedAt": town.at(-40)}}
    fresh = {"running": {"startedAt": town.at(5)}}
    town.pod("restarted", -60, status=town.running(-60, **fresh))
    town.pod("crashing", -60, status=town.running(-60, waiting={"reason": "CrashLoopBackOff"}))
    town.pod("untold", -60, status={"containerStatuses": []})
    first = {"name": "first", "image": "x", **READS}
    town.pod("prepared", 5, container={}, initContainers=[first],
             status={"startTime": town.at(-60), "initContainerStatuses": [contained("first", ended)]})  # fmt: skip
    still = {"running": {"startedAt": town.at(-55)}}
    town.pod("sidecar", 5, container={}, initContainers=[first],
             status={"startTime": town.at(-60), "initContainerStatuses": [contained("first", still)]})  # fmt: skip
    town.pod("succeeded", -60, status={"phase": "Succeeded"})
    town.pod("failed", -60, status={"phase": "Failed"})
    town.pod("leaving", -60, metadata={"finalizers": ["acme.example/wait"]})
    assert old(fleet) == {"Pod/leaving": 1, "Pod/sidecar": 1, "Pod/untold": 1}
    town.delete("leaving")
    assert old(fleet) == {"Pod/sidecar": 1, "Pod/untold": 1}


def test_only_pods_that_read_our_configmap_into_their_environment_count(fleet: Fleet) -> None:
    fleet.grow(2).apply()
    town = Town(fleet, fleet.names[0])
    reference = {"name": "goproxy-env", "optional": True}
    town.pod("optional", -9, container={"envFrom": [{"configMapRef": reference}]})
    one = {"name": "GOPROXY", "valueFrom": {"configMapKeyRef": {**reference, "key": "GOPROXY"}}}
    town.pod("one-key", -9, container={"env": [{"name": "PLAIN", "value": "1"}, one]})
    town.pod("other-name", -9, container={"envFrom": [{"configMapRef": {"name": "others"}}]})
    town.pod("secret", -9, container={"envFrom": [{"secretRef": {"name": "goproxy-env"}}]})
    town.pod("mounted", -9, container={}, volumes=[{"name": "v", "configMap": {"name": "goproxy-env"}}])
    town.pod("nothing", -9, container={})
    outside = f"{fleet.names[0]}-outside"
    fleet.kube.namespaces(outside)
    fleet.kube.create(outside, {"metadata": {"name": "goproxy-env"}, "data": {"GOPROXY": "off"}})
    Town(fleet, outside).pod("stranger", -9)
    assert old(fleet) == {"Pod/one-key": 1, "Pod/optional": 1}


def test_the_workload_is_named_and_how_it_is_restarted(fleet: Fleet) -> None:
    fleet.grow(1).apply()
    town = Town(fleet, fleet.names[0])
    for name in ("api-1", "api-2"):
        town.pod(name, -9, metadata=owned("ReplicaSet", "api-7d4b", hash_="7d4b"))
    town.pod("api-3", 9, metadata=owned("ReplicaSet", "api-99ff", hash_="99ff"))
    town.pod("by-hand", -9, metadata=owned("ReplicaSet", "by-hand"))
    town.pod("db-0", -9, metadata=owned("StatefulSet", "db"))
    town.pod("log-x", -9, metadata=owned("DaemonSet", "log"))
    town.pod("build-x", -9, metadata=owned("Job", "build-28", "batch/v1"))
    town.pod("clone-0", -9, metadata=owned("StatefulSet", "clone", "apps.kruise.io/v1beta1"))
    town.pod("lent", -9, metadata=owned("Deployment", "not-in-control", controls=False))
    town.pod("sly", -9, metadata=owned("StatefulSet", "x; rm -rf \x1b[2J"))
    said = json.loads(fleet.run("status", "--format", "json").out)["old_pods"]["workloads"]
    where = f"-n {fleet.names[0]}"
    assert {f"{w['kind']}/{w['name']}": (w["pods"], w["restart"]) for w in said} == {
        "Deployment/api": (2, f"kubectl rollout restart deployment/api {where}"),
        "ReplicaSet/by-hand": (1, None),
        "StatefulSet/db": (1, f"kubectl rollout restart statefulset/db {where}"),
        "DaemonSet/log": (1, f"kubectl rollout restart daemonset/log {where}"),
        "Job/build-28": (1, None),
        "StatefulSet/clone": (1, None),
        "Pod/lent": (1, None),
        "StatefulSet/x; rm -rf \\x1b[2J": (1, None),
    }
    text = fleet.run("status").out
    assert "old pods: 2" in text
    assert "kubectl rollout restart deployment/api" in text
    assert "\x1b" not in text
    assert "restart statefulset/x" not in text


def test_the_time_of_the_values_moves_when_they_do_and_only_then(fleet: Fleet) -> None:
    """The oracle for `Seen.changed`: what a pod is held against, as the server itself counts."""
    fleet.grow(1).apply()
    place = fleet.names[0]
    before = Town(fleet, place).changed
    Town(fleet, place).pod("since", 0)
    assert old(fleet) == {"Pod/since": 1}
    since = Town(fleet, place)
    since.delete("since")
    since.pod("since", 1)
    assert old(fleet) == {}
    beyond(before, 2)
    ours = fleet.kube.get(place) or {}
    body = {"data": ours["data"], "metadata": {"name": "goproxy-env", "labels": ours["metadata"]["labels"]}}
    fleet.kube.declare(place, body, f"goproxyctl:{fleet.owner}")
    fleet.kube.edit(place, {"data": {"GOPROXY": ours["data"]["GOPROXY"]}})
    fleet.kube.edit(place, {"metadata": {"annotations": {"note": "x"}, "labels": {"team": "a"}}})
    fleet.kube.declare(place, {"data": {"TEAM": "a"}}, "kustomize-controller")
    assert old(fleet) == {}, "an apply and an edit that change nothing, a label, and a key that another one declares"


def test_a_drift_makes_pods_old_and_so_does_what_takes_it_back(fleet: Fleet) -> None:
    fleet.grow(1).apply()
    place = fleet.names[0]
    town = Town(fleet, place)
    town.pod("since", 1)
    beyond(town.changed, 2)
    fleet.kube.edit(place, {"data": {"GOPROXY": "off"}})
    status = fleet.run("status")
    assert status.code == 3
    assert f"{place}/pod/since" in status.out
    assert "apply --in cluster first" in status.out

    applied = fleet.apply("--take-fields")
    assert (applied.code, "status --in cluster names" in applied.out) == (0, True)
    status = fleet.run("status")
    assert status.code == 0
    assert f"{place}/pod/since" in status.out
    assert "first" not in status.out
    assert "status --in cluster" not in fleet.apply().out


def test_a_variable_that_a_hand_took_away_is_drift_and_leaves_no_time(fleet: Fleet) -> None:
    fleet.grow(1).apply()
    town = Town(fleet, fleet.names[0])
    town.pod("since", 1)
    beyond(town.changed, 2)
    fleet.kube.edit(fleet.names[0], {"data": {"GOSUMDB": None}})
    assert fleet.run("status").code == 3
    assert old(fleet) == {}
    assert fleet.apply().code == 0
    assert old(fleet) == {"Pod/since": 1}


def beyond(moment: datetime, seconds: int) -> None:
    """Waits until the clock is past ``moment`` by so many seconds."""
    while datetime.now(UTC) <= moment + timedelta(seconds=seconds):
        time.sleep(0.1)


def test_a_target_that_is_not_asked_for_has_no_pods_either(fleet: Fleet) -> None:
    fleet.grow(2).apply()
    policy = fleet.desk.policy.read_text()
    one, two = fleet.names
    policy = policy.replace(f"[{one}, {two}]", f"[{one}]")
    fleet.desk.write(f"{policy}    - {{name: second, kind: configmap, namespaces: [{two}]}}\n")
    fleet.apply()
    for name in fleet.names:
        Town(fleet, name).pod("both", -9)
        Town(fleet, name).pod(f"only-{name}", -9)
    assert old(fleet, "--target", "second") == {"Pod/both": 1, f"Pod/only-{two}": 1}
    assert len(old(fleet)) == 3


def test_who_may_not_list_pods_is_told_so_and_gets_the_rest(fleet: Fleet) -> None:
    fleet.grow(10).apply()
    one, two = fleet.names[:2]
    for name in (one, two):
        Town(fleet, name).pod(f"pod-{name}", -9)
    for name in ("default", *fleet.names):
        grant(fleet, name, ["get", "list"], *(["pods"] if name == two else []))
    fleet.kube.kubeconfig(fleet.config, token=fleet.member)
    status = fleet.run("status")
    assert status.code == 0
    assert "in sync: 10" in status.out
    assert f"pod-{two}" in status.out
    assert f"pod-{one}" not in status.out
    assert "namespaces whose pods are not known: 9" in status.out
    assert "cannot list resource" in status.out
    said = json.loads(fleet.run("status", "--format", "json").out)["old_pods"]
    assert said["unseen"] == sorted(set(fleet.names) - {two})
    assert said["note"]["id"] == "old.unseen"


def test_many_pods_come_in_pages_and_each_counts_once(fleet: Fleet, kube: Kube) -> None:
    fleet.grow(10).apply()
    count = scaled(1_200, 5_000)
    town = Town(fleet, fleet.names[3])

    def make(number: int) -> None:
        start = -9 if number % 100 == 50 else None
        town.pod(f"pod-{number:05}", start, metadata=owned("StatefulSet", f"db-{number % 200}"))

    with ThreadPoolExecutor(8) as several:
        list(several.map(make, range(count)))
    expired: list[str] = []

    def once(_method: str, path: str) -> tuple[int, dict[str, str]] | None:
        if "/pods" in path and "continue" in path and len(expired) < 2:
            expired.append(path)
            return (410, {}) if len(expired) == 2 else None  # the third page, when two have been counted
        return None

    with wire(kube) as between:
        fleet.kube.kubeconfig(fleet.config, server=between.url)
        assert old(fleet) == {"StatefulSet/db-50": count // 200, "StatefulSet/db-150": count // 200}
        asked = [path for _, path in between.asked if "/pods" in path]
        assert len(asked) == -(-count // 500)
        assert all(path.startswith("/api/v1/pods?") and "limit=500" in path for path in asked)
        between.fault = once
        assert old(fleet) == {"StatefulSet/db-50": count // 200, "StatefulSet/db-150": count // 200}
    assert len(expired) == 2


def test_few_namespaces_are_asked_for_their_own_pods_only(fleet: Fleet, kube: Kube) -> None:
    fleet.grow(3).apply()
    with wire(kube) as between:
        fleet.kube.kubeconfig(fleet.config, server=between.url)
        assert fleet.run("status").code == 0
        asked = sorted(path.partition("?")[0] for _, path in between.asked if "/pods" in path)
    assert asked == sorted(f"/api/v1/namespaces/{name}/pods" for name in fleet.names)


def test_more_workloads_than_a_person_reads_are_counted(fleet: Fleet) -> None:
    fleet.grow(1).apply()
    town = Town(fleet, fleet.names[0])
    for number in range(52):
        town.pod(f"pod-{number:02}", -9)
    out = fleet.run("status").out
    assert "52 workloads" in out
    assert "and 2 more" in out
    assert "pod-49" in out
    assert "pod-50" not in out
    assert len(old(fleet)) == 52
