"""Two worlds to apply to, in memory and on a disk, with people's own things in them, and a wire that cuts apply off."""

import json
import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from goproxyctl.apply import Ledgers, WorldLedgers
from goproxyctl.formats import Edit, editor
from goproxyctl.ledger import Ledger
from goproxyctl.live import Stores
from goproxyctl.resource import GOENV_FILE, Address, Change, Live, Place, Result, World
from goproxyctl.stores import Roots, Store, open_store
from goproxyctl.stores.ledger_file import LedgerFile
from tests.fakes import MemoryLedger, MemoryWorld, nothing

SETTINGS = ".vscode/settings.json"
POOL = (
    Address(Place.FILE, "ci/goproxy.sh"),
    Address(Place.FILE, "windows/deep/set-go-proxy.bat"),
    Address(Place.FILE, "~/goproxy.sh"),
    Address(Place.BLOCK, ".gitattributes", ("acme/laptops",)),
    Address(Place.BLOCK, ".gitattributes", ("acme/shells",)),
    Address(Place.JSON_KEY, SETTINGS, ("go.toolsEnvVars", "GOPROXY")),
    Address(Place.JSON_KEY, SETTINGS, ("go.toolsEnvVars", "GOSUMDB")),
    Address(Place.JSON_KEY, ".devcontainer/devcontainer.json", ("containerEnv", "GOPROXY")),
    Address(Place.GO_ENV, GOENV_FILE, ("GOPROXY",)),
    Address(Place.GO_ENV, GOENV_FILE, ("GOSUMDB",)),
)
#: What people have in their files before we come.
PEOPLE = {
    ".gitattributes": b"# USER1 theirs\r\n*.png binary # USER2\r\n",
    SETTINGS: b'\xef\xbb\xbf{\r\n\t// USER1\r\n\t"editor.USER2": 1, /* USER3 */\r\n}\r\n',
    "go/env": b"# USER1\nUSER2=kept\nGOFLAGS=-mod=mod",
    "ci/stranger.sh": b"USER1\n",
    "README": b"USER1",
}
WORLDS = (World.TREE, World.MACHINE)


def content(place: Place, word: str) -> bytes:
    """Something that a place can hold, made of ``word``."""
    if place is Place.JSON_KEY:
        return json.dumps(f"https://{word}").encode()
    return f"https://{word}".encode() + (b"\n" if place in {Place.FILE, Place.BLOCK} else b"")


class Bench(Protocol):
    """A world, its stores and its ledger."""

    @property
    def stores(self) -> Stores: ...

    @property
    def ledgers(self) -> Ledgers: ...

    def edit(self, address: Address, content: bytes | None) -> None: ...

    def arm(self, trip: Callable[[], None]) -> None: ...

    def traces(self) -> object:
        """Something that is different after any write, even of the same bytes."""

    def people(self) -> object:
        """Everything that is not ours."""


class MemoryBench:
    def __init__(self) -> None:
        self.world = MemoryWorld({Address(Place.FILE, name): text for name, text in PEOPLE.items()})
        self.files = {world: MemoryLedger() for world in WORLDS}

    @property
    def stores(self) -> Stores:
        return self.world.stores

    @property
    def ledgers(self) -> Ledgers:
        return WorldLedgers(self.files)

    def edit(self, address: Address, content: bytes | None) -> None:
        if content is None:
            self.world.contents.pop(address, None)
        else:
            self.world.contents[address] = content

    def arm(self, trip: Callable[[], None]) -> None:
        self.world.trip = trip
        for file in self.files.values():
            file.trip, file.locked = trip, False

    def traces(self) -> object:
        return len(self.world.written), [file.saves for file in self.files.values()]

    def people(self) -> object:
        return {a: text for a, text in self.world.contents.items() if a not in POOL}


@dataclass
class _TrippingStore:
    store: Store
    bench: "FileBench"

    def read(self, addresses: Sequence[Address]) -> Mapping[Address, Live]:
        return self.store.read(addresses)

    def foresee(self, container: str, changes: Sequence[Change]) -> Sequence[int]:
        return self.store.foresee(container, changes)

    def write(self, container: str, changes: Sequence[Change]) -> Iterator[Result]:
        self.bench.trip()
        results = self.store.write(container, changes)
        self.bench.trip()
        return results


@dataclass
class _TrippingLedger:
    file: LedgerFile
    bench: "FileBench"

    def lock(self) -> AbstractContextManager[None]:
        return self.file.lock()

    def load(self) -> Ledger:
        return self.file.load()

    def save(self, ledger: Ledger) -> None:
        self.bench.trip()
        self.file.save(ledger)
        self.bench.trip()


class FileBench:
    """Real files below a temporary folder."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.roots = Roots(root / "tree", root / "home", root / "state", root / "home/go/env")
        for name, text in PEOPLE.items():
            path = root / ("home" if name == "go/env" else "tree") / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text)
        self.trip: Callable[[], None] = nothing

    def _open(self, place: Place) -> _TrippingStore:
        return _TrippingStore(open_store(place, self.roots), self)

    @property
    def stores(self) -> Stores:
        return self._open

    @property
    def ledgers(self) -> Ledgers:
        files = {
            World.TREE: self.root / "tree/.goproxyctl/ledger.json",
            World.MACHINE: self.root / "state/x/ledger.json",
        }
        return WorldLedgers({world: _TrippingLedger(LedgerFile(path), self) for world, path in files.items()})

    def path(self, address: Address) -> Path:
        if address.container == GOENV_FILE:
            return self.root / "home/go/env"
        return self.root / ("home" if address.world is World.MACHINE else "tree") / address.container.removeprefix("~/")

    def edit(self, address: Address, content: bytes | None) -> None:
        """A person with an editor: the file keeps its other bytes, and is written in place."""
        path = self.path(address)
        before = path.read_bytes() if path.exists() else None
        if before is None and content is None:
            return
        after = editor(address.place).edit(before, [Edit(address.key, content)]).text
        if after is None:
            path.unlink()
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(after)

    def arm(self, trip: Callable[[], None]) -> None:
        self.trip = trip

    def traces(self) -> object:
        tops = {self.roots.tree, self.roots.state, self.root}  # a lock in an empty world comes and goes there
        if os.name == "nt":  # a lock is a file, also in a world that has a ledger
            tops |= {self.roots.tree / ".goproxyctl", self.roots.state / "x"}
        return {
            path: (path.lstat().st_mtime_ns, path.lstat().st_ino, path.read_bytes() if path.is_file() else None)
            for path in sorted(self.root.rglob("*"))
            if path not in tops
        }

    def people(self) -> object:
        """The marks of people in each file, in their order, and the files without any of ours."""
        marks: dict[str, object] = {}
        for name, text in PEOPLE.items():
            path = self.root / ("home" if name == "go/env" else "tree") / name
            found = path.read_bytes() if path.exists() else b""
            marks[name] = re.findall(rb"[^\n]*USER\d[^\n]*", found)
            if name in {"README", "ci/stranger.sh"}:
                marks[name] = found
            assert len(re.findall(rb"USER\d", text)) == len(re.findall(rb"USER\d", found)), name
        return marks


def file_bench(root: Path) -> FileBench:
    os.makedirs(root / "state", exist_ok=True)
    return FileBench(root)
