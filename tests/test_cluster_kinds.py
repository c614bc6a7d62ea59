"""What kyverno, trust-bundle, secret-ref and configmap write for a cluster, and for which of its namespaces."""

import json
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from pydantic import ValidationError

from goproxyctl.errors import GoproxyctlError
from goproxyctl.facts import parse_facts
from goproxyctl.intent import Facts, Intent
from goproxyctl.targets.kubernetes import KUBE_NAMESPACES, NAME_LABEL, Selector, is_system, label_selector
from tests.desk import Desk
from tests.intents import make_target
from tests.oracles import require, shared_schema

GOLDEN = Path(__file__).parent / "golden"
CERTIFICATE = (GOLDEN / "ca-import/company/certs/acme-root.pem").read_bytes()
INTENT = Intent("acme", "x", private=("git.acme.example",))
FACTS = Facts(
    {
        "team-b": {"team": "go", "tier": "build"},
        "team-a": {"team": "go"},
        "kube-system": {"team": "go"},
        "openshift": {},
        "openshift-ingress": {},
        "default": {},
    }
)


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Desk:
    return Desk(tmp_path, monkeypatch, capsys)


def written(target: Any, intent: Intent = INTENT) -> list[dict[str, Any]]:
    """The documents of the one file that a target writes."""
    (resource,) = target.desired(intent)
    return list(yaml.safe_load_all(resource.content))


def golden(kind: str) -> Iterator[dict[str, Any]]:
    """Every document of the golden files of a kind."""
    for file in sorted(GOLDEN.glob(f"{kind}/*/desired/**/*.yaml")):
        yield from yaml.safe_load_all(file.read_bytes())


def namespaces(wanted: Any, facts: Facts | None = FACTS) -> list[str]:
    """The namespaces that a configmap target writes manifests for."""
    documents = written(make_target("configmap", namespaces=wanted), INTENT._replace(facts=facts))
    return [document["metadata"]["namespace"] for document in documents]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (["b", "a", "b"], ["a", "b"]),
        ({"match": {"team": "go"}}, ["kube-system", "team-a", "team-b"]),
        ({"match": {"team": "go", "tier": "build"}}, ["team-b"]),
        ({"match": {"team": "go"}, "except": ["team-a", "kube-system"]}, ["team-b"]),
        ({"match": "all"}, ["default", "team-a", "team-b"]),
        ({"match": "all", "except": ["default"]}, ["team-a", "team-b"]),
    ],
)
def test_a_selector_takes_the_namespaces_that_match(wanted: Any, found: list[str]) -> None:
    assert namespaces(wanted) == found


@pytest.mark.parametrize(
    ("facts", "message"),
    [
        (None, "which namespaces it selects is a fact of the cluster; add --facts FILE"),
        (Facts(), "of 0 namespaces none is selected"),
        (FACTS, "of 6 namespaces none is selected"),
    ],
)
def test_a_selector_never_comes_to_nothing_without_a_word(facts: Facts | None, message: str) -> None:
    with pytest.raises(GoproxyctlError, match=message):
        namespaces({"match": {"team": "rust"}}, facts)


@pytest.mark.parametrize(
    "wanted", [[], {}, {"match": {}}, {"match": "some"}, {"match": {"a b": "c"}}, "all", {"all": 1}]
)
def test_namespaces_are_names_or_one_selector(wanted: Any) -> None:
    with pytest.raises(ValidationError):
        make_target("configmap", namespaces=wanted)


def test_a_label_selector_leaves_out_what_the_names_do() -> None:
    wanted = Selector.model_validate_json('{"match": "all", "except": ["x"]}')
    (expression,) = label_selector(wanted)["matchExpressions"]
    assert expression == {"key": NAME_LABEL, "operator": "NotIn", "values": sorted(["x", *KUBE_NAMESPACES])}
    assert all(map(is_system, KUBE_NAMESPACES))


def _listed(*namespaces: Mapping[str, Any], kind: str = "List") -> bytes:
    return json.dumps({"apiVersion": "v1", "kind": kind, "items": namespaces}).encode()


def test_a_namespace_that_is_being_deleted_takes_nothing() -> None:
    content = _listed(
        {"kind": "Namespace", "metadata": {"name": "a", "labels": {"b": "c"}}, "status": {"phase": "Active"}},
        {"kind": "Namespace", "metadata": {"name": "d"}},
        {"kind": "Namespace", "metadata": {"name": "e"}, "status": {"phase": "Terminating"}},
        {"kind": "Namespace", "metadata": {"name": "f", "deletionTimestamp": "2020-01-01T00:00:00Z"}},
    )
    assert parse_facts(content, "facts.json") == Facts({"a": {"b": "c"}, "d": {}})


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"apiVersion: v1",
        b"[]",
        b"{}",
        b"null",
        _listed(kind="Pod"),
        _listed({"kind": "Pod", "metadata": {"name": "x"}}),
        _listed({"metadata": {}}),
        _listed({"metadata": {"name": 1}}),
        _listed({"metadata": {"name": ""}}),
        _listed({"metadata": {"name": "../../x"}}),
        _listed({"metadata": {"name": "x\n"}}),
        _listed({"metadata": {"name": "x" * 64}}),
        _listed({"metadata": {"name": "x", "labels": {"a": 1}}}),
        b"[" * 100_000,
    ],
)
def test_what_is_no_list_of_namespaces_is_refused(content: bytes) -> None:
    with pytest.raises(GoproxyctlError, match=r"facts\.json: this is no list of namespaces"):
        parse_facts(content, "facts.json")


POLICY = """\
apiVersion: goproxyctl/v1
kind: Policy
metadata: {name: acme}
spec:
  chain: [{name: gateway, url: "https://goproxy.acme.example", role: gatekeeper}, direct]
  targets:
    - {name: cluster, kind: configmap, path: manifests/goproxy.yaml, namespaces: {match: {team: go}}}
"""


def test_a_policy_with_a_selector_is_valid_and_rendered_with_facts_only(desk: Desk) -> None:
    desk.write(POLICY)
    assert desk.run("validate").code == 0
    ran = desk.run("render", "-o", "-")
    assert (ran.code, ran.out) == (1, "")
    assert "--facts" in ran.err
    (desk.tree / "facts.json").write_bytes(_listed({"metadata": {"name": "team-a", "labels": {"team": "go"}}}))
    ran = desk.run("render", "-o", "-", "--facts", "facts.json")
    assert ran.code == 0
    assert 'namespace: "team-a"' in ran.out
    assert desk.run("apply", "--yes", "--facts", "facts.json").code == 0
    assert desk.run("status", "--facts", "facts.json").code == 0
    (desk.tree / "facts.json").write_bytes(_listed({"metadata": {"name": "team-a"}}))
    assert desk.run("apply", "--yes", "--prune", "--facts", "facts.json").code == 1
    assert "team-a" in (desk.tree / "manifests/goproxy.yaml").read_text()


def test_an_immutable_configmap_has_another_name_for_other_values_only() -> None:
    target = make_target("configmap", namespaces=["a", "b"], immutable=True)
    first, again, other = (
        written(target, INTENT._replace(checksum=c)) for c in ("a.example", "a.example", "b.example")
    )
    names = {document["metadata"]["name"] for document in first}
    assert first == again
    assert len(names) == 1
    assert names.isdisjoint(document["metadata"]["name"] for document in other)
    assert all(document["immutable"] is True for document in first)


def test_the_schema_of_kyverno_takes_its_policies() -> None:
    schema = json.loads(shared_schema("kyverno-clusterpolicy-v1.json").read_text())
    found = [document for document in golden("kyverno") if document["kind"] == "ClusterPolicy"]
    assert len(found) == 2
    for document in found:
        jsonschema.validate(document, schema, cls=jsonschema.Draft202012Validator)


def unsaid(schema: Mapping[str, Any], root: Mapping[str, Any], value: Any, *, listed: bool = False) -> Iterator[str]:
    """The fields within lists that the API server would fill with a default."""
    while "$ref" in schema:
        schema = root["$defs"][schema["$ref"].removeprefix("#/$defs/")]
    if isinstance(value, dict):
        for name, below in schema.get("properties", {}).items():
            if name in value:
                yield from unsaid(below, root, value[name], listed=listed)
            elif listed and "default" in below:
                yield name
    elif isinstance(value, list):
        for one in value:
            yield from unsaid(schema.get("items", {}), root, one, listed=True)


@pytest.mark.parametrize(
    ("kind", "made", "schema"),
    [
        ("kyverno", "ClusterPolicy", "kyverno-clusterpolicy-v1.json"),
        ("trust-bundle", "Bundle", "trustmanager-bundle-v1alpha1.json"),
    ],
)
def test_no_default_of_the_api_server_is_drift_for_argocd(kind: str, made: str, schema: str) -> None:
    """Argo CD compares a list of a custom resource as one value. Source: github.com/kyverno/policies/issues/896."""
    root = json.loads(shared_schema(schema).read_text())
    found = [document for document in golden(kind) if document["kind"] == made]
    assert found
    for document in found:
        assert list(unsaid(root, root, document)) == []
    if made == "ClusterPolicy":
        del document["spec"]["rules"][0]["skipBackgroundRequests"]
        assert list(unsaid(root, root, document)) == ["skipBackgroundRequests"]


def test_kubernetes_takes_the_native_policy_and_every_plain_object() -> None:
    kubernetes_validate = pytest.importorskip("kubernetes_validate")
    kinds = {"ConfigMap", "MutatingAdmissionPolicy", "MutatingAdmissionPolicyBinding"}
    found = [d for kind in ("configmap", "kyverno", "trust-bundle") for d in golden(kind) if d["kind"] in kinds]
    assert {document["kind"] for document in found} == kinds
    for document in found:
        kubernetes_validate.validate(document, kubernetes_validate.latest_version(), strict=True)


def test_the_schema_of_trust_manager_takes_its_bundle() -> None:
    schema = json.loads(shared_schema("trustmanager-bundle-v1alpha1.json").read_text())
    (bundle,) = (document for document in golden("trust-bundle") if document["kind"] == "Bundle")
    jsonschema.validate(bundle, schema, cls=jsonschema.Draft202012Validator)
    assert bundle["spec"]["sources"][0] == {"useDefaultCAs": True}


def test_every_form_of_a_bundle_holds_the_certificate_as_it_is() -> None:
    pem = CERTIFICATE[CERTIFICATE.index(b"-----BEGIN") :].decode().replace("\r\n", "\n")
    texts = [d["data"]["acme.pem"] for d in golden("trust-bundle") if d["kind"] == "ConfigMap"]
    texts += [d["spec"]["sources"][1]["inLine"] for d in golden("trust-bundle") if d["kind"] == "Bundle"]
    assert texts == [pem] * 3


def test_public_authorities_without_trust_manager_are_refused() -> None:
    with pytest.raises(GoproxyctlError, match="only trust-manager knows the public authorities"):
        written(make_target("trust-bundle", form="configmap", public=True))


@pytest.mark.parametrize("form", ["configmap", "bundle"])
def test_without_an_authority_no_empty_bundle_is_written(form: str) -> None:
    assert list(make_target("trust-bundle", form=form, public=False).desired(INTENT)) == []


def test_kyverno_generates_what_the_configmap_kind_states() -> None:
    (policy,) = written(make_target("kyverno", namespaces=["team-a"]))
    (configmap,) = written(make_target("configmap", namespaces=["team-a"]))
    rule = policy["spec"]["rules"][0]["generate"]
    assert rule["data"]["data"] == configmap["data"]
    assert rule["data"]["metadata"]["labels"] == configmap["metadata"]["labels"]


@pytest.mark.parametrize("wanted", [["team-a"], {"match": {"team": "go"}}, {"match": "all"}])
def test_kyverno_also_gives_the_configmap_to_namespaces_that_are_there(wanted: Any) -> None:
    """In the background a rule is matched without an operation, which no list of operations holds.

    Source: kyverno 1.19, pkg/engine/utils/match.go, doesResourceMatchConditionBlock; kyverno/policies issue 1123.
    """
    (policy,) = written(make_target("kyverno", namespaces=wanted))
    generated, mutated = policy["spec"]["rules"]
    assert generated["generate"]["generateExisting"] is True
    (about,) = generated["match"]["any"]
    assert about["resources"]["kinds"] == ["Namespace"]
    assert "operations" not in about["resources"]
    (about,) = mutated["match"]["any"]
    assert about["resources"]["operations"] == ["CREATE"], "a pod that runs can get no variables any more"


@pytest.mark.parametrize("containers", ["containers", "initContainers"])
def test_kyverno_adds_one_reference_in_front_whatever_a_container_has(containers: str) -> None:
    (policy,) = written(make_target("kyverno"))
    loops = [one for one in policy["spec"]["rules"][1]["mutate"]["foreach"] if f".{containers} " in one["list"]]
    entry = {"configMapRef": {"name": "goproxy-env"}}
    found = {}
    for loop in loops:
        empty, unnamed = loop["preconditions"]["all"]
        assert (unnamed["key"], unnamed["operator"]) == ("goproxy-env", "AnyNotIn")
        (patch,) = yaml.safe_load(loop["patchesJson6902"])
        found[empty["operator"]] = (patch["op"], patch["path"], patch["value"])
    at = f"/spec/{containers}/{{{{elementIndex}}}}/envFrom"
    assert found == {"Equals": ("add", at, [entry]), "GreaterThan": ("add", f"{at}/0", entry)}


def test_the_name_of_a_policy_fits_into_a_label() -> None:
    names = set()
    for target in ("a" * 63, "a" * 62 + "b", "a.b"):
        (policy,) = written(make_target("kyverno"), Intent("o" * 63, target))
        names.add(policy["metadata"]["name"])
        assert len(policy["metadata"]["name"]) <= 63
    assert len(names) == 3


DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, labels: {goproxy: enabled}}
spec:
  selector: {matchLabels: {a: b}}
  template:
    metadata: {labels: {a: b}}
    spec:
      containers:
        - name: build
          image: x
          env: [{name: THEIRS, value: kept}]
          volumeMounts: [{name: theirs, mountPath: /theirs}]
        - {name: other, image: x}
      volumes: [{name: theirs, emptyDir: {}}]
"""


def test_kustomize_mounts_the_secret_and_keeps_what_was_there(tmp_path: Path) -> None:
    kubernetes_validate = pytest.importorskip("kubernetes_validate")
    (patch,) = make_target("secret-ref").desired(INTENT)
    (tmp_path / "patch.yaml").write_bytes(patch.content)
    (tmp_path / "web.yaml").write_text(DEPLOYMENT)
    target = {"kind": "Deployment", "labelSelector": "goproxy=enabled"}
    kustomization = {"resources": ["web.yaml"], "patches": [{"path": "patch.yaml", "target": target}]}
    (tmp_path / "kustomization.yaml").write_text(json.dumps(kustomization))
    done = subprocess.run([require("kubectl"), "kustomize", str(tmp_path)], capture_output=True, timeout=60)
    assert done.returncode == 0, done.stderr
    web = yaml.safe_load(done.stdout)
    kubernetes_validate.validate(web, kubernetes_validate.latest_version(), strict=True)
    pod = web["spec"]["template"]["spec"]
    containers = {container["name"]: container for container in pod["containers"]}
    values = {variable["name"]: variable["value"] for variable in containers["build"]["env"]}
    assert values == {"THEIRS": "kept", "NETRC": "/etc/goproxy-netrc/netrc"}
    assert [mount["name"] for mount in containers["build"]["volumeMounts"]] == ["goproxy-netrc", "theirs"]
    assert {volume["name"] for volume in pod["volumes"]} == {"goproxy-netrc", "theirs"}
    assert "env" not in containers["other"]


def test_a_native_policy_is_told_of_no_certificate_file_for_it_states_no_variables(desk: Desk) -> None:
    kyverno = "kind: kyverno, engine: native, ca_file: /etc/ca.pem"
    desk.write(POLICY.replace("kind: configmap", kyverno))
    ran = desk.run("validate")
    assert ran.code == 1
    assert "ca-file-not-carried" in ran.out + ran.err


def test_a_word_in_place_of_the_names_of_namespaces_is_told_to_be_a_list(desk: Desk) -> None:
    desk.write(POLICY.replace("{match: {team: go}}", "all"))
    ran = desk.run("validate")
    assert ran.code == 1
    assert "'namespaces' must be a list; for example: namespaces: [\"team-a\", " in ran.out


def test_a_patch_is_no_manifest_that_somebody_could_apply(desk: Desk) -> None:
    ours = "    - {name: netrc, kind: secret-ref, path: k8s/netrc.yaml, containers: [build]}\n"
    desk.write(POLICY.replace("{match: {team: go}}", "[team-a]") + ours)
    ran = desk.run("render", "-o", "-")
    assert (ran.code, ran.out) == (1, "")
    assert "k8s/netrc.yaml is no Kubernetes manifest" in ran.err
