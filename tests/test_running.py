"""Programs that run now: which of them count, what they hold, who has to be started again. Real programs, both systems."""

import ctypes
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from goproxyctl.cli.running import Program, chain_above, counts, entries_of, holding, running_programs
from goproxyctl.gosem.layers import Effective
from goproxyctl.gosem.locations import System
from tests.desk import POLICY, Desk
from tests.oracles import require
from tests.scale import scaled

ON_WINDOWS = sys.platform == "win32"
pytestmark = [
    pytest.mark.skipif(sys.platform not in {"win32", "linux"}, reason="nobody can look there"),
    pytest.mark.xdist_group("running"),  # each would see the programs of the others
]
windows = pytest.mark.skipif(not ON_WINDOWS, reason="only Windows has cmd.exe and the calls that are tried")

OLD, RIGHT = "https://u:s3cret@old.example", "https://right.example"
EDITOR, SERVER = ("Code.exe", "gopls.exe") if ON_WINDOWS else ("code", "gopls")
#: As people type it: Windows does not tell the two apart.
GOPROXY = "GoProxy" if ON_WINDOWS else "GOPROXY"


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Desk:
    return Desk(tmp_path, monkeypatch, capsys)


def program(desk: Desk, name: str) -> str:
    """A program of that name which waits: a cmd.exe that takes commands on Windows, elsewhere a sleep."""
    path = desk.home / name
    if not path.exists():
        shutil.copy(
            str(Path(os.environ["SYSTEMROOT"], "system32", "cmd.exe")) if ON_WINDOWS else require("sleep"), path
        )
    return str(path)


@contextmanager
def running(desk: Desk, name: str, **variables: str) -> Iterator["subprocess.Popen[bytes]"]:
    """It ends with the block."""
    arguments = [program(desk, name), *(["/q", "/k"] if ON_WINDOWS else ["60"])]
    with subprocess.Popen(
        arguments, env=desk.env(**variables), cwd=desk.tree, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL
    ) as started:
        try:
            yield started
        finally:
            started.kill()


def tell(started: "subprocess.Popen[bytes]", command: str) -> None:
    """A line for a cmd.exe."""
    assert started.stdin
    started.stdin.write(f"{command}\r\n".encode())
    started.stdin.flush()


def seen(number: int) -> Program | None:
    programs = running_programs()
    assert programs is not None
    return next((one for one in programs if one.number == number), None)


def until(true: Callable[[], object]) -> None:
    for _ in range(300):
        if true():
            return
        time.sleep(0.1)
    pytest.fail("it never came to that")


def looked(desk: Desk, *arguments: str) -> dict[str, Any]:
    ran = desk.run("explain", "GOPROXY", "--running", "--no-go", "--format", "json", *arguments)
    assert ran.code == 0, ran.err
    found: dict[str, Any] = json.loads(ran.out)
    return found


def test_the_program_with_another_value_is_named_and_no_other(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    with running(desk, EDITOR, **{GOPROXY: OLD}) as old, running(desk, SERVER) as right:
        found = looked(desk)
        (entry,) = found["variables"]
        assert [one for one in entry["running"] if one["pid"] in {old.pid, right.pid}] == [
            {
                "name": EDITOR,
                "pid": old.pid,
                "value": "https://***@old.example",
                "source": "environment",
                "started_this": False,
            }
        ]
        assert {f"{EDITOR} ({old.pid})", f"{SERVER} ({right.pid})"} <= set(
            found["notes"][0]["values"]["names"].split(", ")
        )
        assert "start again" in entry["advice"][-1]["text"]
        assert f"{EDITOR} ({old.pid})" in entry["advice"][-1]["text"]
        text = desk.run("explain", "GOPROXY", "--running", "--no-go").out
        assert f"{EDITOR}, running (pid {old.pid}): https://***@old.example\n" in text
        assert "s3cret" not in text
        whole = desk.run("explain", "--running", "--no-go").out
        (line,) = (line for line in whole.splitlines() if line.startswith("  GOPROXY: start again, in this order, "))
        assert f"{EDITOR} ({old.pid})" in line  # programs of this machine's owner may stand beside it


def test_a_program_that_has_what_the_policy_wants_need_not_be_started_again(desk: Desk) -> None:
    desk.write(POLICY)
    wanted = "https://goproxy.acme.example,https://goproxy.cn|direct"
    with running(desk, EDITOR, **{GOPROXY: wanted}) as has_it:
        (entry,) = looked(desk)["variables"]
        assert has_it.pid in {one["pid"] for one in entry["running"]}
        again = [text["text"] for text in entry["advice"] if "start again" in text["text"]]
        assert not [text for text in again if f"({has_it.pid})" in text]


def test_a_program_that_has_ended_is_no_longer_there(desk: Desk) -> None:
    """Also while somebody still holds on to it."""
    with running(desk, EDITOR, **{GOPROXY: OLD}) as started:
        assert seen(started.pid)
        started.kill()
        until(lambda: started.poll() is not None or seen(started.pid) is None)
        until(lambda: seen(started.pid) is None)
        assert started.pid not in {one["pid"] for one in looked(desk)["variables"][0]["running"]}


def test_programs_that_end_while_they_are_looked_at_do_no_harm(desk: Desk) -> None:
    arguments = [program(desk, EDITOR), *(["/c", "rem"] if ON_WINDOWS else ["0.02"])]
    for _ in range(scaled(6, 60)):
        with subprocess.Popen(arguments, env=desk.env(**{GOPROXY: OLD}), stdin=subprocess.DEVNULL) as brief:
            for _ in range(3):
                found = seen(brief.pid)
                assert found is None or found.environment is None or found.environment["GOPROXY"] == OLD


def test_the_program_that_started_this_run_is_told_from_the_others(desk: Desk) -> None:
    ours = f'"{sys.executable}" -m goproxyctl explain GOPROXY --running --no-go --format json'
    if ON_WINDOWS:  # a call of goproxyctl in a console whose variable was changed after it was started
        (desk.tree / "run.bat").write_bytes(f"@set goproxy={OLD}\r\n@{ours}\r\n".encode())
        command = [program(desk, EDITOR), "/c", str(desk.tree / "run.bat")]
    else:  # a shell under the name of an editor; after `exec` it would be no parent of ours
        shutil.copy(require("sh"), desk.home / EDITOR)
        command = [str(desk.home / EDITOR), "-c", f"env -u GOPROXY {ours}; true"]
    said = desk.tree / "said.json"
    with said.open("wb") as out:
        env = desk.env() if ON_WINDOWS else desk.env(GOPROXY=OLD)
        subprocess.run(command, env=env, cwd=desk.tree, stdin=subprocess.DEVNULL, stdout=out, timeout=60, check=True)
    found = json.loads(said.read_bytes())["variables"][0]
    assert [
        (one["name"], one["started_this"]) for one in found["running"] if one["value"].endswith("@old.example")
    ] == [(EDITOR, True)]


@windows
def test_what_a_console_sets_later_is_what_it_hands_on(desk: Desk) -> None:
    with running(desk, "cmd.exe") as started:
        found = seen(started.pid)
        assert found is not None
        assert found.environment is not None
        assert "GOPROXY" not in found.environment
        tell(started, f"set GoProxy={OLD}")

        def its_own() -> str | None:
            found = seen(started.pid)
            return found.environment.get("GOPROXY") if found and found.environment else None

        until(lambda: its_own() == OLD)
        tell(started, "set goproxy=")
        until(lambda: its_own() is None)


@windows
def test_an_environment_is_read_whole_however_long_and_while_it_changes(desk: Desk) -> None:
    """A value that is set again and again moves the block; what is read is one that was there, or nothing."""
    long = "x" * 30_000
    with running(desk, EDITOR, LONG=long, UMLAUT="ä\U0001f600", GOPROXY=OLD) as started:
        found = seen(started.pid)
        assert found is not None
        assert found.environment is not None
        assert (found.environment["LONG"], found.environment["UMLAUT"]) == (long, "ä\U0001f600")
        (desk.tree / "busy.bat").write_bytes(
            b"@for /l %%i in (1,1,2000) do @set V%%i=%%i%%i%%i%%i&set V%%i=&set W%%i=%%i\r\n"
        )
        tell(started, "busy.bat")
        for _ in range(20):
            found = seen(started.pid)
            assert found is not None
            if found.environment is not None:
                assert (found.environment["LONG"], found.environment["GOPROXY"]) == (long, OLD)


@windows
def test_of_the_parts_of_one_program_the_one_that_started_them_is_named(desk: Desk) -> None:
    with running(desk, EDITOR, GOPROXY=OLD) as started:
        try:
            tell(started, f'"{program(desk, EDITOR)}" /q /k')
            until(lambda: any(started.pid in one.above for one in running_programs() or ()))
            (part,) = (one for one in running_programs() or () if started.pid in one.above)
            assert part.name == EDITOR
            assert [one["pid"] for one in looked(desk)["variables"][0]["running"] if one["name"] == EDITOR] == [
                started.pid
            ]
        finally:
            for one in running_programs() or ():
                if started.pid in one.above:
                    os.kill(one.number, 9)


@windows
def test_a_program_that_may_not_be_looked_at_is_counted_and_named(desk: Desk) -> None:
    """Its access control list is taken away, as Windows has one for programs that an administrator started."""
    with running(desk, EDITOR, GOPROXY=OLD) as started:
        close(started)
        hidden = seen(started.pid)
        assert hidden is not None
        assert hidden.environment is None
        found = looked(desk)
        assert started.pid not in {one["pid"] for one in found["variables"][0]["running"]}
        note = next(note for note in found["notes"] if note["id"] == "explain.may-not-look")
        assert note["values"] == {"count": 1, "names": f"{EDITOR} ({started.pid})"}


def close(started: "subprocess.Popen[bytes]") -> None:
    """Nobody may open it any more. Source: Microsoft Learn, SetKernelObjectSecurity; an empty list allows nothing."""
    if sys.platform == "win32":
        advapi = ctypes.WinDLL("advapi32", use_last_error=True)
        acl, descriptor = ctypes.create_string_buffer(64), ctypes.create_string_buffer(64)
        assert advapi.InitializeAcl(acl, len(acl), 2)
        assert advapi.InitializeSecurityDescriptor(descriptor, 1)
        assert advapi.SetSecurityDescriptorDacl(descriptor, True, acl, False)
        handle = ctypes.c_void_p(int(started._handle))  # type: ignore[attr-defined]
        assert advapi.SetKernelObjectSecurity(handle, 4, descriptor), ctypes.get_last_error()


@pytest.mark.skipif(ON_WINDOWS or os.name == "nt", reason="only Linux has /proc")
def test_the_programs_of_somebody_else_are_not_looked_at() -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can start a program as somebody else")
    with TemporaryDirectory() as open_to_all:
        os.chmod(open_to_all, 0o755)
        editor = shutil.copy(require("sleep"), Path(open_to_all, EDITOR))
        with subprocess.Popen([editor, "60"], env={GOPROXY: OLD}, user=65534) as foreign:
            try:
                until(lambda: Path(f"/proc/{foreign.pid}/comm").read_text() == f"{EDITOR}\n")
                assert seen(foreign.pid) is None
            finally:
                foreign.kill()


# What needs no program.


@pytest.mark.parametrize(
    ("name", "system", "does"),
    [
        ("Code.exe", "windows", True),
        ("code - insiders.EXE", "windows", True),
        ("WindowsTerminal.exe", "windows", True),
        ("pwsh.exe", "windows", True),
        ("Runner.Worker.exe", "windows", True),
        ("svchost.exe", "windows", False),
        ("bash.exe", "windows", False),
        ("code", "linux", True),
        ("Runner.Worker", "linux", True),
        ("tmux: server", "linux", True),
        ("Code", "linux", False),
        ("cmd", "linux", False),
        ("bash", "linux", False),
        ("gopls", "darwin", False),
    ],
)
def test_editors_terminals_and_runners_count(name: str, system: System, does: bool) -> None:
    assert counts(name, system) is does


@pytest.mark.parametrize(
    ("block", "found"),
    [
        ("", []),
        ("\0\0", []),
        ("A=1\0\0B=2\0", [("A", "1")]),
        ("=C:=C:\\x\0=ExitCode=00000000\0A=1\0", [("A", "1")]),
        ("A=\0B=x=y\0none\0cut", [("A", ""), ("B", "x=y")]),
    ],
)
def test_a_block_is_read_to_its_end(block: str, found: list[tuple[str, str]]) -> None:
    assert list(entries_of(block)) == found


def test_who_started_whom_ends_with_the_first_or_where_it_began() -> None:
    assert chain_above(4, {4: 3, 3: 2, 2: 0}) == (3, 2)
    assert chain_above(1, {1: 2, 2: 3, 3: 2}) == (2, 3)
    assert chain_above(1, {1: 1}) == (1,)
    assert chain_above(1, {}) == ()


def test_parts_are_left_out_only_when_they_hold_the_same() -> None:
    def one(name: str, number: int, value: str, *above: int) -> tuple[Program, Effective]:
        return Program(name, number, {}, above), Effective("GOPROXY", value, "environment")

    programs = [
        one("explorer.exe", 1, "old"),
        one("Code.exe", 2, "old", 1),
        one("Code.exe", 3, "old", 2, 1),
        one("Code.exe", 4, "older", 2, 1),
        one("gopls.exe", 5, "old", 3, 2, 1),
        one("cmd.exe", 6, "new", 1),
        one("cmd.exe", 7, "old", 6, 1),
    ]
    assert [found.number for found in holding(programs, "new")] == [1, 2, 4, 5, 7]
    assert holding(programs[5:6], "new") == ()
