"""Makes live equal desired: container by container, what moved since the plan is left alone, every result is said."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from itertools import groupby
from typing import Protocol

from goproxyctl.errors import StalePlanError
from goproxyctl.ledger import Entry, Ledger, begin, finish, merge_ledgers, share_made
from goproxyctl.live import Stores
from goproxyctl.plan import Plan
from goproxyctl.resource import Address, Change, Outcome, Place, Result, World
from goproxyctl.text import Text


class Ledgers(Protocol):
    """Where a ledger is kept: `stores.ledger_file.LedgerFile` for one world, `WorldLedgers` for several."""

    def lock(self) -> AbstractContextManager[None]:
        """Keeps everyone else from applying. Raises: LockedError, StoreError."""

    def load(self) -> Ledger:
        """What is recorded; an empty ledger where none is. Raises: StoreError."""

    def save(self, ledger: Ledger) -> None:
        """Records ``ledger``, whole or not at all. Raises: StoreError."""


@dataclass(frozen=True, slots=True)
class WorldLedgers:
    """The ledgers of several worlds as one; each is saved only when its own part changed."""

    files: Mapping[World, Ledgers]

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Locks every world, always in the same order, so that two of us cannot wait for each other."""
        with ExitStack() as stack:
            for world in World:
                if world in self.files:
                    stack.enter_context(self.files[world].lock())
            yield

    def load(self) -> Ledger:
        """What is recorded in all of these worlds; what a world's ledger says of another world does not count."""
        return merge_ledgers(file.load().part(world) for world, file in self.files.items())

    def save(self, ledger: Ledger) -> None:
        """Records each world's part of ``ledger`` in its own place."""
        for world, file in self.files.items():
            if file.load().part(world) != ledger.part(world):
                file.save(ledger.part(world))


def apply_plan(
    plan: Plan, stores: Stores, ledgers: Ledgers, *, owner: str, on_result: Callable[[Result], None]
) -> tuple[Result, ...]:
    """What became of every change of ``plan``, held ones included; ``on_result`` hears of each as it happens.

    The caller holds the lock of ``ledgers`` since before the plan was made. Nothing at all is written when nothing is
    to change. Killed at any instant, a later plan and apply finish.
    Raises: StoreError when the ledger cannot be read or saved; StalePlanError when it is not that of the plan.
    """
    book = _Book(plan, ledgers, owner)
    results: list[Result] = []
    book.begin(_foreseen(plan, stores))
    try:
        for result in _results(plan, stores):
            results.append(result)
            book.note(result)
            on_result(result)
        for change in plan.vacated:
            book.note_vacated(*stores(change.address.place).write(change.address.container, [change]))
    finally:  # what is done is in the ledger even when Ctrl-C ends it here
        book.finish()
    return tuple(results)


def _groups(plan: Plan) -> Iterator[tuple[Place, str, tuple[Change, ...]]]:
    for (place, container), group in groupby(plan.changes, key=lambda c: (c.address.place, c.address.container)):
        yield place, container, tuple(group)


def _foreseen(plan: Plan, stores: Stores) -> dict[Address, int]:
    """How many enclosing things will be ours around each address that is written."""
    found: dict[Address, int] = {}
    for place, container, group in _groups(plan):
        pending = [change for change in group if not change.held]
        if any(change.before is None for change in pending):
            counts = stores(place).foresee(container, pending)
            found |= {change.address: made for change, made in zip(pending, counts, strict=True)}
    return found


def _results(plan: Plan, stores: Stores) -> Iterator[Result]:
    for place, container, group in _groups(plan):
        for change in group:
            if change.held:
                yield Result(change, Outcome.HELD, plan.notes.get(change.address), change.made)
        pending = tuple(change for change in group if not change.held)
        if pending:
            yield from stores(place).write(container, pending)


class _Book:
    """The ledger while an apply is under way: what was, what is begun, what became of it."""

    def __init__(self, plan: Plan, ledgers: Ledgers, owner: str) -> None:
        self._plan, self._ledgers, self._owner = plan, ledgers, owner
        self._saved = ledgers.load()
        if self._saved.entries(owner, plan.worlds) != plan.recorded:
            raise StalePlanError(
                Text("apply.ledger-moved", "apply: someone else applied since this was planned; plan again")
            )
        self._entries: dict[Address, Entry | None] = dict(plan.settled)

    def begin(self, foreseen: Mapping[Address, int]) -> None:
        """Saves what is to be there beside what is, unless there is nothing to do."""
        for change in self._plan.pending:
            address = change.address
            entry, made = self._plan.recorded.get(address), foreseen.get(address, change.made)
            self._entries[address] = begin(change, entry, lent=address in self._plan.lending, made=made)
        if self._plan.pending:
            self._save()

    def note(self, result: Result) -> None:
        """What became of a change, for the ledger that `finish` saves; of a held one the entry stays."""
        address = result.change.address
        if not result.change.held:
            self._entries[address] = finish(result, self._entries[address], self._plan.recorded.get(address))

    def note_vacated(self, result: Result) -> None:
        """The entry of what is gone already goes too, unless the store could not confirm that it is gone."""
        if result.outcome is not Outcome.DONE:  # it came back, or cannot be looked at: the next plan decides
            self._entries[result.change.address] = self._plan.recorded[result.change.address]

    def finish(self) -> None:
        """Saves what became of each change; of one that was interrupted both sums stay."""
        self._save()

    def _save(self) -> None:
        entries = share_made({address: entry for address, entry in self._entries.items() if entry})
        ledger = self._saved.replaced(self._owner, self._plan.worlds, entries)
        if ledger != self._saved:
            self._ledgers.save(ledger)
            self._saved = ledger
