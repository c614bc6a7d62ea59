"""Where state lives: the only code that touches it, and the interface that live and apply know."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from goproxyctl.resource import Address, Change, Live, Place, Result


@dataclass(frozen=True, slots=True)
class Roots:
    """Where containers are on this machine. The shell (cli) fills it in; nothing else reads the environment.

    ``tree``: the folder of the policy. ``home``: the user's. ``state``: where the machine's ledger and lock live.
    ``go_env``: the file that go reads; None when it reads none (GOENV=off, or no home), and ``go_env_why`` says so.
    ``quiet_s``: how long a go env file has to stand still after a write before the write counts as done.
    ``registry``: an exported registry file to look at in place of the registry; it is never written.
    ``cluster``: the objects of the cluster that the command is told of, where it acts on one.
    """

    tree: Path
    home: Path
    state: Path
    go_env: Path | None
    go_env_why: str = ""
    quiet_s: float = 0.0
    registry: Path | None = None
    cluster: "Store | None" = None


class Store(Protocol):
    """One sort of place. All changes of one container are made in one step where it allows that."""

    def read(self, addresses: Sequence[Address]) -> Mapping[Address, Live]:
        """What is at each address; every address is in the answer. Raises: StoreError."""

    def write(self, container: str, changes: Sequence[Change]) -> Iterator[Result]:
        """Makes the changes of one container, each exactly once, unless what is there is no longer ``before``.

        A container that moved is skipped whole: every result is then `Outcome.MOVED`. What cannot be written is
        `Outcome.FAILED`, with the detail; nothing is raised for it. A change from nothing to nothing takes away the
        empty enclosing things that are ours.
        """

    def foresee(self, container: str, changes: Sequence[Change]) -> Sequence[int]:
        """``made`` as the results of `write` would say it, in the order of ``changes``; nothing is written.

        Saved before the write, so that what was made is known to be ours even when we are killed right after.
        """


#: Places that only Windows has.
_OF_WINDOWS = frozenset({Place.REGISTRY, Place.TASK})


def reachable(place: Place, roots: Roots) -> bool:
    """Whether this machine has such a place; what a policy wants in another one is for other machines."""
    return place not in _OF_WINDOWS or sys.platform == "win32" or (place is Place.REGISTRY and bool(roots.registry))


def open_store(place: Place, roots: Roots) -> Store:
    """The store of a place, imported only when an address needs it."""
    if place is Place.REGISTRY:
        from goproxyctl.stores.registry import open_registry

        return open_registry(roots)
    if place is Place.TASK:
        from goproxyctl.stores.task import TaskStore

        return TaskStore()
    if place is Place.KUBERNETES:
        assert roots.cluster is not None, "only who acts on a cluster looks at its addresses"
        return roots.cluster
    from goproxyctl.stores.file import FileStore

    return FileStore(place, roots)
