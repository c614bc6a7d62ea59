"""Changes as rows: one line for a container, its members below, many alike drawn together."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from goproxyctl.report.style import Words
from goproxyctl.resource import CLUSTER, GOENV_FILE, Action, Address, Change, Match, Place, Reason
from goproxyctl.text import Text, shown

#: More members than this, alike in everything, share one row.
FEW = 3

REASONS = {
    Reason.NEW: Text("reason.new", "new"),
    Reason.POLICY: Text("reason.policy", "policy changed"),
    Reason.DRIFT: Text("reason.drift", "drifted"),
    Reason.REMOVED: Text("reason.removed", "removed by someone"),
    Reason.FOREIGN: Text("reason.foreign", "not ours"),
    Reason.PRUNE: Text("reason.prune", "prune"),
    Reason.UNREADABLE: Text("reason.unreadable", "cannot be read"),
}

ACTIONS = {
    Action.CREATE: Text("action.create", "created"),
    Action.UPDATE: Text("action.update", "updated"),
    Action.DELETE: Text("action.delete", "deleted"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a report: where, and the changes (more than one: alike) that are there. None: a heading."""

    where: str
    changes: tuple[Change, ...]


def enumerated(texts: Sequence[Text]) -> Text:
    """The texts as one, with commas between them."""
    *before, last = texts
    for text in reversed(before):
        last = Text("report.and", "{first}, {rest}", first=text, rest=last)
    return last


def step_text(step: str | Match) -> str:
    """A step of a key, for a person."""
    return shown(f"[{step.member}={step.value}]" if isinstance(step, Match) else step)


def container_text(container: str, words: Words) -> str:
    """A container, for a person."""
    if container == GOENV_FILE:
        return words(Text("report.goenv-file", "$GOENV (the file that go reads)"))
    if container == CLUSTER:
        return words(Text("report.cluster", "the cluster"))
    return shown(container)


def key_text(address: Address, words: Words) -> str:
    """The key of an address, for a person; nothing for a whole file."""
    key = "/".join(map(step_text, address.key))
    return words(Text("report.block", "block {key}", key=key)) if address.place is Place.BLOCK else key


def rows_of(changes: Iterable[Change], words: Words, alike: Callable[[Change], Any]) -> Iterator[Row]:
    """The rows of ``changes``, in their order; ``alike`` tells which of them may share a row."""
    for (_, container), group in groupby(changes, key=lambda c: (c.address.place, c.address.container)):
        members = tuple(group)
        if not members[0].address.key:
            yield Row(container_text(container, words), members)
            continue
        yield Row(container_text(container, words), ())
        for _, same in groupby(members, key=lambda c: (c.address.key[:-1], alike(c))):
            yield from _members(tuple(same), words)


def _members(changes: Sequence[Change], words: Words) -> Iterator[Row]:
    parent = changes[0].address.key[:-1]
    if len(changes) <= FEW:
        yield from (Row(f"  {key_text(change.address, words)}", (change,)) for change in changes)
        return
    where = "/".join(map(step_text, parent)) if parent else step_text(changes[0].address.key[-1])
    if changes[0].address.place is Place.KUBERNETES:
        text = Text("report.members-spread", "{parent}: {count} namespaces", parent=where, count=len(changes))
    elif parent:
        text = Text("report.members", "{parent}: {count} keys", parent=where, count=len(changes))
    else:
        text = Text("report.members-more", "{first} and {count} more", first=where, count=len(changes) - 1)
    yield Row(f"  {words(text)}", tuple(changes))
