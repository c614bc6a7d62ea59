"""What the batch files do in a real cmd.exe with the real go.exe (Wine 10; Microsoft's own cmd was not run)."""

import json
import random
import string
from collections.abc import Iterator
from pathlib import Path

import pytest

from goproxyctl.intent import Intent
from goproxyctl.policy import load_policy
from goproxyctl.render import render
from goproxyctl.targets.bat import Bat
from tests.oracles import ROOT
from tests.scale import scaled
from tests.windows_console import COMPANY, GO, Console, Ran, console, obstinate_go

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("wine")]

INTENT = COMPANY._replace(flags=("-mod=readonly", "-trimpath"), toolchain="go1.99.9")
SCRIPT = "my scripts (x86) & co/install go proxy.bat"
FOREIGN = b"# mine\nGOPROXY=https://old.example\nGOBIN=C:\\bin\nno line of go\n"


@pytest.fixture(scope="module")
def lab() -> Iterator[Console]:
    with console() as made:
        yield made


@pytest.fixture
def at(lab: Console) -> Console:
    """The console, with no file of go, and the installer of INTENT at SCRIPT."""
    for path in sorted((lab.folder / "AppData").rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    (lab.folder / SCRIPT).parent.mkdir(exist_ok=True)
    put(lab, Bat(name="laptops", kind="bat", path="x.bat", scope="user"), INTENT)
    return lab


def put(lab: Console, target: Bat, intent: Intent) -> None:
    artifact = next(iter(target.desired(intent)))
    (lab.folder / SCRIPT).write_bytes(artifact.content)


def call(*arguments: str) -> str:
    script = SCRIPT.replace("/", "\\")
    return f'call "%LAB_TEST%\\{script}" {" ".join(arguments)}'


def install(at: Console, *lines: str, **options: str) -> Ran:
    """The installer after ``lines``; its exit code is the last."""
    return at.run([*lines, call()], path=options.pop("path", GO), variables=options)


def settings(at: Console) -> dict[str, str]:
    """What go.exe says of itself in a session without any setting."""
    found: dict[str, str] = json.loads(at.run(["go.exe env -json"], variables={"GOTOOLCHAIN": "local"}).said)
    return found


def test_the_installer_installs_and_go_obeys(at: Console) -> None:
    at.go_env.parent.mkdir()
    at.go_env.write_bytes(FOREIGN)
    ran = install(at)
    assert (ran.codes, ran.erred) == ([0], "")
    found = settings(at)
    wanted = {name: value for name, value in INTENT.module_settings().items() if name != "GOTOOLCHAIN"}
    assert {name: found[name] for name in wanted} == wanted
    text = at.go_env.read_bytes()
    assert b"GOTOOLCHAIN=go1.99.9\n" in text
    assert b"# mine\n" in text
    assert b"GOBIN=C:\\bin\n" in text
    assert {path.name for path in at.go_env.parent.iterdir()} - {"telemetry"} == {"env"}
    assert install(at).codes == [0]
    assert at.go_env.read_bytes() == text, "the second run changed something"


def test_uninstalling_leaves_what_is_not_as_it_was_written(at: Console) -> None:
    assert at.run([call("/uninstall")]).codes == [0]
    assert install(at).codes == [0]
    text = at.go_env.read_bytes().replace(b"GOSUMDB=sum.golang.org\n", b"GOSUMDB=off\nGOBIN=C:\\bin\n")
    at.go_env.write_bytes(text)
    ran = at.run(["set GOPROXY=https://other.example", call("/UNINSTALL"), call("/uninstall")])
    assert (ran.codes, ran.erred) == ([0, 0, 0], "")
    assert at.go_env.read_bytes() == b"GOBIN=C:\\bin\nGOSUMDB=off\n"
    assert at.run([call(), call("/uninstall")]).said.count("taken out") == 1
    assert at.run([call("/uninstall")]).said == "", "what go says by itself was not in the file"


def test_a_machine_without_go_is_told_so(at: Console) -> None:
    ran = install(at, path=r"C:\nowhere")
    assert ran.codes == [10]
    assert "go.exe is not on PATH" in ran.erred
    assert not at.go_env.exists()
    assert at.run([call("/uninstall")], path=r"C:\nowhere").codes == [10]


@pytest.mark.parametrize("arguments", ["/remove", "/uninstall /now", '"a & b"', "/install"])
def test_another_argument_is_wrong_usage(at: Console, arguments: str) -> None:
    assert at.run([call(arguments)]).codes == [2]
    assert not at.go_env.exists()


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("GOPROXY", "https://user:secret@other.example|direct"),
        ("goprivate", "GIT.acme.example,*.git.acme.example"),
        ("GOTOOLCHAIN", "local"),
        ("GOENV", "off"),
        ("GOENV", r"C:\elsewhere\env"),
    ],
)
def test_a_variable_of_the_session_that_would_win_is_named(at: Console, variable: str, value: str) -> None:
    at.go_env.parent.mkdir()
    at.go_env.write_bytes(FOREIGN)
    ran = install(at, **{variable: value})
    assert ran.codes == [11]
    assert f"{variable.upper()} in this session" in ran.erred
    assert value not in ran.erred
    assert at.go_env.read_bytes() == FOREIGN


def test_a_variable_that_says_the_same_is_no_shadow(at: Console) -> None:
    same = {"GOPROXY": INTENT.module_settings()["GOPROXY"].replace("%", "%%"), "GOENV": r"%APPDATA%\go\env"}
    assert install(at, **same).codes == [0]


@pytest.mark.parametrize("kind", ["REG_SZ", "REG_EXPAND_SZ"])
@pytest.mark.parametrize(
    "key", [r"HKCU\Environment", r"HKLM\SYSTEM\CurrentControlSet\Control\Session Manager\Environment"]
)
def test_a_variable_of_the_registry_that_the_next_session_would_have_is_named(at: Console, key: str, kind: str) -> None:
    add = f'reg.exe add "{key}" /v goproxy /t {kind} /d "https://a b.example^|off" /f'
    ran = at.run([add, call(), f'reg.exe delete "{key}" /v goproxy /f', call()])
    assert ran.codes == [0, 11, 0, 0]
    assert key in ran.erred
    assert ran.erred.lower().count("goproxy in hk") == 1


@pytest.mark.parametrize("before", [None, FOREIGN, b"", b"GOPROXY=off\r\n"])
@pytest.mark.parametrize("obstinate", ["refuses", "reads otherwise"])
def test_what_go_does_not_take_is_put_back_to_the_byte(at: Console, obstinate: str, before: bytes | None) -> None:
    if before is not None:
        at.go_env.parent.mkdir()
        at.go_env.write_bytes(before)
    ran = install(at, path=obstinate_go(), REAL_GO=rf"{GO}\go.exe", OBSTINATE=obstinate)
    assert ran.codes == [12]
    assert "go: no, thank you" in ran.erred if obstinate == "refuses" else "another GOPROXY" in ran.erred
    assert (at.go_env.read_bytes() if at.go_env.exists() else None) == before
    assert [path.name for path in at.go_env.parent.glob("env*")] == ["env"] * (before is not None)


def test_a_go_that_has_no_file_is_told_so(at: Console) -> None:
    ran = install(at, APPDATA="")
    assert ran.codes == [12]
    assert "AppData is not set" in ran.erred


@pytest.mark.parametrize("name", ["\u738b \u5c0f\u660e", "J\u00f6rg & (co)"])
def test_it_works_for_a_user_whose_folder_is_not_ascii(at: Console, name: str) -> None:
    env = at.folder / name / "go" / "env"
    env.parent.mkdir(parents=True)
    env.write_bytes(FOREIGN)
    home = {"APPDATA": "%LAB_HOME%"}
    assert at.run([call()], variables=home, home=name).codes == [0]
    assert b"GOTOOLCHAIN=go1.99.9\n" in env.read_bytes()
    assert at.run([call("/uninstall")], variables=home, home=name).codes == [0]
    assert env.read_bytes() == FOREIGN.replace(b"GOPROXY=https://old.example\n", b"")
    env.write_bytes(FOREIGN)
    obstinate = {"REAL_GO": rf"{GO}\go.exe", "OBSTINATE": "reads otherwise"}
    assert at.run([call()], path=obstinate_go(), variables=home | obstinate, home=name).codes == [12]
    assert env.read_bytes() == FOREIGN
    assert {path.name for path in env.parent.iterdir()} - {"telemetry"} == {"env"}


def test_a_file_that_may_only_be_read_leaves_no_copy_behind(at: Console) -> None:
    at.go_env.parent.mkdir()
    at.go_env.write_bytes(FOREIGN)
    obstinate = {"REAL_GO": rf"{GO}\go.exe", "OBSTINATE": "refuses"}
    ran = at.run([r'attrib +r "%APPDATA%\go\env"', call()], path=obstinate_go(), variables=obstinate)
    assert ran.codes == [0, 12]
    assert "Access denied" not in ran.erred
    assert at.go_env.read_bytes() == FOREIGN
    assert [path.name for path in at.go_env.parent.glob("env*")] == ["env"]


def test_it_is_told_when_nothing_can_be_put_back(at: Console) -> None:
    at.go_env.parent.mkdir()
    at.go_env.write_bytes(FOREIGN)
    ran = install(at, path=obstinate_go(), REAL_GO=rf"{GO}\go.exe", OBSTINATE="loses the copy")
    assert ran.codes == [13]
    assert "could not be put back" in ran.erred


@pytest.mark.parametrize("delayed", ["on", "off"])
def test_the_caller_keeps_its_session(at: Console, delayed: str) -> None:
    (at.folder / "caller.bat").write_bytes(
        '@cd /d "%LAB_TEST%\\my scripts (x86) & co"\r\n@set "MARK=a!b^&c"\r\n@echo on\r\n@set >"%LAB_TEST%\\before.txt"\r\n'
        '@call "install go proxy.bat"\r\n@set GPC_CODE=%errorlevel%\r\n@set >"%LAB_TEST%\\after.txt"\r\n'
        '@cd >>"%LAB_TEST%\\after.txt"\r\n@exit /b %GPC_CODE%\r\n'.encode("ascii")
    )
    ran = at.run([f'cmd.exe /v:{delayed} /c "%LAB_TEST%\\caller.bat"'])
    assert ran.codes == [0]
    assert ran.said.count("\n") == 1, "nothing but its own line, with echo on too"
    before, after = ((at.folder / f"{name}.txt").read_bytes().decode().split("\r\n") for name in ("before", "after"))
    assert [line for line in after if line not in before] == [
        "GPC_CODE=0",
        f"{at.windows(at.folder)}\\my scripts (x86) & co",
    ]
    assert set(before) - set(after) == set()


@pytest.mark.parametrize("delayed", ["on", "off"])
def test_a_session_script_sets_its_variables_for_every_caller(at: Console, delayed: str) -> None:
    intent = INTENT._replace(toolchain="local")
    put(at, Bat(name="laptops", kind="bat", path="x.bat"), intent)
    (at.folder / "caller.bat").write_bytes(f"@{call()}\r\n@go.exe env -json\r\n".encode("ascii"))
    found = json.loads(at.run([f'cmd.exe /v:{delayed} /c "%LAB_TEST%\\caller.bat"']).said)
    assert at.run(["cmd.exe /c exit 5", call()]).codes == [5, 0]
    wanted = intent.module_settings()
    assert {name: found[name] for name in wanted} == wanted


@pytest.mark.parametrize("example", sorted(p.parent.name for p in (ROOT / "examples").glob("*/policy.yaml")))
def test_go_obeys_every_batch_file_of_the_examples_in_both_scopes(at: Console, example: str) -> None:
    folder = ROOT / "examples" / example
    policy = load_policy("policy.yaml", lambda path: Path(folder / path).read_bytes(), today=None)
    for target in policy.targets:
        if isinstance(target, Bat):
            wanted = policy.intent(target).module_settings()
            put(at, target.model_copy(update={"scope": "session"}), policy.intent(target))
            found = json.loads(at.run([call(), "go.exe env -json"]).said)
            assert {name: found[name] for name in wanted} == wanted
            put(at, target.model_copy(update={"scope": "user", "ca_file": None}), policy.intent(target))
            assert install(at).codes == [0]
            found = settings(at)
            del wanted["GOTOOLCHAIN"]
            assert {name: found[name] for name in wanted} == wanted


def test_values_come_back_equal_through_the_installer(at: Console) -> None:
    """Names that go does not know it takes when they are in its file already."""
    rng = random.Random(20261122)
    alphabet = "".join(c for c in string.printable[:95] if c not in '"!')
    count, batch = scaled(48, 2_000), 100
    values = ["".join(rng.choices(alphabet, k=rng.randint(1, 40))).lstrip(";") + "x" for _ in range(count)]
    at.go_env.parent.mkdir()
    for start in range(0, count, batch):
        wanted = {f"V{number}": value for number, value in enumerate(values[start : start + batch])}
        at.go_env.write_bytes("".join(f"{name}=\n" for name in wanted).encode())
        text = render("bat-user.bat.j2", made_for="t/t", script="t.bat", notes=(), variables=wanted)
        (at.folder / SCRIPT).write_bytes(text.replace("\n", "\r\n").encode("ascii"))
        ran = install(at)
        assert (ran.codes, ran.erred) == ([0], "")
        lines = at.go_env.read_text(encoding="ascii").splitlines()
        assert dict(line.split("=", 1) for line in lines) == wanted
