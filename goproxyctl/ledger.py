"""What we applied last: owner, address, SHA-256. Text in, text out; never a value, so never a secret.

An entry holds two sums while an apply is under way: live that equals either is ours, whenever the apply was killed.
"""

import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import chain, count, islice, takewhile

from goproxyctl.errors import StoreError
from goproxyctl.resource import (
    Address,
    Change,
    Desired,
    Key,
    Live,
    Outcome,
    Place,
    Result,
    World,
    content_sum,
    parse_address,
)
from goproxyctl.text import Text

VERSION = 1

_SUM = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Entry:
    """What is remembered of one address.

    ``sum``: what was applied (None: nothing yet). ``next``: what an unfinished apply was to put there.
    ``made`` and ``lent`` as in `Change` and `Resource`. ``adopted``: it was there before us, and we do not know since
    when or in which form, so remove cannot give it back.
    """

    sum: str | None
    next: str | None
    made: int
    target: str
    lent: bool
    adopted: bool = False

    def knows(self, content: bytes) -> bool:
        """Whether ``content`` is what we applied, or were about to."""
        return content_sum(content) in (self.sum, self.next)


Entries = Mapping[Address, Entry]


@dataclass(frozen=True, slots=True)
class Ledger:
    """The entries of every owner. An owner without entries is not in it."""

    owners: Mapping[str, Entries] = field(default_factory=dict)

    def entries(self, owner: str, worlds: Collection[World]) -> dict[Address, Entry]:
        """What ``owner`` has recorded in ``worlds``."""
        return {a: entry for a, entry in self.owners.get(owner, {}).items() if a.world in worlds}

    def others(self, owner: str) -> dict[Address, list[str]]:
        """The addresses that owners other than ``owner`` have recorded, and who they are."""
        found: dict[Address, list[str]] = {}
        for name, entries in sorted(self.owners.items()):
            for address in entries if name != owner else ():
                found.setdefault(address, []).append(name)
        return found

    def replaced(self, owner: str, worlds: Collection[World], entries: Entries) -> "Ledger":
        """The ledger with ``entries`` as all that ``owner`` has recorded in ``worlds``."""
        kept = {a: entry for a, entry in self.owners.get(owner, {}).items() if a.world not in worlds}
        return _ledger({**self.owners, owner: {**kept, **entries}})

    def part(self, world: World) -> "Ledger":
        """What of it is in ``world``."""
        return _ledger({owner: self.entries(owner, {world}) for owner in self.owners})


def _ledger(owners: Mapping[str, Entries]) -> Ledger:
    return Ledger({owner: entries for owner, entries in owners.items() if entries})


def merge_ledgers(ledgers: Iterable[Ledger]) -> Ledger:
    """One ledger of several; their addresses are in different worlds."""
    owners: dict[str, dict[Address, Entry]] = {}
    for owner, entries in chain.from_iterable(ledger.owners.items() for ledger in ledgers):
        owners.setdefault(owner, {}).update(entries)
    return Ledger(owners)


def begin(change: Change, entry: Entry | None, *, lent: bool, made: int) -> Entry | None:
    """The entry to save before a change is made: it knows what is there and what is to be there.

    ``made`` is what the store foresees. Shape: None where nothing is recorded and nothing is to be.
    """
    if change.after is None:
        return entry
    known = entry.sum if entry else None
    adopted = False
    if entry and change.before is not None:
        adopted = entry.adopted
        known = content_sum(change.before) if entry.knows(change.before) else known
    return Entry(known, content_sum(change.after), made, change.target, lent, adopted)


def finish(result: Result, begun: Entry | None, entry: Entry | None) -> Entry | None:
    """The entry to save after a change: ``begun`` is what was saved before it, ``entry`` what was there before that.

    A failed change may have got as far as the disk, so both of its sums stay.
    """
    if result.outcome is Outcome.FAILED:
        return begun
    if result.outcome is not Outcome.DONE:
        return entry
    if result.change.after is None or begun is None:
        return None
    return replace(begun, sum=begun.next, next=None, made=result.made)


def share_made(entries: Entries) -> dict[Address, Entry]:
    """The entries, each knowing all that was made around it, whichever of them it was made for.

    So the last one to go takes it away, in whatever order they go.
    """
    ours = {thing for a, entry in entries.items() for thing in islice(_enclosing(a), entry.made)}
    counts = {a: sum(1 for _ in takewhile(ours.__contains__, _enclosing(a))) for a in entries}
    return {a: entry if entry.made == counts[a] else replace(entry, made=counts[a]) for a, entry in entries.items()}


def _enclosing(address: Address) -> Iterator[tuple[str, Key | int]]:
    """Everything around an address, innermost first: objects, the file, folders (beyond known names: a number)."""
    for length in reversed(range(len(address.key))):
        yield address.container, address.key[:length]
    between = "\\" if "\\" in address.container else "/"  # keys of the registry are folders too
    folder = address.container.rpartition(between)[0]
    while folder and folder != "~":
        yield folder, 0
        folder = folder.rpartition(between)[0]
    yield from ((address.container, number) for number in count(1))


@dataclass(frozen=True, slots=True)
class Adoption:
    """What adopt would record: the new ledger, what is ours by it, and what is not and why."""

    ledger: Ledger
    adopted: tuple[Address, ...]
    refused: Mapping[Address, Text]


def make_adoption(
    desired: Desired, live: Mapping[Address, Live], ledger: Ledger, *, owner: str, worlds: Collection[World]
) -> Adoption:
    """Ownership of what is live where something is desired, equal or not; what others hold stays theirs."""
    recorded = ledger.entries(owner, worlds)
    others = ledger.others(owner)
    adopted: dict[Address, Entry] = {}
    refused: dict[Address, Text] = {}
    for address, resource in sorted(desired.items(), key=lambda pair: pair[0].sort_key()):
        content, holders, unreadable = live[address] if address.world in worlds else Live(None)
        entry = recorded.get(address)
        if unreadable and not entry:
            refused[address] = unreadable
        if content is None or (entry and (entry.sum or entry.knows(content))):
            continue
        names = {*others.get(address, ()), *holders} - {owner}
        if names:
            refused[address] = Text(
                "adopt.owned", "{address}: it belongs to {owners}; let them remove it first",
                address=address, owners=", ".join(sorted(names)),
            )  # fmt: skip
        else:
            adopted[address] = Entry(content_sum(content), None, 0, resource.target, resource.lent, adopted=True)
    return Adoption(ledger.replaced(owner, worlds, {**recorded, **adopted}), tuple(adopted), refused)


def render_ledger(ledger: Ledger) -> bytes:
    """The ledger as JSON, one line for each entry, in order of address: the same ledger gives the same bytes."""
    owners = ",\n".join(_render_owner(owner, entries) for owner, entries in sorted(ledger.owners.items()) if entries)
    body = f"{{\n{owners}\n  }}" if owners else "{}"
    return f'{{\n  "version": {VERSION},\n  "owners": {body}\n}}\n'.encode()


def _render_owner(owner: str, entries: Entries) -> str:
    rows = sorted((str(address), _render_entry(entry)) for address, entry in entries.items())
    lines = ",\n".join(f"      {json.dumps(address)}: {json.dumps(row)}" for address, row in rows)
    return f"    {json.dumps(owner)}: {{\n{lines}\n    }}"


def _render_entry(entry: Entry) -> dict[str, object]:
    rest = {"sum": entry.sum, "next": entry.next, "made": entry.made, "lent": entry.lent, "adopted": entry.adopted}
    return {"target": entry.target} | {name: value for name, value in rest.items() if value}


def parse_ledger(text: bytes, where: str = "ledger.json") -> Ledger:
    """The ledger that was rendered as ``text``; ``where`` is what messages call it.

    Raises: StoreError when it is not a ledger, or one of a newer version.
    """
    try:
        return _parse_tree(json.loads(text, object_pairs_hook=_unique), where)
    except (ValueError, TypeError, AttributeError, KeyError, RecursionError) as error:
        raise StoreError(
            Text(
                "ledger.garbage",
                "{where}: this is not a ledger of goproxyctl; take it from version control or a backup (after a merge: "
                "settle the conflict), or delete it and run goproxyctl adopt",
                where=where,
            )
        ) from error


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError
    return found


def _parse_tree(tree: Mapping[str, Mapping[str, Mapping[str, dict[str, object]]]], where: str) -> Ledger:
    version: object = tree["version"]
    if isinstance(version, int) and version > VERSION:
        raise StoreError(
            Text(
                "ledger.newer",
                "{where}: it was written by a newer goproxyctl (version {version}, this one knows {known}); "
                "update goproxyctl",
                where=where,
                version=version,
                known=VERSION,
            )
        )
    if version is not VERSION or tree.keys() != {"version", "owners"}:
        raise ValueError
    owners = tree["owners"].items()
    return _ledger({owner: {_parse_spot(a): _parse_entry(row) for a, row in rows.items()} for owner, rows in owners})


def _parse_spot(text: str) -> Address:
    """The address, when it is one that we could have written: a ledger in the tree comes from a repository."""
    address = parse_address(text)
    windows = address.place in {Place.REGISTRY, Place.TASK}
    path = address.container.removeprefix("\\" if windows else "~/")
    steps = path.split("\\" if windows else "/")
    if set(steps) & {"", ".", ".."} or (not windows and "\\" in path) or not path.isprintable() or str(address) != text:
        raise ValueError(text)
    return address


def _parse_entry(row: dict[str, object]) -> Entry:
    match row:
        case {"target": str(target), **rest} if rest.keys() <= {"sum", "next", "made", "lent", "adopted"}:
            sums = [_parse_sum(rest.get("sum")), _parse_sum(rest.get("next"))]
            made, lent, adopted = rest.get("made", 0), rest.get("lent", False), rest.get("adopted", False)
        case _:
            raise ValueError
    if type(made) is not int or made < 0 or type(lent) is not bool or type(adopted) is not bool:
        raise ValueError
    return Entry(sums[0], sums[1], made, target, lent, adopted)


def _parse_sum(value: object) -> str | None:
    if value is not None and not (isinstance(value, str) and _SUM.fullmatch(value)):
        raise ValueError
    return value
