"""Namespaces chosen by label, as a real cluster has them now: no file of facts, and never an empty answer."""

import json
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from tests.desk import Desk, Ran
from tests.fleet import Fleet
from tests.kube import Kube, wire
from tests.rights import grant

pytestmark = pytest.mark.slow

_numbers = count()


class Selecting(Fleet):
    """A fleet whose policy selects its namespaces by a label that only they have."""

    def __init__(self, desk: Desk, kube: Kube, config: Path) -> None:
        super().__init__(desk, kube, config)
        self.owner = self.team = f"selecting-{next(_numbers)}"

    def grow(self, size: int) -> "Selecting":
        for number in range(len(self.names), size):
            name = f"{self.team}-{number}"
            self.kube.namespaces(name)
            self.names.append(name)
            self.label(name, self.team)
        self.write()
        policy = self.desk.policy.read_text()
        self.desk.write(policy.replace(f"[{', '.join(self.names)}]", f"{{match: {{team: {self.team}}}}}"))
        assert "match" in self.desk.policy.read_text()
        return self

    def label(self, name: str, team: str | None) -> None:
        patch = {"metadata": {"labels": {"team": team}}}
        said = self.kube.ask("PATCH", f"/api/v1/namespaces/{name}", patch, "application/merge-patch+json")
        assert said.status == 200


@pytest.fixture
def fleet(kube: Kube, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Selecting:
    config = tmp_path / "kubeconfig"
    kube.kubeconfig(config)
    return Selecting(Desk(tmp_path, monkeypatch, capsys), kube, config)


def has(fleet: Selecting) -> list[bool]:
    return [tree is not None for tree in fleet.live().values()]


def test_labels_change_and_every_command_follows(fleet: Selecting) -> None:
    fleet.grow(3)
    assert "3 to create" in fleet.run("plan").out
    assert fleet.run("adopt", "--yes").code == 0
    assert fleet.apply().code == 0
    assert has(fleet) == [True] * 3
    assert fleet.run("status").out == "in sync: 3\n"

    fleet.kube.namespaces(late := f"{fleet.team}-late")
    fleet.names.append(late)
    assert fleet.run("diff").code == 0
    fleet.label(late, fleet.team)
    assert fleet.run("diff").code == 3
    assert fleet.run("status").code == 3
    assert fleet.apply().code == 0
    assert has(fleet) == [True] * 4

    assert fleet.run("remove", "--yes").code == 0
    assert has(fleet) == [False] * 4


def test_a_namespace_that_no_longer_matches_keeps_its_configmap_until_prune(fleet: Selecting) -> None:
    fleet.grow(12).apply()
    fleet.label(fleet.names[0], "another")
    planned = fleet.run("plan")
    assert "leftovers: 1" in planned.out
    assert fleet.apply().code == 0
    assert has(fleet) == [True] * 12
    assert fleet.apply("--prune").code == 0
    assert has(fleet) == [False] + [True] * 11

    for name in fleet.names[1:8]:
        fleet.label(name, None)
    refused = fleet.apply("--prune")
    assert refused.code == 1
    assert "--max-deletes 7" in refused.err
    assert has(fleet) == [False] + [True] * 11


@pytest.mark.parametrize("how", ["relabelled", "terminating"])
def test_a_selector_that_matches_nothing_stops_before_anything_is_deleted(fleet: Selecting, how: str) -> None:
    fleet.grow(2).apply()
    for name in fleet.names:
        if how == "relabelled":
            fleet.label(name, None)
        else:  # no controller runs: it stays terminating
            assert fleet.kube.ask("DELETE", f"/api/v1/namespaces/{name}").status in {200, 202}
    for command in (["apply", "--yes", "--prune", "--max-deletes", "100"], ["plan", "--prune"], ["status"]):
        stopped = fleet.run(*command)
        assert stopped.code == 1
        assert "none is selected" in stopped.err
    assert has(fleet) == [True] * 2


def test_namespaces_that_are_being_deleted_do_not_count(fleet: Selecting) -> None:
    fleet.grow(3)
    fleet.kube.ask("DELETE", f"/api/v1/namespaces/{fleet.names[0]}")
    assert fleet.apply().code == 0
    assert has(fleet) == [False, True, True]


def test_a_file_of_facts_wins_over_the_cluster(fleet: Selecting, kube: Kube) -> None:
    fleet.grow(3)
    listed = {"kind": "List", "items": [{"metadata": {"name": fleet.names[1], "labels": {"team": fleet.team}}}]}
    (fleet.desk.tree / "facts.json").write_text(json.dumps(listed))
    with wire(kube) as between:
        fleet.kube.kubeconfig(fleet.config, server=between.url)
        assert fleet.apply("--facts", "facts.json").code == 0
        assert not [path for _, path in between.asked if path.startswith("/api/v1/namespaces?")]
    assert has(fleet) == [False, True, False]


def test_a_saved_plan_is_stale_once_other_namespaces_match(fleet: Selecting) -> None:
    fleet.grow(2)
    assert fleet.run("plan", "-o", "reviewed.plan").code == 0
    fleet.grow(3)
    assert fleet.desk.run("apply", "reviewed.plan", "--kubeconfig", str(fleet.config)).code == 1
    assert has(fleet) == [False] * 3


def offline(fleet: Selecting) -> Iterator[Ran]:
    yield fleet.desk.run("render", "--in", "cluster", "-o", "-")
    yield fleet.desk.run("plan")
    yield fleet.run("diff", "--from", "HEAD")


def test_who_looks_at_no_cluster_needs_the_file(fleet: Selecting, kube: Kube) -> None:
    fleet.grow(1)
    git(fleet.desk.tree)
    with wire(kube) as between:
        fleet.kube.kubeconfig(fleet.config, server=between.url)
        for ran in offline(fleet):
            assert ran.code == 1
            assert "--facts" in ran.err
        assert between.asked == []


def git(tree: Path) -> None:
    from git import Actor, Repo

    with Repo.init(tree) as repository:
        someone = Actor("someone", "someone@acme.example")
        repository.index.add(["policy.yaml"])
        repository.index.commit("first", author=someone, committer=someone)


def test_who_may_not_list_namespaces_is_told_of_the_file(fleet: Selecting) -> None:
    fleet.grow(1)
    for name in ("default", *fleet.names):
        grant(fleet, name, ["get", "list", "create", "update", "patch", "delete"])
    fleet.kube.kubeconfig(fleet.config, token=fleet.member)
    denied = fleet.apply()
    assert denied.code == 1
    assert "cannot list resource" in denied.err
    assert "--facts FILE" in denied.err
    assert has(fleet) == [False]

    listed = {"kind": "List", "items": [{"metadata": {"name": fleet.names[0], "labels": {"team": fleet.team}}}]}
    (fleet.desk.tree / "facts.json").write_text(json.dumps(listed))
    assert fleet.apply("--facts", "facts.json").code == 0
    assert has(fleet) == [True]


def test_a_list_of_names_asks_for_no_namespaces(fleet: Selecting, kube: Kube) -> None:
    fleet.grow(1)
    fleet.write()
    with wire(kube) as between:
        fleet.kube.kubeconfig(fleet.config, server=between.url)
        assert fleet.apply().code == 0
        assert not [path for _, path in between.asked if path.startswith("/api/v1/namespaces?")]


def test_namespaces_come_in_pages_and_an_expired_list_is_begun_again(fleet: Selecting, kube: Kube) -> None:
    fleet.grow(2)
    fleet.kube.namespaces(*(f"{fleet.team}-x{number}" for number in range(500)))
    expired: list[str] = []

    def once(_method: str, path: str) -> tuple[int, dict[str, str]] | None:
        if path.startswith("/api/v1/namespaces?") and "continue" in path and not expired:
            expired.append(path)
            return 410, {}
        return None

    with wire(kube) as between:
        between.fault = once
        fleet.kube.kubeconfig(fleet.config, server=between.url)
        assert "2 to create" in fleet.run("plan").out
        asked = [path for _, path in between.asked if path.startswith("/api/v1/namespaces?")]
    assert expired
    assert len(asked) == 4
    assert all("limit=500" in path for path in asked)

    def always(_method: str, path: str) -> tuple[int, dict[str, str]] | None:
        return (410, {}) if path.startswith("/api/v1/namespaces?") and "continue" in path else None

    with wire(kube) as between:
        between.fault = always
        fleet.kube.kubeconfig(fleet.config, server=between.url)
        assert fleet.apply().code == 1, "a part of a list is never taken for the whole"
    assert has(fleet) == [False] * 2
