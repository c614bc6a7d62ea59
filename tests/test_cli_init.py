"""Starting policies: what every answer gives is valid, and nothing is overwritten unasked."""

import json
import subprocess
from pathlib import Path

import pytest

from goproxyctl.cli.starter import live_start, policy_text
from goproxyctl.gosem.chain import print_chain
from goproxyctl.targets import KINDS
from tests.desk import Desk
from tests.oracles import require, require_go
from tests.test_cli import talk


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Desk:
    return Desk(tmp_path, monkeypatch, capsys)


@pytest.mark.parametrize("private", [(), ("--private", "git.acme.example", "--private", "*.git.acme.example")])
@pytest.mark.parametrize("gateway", [(), ("--gateway", "https://goproxy.acme.example")])
@pytest.mark.parametrize("region", ["cn", "global", "air-gap"])
def test_every_region_gives_a_policy_without_errors_or_warnings(
    desk: Desk, region: str, gateway: tuple[str, ...], private: tuple[str, ...]
) -> None:
    ran = desk.run("init", "--name", "acme", "--region", region, *gateway, *private)
    if region == "air-gap" and not gateway:
        assert ran.code == 2
        return
    assert ran.code == 0, ran.err
    checked = json.loads(desk.run("validate", "--format", "json").out)
    assert [f for f in checked["findings"] if f["severity"] != "info"] == []


@pytest.mark.parametrize("kind", [*KINDS])
def test_every_kind_can_be_started_with(desk: Desk, kind: str) -> None:
    ran = desk.run("init", "--region", "global", "--target", kind)
    assert ran.code == 0, ran.err
    assert desk.run("validate").code == 0


@pytest.mark.parametrize(
    "kinds", [("scheduled-task",), ("scheduled-task", "go-env"), ("go-env", "sh", "scheduled-task")]
)
def test_what_a_failover_moves_is_lent_to_it(desk: Desk, kinds: tuple[str, ...]) -> None:
    asked = [word for kind in kinds for word in ("--target", kind)]
    assert desk.run("init", "--region", "cn", *asked).code == 0
    assert "{name: go-env, kind: go-env, lend: true}" in desk.policy.read_text()
    assert "warning" not in desk.run("validate").out


def test_the_first_line_names_the_schema_that_lies_beside_it(desk: Desk) -> None:
    desk.run("init", "--region", "cn")
    first = desk.policy.read_text().splitlines()[0]
    assert first == "# yaml-language-server: $schema=policy.schema.json"
    schema = desk.tree / "policy.schema.json"
    subprocess.run([require("check-jsonschema"), "--schemafile", schema, desk.policy], check=True)


@pytest.mark.slow
def test_an_existing_policy_is_overwritten_only_with_consent(desk: Desk) -> None:
    desk.policy.write_text("mine\n")
    assert desk.run("init", "--region", "cn").code == 2
    assert desk.policy.read_text() == "mine\n"
    code, said = talk(desk, "no\n", "init", "--region", "cn")
    assert (code, desk.policy.read_text()) == (1, "mine\n")
    assert "Overwrite it?" in said
    assert desk.run("init", "--region", "cn", "--yes").code == 0


@pytest.mark.slow
def test_the_questions_are_asked_on_a_terminal(desk: Desk) -> None:
    code, said = talk(desk, "acme\nmars\ncn\ngit.acme.example\n\nsh, bat\n", "init")
    assert code == 0, said
    assert "please type one of cn, global, air-gap" in said
    text = desk.policy.read_text()
    assert "name: acme" in text
    assert 'modules: ["git.acme.example"]' in text
    assert "kind: sh" in text
    assert "kind: bat" in text
    assert desk.run("validate").code == 0


@pytest.mark.parametrize(
    "arguments",
    [
        ("--name", "Not A Name"),
        ("--private", "https://git.acme.example"),
        ("--gateway", "ftp://x"),
        ("--gateway", "https://user:CANARY-9f3a@x.example"),
    ],
)
def test_a_bad_answer_writes_nothing_and_is_pointed_at(desk: Desk, arguments: tuple[str, ...]) -> None:
    ran = desk.run("init", "--region", "global", *arguments)
    assert ran.code == 1
    assert ran.err.startswith("policy.yaml:")
    assert "CANARY" not in ran.err
    assert desk.files() == {}


SETTINGS = [
    {},
    {"GOPROXY": "https://proxy.golang.org,direct", "GOSUMDB": "sum.golang.org"},
    {"GOPROXY": "https://goproxy.cn|https://mirrors.aliyun.com/goproxy/|direct", "GOSUMDB": "sum.golang.google.cn"},
    {"GOPROXY": "https://gw.example/go,off", "GOPRIVATE": "git.example,*.git.example", "GONOPROXY": "none"},
    {"GOPROXY": "direct", "GOPRIVATE": "git.example", "GOINSECURE": "old.example", "GOVCS": "public:git,private:all"},
    {"GOPROXY": "goproxy.cn,direct", "GOTOOLCHAIN": "go1.27.1+auto", "GOFLAGS": "-mod=mod -trimpath"},
    {"GOPROXY": "https://a.example|https://b.example|https://a.example,direct"},
]


@pytest.mark.parametrize("settings", SETTINGS)
def test_the_policy_of_a_machine_says_what_go_is_told_there(desk: Desk, settings: dict[str, str]) -> None:
    start, _ = live_start("acme", settings)
    text = policy_text(start)
    assert print_chain(start.chain).replace("https://", "") == settings.get("GOPROXY", "").replace("https://", "")
    for name in ("GOPRIVATE", "GOINSECURE"):
        for pattern in settings.get(name, "").split(","):
            assert pattern in text


def test_from_live_reads_the_real_go_and_leaves_credentials_out(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(Path(require_go()).parent))
    monkeypatch.setenv("GOPROXY", "https://u:CANARY-9f3a@gw.example|https://proxy.golang.org,direct")
    monkeypatch.setenv("GOFLAGS", "-toolexec=CANARY-9f3a -trimpath")
    monkeypatch.setenv("GOPRIVATE", "git.example")
    ran = desk.run("init", "--from-live", "--target", "sh")
    assert ran.code == 0, ran.err
    text = desk.policy.read_text()
    assert "CANARY" not in text
    assert "its credentials were left out" in ran.err
    assert "export GOPROXY='https://gw.example|https://proxy.golang.org,direct'" in desk.run("render", "-o", "-").out


def test_from_live_without_go_reads_the_file_of_go(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    assert desk.run("init", "--from-live").code == 1
    desk.go_env.parent.mkdir(parents=True)
    desk.go_env.write_bytes(b"GOPROXY=https://goproxy.cn,direct\nGOSUMDB=sum.golang.google.cn\n")
    assert desk.run("init", "--from-live").code == 0
    assert "https://goproxy.cn" in desk.policy.read_text()


def test_a_go_that_would_download_a_toolchain_is_not_asked_to(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(Path(require_go()).parent))
    monkeypatch.setenv("GOPROXY", "http://127.0.0.1:9")
    (desk.tree / "go.mod").write_text("module x\n\ngo 1.99.0\n")
    asked_in_the_module = subprocess.run([require_go(), "env", "GOPROXY"], capture_output=True)
    assert asked_in_the_module.returncode == 1
    assert desk.run("init", "--from-live").code == 0
