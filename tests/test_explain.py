"""explain: what go finds on a machine, told with its source; against the real go, and from what was captured elsewhere."""

import io
import json
import os
import random
import shutil
import subprocess
import sys
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import click
import pytest

from goproxyctl.cli.explain import ALWAYS, complete_variables
from goproxyctl.cli.explaining import explain_machine
from goproxyctl.cli.language import load_language
from goproxyctl.cli.machine import Machine, Registry, Sources, own_registry, read_machine
from goproxyctl.cli.options import Selection
from goproxyctl.cli.shell import Shell
from goproxyctl.formats.reg import BINARY, ENVIRONMENTS, EXPAND_SZ, content_of, text_content
from goproxyctl.gosem.variables import is_listed
from goproxyctl.gosem.version import NEWEST
from goproxyctl.gosem.views import Hives, RegistryText
from goproxyctl.text import shown
from tests.desk import POLICY, Desk, Ran
from tests.fakes import MemoryKeys
from tests.gosem.layer_cases import ASKED, Case, ask, make_case
from tests.gosem.toolchains import require_go_version, version_of
from tests.oracles import require, require_go
from tests.scale import scaled
from tests.test_captures import REG

ON_WINDOWS = sys.platform == "win32"
SYSTEM_FOLDERS = (r"C:\windows\system32",) if ON_WINDOWS else ("/usr/bin", "/bin")
SYSTEM = "windows" if ON_WINDOWS else "linux"
EGRESS = "  egress: {https: 'http://egress.acme.example:3128', bypass: [.acme.example]}\n  targets:"


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Desk:
    """Without a go, unless a test puts one on PATH."""
    desk = Desk(tmp_path, monkeypatch, capsys)
    monkeypatch.setenv("PATH", os.pathsep.join(SYSTEM_FOLDERS))
    return desk


def with_go(monkeypatch: pytest.MonkeyPatch) -> str:
    go = require_go()
    monkeypatch.setenv("PATH", os.pathsep.join([str(Path(go).parent), *SYSTEM_FOLDERS]))
    return go


def on_path(desk: Desk, monkeypatch: pytest.MonkeyPatch, program: str) -> None:
    """Puts a go there that is ``program``: lines for a shell, or what no system can run."""
    shell = program.isprintable()
    ending = (".bat" if shell else ".exe") if ON_WINDOWS else ""
    head = ("@echo off\r\n" if ON_WINDOWS else "#!/bin/sh\n") if shell else ""
    lines = program.replace("; ", "\r\n").replace("exit ", "exit /b ") if ON_WINDOWS else program
    go = desk.home / "bin" / f"go{ending}"
    put(go, f"{head}{lines}\r\n" if ON_WINDOWS else f"{head}{lines}\n")
    go.chmod(0o755)
    monkeypatch.setenv("PATH", os.pathsep.join([str(go.parent), *SYSTEM_FOLDERS]))


def put(path: Path, content: bytes | str) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return str(path)


def body(ran: Ran) -> dict[str, Any]:
    assert ran.code == 0, ran.err
    found: dict[str, Any] = json.loads(ran.out)
    return found


def exported(name: str, value: str) -> str:
    """The command that sets a variable here."""
    return f'set "{name}={value}"' if ON_WINDOWS else f"export {name}={value}"


def told(desk: Desk, *arguments: str) -> dict[str, dict[str, Any]]:
    """What explain says of each variable, as JSON."""
    found = body(desk.run("explain", *arguments, "--format", "json"))
    return {entry["name"]: entry for entry in found["variables"]}


# The real go.


def explained(shell: Shell, names: tuple[str, ...], sources: Sources) -> dict[str, Any]:
    out = io.StringIO()
    with redirect_stdout(out):
        assert explain_machine(shell, Selection(form="json"), names, sources) == 0
    found: dict[str, Any] = json.loads(out.getvalue())
    return found


def shell_of(case: Case, go: str) -> Shell:
    env = {**case.environment, "PATH": os.pathsep.join([str(Path(go).parent), *SYSTEM_FOLDERS])}
    return Shell(env, str(case.folder), lambda: pytest.fail("no clock is needed"), load_language("en"))


@pytest.mark.slow
@pytest.mark.parametrize("version", ["", "1.21.13"])
def test_every_value_is_that_of_go_env(version: str, tmp_path: Path) -> None:
    """Also when go is not asked, but stands on PATH."""
    go, parsed = require_go_version(version), version_of(version)
    rng = random.Random(f"explain {version}")
    listed = tuple(name for name in (*ASKED, "GOTOOLCHAIN") if is_listed(name, parsed))
    for number in range(scaled(25, 500)):
        case = make_case(rng, tmp_path / str(number), go, parsed)
        shell, said = shell_of(case, go), ask(go, case)
        asked, alone = (explained(shell, listed, Sources(ask=ask_go)) for ask_go in (True, False))
        assert asked["go"] == {"version": str(parsed), "asked": True}
        for found in (asked, alone):
            assert {e["name"]: e["value"] for e in found["variables"]} == {
                name: shown(said[name]) for name in listed
            }, case
        # go 1.21 takes such a folder, and finds it from where it runs
        relative = case.environment.get("XDG_CONFIG_HOME") == "relative"
        assert relative or [e["name"] for e in asked["variables"] if e["go_env"] is not None] == []


def test_what_go_alone_can_tell_is_taken_from_it(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    with_go(monkeypatch)
    found = told(desk, "GOARCH", "GOVERSION", "GOHOSTOS")
    assert found["GOVERSION"]["value"] == f"go{NEWEST}"
    assert found["GOARCH"]["value"]
    assert {entry["source"] for entry in found.values()} == {"fixed"}


def test_a_go_that_says_something_else_is_shown_plainly(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    script = desk.home / "bin" / "go"
    put(script, f'#!/bin/sh\nGOPROXY=https://wrapped.example exec "{require_go()}" "$@"\n')
    script.chmod(0o755)
    monkeypatch.setenv("PATH", f"{script.parent}:/usr/bin:/bin")
    assert told(desk, "GOPROXY")["GOPROXY"]["go_env"] == "https://wrapped.example"
    for arguments in (("GOPROXY",), ()):
        assert "go itself says GOPROXY is https://wrapped.example" in desk.run("explain", *arguments).out


def test_go_and_we_agree_on_what_a_carriage_return_does(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    with_go(monkeypatch)
    put(desk.go_env, b"GOTOOLCHAIN=local\r\nGOPROXY=off\r\nGOSUMDB=\xff\r\n")
    found = told(desk, "GOTOOLCHAIN", "GOPROXY", "GOSUMDB")
    assert {name: (entry["value"][-2:], entry["go_env"]) for name, entry in found.items()} == {
        "GOTOOLCHAIN": ("\\r", None),
        "GOPROXY": ("\\r", None),
        "GOSUMDB": ("\\r", None),
    }


@pytest.mark.parametrize("program", ["echo nonsense", "echo broken >&2; exit 3", "\x7fELF"])
def test_a_go_that_gives_no_answer_is_a_note(program: str, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    on_path(desk, monkeypatch, program)
    put(desk.go_env, "GOPROXY=off\n")
    ran = desk.run("explain", "GOPROXY")
    assert ran.code == 0
    assert "go itself gives no answer" in ran.out
    assert "GOPROXY = off" in ran.out


def test_go_is_not_run_in_the_folder_of_a_module_and_downloads_nothing(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_go(monkeypatch)
    monkeypatch.setenv("GOPROXY", "http://127.0.0.1:1")
    put(desk.tree / "go.mod", "module m\n\ngo 1.99\n\ntoolchain go1.99.0\n")
    monkeypatch.setenv("GOENV", "mine")
    put(desk.tree / "mine", "GOPRIVATE=a.example\n")
    found = told(desk, "GOPRIVATE", "GOENV", "GOPROXY")
    assert [entry["go_env"] for entry in found.values()] == [None, None, None]
    assert found["GOPRIVATE"]["value"] == "a.example"
    assert (found["GOPRIVATE"]["file"], found["GOPRIVATE"]["line"]) == ("mine", 1)


# What it says.


def test_source_and_what_is_hidden_are_told_with_file_and_line(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    with_go(monkeypatch)
    put(desk.go_env, "# mine\nGOPROXY=https://goproxy.cn,direct\n")
    monkeypatch.setenv("GOPROXY", "off")
    file = r"~\AppData\Roaming\go\env" if ON_WINDOWS else "~/.config/go/env"
    assert desk.run("explain", "GOPROXY").out.splitlines() == [
        f"go {NEWEST} on {SYSTEM}; go env file: {file}",
        "",
        "GOPROXY = off",
        "  from    environment",
        f"  hides   {file}:2: https://goproxy.cn,direct",
        "          $GOROOT/go.env:7: https://proxy.golang.org,direct",
        "  others  an editor, service or CI runner started before it was set: https://goproxy.cn,direct",
        *desk.run("explain", "GOPROXY").out.splitlines()[7:],
    ]


def test_the_table_has_a_row_for_each_setting_and_findings_at_the_end(desk: Desk) -> None:
    put(desk.go_env, "GOPRIVATE=a.example, b.example\n")
    out = desk.run("explain").out
    names = [line.split()[0] for line in out.splitlines() if line.startswith(("  G", "  H"))]
    assert names == [name for name in ALWAYS if name != "NO_PROXY"]
    assert "[private-glob-blank]" in out.rpartition("GOMODCACHE")[2]


@pytest.mark.skipif(ON_WINDOWS, reason="Windows has one variable for all spellings of a name")
def test_the_spelling_that_counts_is_named(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", "http://egress:3128")
    monkeypatch.setenv("goproxy", "off")
    out = desk.run("explain", "HTTPS_PROXY", "GOPROXY").out
    assert "from    environment, as https_proxy\n" in out
    assert "GOPROXY = https://proxy.golang.org,direct\n" in out
    assert "go reads GOPROXY, not goproxy" in out


def test_a_name_that_go_does_not_know_gets_one_that_it_does(desk: Desk) -> None:
    out = desk.run("explain", "GOPROXYS", "GONE_WILD").out
    assert "GOPROXYS = -\n  from  not read by go\n  do    did you mean 'GOPROXY'?\n" in out
    assert out.count("did you mean") == 1


def test_with_a_policy_every_difference_comes_with_what_to_do(desk: Desk) -> None:
    desk.write(POLICY.replace("  targets:", EGRESS))
    found = told(desk)
    assert found["GOPROXY"]["wanted"] == {
        "value": "https://goproxy.acme.example,https://goproxy.cn|direct",
        "verdict": "differs",
        "file": "policy.yaml",
        "line": 6,
        "layer": "policy.yaml",
    }
    assert found["GOINSECURE"]["wanted"]["verdict"] == "equivalent"
    assert [text["id"] for text in found["GOPROXY"]["advice"]] == ["advice.apply"]
    assert [text["id"] for text in found["HTTPS_PROXY"]["advice"]] == ["advice.export"]
    assert exported("HTTPS_PROXY", "http://egress.acme.example:3128") in desk.run("explain").out
    assert desk.run("apply", "--yes", "--in", "machine").code == 0
    assert {entry["wanted"]["verdict"] for entry in told(desk).values() if entry["wanted"]} == {"same", "differs"}
    assert told(desk)["GOPROXY"]["wanted"]["verdict"] == "same"


def test_a_value_that_the_environment_hides_is_set_free(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.write()
    desk.run("apply", "--yes", "--in", "machine")
    monkeypatch.setenv("GOPROXY", "off")
    assert [text["id"] for text in told(desk, "GOPROXY")["GOPROXY"]["advice"]] == [
        "advice.clear-windows" if ON_WINDOWS else "advice.clear",
        "advice.then-file",
    ]


def test_without_a_go_env_file_the_environment_is_the_way(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.write()
    monkeypatch.setenv("GOENV", "off")
    out = desk.run("explain", "GOSUMDB").out
    assert "no go env file is read: GOENV=off" in out
    assert exported("GOSUMDB", "sum.golang.google.cn") in out


def test_a_policy_without_a_go_env_target_is_followed_by_go_env_w(desk: Desk) -> None:
    desk.write(POLICY.replace("    - {name: mine, kind: go-env}\n", ""))
    out = desk.run("explain", "GOPROXY").out
    quote = '"' if ON_WINDOWS else "'"
    assert f"run: go env -w {quote}GOPROXY=https://goproxy.acme.example,https://goproxy.cn|direct{quote}" in out


def test_profile_and_target_decide_what_is_wanted(desk: Desk) -> None:
    profile = "  profiles:\n    air: {checksum: {database: sum.golang.org}}\n  targets:\n    - {name: jet, kind: sh, path: jet.sh, profile: air}"
    desk.write(POLICY.replace("  targets:", profile))
    for choice in (("--profile", "air"), ("--target", "jet")):
        wanted = told(desk, "GOSUMDB", *choice)["GOSUMDB"]["wanted"]
        assert (wanted["value"], wanted["layer"]) == ("sum.golang.org", "profile air")
    assert "profile air" in desk.run("explain", "GOSUMDB", "--profile", "air").out
    assert told(desk, "GOSUMDB")["GOSUMDB"]["wanted"]["value"] == "sum.golang.google.cn"
    assert desk.run("explain", "--target", "nobody").code == 1
    assert desk.run("explain", "-t", "jet", "-t", "ci").code == 2


def test_a_policy_that_is_not_valid_is_left_out_unless_it_was_named(desk: Desk) -> None:
    desk.write("nonsense: true\n")
    ran = desk.run("explain")
    assert (ran.code, "policy.yaml is not valid" in ran.out) == (0, True)
    (desk.tree / "other.yaml").write_text("nonsense: true\n")
    assert desk.run("explain", "-f", "other.yaml").code == 1
    assert desk.run("explain", "-f", "none.yaml").code == 1


def test_no_credential_is_shown(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOPROXY", "https://u:s3cret@a.example/?token=s3cret,https://b.example/?s3cret|direct")
    monkeypatch.setenv("HTTPS_PROXY", "u:s3cret@egress:3128")
    put(desk.go_env, "GOPROXY=https://u:s3cret@c.example\nHTTPS_PROXY=http://u:s3cret@x\nGOPRIVATE=\x1b[31m\n")
    for arguments in (
        (),
        ("GOPROXY", "HTTPS_PROXY", "GOPRIVATE"),
        ("--format", "json"),
        ("GOPROXY", "--format", "json"),
    ):
        ran = desk.run("explain", *arguments)
        assert ran.code == 0
        assert "s3cret" not in ran.out + ran.err
        assert "\x1b" not in ran.out + ran.err


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has /proc")
def test_programs_that_run_are_looked_at_when_that_is_asked_for(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    put(desk.go_env, "GOPROXY=https://new.example\n")
    gopls = desk.home / "gopls"
    shutil.copy(require("sleep"), gopls)
    environment = {"HOME": str(desk.home), "PATH": "/usr/bin:/bin"}
    old = {**environment, "GOPROXY": "https://u:s3cret@old.example"}
    with subprocess.Popen([gopls, "60"], env=old) as first, subprocess.Popen([gopls, "60"], env=environment) as second:
        try:
            found = body(desk.run("explain", "GOPROXY", "--running", "--format", "json"))
            (entry,) = found["variables"]
            ours = [one for one in entry["running"] if one["pid"] in {first.pid, second.pid}]
            assert ours == [
                {
                    "name": "gopls",
                    "pid": first.pid,
                    "value": "https://***@old.example",
                    "source": "environment",
                    "started_this": False,
                }
            ]
            assert str(second.pid) in found["notes"][0]["text"]
            out = desk.run("explain", "GOPROXY", "--running").out
            assert f"gopls, running (pid {first.pid}): https://***@old.example\n" in out
        finally:
            first.kill()
            second.kill()
    assert told(desk, "GOPROXY")["GOPROXY"]["running"] == []


# What was captured elsewhere.

WINDOWS = "APPDATA=C:\\Users\\x\\AppData\\Roaming\r\nGOPROXY=https://old.example\r\nSystemRoot=C:\\Windows\r\n"


def test_a_captured_machine_is_explained_without_a_look_at_this_one(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_go(monkeypatch)
    monkeypatch.setenv("GOPRIVATE", "here.example")
    put(desk.go_env, "GOSUMDB=off\n")
    put(desk.tree / "set.txt", WINDOWS)
    put(desk.tree / "env", "GOPRIVATE=there.example\n")
    found = body(desk.run("explain", "--environment", "set.txt", "--goenv", "env", "--format", "json"))
    values = {entry["name"]: (entry["value"], entry["source"]) for entry in found["variables"]}
    assert found["system"] == "windows"
    assert found["go"]["asked"] is False
    assert values["GOPROXY"] == ("https://old.example", "environment")
    assert values["GOPRIVATE"] == ("there.example", "env-file")
    assert values["GOSUMDB"] == ("sum.golang.org", "go.env")
    assert {note["id"] for note in found["notes"]} == {"machine.version", "machine.stock"}


def test_the_registry_tells_what_a_new_program_and_a_service_see(desk: Desk) -> None:
    put(desk.tree / "set.txt", WINDOWS)
    put(desk.tree / "exported.reg", REG.encode("utf-16"))
    arguments = ("explain", "goproxy", "--environment", "set.txt", "--registry", "exported.reg")
    (entry,) = body(desk.run(*arguments, "--format", "json"))["variables"]
    assert entry["value"] == "https://old.example"
    assert {one["who"]: one["value"] for one in entry["others"]} == {
        "started-earlier": "https://proxy.golang.org,direct",
        "new": "https://goproxy.cn|direct",
        "machine": "off",
    }
    text = desk.run(*arguments).out
    assert "a program started now, by the registry: https://goproxy.cn|direct" in text
    assert "a service under another account: off" in text


def test_a_registry_file_alone_stands_for_a_new_program(desk: Desk) -> None:
    put(desk.tree / "exported.reg", REG)
    found = body(desk.run("explain", "GOPROXY", "--registry", "exported.reg", "--format", "json"))
    assert found["system"] == "windows"
    assert found["variables"][0]["value"] == "https://goproxy.cn|direct"


LIVE = {
    ENVIRONMENTS["user"].upper(): {"GOPROXY": text_content("https://goproxy.cn|direct"), "COUNT": b"dword:00000001"},
    ENVIRONMENTS["machine"]: {
        "GOBIN": text_content("%ProgramData%\\go", EXPAND_SZ),
        "GOSUMDB": content_of(1, "off\0more".encode("utf-16-le")),
        "LIST": content_of(7, "a\0\0".encode("utf-16-le")),
        "RAW": content_of(BINARY, b"a\0"),
    },
}


def machine_with(registry: Registry, folder: Path, sources: Sources = Sources(ask=False)) -> Machine:  # noqa: B008
    environment = {"HOME": str(folder), "USERPROFILE": str(folder), "APPDATA": str(folder)}
    shell = Shell(environment, str(folder), lambda: pytest.fail("no clock is needed"), load_language("en"))
    return read_machine(shell, sources, dict, registry)


def test_the_registry_of_this_machine_is_looked_at_where_it_has_one(tmp_path: Path) -> None:
    assert machine_with(MemoryKeys(LIVE), tmp_path).hives == Hives(
        {"GOBIN": RegistryText("%ProgramData%\\go", expand=True), "GOSUMDB": RegistryText("off")},
        {"GOPROXY": RegistryText("https://goproxy.cn|direct")},
    )
    assert machine_with(MemoryKeys(), tmp_path).hives == Hives()
    assert (own_registry() is not None) == (sys.platform == "win32")


@pytest.mark.parametrize("whose", ENVIRONMENTS)
def test_a_registry_that_denies_a_look_is_none(tmp_path: Path, whose: str) -> None:
    assert machine_with(MemoryKeys(LIVE, hidden={ENVIRONMENTS[whose]}), tmp_path).hives is None


def test_the_registry_of_this_machine_says_nothing_of_another(tmp_path: Path) -> None:
    put(tmp_path / "set.txt", WINDOWS)
    put(tmp_path / "exported.reg", REG)
    assert machine_with(MemoryKeys(LIVE), tmp_path, Sources(environment="set.txt")).hives is None
    exported = machine_with(MemoryKeys(LIVE), tmp_path, Sources(registry="exported.reg")).hives
    assert exported is not None
    assert exported.user["GOBIN"] == RegistryText('C:\\go "mine"\\bin')


@pytest.mark.skipif(sys.platform != "win32", reason="only Windows has a registry")
def test_windows_shows_what_a_new_program_gets_without_being_asked(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    registry = own_registry()
    assert registry is not None
    hives = machine_with(registry, desk.tree).hives
    assert hives is not None
    assert {"COMSPEC", "PATH"} <= {name.upper() for name in hives.machine}
    monkeypatch.setenv("GOPROXY", "https://in-this-console.example")
    (entry,) = body(desk.run("explain", "GOPROXY", "--format", "json"))["variables"]
    assert {"new", "machine"} <= {one["who"] for one in entry["others"]}


def test_files_can_be_given_for_this_machine(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOPRIVATE", "here.example")
    put(desk.tree / "go.env", "GOPROXY=https://packaged.example\n")
    put(desk.tree / "env", "GOSUMDB=off\n")
    found = told(desk, "--goenv", "env", "--goroot-env", "go.env", "--go", "1.22.1")
    assert {name: found[name]["value"] for name in ("GOPROXY", "GOPRIVATE", "GOSUMDB", "GOTOOLCHAIN")} == {
        "GOPROXY": "https://packaged.example",
        "GOPRIVATE": "here.example",
        "GOSUMDB": "off",
        "GOTOOLCHAIN": "",
    }
    assert found["GOAUTH"]["source"] == "nowhere"


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("--goenv", "none"), 1),
        (("--environment", "."), 1),
        (("--registry", "policy.yaml"), 1),
        (("--environment", "empty"), 1),
        (("--go", "newest"), 2),
        (("--system", "plan9"), 2),
        (("GO=PROXY",), 2),
        (("GOPROXY", "--no-go", "--go", "go1.21.3", "--system", "darwin"), 0),
    ],
)
def test_what_cannot_be_read_is_said_in_a_line(desk: Desk, arguments: tuple[str, ...], code: int) -> None:
    desk.write()
    put(desk.tree / "empty", "")
    ran = desk.run("explain", *arguments)
    assert ran.code == code
    assert ran.err.count("error:") == (code != 0)


def test_what_stands_in_the_place_of_the_go_env_file_is_no_file_to_go(desk: Desk) -> None:
    desk.go_env.mkdir(parents=True)
    assert "go ignores it, for it cannot be read: Is a directory" in desk.run("explain", "GOPROXY").out


@pytest.mark.skipif(ON_WINDOWS, reason="Windows has no pipes in folders")
def test_a_pipe_in_the_place_of_the_go_env_file_does_not_hold_us_up(desk: Desk) -> None:
    desk.go_env.parent.mkdir(parents=True)
    os.mkfifo(desk.go_env)
    assert "go ignores it, for it cannot be read" in desk.run("explain", "GOPROXY").out


def test_values_that_powershell_cut_off_are_named(desk: Desk) -> None:
    put(
        desk.tree / "gci.txt",
        "\nName    Value\n----    -----\nGOPROXY https://goprox...\nPath    C:\\Win...\nX       y...\n",
    )
    (note, *_) = body(desk.run("explain", "--environment", "gci.txt", "--format", "json"))["notes"]
    assert (note["id"], note["values"]["names"]) == ("machine.cut", "GOPROXY")


def test_completion_knows_the_variables(desk: Desk) -> None:
    context, argument = click.Context(click.Command("explain")), click.Argument(["variables"])
    assert set(complete_variables(context, argument, "gono")) == {"GONOPROXY", "GONOSUMDB"}
