"""The nouns that everything shares: where content should be, what should be there, what is, and what is to change."""

import hashlib
import re
from collections.abc import Iterable, Mapping
from enum import Enum
from typing import NamedTuple

from goproxyctl.text import Text


class World(Enum):
    """What a command acts on: the folder of the policy, this user's machine, or a cluster."""

    TREE = "tree"
    MACHINE = "machine"
    CLUSTER = "cluster"


class Place(Enum):
    """A sort of spot. The order of the members is the order of writing; deletes go the other way round."""

    #: Members are what they are, not what they are named; the name's hash costs a call for every look at an address.
    __hash__ = object.__hash__

    FILE = "file"
    BLOCK = "block"
    JSON_KEY = "json-key"
    REGISTRY = "registry"  # certificates before the settings that need them
    GO_ENV = "go-env"
    TASK = "task"
    KUBERNETES = "kubernetes"


#: The container that stands for the file that `go` itself reads on this machine, wherever that is.
GOENV_FILE = "$GOENV"

#: The container that stands for the cluster that the command is told of.
CLUSTER = "$CLUSTER"


class Match(NamedTuple):
    """A step of a key into an array: the one element whose ``member`` is ``value``."""

    member: str
    value: str


Step = str | Match
Key = tuple[Step, ...]

_ESCAPES = {"~": "~0", "/": "~1", "[": "~2", "#": "~3", "=": "~4", "]": "~5"}
_UNESCAPES = {escaped: plain for plain, escaped in _ESCAPES.items()}
_MATCH = r"\[(?P<member>[^=\]]*)=(?P<value>(?s:.*))\]"


_IN_STEP = str.maketrans({c: _ESCAPES[c] for c in "~/[#"})
_IN_MEMBER = str.maketrans({c: _ESCAPES[c] for c in "~/[#=]"})


def _escape(text: str, special: dict[int, str] = _IN_STEP) -> str:
    return text.translate(special)


def _unescape(text: str) -> str:
    return re.sub(r"~[0-5]", lambda m: _UNESCAPES[m[0]], text)


def _print_step(step: Step) -> str:
    if isinstance(step, Match):
        return f"[{_escape(step.member, _IN_MEMBER)}={_escape(step.value)}]"
    return _escape(step)


def _parse_step(text: str) -> Step:
    match = re.fullmatch(_MATCH, text)
    return Match(_unescape(match["member"]), _unescape(match["value"])) if match else _unescape(text)


class Address(NamedTuple):
    r"""Where content belongs: a place, the container there (a file), and the key inside it.

    Shape: ``container`` is a POSIX path relative to the policy, ``~/…`` below the user's home, or `GOENV_FILE`; of a
    task its path in the Task Scheduler, which begins with a backslash; in the registry a key, its hive in short
    (``HKCU\Environment``). Only these two hold backslashes. The ``key`` of a registry value is its name, that of an
    object in `CLUSTER` its kind, its name and its namespace.
    """

    place: Place
    container: str
    key: Key = ()

    @property
    def world(self) -> World:
        """The world that the address is in."""
        if self.container == CLUSTER:
            return World.CLUSTER
        here = "\\" in self.container or self.container.startswith(("~/", "$"))
        return World.MACHINE if here else World.TREE

    def __str__(self) -> str:
        tail = "#" + "/".join(map(_print_step, self.key)) if self.key else ""
        return f"{self.place.value}:{self.container}{tail}"

    def sort_key(self) -> tuple[int, str, str]:
        """Orders addresses as they are written: by place, then container, then key."""
        return (_RANKS[self.place], self.container, "/".join(map(_print_step, self.key)) if self.key else "")


_RANKS = {place: rank for rank, place in enumerate(Place)}


def parse_address(text: str) -> Address:
    """The address that prints as ``text``. Raises: ValueError when there is none."""
    place, colon, rest = text.partition(":")
    container, hash_, key = rest.partition("#")
    if not colon or not container:
        raise ValueError(text)
    steps = tuple(_parse_step(step) for step in key.split("/")) if hash_ else ()
    return Address(Place(place), container, steps)


class Resource(NamedTuple):
    """Content that should be at an address, and the target that wants it there.

    ``lent``: written when absent or when the policy changed, otherwise left to whoever moves it.
    """

    address: Address
    content: bytes
    target: str
    lent: bool = False


Desired = Mapping[Address, Resource]


class Live(NamedTuple):
    """What is at an address now. ``content`` is None when nothing is; ``holders`` names others who claim it.

    ``unreadable``: why nobody knows what is there, where only this one address is out of reach.
    """

    content: bytes | None
    holders: tuple[str, ...] = ()
    unreadable: Text | None = None


class Reason(Enum):
    """Why an address is to change, or why it is left alone although it differs."""

    NEW = "new"
    POLICY = "policy changed"
    DRIFT = "drifted"
    REMOVED = "removed by someone"
    FOREIGN = "not ours"
    PRUNE = "prune"
    UNREADABLE = "unreadable"


class Action(Enum):
    """What a change does to its address."""

    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"


class Change(NamedTuple):
    """One step of a plan: ``before`` is what was live at the plan, ``after`` what is to be (None: nothing).

    ``made``: how many enclosing things (objects, then the file, then folders) we made for the address, from the ledger.
    ``held``: listed but never carried out, for `reason` says that it is not ours to change.
    """

    address: Address
    before: bytes | None
    after: bytes | None
    reason: Reason
    target: str
    made: int = 0
    held: bool = False

    @property
    def action(self) -> Action:
        """What the change does to its address."""
        if self.after is None:
            return Action.DELETE
        is_new = self.before is None and self.reason is not Reason.UNREADABLE
        return Action.CREATE if is_new else Action.UPDATE


class Outcome(Enum):
    """What became of a change."""

    DONE = "done"
    MOVED = "moved"
    HELD = "held"
    FAILED = "failed"


class Result(NamedTuple):
    """What became of one change; ``made`` as in `Change`, now as it is after the write."""

    change: Change
    outcome: Outcome
    detail: Text | None = None
    made: int = 0


def content_sum(content: bytes) -> str:
    """The SHA-256 of ``content`` in hexadecimal: all that a ledger or a saved plan may remember of it."""
    return hashlib.sha256(content).hexdigest()


def by_container(addresses: Iterable[Address]) -> dict[tuple[Place, str], list[Address]]:
    """The addresses grouped by the unit of lock and atomicity, in writing order."""
    groups: dict[tuple[Place, str], list[Address]] = {}
    for address in sorted(addresses, key=Address.sort_key):
        groups.setdefault((address.place, address.container), []).append(address)
    return groups
