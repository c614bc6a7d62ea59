"""Stand-ins for the world: a store and a ledger in memory, which count what is written and can be cut off anywhere."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from goproxyctl.errors import LockedError
from goproxyctl.ledger import Ledger, parse_ledger, render_ledger
from goproxyctl.resource import Address, Change, Live, Outcome, Place, Result
from goproxyctl.text import Text


class Cut(BaseException):
    """The process was killed here; nothing of ours catches it."""


def nothing() -> None:
    """The trip wire that never trips."""


def cut_at(count: int) -> Callable[[], None]:
    """A trip wire that kills at its ``count``-th touch, counted from 1."""
    touches = 0

    def trip() -> None:
        nonlocal touches
        touches += 1
        if touches == count:
            raise Cut

    return trip


@dataclass
class MemoryWorld:
    """Every place, in memory. ``trip`` is touched before and after each step that would reach a disk."""

    contents: dict[Address, bytes] = field(default_factory=dict)
    holders: dict[Address, tuple[str, ...]] = field(default_factory=dict)
    broken: set[str] = field(default_factory=set)
    written: list[Change] = field(default_factory=list)
    trip: Callable[[], None] = nothing

    def stores(self, place: Place) -> "MemoryStore":
        return MemoryStore(self)


@dataclass
class MemoryStore:
    """All changes of a container at once, or none."""

    world: MemoryWorld

    def read(self, addresses: Sequence[Address]) -> Mapping[Address, Live]:
        return {a: Live(self.world.contents.get(a), self.world.holders.get(a, ())) for a in addresses}

    def write(self, container: str, changes: Sequence[Change]) -> Iterator[Result]:
        assert {change.address.container for change in changes} == {container}
        assert not any(change.held for change in changes)
        contents = self.world.contents
        if container in self.world.broken:
            yield from (Result(c, Outcome.FAILED, Text("test.broken", "broken"), c.made) for c in changes)
            return
        if any(contents.get(change.address) != change.before for change in changes):
            yield from (Result(c, Outcome.MOVED, Text("test.moved", "moved"), c.made) for c in changes)
            return
        if all(change.before == change.after for change in changes):
            yield from (Result(c, Outcome.DONE, None, c.made) for c in changes)
            return
        self.world.trip()
        for change in changes:
            self.world.written.append(change)
            if change.after is None:
                contents.pop(change.address, None)
            else:
                contents[change.address] = change.after
        self.world.trip()
        yield from (Result(c, Outcome.DONE, None, c.made) for c in changes)

    def foresee(self, container: str, changes: Sequence[Change]) -> Sequence[int]:
        return [change.made for change in changes]


@dataclass
class MemoryLedger:
    """A ledger file in memory: its text, how often it was saved, its lock."""

    text: bytes = b""
    saves: int = 0
    locked: bool = False
    trip: Callable[[], None] = nothing

    @contextmanager
    def lock(self) -> Iterator[None]:
        if self.locked:
            raise LockedError(Text("test.locked", "locked"))
        self.locked = True
        try:
            yield
        finally:
            self.locked = False

    def load(self) -> Ledger:
        return parse_ledger(self.text) if self.text else Ledger()

    def save(self, ledger: Ledger) -> None:
        self.trip()
        self.text = render_ledger(ledger)
        self.saves += 1
        self.trip()


@dataclass
class MemoryKeys:
    """A registry: key to value name to content, names as they were first spelled.

    ``locked`` keys deny every write, ``hidden`` ones that their values are listed.
    """

    keys: dict[str, dict[str, bytes]] = field(default_factory=dict)
    locked: set[str] = field(default_factory=set)
    hidden: set[str] = field(default_factory=set)
    announced: int = 0
    trip: Callable[[], None] = nothing

    def _spelled(self, key: str) -> str:
        return next((known for known in self.keys if known.casefold() == key.casefold()), key)

    def _name(self, key: str, name: str) -> str:
        names = self.keys.get(self._spelled(key), {})
        return next((known for known in names if known.casefold() == name.casefold()), name)

    def _write(self, key: str) -> dict[str, bytes]:
        self.trip()
        if any(key.casefold().startswith(locked.casefold()) for locked in self.locked):
            raise PermissionError(13, "Access is denied")
        if not self.exists(key):
            raise FileNotFoundError(2, "The system cannot find the file specified")
        return self.keys[self._spelled(key)]

    def get(self, key: str, name: str) -> bytes | None:
        return self.keys.get(self._spelled(key), {}).get(self._name(key, name))

    def values(self, key: str) -> Mapping[str, bytes]:
        if any(key.casefold().startswith(hidden.casefold()) for hidden in self.hidden):
            raise PermissionError(13, "Access is denied")
        return self.keys.get(self._spelled(key), {})

    def exists(self, key: str) -> bool:
        return self._spelled(key) in self.keys

    def put(self, key: str, name: str, content: bytes) -> None:
        steps = key.split("\\")
        for count in range(2, len(steps) + 1):
            self.keys.setdefault(self._spelled("\\".join(steps[:count])), {})
        self._write(key)[self._name(key, name)] = content

    def drop(self, key: str, name: str) -> None:
        if self._write(key).pop(self._name(key, name), None) is None:
            raise FileNotFoundError(2, "The system cannot find the file specified")

    def remove(self, key: str) -> bool:
        below = f"{key}\\".casefold()
        if self.exists(key) and not self._write(key) and not any(k.casefold().startswith(below) for k in self.keys):
            del self.keys[self._spelled(key)]
        return not self.exists(key)

    def announce(self) -> None:
        self.announced += 1
