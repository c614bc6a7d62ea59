"""What is to change and why: desired, live and the ledger compared, as a value. Nothing is done here."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum, auto

from goproxyctl.errors import UnsafePlanError
from goproxyctl.ledger import Entry, Ledger
from goproxyctl.resource import (
    Action,
    Address,
    Change,
    Desired,
    Live,
    Reason,
    Resource,
    World,
    by_container,
    content_sum,
)
from goproxyctl.text import Text

#: More deletions than this, or a larger share of what is recorded, must be asked for (`check_safe`).
MOST_DELETES = 20
MOST_DELETES_PERCENT = 10


@dataclass(frozen=True, slots=True)
class Plan:
    """Ordered changes, and where everything else stands.

    ``changes``: in the order of apply, held ones included. ``in_sync``: live is desired. ``unrecorded``: those of
    them that are not ours. ``lent``: moved by someone who may. ``leftovers``: ours, no longer desired, not pruned.
    ``forgotten``: recorded, but gone and no longer desired. ``vacated``: changes from nothing to nothing there, for
    folders and objects that we made may be left. ``notes``: what to tell about an address.
    ``recorded``: the owner's entries that it was made from. ``settled``: the entries of all that needs no write.
    ``lending``: the addresses that are desired as lent.
    """

    owner: str
    worlds: frozenset[World]
    prune: bool
    changes: tuple[Change, ...] = ()
    in_sync: tuple[Address, ...] = ()
    unrecorded: tuple[Address, ...] = ()
    lent: tuple[Address, ...] = ()
    leftovers: tuple[Address, ...] = ()
    forgotten: tuple[Address, ...] = ()
    vacated: tuple[Change, ...] = ()
    notes: Mapping[Address, Text] = field(default_factory=dict)
    recorded: Mapping[Address, Entry] = field(default_factory=dict)
    settled: Mapping[Address, Entry] = field(default_factory=dict)
    lending: frozenset[Address] = frozenset()

    @property
    def pending(self) -> tuple[Change, ...]:
        """The changes that apply would make."""
        return tuple(change for change in self.changes if not change.held)

    @property
    def held(self) -> tuple[Change, ...]:
        """The changes that apply would not make."""
        return tuple(change for change in self.changes if change.held)

    @property
    def deletions(self) -> int:
        """How many addresses apply would empty."""
        return sum(change.action is Action.DELETE for change in self.pending)

    @property
    def wants_nothing(self) -> bool:
        """Whether nothing at all is desired in these worlds."""
        return not self.in_sync and not self.lent and all(change.after is None for change in self.changes)

    def counts(self) -> dict[str, int]:
        """How many of each: of the three actions, and of everything that is left alone."""
        actions = {action.value: sum(change.action is action for change in self.pending) for action in Action}
        rest = {
            "held": self.held,
            "in_sync": self.in_sync,
            "unrecorded": self.unrecorded,
            "lent": self.lent,
            "leftovers": self.leftovers,
            "forgotten": self.forgotten,
        }
        return actions | {name: len(found) for name, found in rest.items()}


class _Heap(Enum):
    """The lists of a plan that are not changes."""

    IN_SYNC = auto()
    UNRECORDED = auto()
    LENT = auto()
    LEFTOVER = auto()
    FORGOTTEN = auto()


@dataclass(frozen=True, slots=True)
class _Spot:
    """All that is known of one address.

    ``entry`` is None too where one was begun but never carried out; ``made`` is of either.
    """

    address: Address
    resource: Resource | None
    content: bytes | None
    entry: Entry | None
    others: tuple[str, ...]
    made: int
    unreadable: Text | None

    def change(self, reason: Reason, *, held: bool = False) -> Change:
        """From what is here to what is desired; a leftover belongs to the target that its entry remembers."""
        after = self.resource.content if self.resource else None
        target = self.resource.target if self.resource else self.entry.target if self.entry else ""
        return Change(self.address, self.content, after, reason, target, self.made, held)


def addresses_of(desired: Desired, ledger: Ledger, *, owner: str, worlds: Collection[World]) -> list[Address]:
    """Every address that a plan of ``owner`` in ``worlds`` must know the live content of, in writing order."""
    wanted = {address for address in desired if address.world in worlds}
    return sorted(wanted | ledger.entries(owner, worlds).keys(), key=Address.sort_key)


def make_plan(
    desired: Desired,
    live: Mapping[Address, Live],
    ledger: Ledger,
    *,
    owner: str,
    prune: bool,
    worlds: Collection[World],
) -> Plan:
    """What makes live equal desired in ``worlds``; ``live`` holds at least `addresses_of` them."""
    recorded = ledger.entries(owner, worlds)
    others = ledger.others(owner)
    spots = []
    for address in addresses_of(desired, ledger, owner=owner, worlds=worlds):
        (content, holders, unreadable), entry = live[address], recorded.get(address)
        names = tuple(sorted({*others.get(address, ()), *holders} - {owner}))
        made = entry.made if entry else 0
        known = entry if unreadable else _carried_out(entry, content)
        spots.append(_Spot(address, desired.get(address), content, known, names, made, unreadable))
    return _gather(spots, Plan(owner, frozenset(worlds), prune, recorded=recorded))


def _carried_out(entry: Entry | None, content: bytes | None) -> Entry | None:
    """The entry, unless it only says what an apply was about to do and did not."""
    if entry and entry.sum is None and (content is None or not entry.knows(content)):
        return None
    return entry


def _gather(spots: Sequence[_Spot], plan: Plan) -> Plan:
    verdicts = {spot.address: _judge(spot, prune=plan.prune) for spot in spots}

    def heap(*heaps: _Heap) -> tuple[Address, ...]:
        return tuple(address for address, verdict in verdicts.items() if verdict in heaps)

    return replace(
        plan,
        changes=_ordered([verdict for verdict in verdicts.values() if isinstance(verdict, Change)]),
        in_sync=heap(_Heap.IN_SYNC, _Heap.UNRECORDED),
        unrecorded=heap(_Heap.UNRECORDED),
        lent=heap(_Heap.LENT),
        leftovers=heap(_Heap.LEFTOVER),
        forgotten=heap(_Heap.FORGOTTEN),
        vacated=tuple(
            s.change(Reason.PRUNE)._replace(made=s.made if plan.prune else 0)
            for s in reversed(spots)
            if s.content is None and verdicts[s.address] is _Heap.FORGOTTEN
        ),
        notes={s.address: note for s in spots if (note := _note(s, verdicts[s.address]))},
        settled={s.address: entry for s in spots if (entry := _settled(s, verdicts[s.address]))},
        lending=frozenset(s.address for s in spots if s.resource and s.resource.lent),
    )


def _judge(spot: _Spot, *, prune: bool) -> Change | _Heap:
    """The decision table, whole."""
    if spot.unreadable:
        leftover = spot.resource is None and not prune
        return _Heap.LEFTOVER if leftover else spot.change(Reason.UNREADABLE, held=True)
    return _judge_unwanted(spot, prune=prune) if spot.resource is None else _judge_wanted(spot, spot.resource)


def _judge_wanted(spot: _Spot, resource: Resource) -> Change | _Heap:
    if spot.content == resource.content:
        return _Heap.IN_SYNC if spot.entry or spot.others else _Heap.UNRECORDED
    if spot.others or (spot.content is not None and spot.entry is None):
        return spot.change(Reason.FOREIGN, held=True)
    if spot.content is None:
        return spot.change(Reason.REMOVED if spot.entry else Reason.NEW)
    assert spot.entry is not None
    known = spot.entry.knows(spot.content)
    if resource.lent and not known and spot.entry.sum == content_sum(resource.content):
        return _Heap.LENT
    return spot.change(Reason.POLICY if known or resource.lent or spot.entry.lent else Reason.DRIFT)


def _judge_unwanted(spot: _Spot, *, prune: bool) -> Change | _Heap:
    if spot.content is None or spot.entry is None:
        return _Heap.FORGOTTEN
    if not prune:
        return _Heap.LEFTOVER
    if spot.others:
        return spot.change(Reason.FOREIGN, held=True)
    if spot.entry.lent or spot.entry.knows(spot.content):
        return spot.change(Reason.PRUNE)
    return spot.change(Reason.DRIFT, held=True)


def _settled(spot: _Spot, verdict: Change | _Heap) -> Entry | None:
    """The entry that stays when nothing is written; None: none does, or a change decides."""
    if spot.entry is None or verdict is _Heap.FORGOTTEN:
        return None
    if spot.resource is None or isinstance(verdict, Change):
        return None if isinstance(verdict, Change) and not verdict.held else spot.entry
    known = spot.entry.sum if verdict is _Heap.LENT else content_sum(spot.resource.content)
    return replace(spot.entry, sum=known, next=None, target=spot.resource.target, lent=spot.resource.lent)


def _note(spot: _Spot, verdict: Change | _Heap) -> Text | None:
    """What a person must know about an address: why it is out of reach or held, or that its deletion is for good."""
    if spot.unreadable or not isinstance(verdict, Change):
        return spot.unreadable
    where = spot.address
    if spot.others:
        return Text(
            "plan.owned",
            "{address}: it belongs to {owners}; let them remove it first, or leave it to them",
            address=where,
            owners=", ".join(spot.others),
        )
    if verdict.reason is Reason.FOREIGN:
        return Text(
            "plan.foreign",
            "{address}: goproxyctl did not put there what is there; run goproxyctl adopt first, or move it away",
            address=where,
        )
    if verdict.held:
        return Text(
            "plan.edited",
            "{address}: edited since it was applied, so it is not deleted; delete it yourself",
            address=where,
        )
    if verdict.action is Action.DELETE and spot.entry and spot.entry.adopted:
        return Text(
            "plan.adopted",
            "{address}: it was adopted, so what was there before goproxyctl is not known; it is deleted",
            address=where,
        )
    return None


def _ordered(changes: Iterable[Change]) -> tuple[Change, ...]:
    """Containers in writing order; then, the other way round, those of which something is only taken away."""
    at = {change.address: change for change in changes}
    groups = [[at[address] for address in group] for group in by_container(at).values()]
    emptied = [group for group in groups if _only_deletes(group)]
    written = [group for group in groups if not _only_deletes(group)]
    return tuple(change for group in (*written, *reversed(emptied)) for change in group)


def _only_deletes(group: Sequence[Change]) -> bool:
    return all(change.action is Action.DELETE for change in group if not change.held)


def check_safe(plan: Plan, *, max_deletes: int | None = None) -> None:
    """Refuses a plan that deletes more than a person expects. Remove need not ask: it is itself the telling.

    Units: ``max_deletes`` counts addresses; None: nobody said how many.
    Raises: UnsafePlanError.
    """
    deletions, recorded = plan.deletions, len(plan.recorded)
    if max_deletes is not None and deletions <= max_deletes:
        return
    if deletions > MOST_DELETES or deletions * 100 > recorded * MOST_DELETES_PERCENT:
        raise UnsafePlanError(
            Text(
                "plan.mass-deletion",
                "plan: {deletions} of {recorded} recorded resources would be deleted; check the policy, "
                "or say --max-deletes {deletions}",
                deletions=deletions,
                recorded=recorded,
            )
        )
    if plan.prune and recorded and plan.wants_nothing:
        raise UnsafePlanError(
            Text(
                "plan.empty",
                "plan: the policy wants nothing here, but {recorded} resources are recorded; check the policy, "
                "say --max-deletes {deletions}, or run goproxyctl remove",
                deletions=deletions,
                recorded=recorded,
            )
        )
