"""Generated policies, every kind of target: each artifact, read by its real reader, states what the policy says."""

import json
import random
import subprocess
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from goproxyctl.formats import Edit, goenv, jsonc
from goproxyctl.intent import Intent
from goproxyctl.resource import Place, Resource
from goproxyctl.targets.base import Target
from tests.intents import make_intent, make_target, stated
from tests.oracles import require, require_npm, shared_schema
from tests.readers.actions import bundle_parser, parse_github, run_step, start_step
from tests.readers.canary import Canary, make_canary
from tests.readers.cmd import read_batch
from tests.readers.dockerfile import read_dockerfile
from tests.readers.go import read_go_env
from tests.readers.powershell import check_grammar, read_script
from tests.readers.shells import SHELLS, read_shell
from tests.readers.yamls import YAML_READERS, ask_node
from tests.scale import scaled

pytestmark = pytest.mark.slow

COUNT = scaled(60, 2000)


@cache
def intents() -> tuple[Intent, ...]:
    rng = random.Random(20261122)
    return tuple(make_intent(rng) for _ in range(COUNT))


@pytest.fixture
def canary(tmp_path: Path) -> Canary:
    return make_canary(tmp_path)


def files_of(kind: str, folder: Path, suffix: str = "") -> tuple[list[Path], list[dict[str, str]]]:
    """The artifact of each intent, and what each must state."""
    target = make_target(kind)
    files, wanted = [], []
    for number, intent in enumerate(intents()):
        (found,) = (resource for resource in target.desired(intent) if resource.address.place is Place.FILE)
        file = folder / f"{kind}{number}{suffix}"
        file.write_bytes(found.content)
        files.append(file)
        wanted.append(stated(target, intent))
    return files, wanted


def edits_of(resources: Sequence[Resource]) -> list[Edit]:
    return [Edit(resource.address.key, resource.content) for resource in resources]


@pytest.mark.parametrize("delayed", [False, True])
def test_cmd_has_the_variables(delayed: bool, tmp_path: Path) -> None:
    files, wanted = files_of("bat", tmp_path)
    for file, variables in zip(files, wanted, strict=True):
        session = read_batch(file.read_bytes(), delayed=delayed)
        assert session.ran == ["exit /b 0"]
        assert session.variables == {"PATH": r"C:\canary", **variables}


def test_powershell_has_the_variables(tmp_path: Path) -> None:
    files, wanted = files_of("powershell", tmp_path)
    for file, variables in zip(files, wanted, strict=True):
        assert read_script(file.read_bytes()) == variables
        check_grammar(file.read_bytes(), len(variables))


@pytest.mark.parametrize("shell", SHELLS)
def test_a_shell_has_the_variables(shell: str, tmp_path: Path, canary: Canary) -> None:
    files, wanted = files_of("sh", tmp_path)
    assert read_shell(shell, files, canary) == wanted
    assert not canary.sang()


def test_an_image_has_the_variables(tmp_path: Path) -> None:
    files, wanted = files_of("dockerfile", tmp_path)
    for file, variables in zip(files, wanted, strict=True):
        image = read_dockerfile(file.read_bytes())
        assert image.env == variables
        assert image.other == ["FROM golang:1.26-bookworm"]


def test_the_linters_of_dockerfiles_find_nothing(tmp_path: Path) -> None:
    files, _ = files_of("dockerfile", tmp_path)
    done = subprocess.run([require("hadolint"), "--no-color", *map(str, files)], capture_output=True, text=True)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")
    require_npm("dockerfile-utils")
    assert ask_node("dockerfile", files) == [[]] * len(files)


def test_go_has_the_settings(tmp_path: Path, canary: Canary) -> None:
    target = make_target("go-env")
    for number, intent in enumerate(intents()):
        file = tmp_path / f"env{number}"
        text = goenv.edit(b"# ours\nGONOPROXY=old\nGOFLAGS=\n", edits_of(list(target.desired(intent)))).text
        assert text
        file.write_bytes(text)
        wanted = {name: value for name, value in stated(target, intent).items() if name != "GOTOOLCHAIN"}
        assert read_go_env(file, list(wanted), canary) == wanted
        assert f"\nGOTOOLCHAIN={intent.toolchain}\n".encode() in text
    assert not canary.sang()


def _gitlab(documents: list[Any]) -> dict[str, str]:
    (pipeline,) = documents
    assert pipeline.keys() == {"variables", ".goproxy"}
    assert pipeline[".goproxy"] == {"variables": pipeline["variables"]}
    assert all(stated == {"value": stated["value"], "expand": False} for stated in pipeline["variables"].values())
    return {name: stated["value"] for name, stated in pipeline["variables"].items()}


@pytest.mark.parametrize("reader", YAML_READERS)
def test_gitlab_has_the_variables(reader: str, tmp_path: Path) -> None:
    files, wanted = files_of("gitlab-ci", tmp_path)
    assert [_gitlab(documents) for documents in YAML_READERS[reader](files)] == wanted


def _check(schema: list[str], files: list[Path]) -> None:
    done = subprocess.run([require("check-jsonschema"), *schema, *map(str, files)], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_gitlab_takes_the_file(tmp_path: Path) -> None:
    files, _ = files_of("gitlab-ci", tmp_path, ".yml")
    _check(["--builtin-schema", "vendor.gitlab-ci", "--data-transform", "gitlab-ci"], files)


def test_github_takes_the_action(tmp_path: Path) -> None:
    files, _ = files_of("github-actions", tmp_path, ".yml")
    _check(["--builtin-schema", "vendor.github-actions"], files)


def _step(documents: list[Any]) -> dict[str, Any]:
    (action,) = documents
    (step,) = action["runs"]["steps"]
    assert action["runs"] == {"using": "composite", "steps": [step]}
    assert step.keys() == {"name", "shell", "env", "run"}
    found: dict[str, Any] = step
    return found


@pytest.mark.parametrize("reader", YAML_READERS)
def test_every_reader_sees_the_values_in_the_environment_of_the_step(reader: str, tmp_path: Path) -> None:
    files, wanted = files_of("github-actions", tmp_path)
    steps = [_step(documents) for documents in YAML_READERS[reader](files)]
    assert [step["env"] for step in steps] == [{"GOPROXYCTL_NAMES": " ".join(w), **w} for w in wanted]
    assert len({step["run"] for step in steps}) == 1


def test_a_runner_has_the_variables_after_the_step(tmp_path: Path, canary: Canary) -> None:
    files, wanted = files_of("github-actions", tmp_path)
    for file, variables in zip(files, wanted, strict=True):
        assert run_step(_step([yaml.safe_load(file.read_bytes())]), tmp_path, canary) == variables
    assert not canary.sang()


def test_the_step_refuses_a_value_of_two_lines(tmp_path: Path, canary: Canary) -> None:
    files, _ = files_of("github-actions", tmp_path)
    step = _step([yaml.safe_load(files[0].read_bytes())])
    bad = {**step, "env": {"GOPROXYCTL_NAMES": "GOPROXY", "GOPROXY": "a\nPATH=b"}}
    done = start_step(bad, tmp_path, canary)
    assert (done.returncode, done.stderr) == (1, b"::error::GOPROXY is more than one line\n")
    assert (tmp_path / "github_env").read_text() == ""


def test_the_parser_of_github_sees_the_values_and_no_expression(tmp_path: Path) -> None:
    files, wanted = files_of("github-actions", tmp_path, ".yml")
    for answer, variables in zip(parse_github(bundle_parser(tmp_path), "action", files), wanted, strict=True):
        assert answer["errors"] == []
        assert "${{" not in json.dumps(answer["value"])
        env = _step([answer["value"]])["env"]
        assert env == {"GOPROXYCTL_NAMES": " ".join(variables), **variables}


WORKFLOW = """\
on: push
jobs:
  build:
    runs-on: ubuntu-latest
    env:
      BEFORE: ${{ env.GOPROXY }}
    steps:
      - uses: actions/checkout@v5
      - uses: actions/setup-go@v6
      - uses: %s
      - run: go build ./...
"""


def test_the_parser_of_github_takes_a_workflow_that_uses_the_action(tmp_path: Path) -> None:
    (action,) = make_target("github-actions").desired(intents()[0])
    text = action.content.decode()
    uses = text.split("use it:  - uses: ")[1].split("\n")[0]
    good, bad = tmp_path / "good.yml", tmp_path / "bad.yml"
    good.write_text((WORKFLOW % uses).replace("    env:\n      BEFORE: ${{ env.GOPROXY }}\n", ""))
    bad.write_text(WORKFLOW % uses)
    first, second = parse_github(bundle_parser(tmp_path), "workflow", [good, bad])
    assert first["errors"] == []
    assert "Unrecognized named-value: 'env'" in str(second["errors"])


def _data(documents: list[Any]) -> dict[str, str]:
    assert [document["metadata"]["namespace"] for document in documents] == ["123", "no", "team-a"]
    first, *others = documents
    assert all(other["data"] == first["data"] for other in others)
    labels = first["metadata"]["labels"]
    assert all(isinstance(value, str) for value in labels.values())
    assert labels["app.kubernetes.io/managed-by"] == "goproxyctl"
    found: dict[str, str] = first["data"]
    return found


@pytest.mark.parametrize("reader", YAML_READERS)
def test_every_reader_sees_the_data_of_the_configmaps(reader: str, tmp_path: Path) -> None:
    files, wanted = files_of("configmap", tmp_path)
    assert [_data(documents) for documents in YAML_READERS[reader](files)] == wanted


def test_kubernetes_takes_the_configmaps(tmp_path: Path) -> None:
    kubernetes_validate = pytest.importorskip("kubernetes_validate")
    files, _ = files_of("configmap", tmp_path)
    # Some of them: the data of the others differ in letters only, and each takes a tenth of a second.
    for file in files[: scaled(20, 200)]:
        for document in yaml.safe_load_all(file.read_bytes()):
            kubernetes_validate.validate(document, kubernetes_validate.latest_version(), strict=True)


def test_kustomize_sees_the_data_of_the_configmaps(tmp_path: Path) -> None:
    names, wanted = [], {}
    for number, intent in enumerate(intents()):
        target = make_target("configmap", namespaces=[f"team-{number}"])
        (found,) = target.desired(intent)
        names.append(f"{number}.yaml")
        (tmp_path / names[-1]).write_bytes(found.content)
        wanted[f"team-{number}"] = stated(target, intent)
    (tmp_path / "kustomization.yaml").write_text(json.dumps({"resources": names}))
    done = subprocess.run([require("kubectl"), "kustomize", str(tmp_path)], capture_output=True, timeout=300)
    assert done.returncode == 0, done.stderr
    documents = list(yaml.load_all(done.stdout, yaml.BaseLoader))
    assert {document["metadata"]["namespace"]: document["data"] for document in documents} == wanted


DEVCONTAINER = b'{\n\t// ours\n\t"image": "golang:1.26",\n\t"containerEnv": {\n\t\t"A": "b", // kept\n\t},\n}\n'
LAUNCH = (
    '{ "version": "0.2.0", "configurations": [\n'
    '  { "name": "Launch \u4ee3\u7406", "type": "go", "request": "launch", "env": {"GOPROXY": "old",} },\n'
    '  { "name": "a/b#c~d[e=f]", "type": "go", "request": "launch" }, /* more */\n'
    "] }\n"
).encode()


def _jsonc(kind: str, before: bytes | None, folder: Path, **options: Any) -> list[tuple[Target, Intent, Any]]:
    """The edited file of each intent, as VS Code's own reader sees it."""
    require_npm("jsonc-parser")
    target = make_target(kind, **options)
    files = []
    for number, intent in enumerate(intents()):
        text = jsonc.edit(before, edits_of(list(target.desired(intent)))).text
        assert text
        assert text.isascii() or before is LAUNCH
        file = folder / f"{kind}{number}.json"
        file.write_bytes(text)
        files.append(file)
    return [(target, intent, value) for intent, value in zip(intents(), ask_node("jsonc", files), strict=True)]


def _check_shared(name: str, values: list[Any]) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    validator = jsonschema.validators.validator_for({})
    schema = json.loads(shared_schema(name).read_text())
    checked = jsonschema.validators.validator_for(schema, default=validator)(schema)
    for value in values:
        checked.validate(value)


@pytest.mark.parametrize("scope", ["containerEnv", "remoteEnv"])
def test_a_devcontainer_has_the_variables(scope: str, tmp_path: Path) -> None:
    found = _jsonc("devcontainer", DEVCONTAINER, tmp_path, scope=scope)
    for target, intent, value in found:
        kept = {"A": "b"} if scope == "containerEnv" else {}
        assert value[scope] == {**kept, **stated(target, intent)}
        assert value["image"] == "golang:1.26"
    _check_shared("devcontainer-base.json", [value for _, _, value in found])


@pytest.mark.parametrize("before", [None, b'{\r\n    "editor.tabSize": 4 // kept\r\n}\r\n'])
def test_vscode_has_the_variables_for_tools_and_terminals(before: bytes | None, tmp_path: Path) -> None:
    found = _jsonc("vscode-settings", before, tmp_path)
    for target, intent, value in found:
        maps = ["go.toolsEnvVars", *(f"terminal.integrated.env.{name}" for name in ("linux", "osx", "windows"))]
        assert {name: value[name] for name in maps} == dict.fromkeys(maps, stated(target, intent))
        assert value.keys() - set(maps) == ({"editor.tabSize"} if before else set())
    _check_shared("vscode-go-settings.json", [value for _, _, value in found])


def test_a_debugger_has_the_variables(tmp_path: Path) -> None:
    found = _jsonc("vscode-launch", LAUNCH, tmp_path)
    for target, intent, value in found:
        assert [one["env"] for one in value["configurations"]] == [stated(target, intent)] * 2
    _check_shared("vscode-go-launch.json", [value for _, _, value in found])


@pytest.mark.parametrize("before", [None, LAUNCH])
def test_a_debug_configuration_of_ours_is_added(before: bytes | None, tmp_path: Path) -> None:
    found = _jsonc("vscode-launch", before, tmp_path, configurations=["ours"], create=True)
    for target, intent, value in found:
        assert value["configurations"][-1]["name"] == "ours"
        assert value["configurations"][-1]["env"] == stated(target, intent)
        assert len(value["configurations"]) == (3 if before else 1)
    _check_shared("vscode-go-launch.json", [value for _, _, value in found])
