"""A credential in any input reaches no output: canaries in every place, six encodings, every command."""

import base64
import json
import urllib.parse
from pathlib import Path

import pytest

from tests.desk import POLICY, Desk

SECRET = "CANARY-9f3a"
LOGIN = f"user:{SECRET}@"
CANARY_URL = f"https://{LOGIN}goproxy.acme.example"


def encodings(secret: str) -> list[str]:
    """The secret as it is, and as base64 (at each offset), base32, hexadecimal, percent and JSON escapes show it."""
    raw = secret.encode()
    shifted = [base64.b64encode(b"\0" * n + raw).decode()[4 if n else 0 : -4] for n in range(3)]
    return [
        secret,
        *shifted,
        base64.b32encode(raw).decode().rstrip("="),
        raw.hex(),
        "".join(f"%{byte:02X}" for byte in raw),
        urllib.parse.quote(secret, safe=""),
        "".join(f"\\u{byte:04x}" for byte in raw),
    ]


def assert_clean(*outputs: str | bytes) -> None:
    for output in outputs:
        text = output.decode("latin-1") if isinstance(output, bytes) else output
        for form in encodings(SECRET):
            assert form.lower() not in text.lower(), f"{form} in {text[:2000]}"


#: Policies that hold a credential where none belongs. All are refused, or it is a comment.
POLICIES = {
    "a hop": POLICY.replace("https://goproxy.acme.example", CANARY_URL),
    "a hop without scheme": POLICY.replace("https://goproxy.acme.example", f"{LOGIN}goproxy.acme.example"),
    "a hop without slashes": POLICY.replace("https://goproxy.acme.example", f"https:{LOGIN}goproxy.acme.example"),
    "a token in a query": POLICY.replace("https://goproxy.acme.example", CANARY_URL + f"?a={LOGIN}"),
    "egress": POLICY.replace("  targets:", f'  egress: {{https: "http://{LOGIN}egress.example:3128"}}\n  targets:'),
    "checksum url": POLICY.replace("database: sum.golang.google.cn", f'database: sum.golang.org, url: "{CANARY_URL}"'),
    "a pattern": POLICY.replace("[git.acme.example]", f'["{LOGIN}git.acme.example"]'),
    "a name": POLICY.replace("name: acme", f'name: "{LOGIN}acme"'),
    "an unknown field": POLICY.replace("spec:\n", f'spec:\n  "{LOGIN}field": 1\n'),
    "an unknown kind": POLICY.replace("kind: sh,", f'kind: "{LOGIN}sh",'),
    "a path": POLICY.replace("path: ci/goproxy.sh", f'path: "{LOGIN}ci/goproxy.sh"'),
    "a value of another type": POLICY.replace("[git.acme.example]", f'{{a: "{CANARY_URL}"}}'),
    "broken yaml": POLICY.replace("spec:\n", f'spec: "{CANARY_URL}\n'),
    "a duplicate": POLICY.replace("spec:\n", f'spec:\n  "{CANARY_URL}": 1\n  "{CANARY_URL}": 2\n'),
    "a folded address": POLICY.replace(
        '"https://goproxy.acme.example"', f'"https://user:\n      {SECRET}@goproxy.example"'
    ),
    "a tag": POLICY.replace("name: acme", f"name: !<tag:{LOGIN}x> acme"),
    "an anchor": POLICY.replace("name: acme", f"name: *{LOGIN}x"),
}
COMMANDS = [
    ["validate"],
    *(["validate", "--format", form] for form in ("json", "sarif", "github", "gitlab")),
    ["plan"],
    ["render"],
    ["diff", "--format", "markdown"],
    ["status", "--format", "json"],
    ["apply", "--yes"],
]


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Desk:
    return Desk(tmp_path, monkeypatch, capsys)


@pytest.mark.parametrize("case", [*POLICIES])
def test_a_credential_in_a_policy_is_never_repeated(desk: Desk, case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert SECRET in POLICIES[case]
    desk.write(POLICIES[case])
    monkeypatch.setenv("GOPROXYCTL_DEBUG", "1")
    for command in COMMANDS:
        ran = desk.run(*command)
        assert ran.code == 1, (command, ran)
        assert_clean(ran.out, ran.err)


def test_a_credential_in_live_files_is_masked_in_every_report(desk: Desk) -> None:
    desk.write()
    desk.run("apply", "--yes", "--in", "all")
    (desk.tree / "ci" / "goproxy.sh").write_text(f"export GOPROXY='{CANARY_URL},direct'\nTOKEN={LOGIN}x\n")
    settings = desk.tree / ".vscode" / "settings.json"
    tree = json.loads(settings.read_text())
    tree["go.toolsEnvVars"]["GOPROXY"] = f"{CANARY_URL}|direct"
    tree["go.toolsEnvVars"]["GOSUMDB"] = CANARY_URL
    tree["http.proxyAuthorization"] = SECRET
    settings.write_text(json.dumps(tree))
    desk.go_env.write_text(f"GOPROXY={CANARY_URL},direct\nGOSUMDB={LOGIN}x\n")
    for command in (
        ["plan", "--in", "all"],
        ["plan", "--in", "all", "--format", "json", "-o", "p.plan"],
        ["diff", "--in", "all"],
        ["diff", "--in", "all", "--format", "json"],
        ["diff", "--in", "all", "--format", "markdown"],
        ["diff", "--in", "all", "--color", "always"],
        ["status", "--in", "all"],
        ["status", "--in", "all", "--format", "json"],
        ["adopt", "--in", "all", "--yes", "--format", "json"],
    ):
        ran = desk.run(*command)
        assert_clean(ran.out, ran.err)
        assert "goproxy.acme.example" in ran.out or "***" not in ran.out
    assert_clean((desk.tree / "p.plan").read_bytes(), (desk.tree / ".goproxyctl" / "ledger.json").read_bytes())
    applied = desk.run("apply", "--in", "all", "--yes", "--format", "json")
    assert_clean(applied.out, applied.err)
    assert SECRET in settings.read_text()  # what is not ours is not touched
    assert_clean(desk.files()["ci/goproxy.sh"], desk.go_env.read_bytes())


@pytest.mark.parametrize(
    "arguments",
    [
        ["plan", f"--{LOGIN}"],
        ["plan", "--in", CANARY_URL],
        [CANARY_URL],
        ["plan", "-f", CANARY_URL],
        ["plan", "--target", CANARY_URL],
        ["plan", "--profile", CANARY_URL],
        ["apply", CANARY_URL],
        ["diff", "--from", CANARY_URL],
        ["render", "-o", f"{CANARY_URL}/no/such"],
        ["init", "--region", "cn", "--target", CANARY_URL],
    ],
)
def test_a_credential_on_the_command_line_is_masked(desk: Desk, arguments: list[str]) -> None:
    desk.write()
    ran = desk.run(*arguments)
    assert_clean(ran.out, ran.err)


def test_a_traceback_is_masked(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    from goproxyctl.cli.app import app

    def explode(_name: str) -> None:
        raise RuntimeError(CANARY_URL)

    monkeypatch.setattr(app, "load", explode)
    monkeypatch.setenv("GOPROXYCTL_DEBUG", "1")
    ran = desk.run("kinds")
    assert ran.code == 70
    assert "***@goproxy.acme.example" in ran.err
    assert_clean(ran.out, ran.err)


def test_what_a_build_system_obeys_is_made_harmless(desk: Desk) -> None:
    desk.write()
    desk.run("apply", "--yes")
    evil = "::add-mask::x\n  ::set-output name=a::b\n##vso[task.setvariable variable=x]y\n##[command]ls\n\x1b]0;pwn\x07\u202e\n"
    (desk.tree / "ci" / "goproxy.sh").write_text(evil, encoding="utf-8")
    for form in ("text", "json", "markdown"):
        out = desk.run("diff", "--format", form).out
        assert "##vso[" not in out
        assert "##[" not in out
        assert not any(line.lstrip().startswith("::") for line in out.splitlines())
        assert not set(out) & {"\x1b", "\x07", "\u202e", "\r"}
