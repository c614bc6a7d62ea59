"""Every plain manifest that we write or ship, as a real API server takes it: nothing refused, nothing dropped.

Those of Argo CD, Flux, Kyverno and trust-manager are held against their definitions elsewhere, by schema: the API server
that .ci/kube builds (1.20, by a Go that is newer than its libraries) dies of the first custom object that it is given.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
import yaml

from tests.kube import Kube, Said
from tests.oracles import ROOT

pytestmark = pytest.mark.slow

#: Patches and values, by their folder: nobody sends them as they are.
PARTIAL = ("golden/secret-ref/", "golden/kustomize/", "golden/helm-values/", "plugin/repo-server-patch.yaml")
#: What 1.20 does not have yet.
NEWER = {"MutatingAdmissionPolicy", "MutatingAdmissionPolicyBinding"}


def manifests() -> Iterator[tuple[str, dict[str, Any]]]:
    """Each manifest of a kind of Kubernetes itself, and the file that holds it; namespaces first."""
    found = []
    for folder in (ROOT / "tests" / "golden", ROOT / "examples"):
        for file in sorted(folder.rglob("*.yaml")):
            name = file.relative_to(ROOT).as_posix()
            for document in () if any(part in name for part in PARTIAL) else yaml.safe_load_all(file.read_bytes()):
                group = str(document.get("apiVersion", "x.y/")) if isinstance(document, dict) else "x.y/"
                if "." not in group or group.partition("/")[0].endswith(".k8s.io"):
                    found.append((name, document))
    ours = [(name, document) for name, document in found if not document["apiVersion"].startswith("goproxyctl/")]
    kept = [(name, document) for name, document in ours if "kustomize." not in document["apiVersion"]]
    yield from sorted(kept, key=lambda pair: pair[1]["kind"] != "Namespace")


def dry_run(kube: Kube, document: Mapping[str, Any]) -> Said:
    """What the server would make of it."""
    metadata, plural = document["metadata"], f"{document['kind'].lower()}s"
    path = f"/api/{document['apiVersion']}"
    if namespace := metadata.get("namespace"):
        kube.ask("POST", "/api/v1/namespaces", {"metadata": {"name": namespace}})
        path += f"/namespaces/{namespace}"
    query = "dryRun=All&fieldManager=goproxyctl:test"
    return kube.ask("PATCH", f"{path}/{plural}/{metadata['name']}?{query}", document, "application/apply-patch+yaml")


def dropped(wanted: Any, given: Any, at: str = "") -> Iterator[str]:
    """Where the server's object is not what the manifest says."""
    if isinstance(wanted, dict) and isinstance(given, dict):
        for name, value in wanted.items():
            yield from dropped(value, given.get(name), f"{at}.{name}")
    elif wanted != given:
        yield at


def test_the_server_takes_every_plain_manifest_whole(kube: Kube) -> None:
    taken: dict[str, int] = {}
    for file, document in manifests():
        if document["kind"] not in NEWER:
            said = dry_run(kube, document)
            assert said.status in {200, 201}, (file, said.tree.get("message"))
            assert list(dropped(document, said.tree)) == [], file
            taken[document["kind"]] = taken.get(document["kind"], 0) + 1
    assert taken["ConfigMap"] >= 8
    assert taken["Namespace"] >= 3


def test_a_member_that_a_kind_does_not_have_would_be_noticed(kube: Kube) -> None:
    for _, document in manifests():
        if document["kind"] not in NEWER:
            assert dry_run(kube, {**document, "dtaa": {"x": "y"}}).status >= 400
        if document["kind"] == "ConfigMap":
            assert dry_run(kube, {**document, "data": {"GOPROXY": 1}}).status >= 400


def test_kubernetes_validate_takes_every_plain_manifest() -> None:
    kubernetes_validate = pytest.importorskip("kubernetes_validate")
    found = set()
    for _, document in manifests():
        kubernetes_validate.validate(document, kubernetes_validate.latest_version(), strict=True)
        found.add(document["kind"])
    assert found == {"ConfigMap", "Namespace", *NEWER}
