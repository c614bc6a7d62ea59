"""What an object of a cluster says of who owns which part of it, without a cluster."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from goproxyctl.formats.kubeobject import manifest, read_object, strangers
from goproxyctl.resource import CLUSTER, Address, Place, World, parse_address

ADDRESS = Address(Place.KUBERNETES, CLUSTER, ("ConfigMap", "goproxy-env", "team-a"))
OURS = {"app.kubernetes.io/managed-by": "goproxyctl", "app.kubernetes.io/part-of": "acme"}


def entry(manager: str, operation: str, *keys: str) -> dict[str, Any]:
    fields: dict[str, Any] = {"f:data": {".": {}, **{f"f:{key}": {} for key in keys}}}
    return {
        "manager": manager,
        "operation": operation,
        "apiVersion": "v1",
        "fieldsType": "FieldsV1",
        "fieldsV1": fields,
    }


def tree(data: dict[str, str], *entries: dict[str, Any], labels: dict[str, str] | None = None) -> dict[str, Any]:
    metadata = {"uid": "u1", "resourceVersion": "7", "labels": labels or OURS, "managedFields": list(entries)}
    return {"metadata": {"name": "goproxy-env", "namespace": "team-a", **metadata}, "data": data}


def data_of(content: bytes) -> object:
    return json.loads(content)["data"]


def test_the_address_of_an_object_is_in_the_cluster_and_reads_back() -> None:
    assert ADDRESS.world is World.CLUSTER
    assert str(ADDRESS) == "kubernetes:$CLUSTER#ConfigMap/goproxy-env/team-a"
    assert parse_address(str(ADDRESS)) == ADDRESS


def test_what_another_one_declares_is_left_out_and_what_a_hand_added_is_not() -> None:
    found = read_object(
        tree(
            {"GOPROXY": "x", "TEAM": "a", "BOTH": "b", "GOFLAGS": "c"},
            entry("goproxyctl:acme", "Apply", "GOPROXY", "BOTH"),
            entry("flux", "Apply", "TEAM", "BOTH"),
            entry("kubectl-edit", "Update", "GOFLAGS"),
        ),
        "acme",
        None,
    )
    assert data_of(found.content) == {"GOPROXY": "x", "BOTH": "b", "GOFLAGS": "c"}
    assert found.holders == ()
    assert not found.alone
    assert strangers(found.content) is None


def test_labels_of_others_are_theirs() -> None:
    found = read_object(tree({}, entry("goproxyctl:acme", "Apply"), labels={**OURS, "team": "a"}), "acme", None)
    assert json.loads(found.content)["metadata"] == {"labels": OURS}


def test_an_object_that_we_never_applied_says_who_made_it() -> None:
    by_hand = read_object(tree({"GOPROXY": "x"}, entry("kubectl-create", "Update", "GOPROXY")), "acme", None)
    assert (by_hand.holders, strangers(by_hand.content)) == ((), ["kubectl-create"])
    others = read_object(tree({"GOPROXY": "x"}, entry("goproxyctl:other", "Apply", "GOPROXY")), "acme", None)
    assert (others.holders, strangers(others.content)) == (("other",), ["goproxyctl:other"])
    unknown = read_object(tree({"GOPROXY": "x"}), "acme", None)
    assert strangers(unknown.content) == []


def test_an_object_with_another_uid_is_not_the_one_we_made() -> None:
    ours = tree({"GOPROXY": "x"}, entry("goproxyctl:acme", "Apply", "GOPROXY"))
    assert read_object(ours, "acme", "u1").alone
    assert strangers(read_object(ours, "acme", "u0").content) == ["goproxyctl:acme", "u1"]


@given(st.dictionaries(st.text("ABC_", min_size=1), st.text()))
def test_what_is_stated_is_read_back(data: dict[str, str]) -> None:
    stated: dict[str, Any] = {"metadata": {"labels": OURS}} | ({"data": data} if data else {})
    content = json.dumps(stated, sort_keys=True, separators=(",", ":")).encode()
    made = manifest(ADDRESS, content)
    assert made["metadata"]["name"] == "goproxy-env"
    made["metadata"] |= {
        "uid": "u1", "resourceVersion": "1", "managedFields": [entry("goproxyctl:acme", "Apply", *data)]
    }  # fmt: skip
    assert read_object(made, "acme", "u1").content == content


def at(time: str, made: dict[str, Any]) -> dict[str, Any]:
    return {**made, "time": time}


def changed(*entries: dict[str, Any]) -> str:
    found = tree({"GOPROXY": "x", "TEAM": "a", "GOFLAGS": "c"}, *entries)
    found["metadata"]["creationTimestamp"] = "2026-01-01T00:00:00Z"
    return read_object(found, "acme", None).changed


def test_what_we_have_changed_when_somebody_last_wrote_a_part_of_it() -> None:
    ours = at("2026-01-02T00:00:00Z", entry("goproxyctl:acme", "Apply", "GOPROXY"))
    edited = at("2026-01-03T00:00:00Z", entry("kubectl-edit", "Update", "GOFLAGS"))
    theirs = at("2026-01-04T00:00:00Z", entry("flux", "Apply", "TEAM"))
    shared = at("2026-01-05T00:00:00Z", entry("flux", "Apply", "TEAM", "GOPROXY"))
    labels = at("2026-01-06T00:00:00Z", {**entry("kubectl-label", "Update"), "fieldsV1": {"f:metadata": {}}})
    assert changed(ours, labels) == "2026-01-02T00:00:00Z"
    assert changed(ours, edited, labels) == "2026-01-03T00:00:00Z"
    assert changed(ours, edited, theirs) == "2026-01-03T00:00:00Z"
    assert changed(ours, edited, shared) == "2026-01-05T00:00:00Z"
    assert changed(labels) == "2026-01-01T00:00:00Z"
    binary = {**entry("kubectl-edit", "Update"), "fieldsV1": {"f:binaryData": {"f:b": {}}}}
    whole = tree({"GOPROXY": "x"}, ours, at("2026-01-07T00:00:00Z", binary)) | {"binaryData": {"b": "AA=="}}
    assert read_object(whole, "acme", None).changed == "2026-01-07T00:00:00Z"
