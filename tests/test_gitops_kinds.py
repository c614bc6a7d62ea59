"""What argocd, flux, kustomize and helm-values write, as their real readers take it."""

import json
import subprocess
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from pydantic import ValidationError

from goproxyctl.formats.yamltext import block
from goproxyctl.intent import Intent
from tests.intents import make_target
from tests.oracles import require, shared_schema
from tests.readers.yamls import YAML_READERS

GOLDEN = Path(__file__).parent / "golden"
SCHEMAS = {
    "AppProject": "argocd-appproject-v1alpha1.json",
    "Application": "argocd-application-v1alpha1.json",
    "ApplicationSet": "argocd-applicationset-v1alpha1.json",
    "GitRepository": "flux-gitrepository-v1.json",
    "OCIRepository": "flux-ocirepository-v1.json",
    "Kustomization": "flux-kustomization-v1.json",
}
WORKLOADS = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, labels: {acme.example/go: "yes", tier: build}}
spec:
  selector: {matchLabels: {a: b}}
  template:
    metadata: {labels: {a: b}}
    spec:
      containers:
        - {name: test, image: x}
        - name: build
          image: x
          env: [{name: THEIRS, value: kept}]
          envFrom: [{configMapRef: {name: theirs}}, {configMapRef: {name: goproxy-env}}]
---
apiVersion: batch/v1
kind: Job
metadata: {name: once, labels: {acme.example/go: "yes", tier: build}}
spec: {template: {spec: {containers: [{name: build, image: x}, {name: test, image: x}]}}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: stranger, labels: {tier: build}}
spec:
  selector: {matchLabels: {a: b}}
  template: {metadata: {labels: {a: b}}, spec: {containers: [{name: build, image: x}]}}
"""


def manifests(kind: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every document of the golden files of a kind."""
    for file in sorted((GOLDEN / kind).glob("*/desired/**/*.yaml")):
        for document in yaml.safe_load_all(file.read_bytes()):
            yield file.relative_to(GOLDEN).as_posix(), document


@pytest.mark.parametrize("kind", ["argocd", "flux"])
def test_a_manifest_is_what_the_engine_declares(kind: str) -> None:
    found = list(manifests(kind))
    assert len(found) >= 4
    for file, document in found:
        schema = json.loads(shared_schema(SCHEMAS[document["kind"]]).read_text(encoding="utf-8"))
        errors = [e.message for e in jsonschema.Draft202012Validator(schema).iter_errors(document)]
        assert errors == [], file


def test_the_schemas_would_notice_a_field_that_does_not_exist() -> None:
    for kind in ("argocd", "flux"):
        for file, document in manifests(kind):
            schema = json.loads(shared_schema(SCHEMAS[document["kind"]]).read_text(encoding="utf-8"))
            spoiled = {**document, "spec": {**document["spec"], "sycnPolicy": {}}}
            assert list(jsonschema.Draft202012Validator(schema).iter_errors(spoiled)), file


def test_an_application_may_use_its_project_and_nothing_else() -> None:
    documents = [document for file, document in manifests("argocd") if "argocd/company" in file]
    project, application = documents
    assert application["spec"]["project"] == project["metadata"]["name"] != "default"
    assert project["spec"]["sourceRepos"] == [application["spec"]["source"]["repoURL"]]
    assert [d["namespace"] for d in project["spec"]["destinations"]] == ["", "team-a", "team-b"]
    assert {d["server"] for d in project["spec"]["destinations"]} == {application["spec"]["destination"]["server"]}
    assert project["spec"]["clusterResourceWhitelist"] == []
    assert application["spec"]["syncPolicy"]["automated"]["allowEmpty"] is False


@pytest.mark.parametrize("clusters", [None, {"a": "b"}])
def test_argocd_permits_what_an_application_says_and_nothing_is_allowed_twice(clusters: dict[str, str] | None) -> None:
    """Source: argo-cd 2.x, ValidateProject (no destination twice) and IsDestinationPermitted (by the address alone)."""
    twice = {"namespaces": ["team-a", "team-a"], "kinds": ["ConfigMap", "ConfigMap"], "left_to": ["x", "x"]}
    (made,) = make_target("argocd", clusters=clusters, **twice).desired(Intent("acme", "x"))
    project, application = yaml.safe_load_all(made.content)
    spec = application["spec"].get("template", application)["spec"]
    itself, allowed = project["spec"]["destinations"]
    assert itself["server"] == allowed["server"] == ("*" if clusters else spec["destination"]["server"])
    assert len(project["spec"]["namespaceResourceWhitelist"]) == 1
    assert spec["ignoreDifferences"][0]["managedFieldsManagers"] == ["x"]


def permits(project: Mapping[str, Any], server: str, namespace: str) -> bool:
    """Source: argo-cd, app_project_types.go, isDestinationMatched, for a project that denies nothing by name."""
    return any(
        fnmatchcase(server, allowed["server"]) and fnmatchcase(namespace, allowed["namespace"])
        for allowed in project["spec"]["destinations"]
    )


@pytest.mark.parametrize("namespaces", [["team-a", "team-b"], ["team-*"], ["*"]])
@pytest.mark.parametrize("options", [{}, {"clusters": {"a": "b"}}, {"split": True}])
def test_a_project_permits_its_application_and_every_namespace_that_it_brings(
    namespaces: list[str], options: Mapping[str, Any]
) -> None:
    """Argo CD syncs nothing of an Application whose own destination is not permitted; one with no namespace has ""."""
    (made,) = make_target("argocd", namespaces=namespaces, **options).desired(Intent("acme", "x"))
    project, application = yaml.safe_load_all(made.content)
    to = application["spec"].get("template", application)["spec"]["destination"]
    server = "https://elsewhere.acme.example" if "clusters" in options else to["server"]
    assert permits(project, server, to.get("namespace", ""))
    assert permits(project, server, "team-a")
    assert permits(project, server, "kube-system") == (namespaces == ["*"])
    assert len(project["spec"]["destinations"]) == len(namespaces) + (namespaces != ["*"])


@pytest.mark.parametrize(
    ("options", "generator"),
    [
        ({"clusters": {"a": "b"}}, "clusters"),
        ({"split": True}, "git"),
        ({"clusters": {"a": "b"}, "split": True}, "matrix"),
    ],
)
def test_a_set_goes_over_clusters_folders_or_both(options: Mapping[str, Any], generator: str) -> None:
    (made,) = make_target("argocd", **options).desired(Intent("acme", "x"))
    _, applications = yaml.safe_load_all(made.content)
    (used,) = applications["spec"]["generators"]
    assert list(used) == [generator]
    # A parameter that no generator gives is an error (missingkey=error): only those are named that are there.
    template = json.dumps(applications["spec"]["template"])
    assert ("{{.server}}" in template) == ("clusters" in options) == ("{{.nameNormalized}}" in template)
    assert ("{{.path.path}}" in template) == ("split" in options) == ("{{.path.basenameNormalized}}" in template)


@pytest.mark.parametrize("kind", ["argocd", "flux"])
def test_what_a_failover_moves_is_left_alone_where_it_is_lent(kind: str) -> None:
    (strict,) = make_target(kind).desired(Intent("acme", "x"))
    (lent,) = make_target(kind, lend=True).desired(Intent("acme", "x"))
    assert b"/data/GOPROXY" not in strict.content
    assert b"/data/GOPROXY" in lent.content
    assert kind == "flux" or b"RespectIgnoreDifferences=true" in lent.content


def _overlay(tmp_path: Path, component: Path) -> list[dict[str, Any]]:
    """The workloads, built with a component."""
    (tmp_path / "workloads.yaml").write_text(WORKLOADS)
    kustomization = {"namespace": "team-a", "resources": ["workloads.yaml"], "components": [f"goproxy/{component}"]}
    (tmp_path / "kustomization.yaml").write_text(json.dumps(kustomization))
    done = subprocess.run([require("kubectl"), "kustomize", str(tmp_path)], capture_output=True, timeout=120)
    assert done.returncode == 0, done.stderr.decode()
    return list(yaml.load_all(done.stdout, yaml.BaseLoader))


def _component(tmp_path: Path, intent: Intent, **options: Any) -> None:
    for resource in make_target("kustomize", path="c/kustomization.yaml", **options).desired(intent):
        file = tmp_path / "goproxy" / resource.address.container
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(resource.content)


def test_a_component_names_its_configmap_by_content_wherever_it_is_used(tmp_path: Path) -> None:
    intent = Intent("acme", "x", private=("git.acme.example",))
    _component(tmp_path, intent, selector={"acme.example/go": "yes", "tier": "build"}, containers=["build", "test"])
    configmap, *workloads = _overlay(tmp_path, Path("c"))
    assert configmap["data"] == intent.variables("/etc/ca.pem")
    name = configmap["metadata"]["name"]
    assert name.startswith("goproxy-env-")
    assert configmap["metadata"]["labels"]["app.kubernetes.io/part-of"] == "acme"
    containers = {
        (workload["metadata"]["name"], container["name"]): container
        for workload in workloads
        for container in workload["spec"]["template"]["spec"]["containers"]
    }
    for at in [("web", "build"), ("web", "test"), ("once", "build"), ("once", "test")]:
        given = {e["name"]: e["valueFrom"]["configMapKeyRef"] for e in containers[at]["env"] if "valueFrom" in e}
        assert given == {variable: {"name": name, "key": variable} for variable in configmap["data"]}
    build = containers["web", "build"]
    assert {"name": "THEIRS", "value": "kept"} in build["env"]
    assert build["envFrom"] == [{"configMapRef": {"name": "theirs"}}, {"configMapRef": {"name": name}}]
    assert "env" not in containers["stranger", "build"]


@pytest.mark.parametrize("value", ['"quoted"', "'x'", "a=b", "# no comment", "$HOME", "\\n", "`id`", "a b"])
def test_kustomize_takes_a_value_as_it_stands(value: str, tmp_path: Path) -> None:
    intent = Intent("acme", "x", private=(value,))
    _component(tmp_path, intent, containers=[])
    configmap, *_ = _overlay(tmp_path, Path("c"))
    assert configmap["data"]["GOPRIVATE"] == value


@pytest.mark.parametrize(
    ("form", "at", "wanted"),
    [
        ("map", "a.b", {"a": {"b": {"GOSUMDB": "off"}}}),
        ("list", "extraEnv", {"extraEnv": [{"name": "GOSUMDB", "value": "off"}]}),
        ("env-from", "extraEnvFrom", {"extraEnvFrom": [{"configMapRef": {"name": "goproxy-env"}}]}),
    ],
)
@pytest.mark.parametrize("reader", YAML_READERS)
def test_a_chart_gets_values_in_its_shape(reader: str, form: str, at: str, wanted: Any, tmp_path: Path) -> None:
    (made,) = make_target("helm-values", form=form, at=at, ca_file="/c").desired(Intent("a", "x", checksum="off"))
    file = tmp_path / "values.yaml"
    file.write_bytes(made.content)
    ((found,),) = YAML_READERS[reader]([file])
    steps = at.split(".")
    for step in steps:
        found, wanted = found[step], wanted[step]
    if form == "map":
        assert found["GOSUMDB"] == wanted["GOSUMDB"]
        assert found == Intent("a", "x", checksum="off").variables("/c")
    else:
        assert [one for one in found if one in wanted] == wanted


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("argocd", {"repo": "https://user:secret@git.a.example/x"}),
        ("argocd", {"repo": "file:///etc"}),
        ("argocd", {"repo": "https://git.a.example/../x"}),
        ("argocd", {"folder": "../elsewhere"}),
        ("argocd", {"folder": "/etc"}),
        ("argocd", {"folder": ".git/hooks"}),
        ("argocd", {"folder": "a/../../b"}),
        ("argocd", {"revision": "--upload-pack=x"}),
        ("argocd", {"namespaces": []}),
        ("argocd", {"namespaces": ["{{.name}}"]}),
        ("argocd", {"kinds": ["configmap"]}),
        ("argocd", {"left_to": ["a b"]}),
        ("flux", {"url": "oci://user@registry.a.example/x"}),
        ("flux", {"url": "http://git.a.example/x"}),
        ("flux", {"interval": "0s"}),
        ("flux", {"folder": "a//b"}),
        ("kustomize", {"path": "goproxy.yaml"}),
        ("kustomize", {"containers": ["Build"]}),
        ("kustomize", {"selector": {}}),
        ("helm-values", {"at": "a..b"}),
        ("helm-values", {"at": "a[0]"}),
        ("helm-values", {"form": "json"}),
    ],
)
def test_an_option_that_an_engine_would_misread_is_refused(kind: str, options: Mapping[str, Any]) -> None:
    with pytest.raises(ValidationError):
        make_target(kind, **options)


@pytest.mark.parametrize("reader", YAML_READERS)
def test_a_tree_comes_back_from_every_reader_of_yaml(reader: str, tmp_path: Path) -> None:
    words = ["off", "", "1e3", "12:30", "~", "a: b", "- x", "# c", '"', "\\", "{{.x}}", "null", "=", "<<"]
    tree = {
        "plain": words,
        "nested": [{"name": word, "value": {"inner": [word, [word, []], {}]}} for word in words],
        **dict.fromkeys(["off", "y", "a.b/c-d", "x y", "1", "null", "camelCase"], "key"),
        "numbers": [0, -10, True, False],
    }
    file = tmp_path / "tree.yaml"
    file.write_text(block(tree) + "\n", encoding="ascii")
    ((found,),) = YAML_READERS[reader]([file])
    assert json.dumps(found, sort_keys=True, default=str) == json.dumps(_text_of(tree, found), sort_keys=True)


def _text_of(wanted: Any, found: Any) -> Any:
    """Numbers and booleans as the reader gives them, where it gives all scalars as text."""
    if isinstance(wanted, dict):
        return {name: _text_of(value, found[name]) for name, value in wanted.items()}
    if isinstance(wanted, list):
        return [_text_of(one, other) for one, other in zip(wanted, found, strict=True)]
    return json.dumps(wanted) if isinstance(found, str) and not isinstance(wanted, str) else wanted
