"""Differences as text, JSON and Markdown: a whole file as unified lines, a key on a line, a chain hop by hop."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from goproxyctl.diff import Line, diff_change
from goproxyctl.hops import Mark
from goproxyctl.report.document import message
from goproxyctl.report.plan import change_body
from goproxyctl.report.rows import ACTIONS, REASONS, container_text, key_text
from goproxyctl.report.style import Paint, Style, Words, harmless, joined
from goproxyctl.resource import Action, Address, Change, Place
from goproxyctl.text import Text, shown

PAINTS = {
    Mark.REMOVED: Paint.DELETE,
    Mark.ADDED: Paint.ADD,
    Mark.CHANGED: Paint.CHANGE,
    Mark.HUNK: Paint.NOTE,
    Mark.NOTE: Paint.FAINT,
}


@dataclass(frozen=True, slots=True)
class Difference:
    """What differs, how many addresses do not, what it was compared with (None: what is there), and remarks."""

    changes: Sequence[Change]
    same: int
    since: Text | None
    notes: Mapping[Address, Text]


@dataclass(frozen=True, slots=True)
class Part:
    """One file with all its changes, and their lines."""

    container: str
    changes: tuple[Change, ...]
    lines: tuple[Line, ...]


def parts(changes: Sequence[Change], words: Words) -> Iterator[Part]:
    """The differences file by file."""
    for (_, container), group in groupby(changes, key=lambda c: (c.address.place, c.address.container)):
        members = tuple(group)
        yield Part(container, members, tuple(line for member in members for line in _lines(member, words)))


def _lines(change: Change, words: Words) -> Iterator[Line]:
    """A key whose values are one line each is one line, or two; anything longer has its lines below its name."""
    lines = diff_change(change)
    if not change.address.key:
        yield from lines
        return
    key = key_text(change.address, words)
    short = [line for line in lines if line.mark in {Mark.REMOVED, Mark.ADDED} and not line.hop]
    marks = [line.mark for line in short]
    if len(short) == sum(line.mark is not Mark.HUNK for line in lines) and len(set(marks)) == len(marks):
        yield from (Line(line.mark, f" {key} = {_words(line, words)}") for line in short)
        return
    yield Line(_MARKS[change.action], f" {key}")
    yield from (line for line in lines if line.mark is not Mark.HUNK or change.address.place is Place.BLOCK)


_MARKS = {Action.CREATE: Mark.ADDED, Action.UPDATE: Mark.CHANGED, Action.DELETE: Mark.REMOVED}


def _words(line: Line, words: Words) -> str:
    return words(line.text) if isinstance(line.text, Text) else shown(line.text)


def printed(line: Line, words: Words) -> str:
    """A line with its mark in front; the hops of a chain stand further in."""
    text = _words(line, words)
    if line.mark is Mark.HUNK:
        return text
    return f"{line.mark.value}{'     ' if line.hop else ' ' if line.mark is Mark.NOTE else ''}{text}"


def difference_text(found: Difference, words: Words, style: Style) -> str:
    """Each file with its lines, then how many there are."""
    lines: list[str] = []
    for part in parts(found.changes, words):
        where, why = container_text(part.container, words), _why(part, words, found)
        lines += [f"{style(where, Paint.STRONG)}  {style(why, Paint.FAINT)}"]
        lines += [style(harmless(printed(line, words)), PAINTS.get(line.mark)) for line in part.lines]
        lines += [""]
    return joined([*lines, style(words(difference_summary(found)), Paint.STRONG)])


def _why(part: Part, words: Words, found: Difference) -> str:
    """What becomes of a file between two policies; why it is to change, where live is one side."""
    said = [ACTIONS[change.action] if found.since else REASONS[change.reason] for change in part.changes]
    return ", ".join(dict.fromkeys(map(words, said)))


def difference_summary(found: Difference) -> Text:
    """One line: how much differs."""
    containers = len({(c.address.place, c.address.container) for c in found.changes})
    if not found.changes:
        return Text("diff.none", "no differences ({same} the same)", same=found.same)
    return Text(
        "diff.summary",
        "differences: {count}, in files: {containers}, the same: {same}",
        count=len(found.changes),
        containers=containers,
        same=found.same,
    )


def difference_body(found: Difference) -> dict[str, Any]:
    """The differences for a program: lines as they are printed, each with its mark."""
    return {
        "since": message(found.since) if found.since else None,
        "changes": [
            {
                **change_body(change, found.notes.get(change.address)),
                "lines": [_line_body(x) for x in diff_change(change)],
            }
            for change in found.changes
        ],
        "same": found.same,
        "summary": message(difference_summary(found)),
    }


def _line_body(line: Line) -> dict[str, Any]:
    body: dict[str, Any] = {"mark": line.mark.value, "text": _words(line, str)}
    if line.hop:
        hop = line.hop
        body["hop"] = {"url": shown(hop.url), "before": hop.before, "after": hop.after, "was": hop.was, "now": hop.now}
    return body
