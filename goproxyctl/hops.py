"""Two chains compared hop by hop: what came, went, changed places, or falls back on something else now."""

from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import Enum

from goproxyctl.gosem.items import Item, parse_chain
from goproxyctl.text import Text


class Mark(Enum):
    """What a line of a diff is; the value is the sign it is printed with."""

    SAME = " "
    REMOVED = "-"
    ADDED = "+"
    CHANGED = "~"
    HUNK = "@"
    NOTE = "\\"


@dataclass(frozen=True, slots=True)
class Hop:
    """One hop of a changed chain.

    Shape: ``before`` and ``after`` are its numbers in the two chains, None where it is in one only; ``moved``: it
    changed places with a hop that stayed; ``was`` and ``now`` are the separators after it.
    Units: hops count from 1.
    """

    url: str
    before: int | None
    after: int | None
    was: str = ""
    now: str = ""
    moved: bool = False

    @property
    def mark(self) -> Mark:
        """How the hop changed."""
        if self.before is None or self.after is None:
            return Mark.ADDED if self.before is None else Mark.REMOVED
        return Mark.CHANGED if self.moved or self.was != self.now else Mark.SAME

    def words(self) -> Text:
        """The hop with its number and what its separator means."""
        number, then, was = self.after or self.before, _meaning(self.now), _meaning(self.was)
        if self.mark is Mark.REMOVED:
            return Text("diff.hop", "{number}. {url} ({then})", number=number, url=self.url, then=was)
        if self.mark is not Mark.CHANGED:
            return Text("diff.hop", "{number}. {url} ({then})", number=number, url=self.url, then=then)
        if self.was == self.now:
            return Text(
                "diff.hop-moved",
                "{number}. {url} (was {before}.; {then})",
                number=number,
                url=self.url,
                before=self.before,
                then=then,
            )
        if not self.moved:
            return Text(
                "diff.hop-changed",
                "{number}. {url} ({then}; was: {was})",
                number=number,
                url=self.url,
                then=then,
                was=was,
            )
        return Text(
            "diff.hop-moved-changed",
            "{number}. {url} (was {before}.; {then}; was: {was})",
            number=number,
            url=self.url,
            before=self.before,
            then=then,
            was=was,
        )


def _meaning(separator: str) -> Text:
    """Source: golang/go cmd/go/internal/modfetch/proxy.go, TryProxies."""
    if separator == ",":
        return Text("diff.next-not-found", "next on 404/410 only")
    if separator == "|":
        return Text("diff.next-any-error", "next on any error")
    return Text("diff.last", "last")


def diff_chains(before: str, after: str) -> tuple[Hop, ...]:
    """Every hop of the two chains in order, those that are gone where they were."""
    old, new = _numbered(before), _numbered(after)
    hops: list[Hop] = []
    stayed: set[tuple[str, int]] = set()
    matcher = SequenceMatcher(None, [*old], [*new], autojunk=False)
    for start, _, size in matcher.get_matching_blocks():
        stayed |= {*[*old][start : start + size]}
    for _, i, i_end, j, j_end in matcher.get_opcodes():
        hops += [_hop(key, old, {}, moved=False) for key in [*old][i:i_end] if key not in new]
        hops += [_hop(key, old, new, moved=key not in stayed) for key in [*new][j:j_end]]
    return tuple(hops)


_Numbered = dict[tuple[str, int], tuple[int, Item]]


def _numbered(value: str) -> _Numbered:
    """The hops of a chain with their numbers; the key counts how often the same URL came before."""
    found: _Numbered = {}
    for number, item in enumerate(parse_chain(value), 1):
        again = sum(text == item.text for text, _ in found)
        found[item.text, again] = (number, item)
    return found


def _hop(key: tuple[str, int], old: _Numbered, new: _Numbered, *, moved: bool) -> Hop:
    before, was = old.get(key, (None, Item("")))
    after, now = new.get(key, (None, Item("")))
    both = before is not None and after is not None
    return Hop(key[0], before, after, was.separator, now.separator, moved and both)
