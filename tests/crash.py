"""Apply, cut off or failing at every call that reaches the file system: what to apply, where, and how it is broken.

``python -m tests.crash FOLDER SCENARIO`` applies one scenario in a folder that `Scenario.lay_out` made (for strace).
"""

import errno
import os
import re
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from goproxyctl.apply import WorldLedgers, apply_plan
from goproxyctl.errors import GoproxyctlError
from goproxyctl.ledger import Ledger
from goproxyctl.live import observe
from goproxyctl.plan import Plan, addresses_of, make_plan
from goproxyctl.resource import GOENV_FILE, Address, Place, Resource, Result, World
from goproxyctl.stores import Roots, open_store
from goproxyctl.stores.ledger_file import LedgerFile

WORLDS = frozenset({World.TREE, World.MACHINE})
#: What the driver looks at when it begins; strace counts from there.
MARK = "/goproxyctl-begins-here"
TEMP = re.compile(r"\.goproxyctl-[0-9a-f]{12}\.tmp")

SETTINGS, DEVCONTAINER = ".vscode/settings.json", ".devcontainer/devcontainer.json"
PEOPLE = {
    f"tree/{SETTINGS}": b'\xef\xbb\xbf{\r\n\t// theirs\r\n\t"editor.tabSize": 4, /* kept */\r\n\t"a": [1,],\r\n}\r\n',
    "tree/.gitattributes": b"# theirs\r\n*.png binary",
    "tree/ci/theirs.sh": b"echo theirs\n",
    "home/go/env": b"# theirs\nGOPROXY=https://old.example\nGOFLAGS=-mod=mod\nGOPROXY=https://older.example",
}

Contents = Mapping[Address, bytes]


def file(path: str, text: str = "one\n") -> tuple[Address, bytes]:
    return Address(Place.FILE, path), text.encode()


def block(name: str, text: str = "*.bat text eol=crlf\n") -> tuple[Address, bytes]:
    return Address(Place.BLOCK, ".gitattributes", (f"acme/{name}",)), text.encode()


def member(container: str, *key: str, text: str = "one") -> tuple[Address, bytes]:
    return Address(Place.JSON_KEY, container, key), f'"{text}"'.encode()


def go_env(name: str, text: str = "one", container: str = GOENV_FILE) -> tuple[Address, bytes]:
    return Address(Place.GO_ENV, container, (name,)), text.encode()


EVERYWHERE = dict(
    [
        file("windows/set.bat", "@echo off\r\n"),
        file("ci/goproxy.sh"),
        file("~/.config/goproxy.sh"),
        block("laptops"),
        block("shells"),
        member(SETTINGS, "go.toolsEnvVars", "GOPROXY"),
        member(SETTINGS, "go.toolsEnvVars", "GOSUMDB"),
        member(DEVCONTAINER, "containerEnv", "GOPROXY"),
        go_env("GONOPROXY"),
        go_env("GOSUMDB"),
    ]
)


def changed(contents: Contents) -> Contents:
    """The same addresses with other content."""
    return {address: text.replace(b"o", b"ooo") for address, text in contents.items()}


@dataclass(frozen=True)
class Scenario:
    """``first`` was applied, then ``people`` wrote (None: deleted) files; ``then`` is what is applied and cut off."""

    then: Contents
    first: Contents = field(default_factory=dict)
    people: Mapping[str, bytes | None] = field(default_factory=dict)
    theirs: Mapping[str, bytes] = field(default_factory=lambda: PEOPLE)

    def lay_out(self, root: Path) -> None:
        for folder in ("tree", "home", "state"):
            (root / folder).mkdir(parents=True)
        write_files(root, self.theirs)
        if self.first:
            apply(root, self.first)
        write_files(root, self.people)


SCENARIOS: dict[str, Scenario] = {
    "create a file": Scenario(dict([file("goproxy.sh")])),
    "create files in new folders": Scenario(dict([file("a/b/c.sh"), file("a/d.sh"), file("~/x/y.sh")])),
    "update a file": Scenario(dict([file("ci/goproxy.sh", "two\n" * 9000)]), dict([file("ci/goproxy.sh")])),
    "update two files": Scenario(
        dict([file("a.sh", "two\n"), file("b/c.sh", "two\n")]), dict([file("a.sh"), file("b/c.sh")])
    ),
    "delete files and their folders": Scenario({}, dict([file("a/b/c.sh"), file("ci/goproxy.sh")])),
    "create keys in a file with BOM and CRLF": Scenario(
        dict([member(SETTINGS, "go.toolsEnvVars", name) for name in ("GOPROXY", "GOSUMDB", "GOPRIVATE")])
    ),
    "create a JSON file": Scenario(
        dict([member(DEVCONTAINER, "containerEnv", name) for name in ("GOPROXY", "GOSUMDB")])
    ),
    "update, create and delete keys in one file": Scenario(
        dict([member(SETTINGS, "go.toolsEnvVars", "A", text="two"), member(SETTINGS, "go.toolsEnvVars", "B")]),
        dict([member(SETTINGS, "go.toolsEnvVars", "A"), member(SETTINGS, "go.toolsEnvVars", "C")]),
    ),
    "delete all keys": Scenario(
        {}, dict([member(SETTINGS, "e", "GOPROXY"), member(SETTINGS, "e", "GOSUMDB"), member(DEVCONTAINER, "e", "A")])
    ),
    "create blocks": Scenario(dict([block("laptops"), block("shells")])),
    "update and delete blocks": Scenario(dict([block("laptops", "two\n")]), dict([block("laptops"), block("shells")])),
    "create the go env file": Scenario(dict([go_env("GOPROXY"), go_env("GOSUMDB")]), theirs={}),
    "create keys in the go env file": Scenario(dict([go_env("GOSUMDB"), go_env("GONOPROXY")])),
    "update and delete keys of a go env file": Scenario(
        dict([go_env("GOSUMDB", "two"), go_env("GOVCS", container="etc/env")]),
        dict([go_env("GOSUMDB"), go_env("GONOPROXY"), go_env("GOVCS", "two", "etc/env")]),
    ),
    "everything, everywhere": Scenario(EVERYWHERE),
    "change everything": Scenario(changed(EVERYWHERE), EVERYWHERE),
    "remove everything": Scenario({}, EVERYWHERE),
    "remove everything where nobody else was": Scenario({}, EVERYWHERE, theirs={}),
    "mixed": Scenario(
        dict(
            [file("new.sh"), file("ci/goproxy.sh", "two\n"), block("laptops"), member(SETTINGS, "e", "A", text="two")]
        ),
        dict([file("old/gone.sh"), file("ci/goproxy.sh"), block("shells"), member(SETTINGS, "e", "A")]),
    ),
    "repair what drifted": Scenario(
        EVERYWHERE,
        EVERYWHERE,
        {"tree/windows/set.bat": b"edited\r\n", "tree/ci/goproxy.sh": None, f"tree/{DEVCONTAINER}": b"{}\n"},
    ),
    "the ledger only": Scenario({}, dict([file("a/b.sh")]), {"tree/a/b.sh": None}),
}


def write_files(root: Path, files: Mapping[str, bytes | None]) -> None:
    for name, text in files.items():
        path = root / name
        if text is None:
            path.unlink()
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text)


def ledgers_of(root: Path) -> WorldLedgers:
    paths = {World.TREE: root / "tree/.goproxyctl/ledger.json", World.MACHINE: root / "state/goproxyctl/ledger.json"}
    return WorldLedgers({world: LedgerFile(path) for world, path in paths.items()})


def plan_for(root: Path, contents: Contents, ledger: Ledger) -> Plan:
    desired = {address: Resource(address, text, "t") for address, text in contents.items()}
    live = observe(addresses_of(desired, ledger, owner="acme", worlds=WORLDS), stores_of(root))
    return make_plan(desired, live, ledger, owner="acme", prune=True, worlds=WORLDS)


def stores_of(root: Path) -> Any:
    return partial(open_store, roots=Roots(root / "tree", root / "home", root / "state", root / "home/go/env"))


def apply(root: Path, contents: Contents) -> tuple[Result, ...]:
    """One whole run, as a command makes it."""
    ledgers = ledgers_of(root)
    with ledgers.lock():
        plan = plan_for(root, contents, ledgers.load())
        return apply_plan(plan, stores_of(root), ledgers, owner="acme", on_result=lambda _: None)


def snapshot(root: Path) -> dict[str, bytes | None]:
    """Every file with its bytes, every folder with None; the ledgers and the folders for them left out."""
    return {
        path.relative_to(root).as_posix(): None if path.is_dir() else path.read_bytes()
        for path in sorted(root.rglob("*"))
        if not path.relative_to(root).as_posix().startswith(("tree/.goproxyctl", "state"))
    }


def torn(before: Mapping[str, bytes | None], after: Mapping[str, bytes | None], found: Path) -> list[str]:
    """What is neither old nor new there: a torn file, a lost one, or one too many (what a run left behind apart)."""
    now = {name: text for name, text in snapshot(found).items() if not TEMP.fullmatch(Path(name).name)}
    wrong = []
    for name in {*before, *after, *now}:
        states = [state.get(name, "absent") for state in (before, after)]
        folder = None in states and "absent" in states
        if now.get(name, "absent") not in states and not (folder and name not in now):
            wrong.append(name)
    return sorted(wrong)


#: The calls that stores make. Those marked True change something, so they can be cut short or repeated.
CALLS = (
    "open", "close", "read", "write", "fsync", "replace", "rename", "unlink", "mkdir", "rmdir", "stat", "lstat",
    "fstat", "fchmod", "fchown", "ftruncate", "listdir", "scandir", "link", "readlink", "chmod",
)  # fmt: skip


@contextmanager
def broken(at: Callable[[int, str], None], *, short: int = 0) -> Iterator[list[str]]:
    """Calls ``at`` with the number (from 1) and the name of each call before it is made, and with minus the number after.

    ``short``: the call of this number writes half of its bytes, and `at` is called then.
    """
    made: list[str] = []
    real = {name: getattr(os, name) for name in CALLS}
    import fcntl  # the tests are for systems with fork; this module is imported everywhere

    flock = fcntl.flock

    def wrap(name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def wrapped(*args: Any, **kwargs: Any) -> Any:
            made.append(name)
            number = len(made)
            at(number, name)
            if number == short and name == "write":
                call(args[0], bytes(args[1])[: len(args[1]) // 2])
                at(-number, name)
            try:
                return call(*args, **kwargs)
            finally:
                at(-number, name)

        return wrapped

    for name, call in real.items():
        setattr(os, name, wrap(name, call))
    fcntl.flock = wrap("flock", flock)
    try:
        yield made
    finally:
        fcntl.flock = flock
        for name, call in real.items():
            setattr(os, name, call)


def killed(root: Path, contents: Contents, at: int, *, short: bool = False) -> bool:
    """Applies in a child that dies right before call ``at`` (negative: right after). Whether it did die."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9
    leave = os._exit

    def die(number: int, _name: str) -> None:
        if number == at:
            leave(9)

    with suppress(BaseException), broken(die, short=-at if short else 0):
        apply(root, contents)
    return leave(0)


def failing(root: Path, contents: Contents, at: int, code: int, *, for_good: bool) -> tuple[list[Result], str]:
    """Applies with call ``at`` failing (``for_good``: and every later one). The results, and the error if one was raised."""
    results: list[Result] = []

    def fail(number: int, name: str) -> None:
        if (number == at or (for_good and number > at)) and name != "close":
            raise OSError(code, os.strerror(code))

    ledgers = ledgers_of(root)
    try:
        with broken(fail), ledgers.lock():
            plan = plan_for(root, contents, ledgers.load())
            apply_plan(plan, stores_of(root), ledgers, owner="acme", on_result=results.append)
    except GoproxyctlError as error:
        return results, str(error)
    return results, ""


ERRNOS = (
    errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EACCES, errno.EPERM, errno.EROFS,
    errno.EMFILE, errno.EINTR, errno.ENAMETOOLONG, errno.ELOOP, errno.EBUSY, errno.ENOENT,
)  # fmt: skip


def copied(template: Path, target: Path) -> Path:
    shutil.copytree(template, target, symlinks=True)
    return target


if __name__ == "__main__":
    with suppress(FileNotFoundError):
        os.stat(MARK)
    apply(Path(sys.argv[1]), SCENARIOS[sys.argv[2]].then)
