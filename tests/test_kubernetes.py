"""The cluster as a world, against a real API server: first apply, drift, prune, and whose is what."""

from pathlib import Path

import pytest

from tests.fleet import WANTED, Fleet
from tests.kube import Kube, wire
from tests.rights import grant

pytestmark = pytest.mark.slow

EVERYTHING = ["get", "list", "create", "update", "patch", "delete"]
OTHER = "https://other.acme.example,direct"


def test_a_cluster_is_planned_applied_in_sync_and_given_back(fleet: Fleet) -> None:
    fleet.grow(12)
    planned = fleet.run("plan").out
    assert "ConfigMap/goproxy-env: 12 namespaces  new" in planned
    assert "12 to create" in planned
    assert fleet.values() == {None}
    assert fleet.ledger() is None

    applied = fleet.apply()
    assert (applied.code, applied.err) == (0, "")
    assert "12 done" in applied.out
    assert fleet.values() == {WANTED}
    assert fleet.values("GOSUMDB") == {"sum.golang.google.cn"}

    before = fleet.versions()
    assert fleet.run("status").out == "in sync: 12\n"
    assert fleet.run("diff").code == 0
    assert fleet.apply().out.startswith("in sync")
    assert fleet.versions() == before

    fleet.write(host="other.acme.example")
    assert fleet.run("diff").code == 3
    assert fleet.apply().code == 0
    assert fleet.values() == {"https://other.acme.example,direct"}

    assert fleet.run("remove", "--yes").code == 0
    assert fleet.values() == {None}
    assert fleet.ledger() is None


def test_a_saved_plan_is_carried_out_while_it_holds(fleet: Fleet) -> None:
    fleet.grow(2)
    assert fleet.run("plan", "-o", "reviewed.plan").code == 0
    fleet.kube.create(fleet.names[0], {"metadata": {"name": "goproxy-env"}, "data": {"GOPROXY": "off"}})
    refused = fleet.desk.run("apply", "reviewed.plan", "--kubeconfig", str(fleet.config))
    assert refused.code == 1
    fleet.kube.delete(fleet.names[0])
    assert fleet.desk.run("apply", "reviewed.plan", "--kubeconfig", str(fleet.config)).code == 0
    assert fleet.values() == {WANTED}


def test_what_a_hand_changed_is_drift_and_is_taken_back_only_when_told(fleet: Fleet) -> None:
    fleet.grow(10).apply()
    one, two = fleet.names[:2]
    fleet.kube.edit(one, {"data": {"GOPROXY": "https://proxy.golang.org"}})
    fleet.kube.delete(two)
    status = fleet.run("status")
    assert status.code == 3
    assert "2 drifted" in status.out
    assert "proxy.golang.org" in fleet.run("diff").out

    applied = fleet.apply()
    assert applied.code == 4
    assert ".data.GOPROXY (kubectl-edit)" in applied.out
    assert fleet.values() == {WANTED, "https://proxy.golang.org"}
    assert fleet.apply("--take-fields").code == 0
    assert fleet.values() == {WANTED}
    assert fleet.run("status").code == 0


def test_a_variable_that_a_hand_added_is_told_of_and_left(fleet: Fleet) -> None:
    fleet.grow(1).apply()
    fleet.kube.edit(fleet.names[0], {"data": {"GOFLAGS": "-insecure"}})
    assert fleet.run("status").code == 3
    applied = fleet.apply()
    assert applied.code == 1
    assert "kubectl-edit" in applied.out
    assert fleet.values("GOFLAGS") == {"-insecure"}
    fleet.kube.edit(fleet.names[0], {"data": {"GOFLAGS": None}})
    assert fleet.run("status").code == 0


def test_what_another_program_declares_beside_us_is_its_own(fleet: Fleet) -> None:
    fleet.grow(1).apply()
    fleet.kube.declare(fleet.names[0], {"data": {"TEAM": "a"}}, "kustomize-controller")
    fleet.kube.edit(fleet.names[0], {"metadata": {"annotations": {"note": "x"}, "labels": {"team": "a"}}})
    assert fleet.run("status").code == 0
    fleet.write(host="other.acme.example").apply()
    assert fleet.values("TEAM") == {"a"}
    assert fleet.values() == {"https://other.acme.example,direct"}


def test_prune_deletes_what_is_ours_and_no_longer_wanted(fleet: Fleet) -> None:
    fleet.grow(12).apply()
    gone, edited = fleet.names[:2]
    fleet.kube.edit(edited, {"data": {"GOPROXY": "off"}})
    fleet.write(fleet.names[2:])
    assert "leftovers: 2" in fleet.run("plan").out
    pruned = fleet.apply("--prune")
    assert pruned.code == 4, pruned
    assert fleet.kube.get(gone) is None
    kept = fleet.kube.get(edited)
    assert kept is not None
    assert kept["data"]["GOPROXY"] == "off"

    fleet.write(fleet.names[7:])
    refused = fleet.apply("--prune")
    assert refused.code == 1
    assert "--max-deletes 5" in refused.err
    assert fleet.kube.get(fleet.names[2]) is not None


def test_an_object_of_someone_else_is_left_until_it_is_adopted(fleet: Fleet) -> None:
    fleet.grow(3)
    plain, labelled, _ = fleet.names
    labels = {"app.kubernetes.io/managed-by": "goproxyctl", "app.kubernetes.io/part-of": fleet.owner}
    fleet.kube.create(plain, {"metadata": {"name": "goproxy-env"}, "data": {"GOPROXY": "off"}})
    fleet.kube.create(labelled, {"metadata": {"name": "goproxy-env", "labels": labels}, "data": {"GOPROXY": "off"}})
    applied = fleet.apply()
    assert applied.code == 4
    assert "adopt" in applied.out
    assert fleet.values() == {"off", WANTED}
    assert fleet.run("remove", "--yes").code == 0
    assert fleet.values() == {"off", None}

    assert fleet.run("adopt", "--yes").code == 0
    assert fleet.apply().code == 0
    assert fleet.values() == {WANTED}


def test_an_object_that_was_made_anew_is_not_ours_though_it_copies_ours(fleet: Fleet) -> None:
    fleet.grow(12).apply()
    copied = fleet.names[0]
    tree = fleet.kube.get(copied)
    assert tree is not None
    fleet.kube.delete(copied)
    for name in ("uid", "resourceVersion", "creationTimestamp"):
        del tree["metadata"][name]
    assert fleet.kube.create(copied, tree).status == 201
    uid = (fleet.kube.get(copied) or {})["metadata"]["uid"]
    assert fleet.run("status").code == 3
    assert fleet.apply().code == 1
    fleet.write(fleet.names[1:])
    assert fleet.apply("--prune", "--max-deletes", "5").code == 1
    assert (fleet.kube.get(copied) or {})["metadata"]["uid"] == uid
    fleet.run("remove", "--yes")
    assert (fleet.kube.get(copied) or {})["metadata"]["uid"] == uid


def test_two_policies_do_not_take_each_others_objects(fleet: Fleet) -> None:
    fleet.grow(2).apply()
    first, fleet.owner = fleet.owner, fleet.owner + "-other"
    fleet.write(host="other.acme.example")
    applied = fleet.apply()
    assert applied.code == 1
    assert first in applied.out
    assert fleet.run("adopt", "--yes").code == 1
    assert fleet.values() == {WANTED}


def test_a_namespace_that_cannot_be_written_does_not_stop_the_others(fleet: Fleet) -> None:
    fleet.grow(3)
    fleet.kube.ask("DELETE", f"/api/v1/namespaces/{fleet.names[0]}")  # no controller runs: it stays terminating
    fleet.write([*fleet.names, "nowhere"])
    applied = fleet.apply()
    assert applied.code == 4
    assert "being deleted" in applied.out
    assert "no such namespace" in applied.out
    assert fleet.values() == {None, WANTED}


def test_who_may_not_list_every_namespace_gets_as_far_as_their_rights(fleet: Fleet) -> None:
    fleet.grow(10)
    fleet.kube.kubeconfig(fleet.config, token=fleet.member)
    denied = fleet.run("plan")
    assert denied.code == 1
    assert "default" in denied.err
    for name in ("default", *fleet.names[2:]):
        grant(fleet, name, EVERYTHING)
    grant(fleet, fleet.names[1], ["get"])
    applied = fleet.apply()
    assert applied.code == 4
    assert "1 held back" in applied.out
    assert "denies" in applied.out
    assert [tree is None for tree in fleet.live().values()] == [True, True] + [False] * 8


def test_a_namespace_that_may_not_be_looked_at_holds_up_no_other(fleet: Fleet) -> None:
    fleet.grow(4).apply()
    fleet.kube.kubeconfig(fleet.config, token=fleet.member)
    hidden, *others = fleet.names
    for name in ("default", *others):
        grant(fleet, name, EVERYTHING)
    fleet.write(host="other.acme.example")
    for command in ("plan", "diff", "status"):
        said = fleet.run(command)
        assert said.code == (0 if command == "plan" else 3)
        assert "cannot be read" in said.out
    applied = fleet.apply()
    assert applied.code == 4
    assert f"{hidden}/goproxy-env: the API server denies it" in applied.out
    assert [tree and tree["data"]["GOPROXY"] for tree in fleet.live().values()] == [WANTED] + [OTHER] * 3

    fleet.write(others)
    assert "leftovers: 1" in fleet.apply().out
    pruned = fleet.apply("--prune")
    assert pruned.code == 1
    assert "1 held back" in pruned.out
    assert fleet.kube.get(hidden)
    fleet.write()
    grant(fleet, hidden, EVERYTHING)
    assert fleet.run("remove", "--yes").code == 0
    assert fleet.values() == {None}
    assert fleet.ledger() is None


def test_adopt_takes_what_it_may_look_at_and_names_the_rest(fleet: Fleet) -> None:
    fleet.grow(2)
    hidden, other = fleet.names
    for name in fleet.names:
        fleet.kube.create(name, {"metadata": {"name": "goproxy-env"}, "data": {"GOPROXY": "off"}})
    fleet.kube.kubeconfig(fleet.config, token=fleet.member)
    for name in ("default", other):
        grant(fleet, name, EVERYTHING)
    adopted = fleet.run("adopt", "--yes")
    assert adopted.code == 4
    assert f"{hidden}/goproxy-env: the API server denies it" in adopted.out
    assert "1 to record" in adopted.out


@pytest.mark.parametrize("way", ["exec", "auth-provider", "tree", "none"])
def test_a_kubeconfig_that_runs_programs_or_comes_with_the_policy_is_refused(fleet: Fleet, way: str) -> None:
    fleet.names = ["default"]
    fleet.write()
    mark = fleet.desk.tree / "PWNED"
    runs = {"apiVersion": "client.authentication.k8s.io/v1", "command": "touch", "args": [str(mark)]}
    if way == "exec":
        fleet.kube.kubeconfig(fleet.config, user={"exec": runs})
    elif way == "auth-provider":
        fleet.kube.kubeconfig(fleet.config, user={"auth-provider": {"name": "gcp", "config": {"cmd-path": "touch"}}})
    elif way == "tree":
        fleet.config = fleet.desk.tree / "kubeconfig"
        fleet.kube.kubeconfig(fleet.config)
    ran = fleet.desk.run("plan", "--in", "cluster") if way == "none" else fleet.run("plan")
    assert ran.code == 1
    assert "kubeconfig" in ran.err
    assert not mark.exists()


def test_the_way_to_the_server_is_that_of_kubectl(
    fleet: Fleet, kube: Kube, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fleet.grow(2)
    (tmp_path / "netrc").write_text("default login nobody password wrong\n")  # go reads none for its API servers
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:1")  # nothing goes through a proxy to loopback
    assert fleet.apply().code == 0
    with wire(kube) as between:
        monkeypatch.setenv("HTTP_PROXY", between.url)
        kube.kubeconfig(fleet.config, server="http://kube.acme.example")
        assert fleet.run("plan").code == 0
    assert {path.partition("/api/")[0] for _, path in between.asked} == {"http://kube.acme.example"}


def test_a_list_takes_few_requests_and_a_change_takes_one(fleet: Fleet, kube: Kube) -> None:
    fleet.grow(40)
    with wire(kube) as between:
        fleet.kube.kubeconfig(fleet.config, server=between.url)
        fleet.apply()
        assert between.count("PATCH") == 40
        assert between.most <= 64
        between.asked.clear()
        assert fleet.apply().code == 0
        assert len(between.asked) <= 6
        fleet.kube.delete(fleet.names[0])
        between.asked.clear()
        assert fleet.apply().code == 0
        assert between.count("PATCH") == 1


def test_a_change_between_plan_and_write_is_not_overwritten(fleet: Fleet, kube: Kube) -> None:
    fleet.grow(2).apply()
    created, edited = fleet.names
    fleet.kube.delete(created)
    fleet.write(host="other.acme.example")
    ready: list[int] = []

    def meanwhile(method: str, _path: str) -> None:
        if method == "PUT" and not ready:  # the ledger, after the plan and before the first object
            ready.append(1)
            kube.create(created, {"metadata": {"name": "goproxy-env"}, "data": {"MINE": "1"}})
            kube.edit(edited, {"data": {"GOSUMDB": "off"}})

    with wire(kube) as between:
        between.fault = meanwhile
        fleet.kube.kubeconfig(fleet.config, server=between.url)
        applied = fleet.apply()
    assert applied.code == 1
    assert (kube.get(created) or {})["data"] == {"MINE": "1"}
    assert (kube.get(edited) or {})["data"]["GOSUMDB"] == "off"
    assert (kube.get(edited) or {})["data"]["GOPROXY"] == WANTED


def test_of_two_who_apply_at_once_one_is_stopped_before_it_writes(fleet: Fleet, kube: Kube) -> None:
    fleet.grow(2)
    other = Fleet(fleet.desk, kube, fleet.config.with_name("direct"))
    kube.kubeconfig(other.config)
    inside: list[int] = []

    def meanwhile(method: str, path: str) -> None:
        if method == "POST" and "configmaps" in path and not inside:
            inside.append(fleet.desk.start(*other.words("apply", "--yes")).returncode)

    with wire(kube) as between:
        between.fault = meanwhile
        fleet.kube.kubeconfig(fleet.config, server=between.url)
        stopped = fleet.apply()
        assert between.count("PATCH") == 0
    assert inside == [0]
    assert stopped.code == 1
    assert "someone else" in stopped.err
    assert fleet.values() == {WANTED}
