"""Two contents compared, as a value: unified lines; a changed chain hop by hop. Credentials are masked here already."""

import codecs
import json
import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import Match, SequenceMatcher
from itertools import chain

from goproxyctl.hops import Hop, Mark, diff_chains
from goproxyctl.resource import Change, Place, Reason
from goproxyctl.text import Text, shown

CONTEXT_LINES = 3

#: A value of GOPROXY in any text we write, and where: NAME=VALUE, "NAME": "VALUE", NAME: {value: "VALUE"} and the like.
_CHAIN = re.compile(
    r"\bGOPROXY\b[\"'\]]*(?:\s*[:=]\s*|\s+)(?:\{?\s*[\"']?value[\"']?\s*:\s*)?[\"']?"
    r"(?P<chain>(?:[a-z]+://|direct\b|off\b)[^\s\"'}]*)"
)
#: Something that looks like a secret in a file that people own.
_SECRET = re.compile(
    r"(?P<name>[\w.-]*(?:token|passw|secret|credential|api_?key)[\w.-]*[\"']?\s*[:=]\s*)\S.*", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a diff; ``hop`` where it is a hop of a chain, which stands below the line that holds the chain."""

    mark: Mark
    text: str | Text
    hop: Hop | None = None


def diff_change(change: Change) -> tuple[Line, ...]:
    """What a change does to its address, line by line."""
    if change.reason is Reason.UNREADABLE:
        return (Line(Mark.NOTE, Text("diff.unreadable", "what is there cannot be read")),)
    before, after = (_readable(change.address.place, content) for content in (change.before, change.after))
    if change.address.key[-1:] == ("GOPROXY",):
        return tuple(_hop_lines(_text(before).rstrip(), _text(after).rstrip()))
    return diff_contents(before, after)


def _readable(place: Place, content: bytes | None) -> bytes | None:
    """Content as a person reads it: JSON values over several lines, strings without quotes, a value as one line."""
    if place in {Place.FILE, Place.BLOCK, Place.TASK} or content is None:
        return content
    if place is Place.REGISTRY:
        from goproxyctl.formats.reg import readable

        content = readable(content).encode(errors="backslashreplace")
    if place in {Place.JSON_KEY, Place.KUBERNETES}:
        value = json.loads(content)
        text = value if isinstance(value, str) else json.dumps(value, indent=2)
        content = text.encode(errors="backslashreplace")
    return content + b"\n"


def _text(content: bytes | None) -> str:
    return (content or b"").decode(errors="backslashreplace")


def _hop_lines(before: str, after: str) -> Iterator[Line]:
    for hop in diff_chains(before, after):
        yield Line(hop.mark, hop.words(), hop)


@dataclass(frozen=True, slots=True)
class _Page:
    """Content as lines, and where in which line a chain stands. The line ends are kept only where they matter."""

    lines: list[str]
    chains: dict[int, tuple[int, int]]
    crlf: bool
    ended: bool

    def cut(self, number: int) -> str:
        """A line with its chain left out."""
        start, end = self.chains[number]
        return f"{self.lines[number][:start]}…{self.lines[number][end:]}"

    def chain(self, number: int) -> str:
        """The chain that stands in a line."""
        return self.lines[number][slice(*self.chains[number])]


def _page(content: bytes | None) -> _Page:
    text = _text(content)
    crlf = "\r\n" in text and text.count("\n") == text.count("\r\n")
    text = text.replace("\r\n", "\n") if crlf else text
    lines = text.split("\n")
    ended = not lines[-1]
    return _Page(lines[:-1] if ended else lines, _chains(text), crlf, ended)


def _chains(text: str) -> dict[int, tuple[int, int]]:
    """Line by line, where a chain starts and ends in it. A name may stand on an earlier line than its value."""
    found: dict[int, tuple[int, int]] = {}
    number = seen = 0
    for match in _CHAIN.finditer(text):
        start, end = match.span("chain")
        number, seen = number + text.count("\n", seen, start), start
        first = text.rfind("\n", 0, start) + 1
        found[number] = (start - first, end - first)
    return found


def diff_contents(before: bytes | None, after: bytes | None) -> tuple[Line, ...]:
    """The unified diff of two contents (None: nothing there), empty when they are equal."""
    if before == after:
        return ()
    before, after = _utf8(before), _utf8(after)
    if not before and not after:
        return (Line(Mark.NOTE, Text("diff.empty", "an empty file is not the same as none")),)
    if any(b"\0" in (content or b"") for content in (before, after)):
        return (Line(Mark.NOTE, Text("diff.binary", "the bytes differ, and they are no text")),)
    old, new = _page(before), _page(after)
    matcher = _Matcher(old.lines, new.lines)
    hunks = chain.from_iterable(_hunk(old, new, group) for group in matcher.get_grouped_opcodes(CONTEXT_LINES))
    return (*hunks, *_notes(old, new))


def _utf8(content: bytes | None) -> bytes | None:
    """Windows keeps some text (.reg, the XML of a task) as UTF-16, which has a zero in nearly every character."""
    if content and content.startswith(codecs.BOM_UTF16_LE):
        return content.decode("utf-16", "backslashreplace").encode()
    return content


class _Matcher(SequenceMatcher[str]):
    """Compares between lines that are unique in both, so that thousands of like documents take a walk, not minutes."""

    def __init__(self, old: Sequence[str], new: Sequence[str]) -> None:
        super().__init__(None, old, new)
        self._old, self._new = old, new

    def get_matching_blocks(self) -> list[Match]:
        """The equal runs of lines, neighbours joined."""
        blocks: list[Match] = []
        i = j = 0
        for i_end, j_end in [*_anchors(self._old, self._new), (len(self._old), len(self._new))]:
            for a, b, size in SequenceMatcher(None, self._old[i:i_end], self._new[j:j_end]).get_matching_blocks():
                last = blocks[-1] if blocks else Match(0, 0, 0)
                if (i + a, j + b) == (last.a + last.size, last.b + last.size):
                    blocks[-1:] = [Match(last.a, last.b, last.size + size)]
                elif size:
                    blocks.append(Match(i + a, j + b, size))
            i, j = i_end, j_end
        return [*blocks, Match(len(self._old), len(self._new), 0)]


def _unique(lines: Sequence[str]) -> dict[str, int]:
    count = Counter(lines)
    return {line: number for number, line in enumerate(lines) if count[line] == 1}


def _anchors(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int]]:
    """Where lines that are unique in both stand, as far as they are in the same order: the longest such run."""
    unique = [_unique(lines) for lines in (old, new)]
    tails: list[int] = []
    runs: list[tuple[tuple[int, int], int | None]] = []
    ends: list[int] = []
    for line, i in unique[0].items():
        if (j := unique[1].get(line)) is not None:
            at = bisect_left(tails, j)
            tails[at : at + 1], ends[at : at + 1] = [j], [len(runs)]
            runs.append(((i, j), ends[at - 1] if at else None))
    found: list[tuple[int, int]] = []
    step = ends[-1] if ends else None
    while step is not None:
        spot, step = runs[step]
        found.append(spot)
    return found[::-1]


_Opcode = tuple[str, int, int, int, int]


def _hunk(old: _Page, new: _Page, group: Sequence[_Opcode]) -> Iterator[Line]:
    (_, i, _, j, _), (_, _, i_end, _, j_end) = group[0], group[-1]
    yield Line(Mark.HUNK, f"@@ -{_span(i, i_end)} +{_span(j, j_end)} @@")
    for tag, i, i_end, j, j_end in group:
        if tag == "equal":
            yield from _plain(Mark.SAME, old.lines[i:i_end])
        else:
            yield from _replaced(old, new, range(i, i_end), range(j, j_end))


def _span(start: int, end: int) -> str:
    """A range of lines as diff -u writes it."""
    return f"{start + 1}" if end - start == 1 else f"{start + (end > start)},{end - start}"


def _plain(mark: Mark, lines: Sequence[str]) -> Iterator[Line]:
    return (Line(mark, _SECRET.sub(r"\g<name>***", shown(line))) for line in lines)


def _replaced(old: _Page, new: _Page, gone: range, come: range) -> Iterator[Line]:
    """Removed and added lines; where both sides have the same line but for its chain, the hops instead."""
    for i, j in _pairs(old, new, gone, come):
        yield from _plain(Mark.REMOVED, old.lines[gone.start : i])
        yield from _plain(Mark.ADDED, new.lines[come.start : j])
        yield from _plain(Mark.CHANGED, [new.cut(j)])
        yield from _hop_lines(old.chain(i), new.chain(j))
        gone, come = range(i + 1, gone.stop), range(j + 1, come.stop)
    yield from _plain(Mark.REMOVED, old.lines[gone.start : gone.stop])
    yield from _plain(Mark.ADDED, new.lines[come.start : come.stop])


def _pairs(old: _Page, new: _Page, gone: range, come: range) -> Iterator[tuple[int, int]]:
    left = [i for i in gone if i in old.chains]
    right = [j for j in come if j in new.chains]
    return ((i, j) for i, j in zip(left, right, strict=False) if old.cut(i) == new.cut(j))


def _notes(old: _Page, new: _Page) -> Iterator[Line]:
    """What the lines do not show: how they end."""
    if old.lines and new.lines and old.crlf != new.crlf:
        yield Line(Mark.NOTE, Text("diff.line-ends", "the line ends differ (CRLF or LF)"))
    if old.ended and not new.ended:
        yield Line(Mark.NOTE, Text("diff.no-newline-after", "no newline at the end after"))
    if new.ended and not old.ended:
        yield Line(Mark.NOTE, Text("diff.no-newline-before", "no newline at the end before"))
