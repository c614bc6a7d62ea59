"""What Argo CD runs: every object of the cluster as one stream, all or nothing, offline, and from one repository only."""

import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from goproxyctl.cli import rendering
from goproxyctl.cli.argocd import VARIABLE
from goproxyctl.errors import GoproxyctlError
from goproxyctl.formats.kubeobject import manifest
from goproxyctl.formats.manifests import manifest_path, render_manifest
from goproxyctl.resource import CLUSTER, Address, Place
from goproxyctl.targets.base import json_content
from goproxyctl.text import Text
from tests.desk import POLICY, Desk
from tests.oracles import ROOT, require
from tests.scale import scaled

NAMESPACES = [f"team-{number}" for number in range(12)]
HEAD = POLICY.split("  targets:")[0]
CLUSTERED = HEAD + (
    '  profiles:\n    closed: {chain: [{name: gateway, url: "https://goproxy.acme.example", role: gatekeeper}, "off"]}\n'
    "  targets:\n"
    "    - {name: ci, kind: sh, path: ci/goproxy.sh}\n"
    "    - {name: mine, kind: go-env}\n"
    f"    - {{name: one, kind: configmap, namespaces: [{', '.join(NAMESPACES)}]}}\n"
    "    - {name: two, kind: configmap, namespaces: [z], configmap: other}\n"
)
GENERATE = ("render", "--in", "cluster", "--argocd", "-o", "-")


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Desk:
    return Desk(tmp_path, monkeypatch, capsys).write(CLUSTERED)


def documents(out: str | bytes) -> list[dict[str, Any]]:
    """The objects of a stream, every scalar as text."""
    return list(yaml.load_all(out, yaml.BaseLoader))


def parameters(*given: Mapping[str, Any]) -> str:
    """Parameters of an application as Argo CD hands them over."""
    return json.dumps(given)


def test_a_manifest_says_what_apply_would_send() -> None:
    content = json_content({"data": {"A": "off", "B": "1e3"}, "metadata": {"labels": {"x/y": "no"}}, "immutable": True})
    for stated in (content, json_content({"data": {"A": "b"}})):
        address = Address(Place.KUBERNETES, CLUSTER, ("ConfigMap", "goproxy-env", "team-a"))
        assert yaml.safe_load(render_manifest(address, stated)) == manifest(address, stated)
    assert manifest_path(address) == "cluster/team-a/configmap-goproxy-env.yaml"


def test_the_stream_is_what_is_for_the_cluster_and_nothing_else(desk: Desk) -> None:
    ran = desk.run(*GENERATE)
    found = [(d["kind"], d["metadata"]["namespace"], d["metadata"]["name"]) for d in documents(ran.out)]
    assert ran.code == 0
    assert found == [("ConfigMap", name, "goproxy-env") for name in sorted(NAMESPACES)] + [("ConfigMap", "z", "other")]


def test_kubernetes_takes_the_stream(desk: Desk) -> None:
    kubernetes_validate = pytest.importorskip("kubernetes_validate")
    for document in yaml.safe_load_all(desk.run(*GENERATE).out):
        kubernetes_validate.validate(document, kubernetes_validate.latest_version(), strict=True)


def test_a_folder_has_a_folder_for_each_namespace(desk: Desk) -> None:
    assert desk.run("render", "--in", "cluster", "-o", "rendered").code == 0
    found = {path.name for path in (desk.tree / "rendered" / "cluster").iterdir()}
    assert found == {*NAMESPACES, "z"}
    assert desk.run("render", "--in", "cluster", "-o", "rendered", "--check").code == 0


def test_nothing_for_the_cluster_is_an_error_and_nothing_is_printed(desk: Desk) -> None:
    ran = desk.write(POLICY).run(*GENERATE)
    assert (ran.code, ran.out) == (1, "")
    assert "an empty result is refused" in ran.err


@pytest.mark.parametrize("at", range(len(NAMESPACES) + 1))
def test_a_failure_at_any_object_prints_nothing(at: int, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    from goproxyctl.formats import manifests

    made = iter(range(len(NAMESPACES) + 1))
    whole = manifests.render_manifest

    def failing(address: Address, content: bytes) -> bytes:
        if next(made) == at:
            raise GoproxyctlError(Text("x", "injected"))
        return whole(address, content)

    monkeypatch.setattr(manifests, "render_manifest", failing)
    ran = desk.run(*GENERATE)
    assert (ran.code, ran.out) == (1, "")
    assert "injected" in ran.err


def test_a_bug_in_the_middle_prints_nothing_either(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rendering, "as_stream", lambda _: 1 // 0)
    ran = desk.run(*GENERATE)
    assert (ran.code, ran.out) == (70, "")


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="a pipe of Unix")
def test_a_stream_that_nobody_takes_is_a_failure(desk: Desk) -> None:
    assert desk.start_unread(*GENERATE).returncode == 1


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(scaled(3, 21)))
def test_the_bytes_depend_on_nothing_around(seed: int, desk: Desk) -> None:
    zones, locales = ["UTC", "Asia/Shanghai", "America/St_Johns"], ["C", "C.UTF-8", "zh_CN.UTF-8", "tr_TR.UTF-8"]
    around = {
        "PYTHONHASHSEED": str(seed), "TZ": zones[seed % 3], "LC_ALL": locales[seed % 4],
        "ARGOCD_ENV_PROFILE": "closed", "PARAM_PROFILE": "closed", "GOPROXY": "off", "KUBECONFIG": "/nowhere",
    }  # fmt: skip
    assert desk.start(*GENERATE, env=desk.env(**around)).stdout == desk.start(*GENERATE).stdout


def test_parameters_choose_profile_and_targets(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(
        VARIABLE, parameters({"name": "profile", "string": "closed"}, {"name": "targets", "array": ["two"]})
    )
    (found,) = documents(desk.run(*GENERATE).out)
    assert found["metadata"]["name"] == "other"
    assert found["data"]["GOPROXY"] == "https://goproxy.acme.example,off"
    without = desk.run("render", "--in", "cluster", "-o", "-")
    assert len(documents(without.out)) == 13, "only with --argocd do they count"


@pytest.mark.parametrize("given", ["", "null", "[]", '[{"name":"profile","string":""},{"name":"targets","array":[]}]'])
def test_parameters_that_say_nothing_change_nothing(given: str, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, given)
    assert len(documents(desk.run(*GENERATE).out)) == 13


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("{", "no list of parameters"),
        ("[" * 30_000, "no list of parameters"),
        ("{}", "no list of parameters"),
        ('["profile"]', "no list of parameters"),
        ('[{"name":"profile","string":7}]', "no list of parameters"),
        ('[{"name":"targets","array":"one"}]', "no list of parameters"),
        ('[{"name":"targets","string":"one"}]', "no list of parameters"),
        ('[{"name":"profile","array":["closed"]}]', "no list of parameters"),
        ('[{"name":"profile","map":{"profile":"closed"}}]', "no list of parameters"),
        ('[{"name":"targets","array":[null]}]', "no list of parameters"),
        ('[{"name":"file","string":"/etc/passwd"}]', "there is no parameter 'file'"),
        ('[{"name":["x"],"string":"y"}]', "no list of parameters"),
        ('[{"name":"profile","string":"--help"}]', "--help"),
        ('[{"name":"profile","string":"../x"}]', "../x"),
        ('[{"name":"targets","array":["gone"]}]', "no such target"),
    ],
)
def test_a_parameter_that_is_not_one_is_an_error_and_nothing_is_printed(
    given: str, said: str, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, given)
    ran = desk.run(*GENERATE)
    assert (ran.code, ran.out) == (1, "")
    assert said in ran.err


def test_what_the_plugin_has_decided_no_application_changes(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, parameters({"name": "targets", "array": ["two"]}))
    ran = desk.run(*GENERATE, "-t", "one")
    assert (ran.code, ran.out) == (1, "")
    assert "set by the plugin itself" in ran.err


@pytest.fixture
def plugin() -> list[str]:
    """The command of the example's plugin, with our Python for the image's."""
    file = ROOT / "examples" / "gitops-argocd-plugin" / "plugin" / "plugin.yaml"
    generate = yaml.safe_load(file.read_text(encoding="utf-8"))["spec"]["generate"]
    assert generate["command"][0] == "/usr/bin/python3"
    return [sys.executable, *generate["command"][1:], *generate["args"]]


@pytest.mark.slow
def test_nothing_is_imported_from_the_repository(desk: Desk, plugin: list[str]) -> None:
    for name in ("click", "pydantic", "json", "goproxyctl", "sitecustomize"):
        (desk.tree / f"{name}.py").write_text(f"open({str(desk.home / 'PWNED')!r}, 'w')\n")
    ran = subprocess.run(plugin, cwd=desk.tree, env=desk.env(), capture_output=True, timeout=60)
    assert ran.returncode == 0, ran.stderr
    assert not (desk.home / "PWNED").exists()


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="strace is a program of Linux")
def test_the_plugin_is_offline_runs_nothing_and_reads_nothing_else(
    desk: Desk, plugin: list[str], tmp_path: Path
) -> None:
    log = tmp_path / "calls"
    traced = [
        require("strace"),
        "-f",
        "-qq",
        "-y",
        "-e",
        "trace=network,execve,openat,open,unlink,unlinkat,mkdir,rename",
    ]
    ran = subprocess.run([*traced, "-o", log, *plugin], cwd=desk.tree, env=desk.env(), capture_output=True, timeout=120)
    if b"ptrace" in ran.stderr:
        pytest.skip("strace may not trace here")
    assert ran.returncode == 0, ran.stderr
    calls = [
        line.split(maxsplit=1)[1] for line in log.read_text().splitlines() if "+++" not in line and "---" not in line
    ]
    assert sum(call.startswith("execve") for call in calls) == 1, "only Python itself"
    assert [call for call in calls if call.startswith(("socket", "connect", "sendto", "bind"))] == []
    opened = [call for call in calls if call.startswith("open") and "ENOENT" not in call]
    assert [call for call in opened if "O_WRONLY" in call or "O_RDWR" in call or "O_CREAT" in call] == []
    allowed = tuple(os.path.realpath(path) for path in (sys.prefix, sys.base_prefix, desk.tree, ROOT / "goproxyctl",
                    ROOT / "templates", "/etc/ld.so.cache", "/lib", "/usr/lib", "/usr/share", "/dev/null"))  # fmt: skip
    outside = [call for call in opened if not _result(call).startswith(allowed)]
    assert [call for call in outside if not _of_the_runtime(call)] == []
    assert any(_result(call).endswith("policy.yaml") for call in opened)


def _result(call: str) -> str:
    """The file that a descriptor came to, as strace -y tells."""
    return call.rpartition("= ")[2].partition("<")[2].partition(">")[0]


def _of_the_runtime(call: str) -> bool:
    """What an interpreter looks at whatever it runs: an editable installation's folder, locale, zone and limits."""
    path = _result(call)
    return path in {str(ROOT), "/etc/locale.alias", "/etc/localtime", "/etc/ssl/openssl.cnf"} or bool(
        re.fullmatch(r"/proc/\d+/(cgroup|mountinfo|maps)|/sys/(fs/cgroup|devices/system/cpu)/.*", path)
    )


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="a namespace of Linux")
def test_the_plugin_needs_no_network(desk: Desk, plugin: list[str]) -> None:
    alone = [require("unshare", "the Debian package util-linux"), "-rn"]
    if subprocess.run([*alone, "true"], capture_output=True).returncode:
        pytest.skip("this system makes no network namespace")
    ran = subprocess.run([*alone, *plugin], cwd=desk.tree, env=desk.env(), capture_output=True, timeout=60)
    assert ran.returncode == 0, ran.stderr
    assert len(documents(ran.stdout)) == 13


def links(tree: Path, outside: Path) -> Iterator[tuple[str, str]]:
    """Ways out of the repository, each with the path that leads there. Source: Argo CD's own cases, GHSA-6gcg-hp2x-q54h."""
    (tree / "inner").mkdir()
    (tree / "file.yaml").symlink_to(outside / "base.yaml")
    yield "a link to a file", "file.yaml"
    (tree / "folder").symlink_to(outside)
    yield "a link to a folder", "folder/base.yaml"
    (tree / "second.yaml").symlink_to("file.yaml")
    yield "a link to a link", "second.yaml"
    (tree / "inner" / "up.yaml").symlink_to("../../outside/base.yaml")
    yield "a link that goes up", "inner/up.yaml"
    (tree / "environment.yaml").symlink_to("/proc/self/environ")
    yield "the environment of the process", "environment.yaml"
    yield "a path that goes up", "../outside/base.yaml"
    yield "an absolute path", str(outside / "base.yaml")


@pytest.mark.skipif(sys.platform == "win32", reason="links of Unix")
def test_no_link_and_no_path_leads_out(desk: Desk) -> None:
    outside = desk.tree.parent / "outside"
    outside.mkdir()
    (desk.tree / ".git").mkdir()
    (outside / "base.yaml").write_text(CLUSTERED.replace("kind: Policy", "kind: PolicyBase").replace("acme", "secret"))
    for why, path in links(desk.tree, outside):
        for field in (f"extends: {path}\n", ""):
            trust = "" if field else f'  trust: [{{name: r, file: "{path}", sha256: "{"0" * 64}"}}]\n'
            desk.policy.write_text(field + CLUSTERED.replace("spec:\n", "spec:\n" + trust))
            ran = desk.run(*GENERATE)
            assert (ran.code, ran.out) == (1, ""), why
            assert "secret" not in ran.err, why
    (desk.tree / "policy.yaml").unlink()
    (desk.tree / "policy.yaml").symlink_to(outside / "base.yaml")
    ran = desk.run(*GENERATE)
    assert (ran.code, ran.out) == (1, "")


@pytest.mark.skipif(sys.platform == "win32", reason="special files of Unix")
def test_what_is_no_regular_file_is_not_read(desk: Desk) -> None:
    os.mkfifo(desk.tree / "pipe.yaml")
    (desk.tree / "huge.yaml").touch()
    os.truncate(desk.tree / "huge.yaml", 1 << 30)
    (desk.tree / "zero.yaml").symlink_to("/dev/zero")
    for name in ("pipe", "huge", "zero"):
        desk.policy.write_text(f"extends: {name}.yaml\n" + CLUSTERED)
        ran = desk.run(*GENERATE)
        assert (ran.code, ran.out) == (1, ""), name


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="links of Unix")
@pytest.mark.parametrize("swapped", ["file", "folder"])
def test_a_file_that_becomes_a_link_while_it_is_read_is_never_followed(swapped: str, desk: Desk) -> None:
    """10,000 flips by somebody else, and as many reads as fit in between."""
    from goproxyctl.cli.reader import open_folder
    from goproxyctl.errors import StoreError

    outside, inside = desk.tree.parent / "outside", desk.tree / "inside"
    for where, written in ((outside, "SECRET"), (inside, "ours")):
        where.mkdir()
        (where / "x").write_text(written)
    flipped, target = (desk.tree / "x", "x") if swapped == "file" else (desk.tree / "d", "")
    folder, _ = open_folder("policy.yaml", desk.tree)
    stop = threading.Event()

    def flip() -> None:
        for _ in range(scaled(2_000, 10_000)):
            for leads in (outside, inside):
                (desk.tree / "next").symlink_to(leads / target)
                os.replace(desk.tree / "next", flipped)
        stop.set()

    flipped.symlink_to(inside / target)
    other = threading.Thread(target=flip)
    other.start()
    seen = {"": 0}
    while not stop.is_set():
        try:
            said = folder.read("x" if swapped == "file" else "d/x").decode()
        except StoreError:
            said = ""
        seen[said] = seen.get(said, 0) + 1
    other.join()
    assert "SECRET" not in seen
    assert seen["ours"] > 0
