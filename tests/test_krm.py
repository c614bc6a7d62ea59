"""`krm` as kustomize and kpt call it: one ResourceList in, one out, and nothing lost on the way."""

import io
import json
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

import jsonschema
import pytest
import yaml

from goproxyctl.cli.piping import MARK
from goproxyctl.cli.resourcelist import identity, own_objects
from tests.desk import Desk, Ran
from tests.oracles import ROOT, shared_schema

#: What version of YAML a reader knows, and whether it looks for types, must not matter: these scalars differ.
ODD = """\
- apiVersion: example.com/v1
  kind: Odd
  metadata: {name: odd} # kept
  spec:
    plain: [yes, on, 010, 0o10, 1e3, 12:30, 2026-11-22, ~, null, .inf, 1_000]
    nothing:
    quoted: ['yes', "010", '', "a\\tb"]
    literal: |
      #!/bin/sh
        indented
    folded: >-
      one
      line
    empty: {}
    none: []
    shared: &one {a: b}
    again: *one
    tagged: !!str 5
    "on": off
"""
NAMESPACES = """\
- {apiVersion: v1, kind: Namespace, metadata: {name: team-a, labels: {team: go}}}
- {apiVersion: v1, kind: Namespace, metadata: {name: team-b}}
"""
#: What kpt and kustomize note in the metadata; a policy itself has no text of several lines.
NOTE = """\
  annotations:
    config.kubernetes.io/function: |
      exec: {path: goproxyctl}
"""
PLAIN = """\
apiVersion: goproxyctl/v1
kind: Policy
metadata:
  name: acme
spec:
  chain: [{name: gateway, url: "https://goproxy.acme.example", role: gatekeeper}, direct]
  targets:
    - {name: cluster, kind: configmap, path: manifests/goproxy.yaml, namespaces: {match: {team: go}}}
"""
CONFIG = PLAIN.replace("spec:\n", NOTE + "spec:\n")
CONFIGMAP = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "goproxy-env", "namespace": "team-a"}}

Function = Callable[..., Ran]


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Desk:
    return Desk(tmp_path, monkeypatch, capsys)


@pytest.fixture
def function(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Function:
    def call(text: str, *arguments: str) -> Ran:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
        return desk.run("krm", *arguments)

    return call


def resource_list(items: str = NAMESPACES, config: str = CONFIG) -> str:
    """A ResourceList as kustomize writes it."""
    indented = "".join(f"  {line}\n" if line else "\n" for line in config.splitlines())
    head = "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\n"
    listed = f"\n{items}" if items.startswith("-") else f" {items}"
    return f"{head}items:{listed}functionConfig:\n{indented}"


def document(ran: Ran) -> dict[str, Any]:
    """The one document of an answer, which its schema takes."""
    (found,) = yaml.safe_load_all(ran.out)
    schema = json.loads(shared_schema("krm-resourcelist.json").read_text())
    jsonschema.validate(found, schema, cls=jsonschema.Draft202012Validator)
    answer: dict[str, Any] = found
    return answer


def test_what_the_policy_makes_comes_after_the_items_of_others(function: Function) -> None:
    ran = function(resource_list())
    assert (ran.code, ran.err) == (0, "")
    answer = document(ran)
    assert "results" not in answer
    assert answer["items"][:2] == yaml.safe_load(NAMESPACES)
    (made,) = answer["items"][2:]
    assert made["metadata"]["namespace"] == "team-a"
    assert made["data"]["GOPROXY"] == "https://goproxy.acme.example,direct"
    assert made["metadata"]["annotations"][MARK] == "acme"
    assert made["metadata"]["annotations"]["config.kubernetes.io/path"] == "manifests/goproxy.yaml"


def test_items_of_others_go_through_as_they_were_written(function: Function) -> None:
    ran = function(resource_list(ODD + NAMESPACES))
    assert ran.code == 0
    assert ODD in ran.out
    for loader in (yaml.BaseLoader, yaml.SafeLoader):
        before, after = yaml.load(ODD, loader), yaml.load(ran.out, loader)["items"][:1]
        assert before == after


def test_a_list_in_json_is_read_too(function: Function) -> None:
    config = yaml.safe_load(CONFIG)
    items = [
        *yaml.safe_load(NAMESPACES),
        {"apiVersion": "v1", "kind": "X", "metadata": {"name": "x"}, "n": 1, "t": True},
    ]
    whole = {"apiVersion": "config.kubernetes.io/v1", "kind": "ResourceList", "items": items, "functionConfig": config}
    answer = document(function(json.dumps(whole)))
    assert answer["items"][:3] == items
    assert len(answer["items"]) == 4


def test_a_list_on_one_line_takes_objects_too(function: Function) -> None:
    one_line = json.dumps(yaml.safe_load(resource_list("[]\n", CONFIG.replace("{match: {team: go}}", "[team-a]"))))
    answer = document(function(one_line))
    assert [item["metadata"]["namespace"] for item in answer["items"]] == ["team-a"]


def test_comments_between_the_items_of_others_stay(function: Function) -> None:
    items = (
        "- apiVersion: v1\n  kind: Namespace\n  metadata: {name: team-a, labels: {team: go}}\n# of the second\n" + ODD
    )
    assert items in function(resource_list(items)).out


def test_a_second_run_gives_the_same_bytes(function: Function) -> None:
    first = function(resource_list(ODD + NAMESPACES))
    again = function(first.out)
    assert (again.code, again.out) == (0, first.out)


def test_a_run_takes_away_what_an_earlier_one_made_and_nothing_else(function: Function) -> None:
    first = document(function(resource_list()))
    moved = {**first, "items": [dict(item) for item in first["items"]]}
    moved["items"][0]["metadata"], moved["items"][1]["metadata"] = (
        {"name": "team-a"},
        {"name": "b", "labels": {"team": "go"}},
    )
    stranger = {**CONFIGMAP, "metadata": {"name": "x", "annotations": {MARK: "somebody"}}}
    moved["items"].append(stranger)
    answer = document(function(yaml.safe_dump(moved)))
    made = [item for item in answer["items"] if item["kind"] == "ConfigMap"]
    assert [item["metadata"].get("namespace") for item in made] == [None, "b"]
    assert stranger in made


@pytest.mark.parametrize(
    ("items", "config", "message"),
    [
        ("[]\n", CONFIG, "target 'cluster': which namespaces it selects is a fact of the cluster"),
        (NAMESPACES.replace("team: go", "team: x"), CONFIG, "none is selected"),
        (NAMESPACES + f"- {json.dumps(CONFIGMAP)}\n", CONFIG, "is among the items already and is not ours"),
        (NAMESPACES, "apiVersion: v1\nkind: ConfigMap\n", "functionConfig: it is no policy"),
        (NAMESPACES, CONFIG.replace("kind: Policy", "kind: Policy\nextends: base.yaml"), "a function reads no files"),
        (NAMESPACES, CONFIG.replace("kind: configmap", "kind: configmaps"), "there is no such kind of target"),
        (NAMESPACES, CONFIG.replace("kind: configmap", "kind: sh").replace(".yaml, namespaces: {match: {team: go}}", ".sh"),
         "no target of the policy makes a manifest"),
    ],
)  # fmt: skip
def test_with_an_error_the_items_stay_and_the_result_says_why(
    items: str, config: str, message: str, function: Function
) -> None:
    ran = function(resource_list(items, config))
    assert ran.code == 1
    answer = document(ran)
    assert answer["items"] == yaml.safe_load(items)
    assert [result["severity"] for result in answer["results"]] == ["error"]
    assert message in answer["results"][0]["message"]
    assert message in ran.err


def test_every_problem_of_the_policy_is_a_result_with_its_rule(function: Function) -> None:
    config = CONFIG.replace("role: gatekeeper", "role: boss").replace("kind: configmap", "kind: configmaps")
    results = document(function(resource_list(config=config)))["results"]
    assert {result["tags"]["rule"] for result in results} == {"field-value", "kind-unknown"}
    assert all(result["message"].startswith("functionConfig:") for result in results)


def test_what_is_no_manifest_is_left_out_and_said(function: Function) -> None:
    config = CONFIG + "    - {name: shell, kind: sh, path: ci/goproxy.sh}\n"
    answer = document(function(resource_list(config=config)))
    assert answer["results"] == [{"message": "ci/goproxy.sh is no manifest and is left out", "severity": "info"}]
    assert len(answer["items"]) == 3


@pytest.mark.parametrize("page", ["docs/kubernetes.md", "docs/zh/kubernetes.md"])
def test_a_policy_with_the_annotation_for_kustomize_is_a_policy_for_every_command(page: str, desk: Desk) -> None:
    (note,) = re.findall(
        r"^config\.kubernetes\.io/function: .*$", (ROOT / page).read_text(encoding="utf-8"), re.MULTILINE
    )
    assert yaml.safe_load(yaml.safe_load(note)["config.kubernetes.io/function"]) == {
        "exec": {"path": "goproxyctl", "args": ["krm"]}
    }
    desk.write(PLAIN.replace("spec:\n", f"  annotations:\n    {note}\nspec:\n"))
    assert desk.run("validate").code == 0


def _yaml_goldens() -> list[Path]:
    return sorted(
        file for file in (ROOT / "tests" / "golden").glob("*/*/desired/**/*") if file.suffix in {".yaml", ".yml"}
    )


def test_what_is_read_of_our_own_manifests_is_what_a_reader_of_yaml_reads() -> None:
    """Every golden file: the ones with objects give each of them, annotated; all others give nothing."""
    with_objects = 0
    for file in _yaml_goldens():
        text = file.read_text(encoding="utf-8")
        trees = list(yaml.safe_load_all(text))
        objects = all(isinstance(tree, dict) and {"apiVersion", "kind", "metadata"} <= tree.keys() for tree in trees)
        with_objects += objects
        found = own_objects(text, lambda index: {MARK: f"acme/{index}"})
        assert len(found) == (len(trees) if objects else 0), file
        for index, (tree, own) in enumerate(zip(trees, found, strict=False)):
            tree["metadata"].setdefault("annotations", {})[MARK] = f"acme/{index}"
            assert yaml.safe_load(own.text) == [tree], file
            assert own.identity == identity(tree)
    assert with_objects >= 10


def test_facts_of_a_file_come_before_the_namespaces_among_the_items(function: Function, desk: Desk) -> None:
    listed = {"kind": "List", "items": [{"metadata": {"name": "other", "labels": {"team": "go"}}}]}
    (desk.tree / "facts.json").write_text(json.dumps(listed))
    answer = document(function(resource_list(), "--facts", "facts.json"))
    assert answer["items"][2]["metadata"]["namespace"] == "other"


@pytest.mark.parametrize(("file", "why"), [("gone.json", "No such file or directory"), (".", "Is a directory")])
@pytest.mark.skipif(sys.platform == "win32", reason="the words of Unix")
def test_facts_that_cannot_be_read_are_named_with_what_to_do(
    file: str, why: str, function: Function, desk: Desk
) -> None:
    said = f"--facts {file}: cannot be read: {why}; make it with kubectl get namespaces -o json"
    ran = function(resource_list(), "--facts", file)
    assert (ran.code, ran.err) == (1, said + "\n")
    assert document(ran)["items"] == yaml.safe_load(NAMESPACES)
    desk.write(PLAIN)
    for command in (["render", "-o", "-"], ["plan"], ["diff"], ["status"], ["apply", "--yes"]):
        ran = desk.run(*command, "--facts", file)
        assert (ran.code, ran.out, ran.err) == (1, "", f"error: {said}\n"), command


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="a pipe of Unix")
def test_an_answer_that_nobody_takes_is_a_failure(desk: Desk) -> None:
    done = desk.start_unread("krm", given=resource_list().encode())
    assert (done.returncode, done.stderr) == (1, b"")


def test_a_closed_standard_input_holds_no_list(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    ran = desk.run("krm")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("error: standard input: this is no ResourceList")


def _left(pipe: IO[bytes]) -> int:
    """How many bytes wait in a pipe for its reader."""
    import fcntl
    import termios

    return int.from_bytes(fcntl.ioctl(pipe, termios.FIONREAD, bytes(4)), sys.byteorder)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="a pipe of Unix")
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_the_wait_for_the_list(number: signal.Signals, code: int, desk: Desk) -> None:
    program = (
        "import signal, sys\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"  # a job in the background is started without it
        "from goproxyctl.cli import main\n"
        "sys.exit(main(['krm']))\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program], cwd=desk.tree, env=desk.env(), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as run:  # fmt: skip
        assert run.stdin is not None
        run.stdin.write(resource_list().encode()[:100])
        run.stdin.flush()
        for _ in range(1_000):
            if not _left(run.stdin):
                break
            time.sleep(0.02)
        assert run.poll() is None
        run.send_signal(number)
        out, err = run.communicate(timeout=20)
    assert (run.returncode, out) == (code, b"")
    assert b"Traceback" not in err


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a: [",
        "kind: ResourceList\nitems: []\n",
        "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems: {}\n",
        "apiVersion: config.kubernetes.io/v1\nkind: List\nitems: []\n",
        resource_list() + "---\n" + resource_list(),
        "- " * 3000 + "x",
    ],
)
def test_what_is_no_resource_list_gives_no_output(text: str, function: Function) -> None:
    ran = function(text)
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("error: standard input: ")


@pytest.mark.parametrize("metadata", ["", ", metadata: {}", ", metadata: {name: ../../x, labels: {team: go}}",
                                      ', metadata: {name: "x\\n", labels: {team: go}}'])  # fmt: skip
def test_a_namespace_that_cannot_be_is_no_fact(metadata: str, function: Function) -> None:
    ran = function(resource_list(f"- {{apiVersion: v1, kind: Namespace{metadata}}}\n{NAMESPACES}"))
    assert ran.code == 0
    (made,) = document(ran)["items"][3:]
    assert made["metadata"]["namespace"] == "team-a"


@pytest.mark.parametrize(
    "item", ["x", "[]", "{metadata: 1}", "{metadata: {annotations: []}}", "~", "{kind: {}, apiVersion: 1}"]
)
def test_items_that_are_no_objects_are_left_alone(item: str, function: Function) -> None:
    ran = function(resource_list(f"- {item}\n{NAMESPACES}"))
    assert ran.code == 0
    assert _first(ran) == yaml.safe_load(f"- {item}")


def _first(ran: Ran) -> list[Any]:
    """The items before the namespaces."""
    items: list[Any] = yaml.safe_load(ran.out)["items"]
    return items[:1]
