"""Edits carried out on the text of a policy: each one changes what it is about, and nothing else.

A policy is read again after every edit. One whose result is worse YAML than what was there is not made.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from ruamel.yaml import YAML

from goproxyctl.errors import Edit
from goproxyctl.formats.yamlspans import Listed, Span, add_entry, put_last, remove_entry, write_scalar
from goproxyctl.policy import scalars
from goproxyctl.policy.complaints import Complaints
from goproxyctl.policy.parse import parse_document

_BOM = b"\xef\xbb\xbf"
#: Line and column, both counted from 1.
_Place = tuple[int, int]


class Mended(NamedTuple):
    """The bytes of a file after ``done``; what could not be done is left out."""

    content: bytes
    done: tuple[Edit, ...]


def mend(content: bytes, edits: Sequence[Edit]) -> Mended:
    """One file after ``edits``, the last place first, so that the places of the others stay right.

    Of several edits at one place only the first is made: the next look at the policy tells whether the others are
    still wanted.
    """
    bom = _BOM if content.startswith(_BOM) else b""
    text = content.removeprefix(_BOM).decode()
    wanted = {(edit.line, edit.column): edit for edit in reversed(edits)}
    faults, done = _faults(text), []
    for _, edit in sorted(wanted.items(), reverse=True) if faults is not None else ():
        changed = _edited(text, edit)
        left = None if changed in (None, text) else _faults(changed)
        if changed and left is not None and faults is not None and left <= faults:
            text, faults = changed, left
            done.append(edit)
    return Mended(bom + text.encode(), tuple(done))


def _edited(text: str, edit: Edit) -> str | None:
    """The text after one edit; None when it cannot be made."""
    layout = _Layout(text)
    place = (edit.line, edit.column)
    if edit.act in ("write", "rename"):
        span = layout.scalars.get(place)
        return span and write_scalar(
            text, span, edit.text, scalars.quoted(edit.text), plain=scalars.looks_like_text(edit.text)
        )
    if place not in layout.entries:
        return None
    listed, index = layout.entries[place]
    if edit.act == "remove":
        return remove_entry(text, listed, index)
    return put_last(text, listed, index) if edit.act == "last" else _added(text, listed, index, edit.text)


def _added(text: str, listed: Listed, index: int, value: str) -> str | None:
    return add_entry(text, listed, index, scalars.quoted(value) if "*" in value else value)


def _faults(text: str) -> int | None:
    """How much YAML itself has to complain about; None when it cannot be read to its end."""
    complaints = Complaints()
    root = parse_document("", text.encode(), complaints)
    return None if root is None else len(complaints.problems)


class _Open:
    """A list or a mapping whose end has not come yet. ``end``: where what it holds ends so far."""

    def __init__(self, event: Any, *, is_list: bool) -> None:
        self.start = self.end = event.start_mark.index
        self.place = _place(event.start_mark)
        self.is_list = is_list
        self.flow = bool(event.flow_style)
        self.entries: list[tuple[_Place, Span]] = []

    def take(self, place: _Place, span: Span) -> None:
        self.end = max(self.end, span.end)
        if self.is_list:
            self.entries.append((place, span))


class _Layout:
    """Where the scalars and the entries of the lists of a text stand, by the place where they begin."""

    def __init__(self, text: str) -> None:
        self.scalars: dict[_Place, Span] = {}
        self.entries: dict[_Place, tuple[Listed, int]] = {}
        self._open: list[_Open] = []
        for event in YAML(typ="safe", pure=True).parse(text):
            self._take(type(event).__name__, event)

    def _take(self, name: str, event: Any) -> None:
        if name in ("SequenceStartEvent", "MappingStartEvent"):
            self._open.append(_Open(event, is_list=name == "SequenceStartEvent"))
        elif name in ("SequenceEndEvent", "MappingEndEvent"):
            self._close(self._open.pop(), event.end_mark.index)
        elif name == "ScalarEvent":
            place, span = _place(event.start_mark), Span(event.start_mark.index, event.end_mark.index)
            self.scalars[place] = span
            self._put(place, span)

    def _close(self, closed: _Open, end: int) -> None:
        """A block ends where its last value does: what its end mark says is where the next thing begins."""
        whole = Span(closed.start, end if closed.flow else closed.end)
        listed = Listed(whole, tuple(span for _, span in closed.entries), closed.flow)
        for index, (place, _) in enumerate(closed.entries):
            self.entries[place] = (listed, index)
        self._put(closed.place, whole)

    def _put(self, place: _Place, span: Span) -> None:
        if self._open:
            self._open[-1].take(place, span)


def _place(mark: Any) -> _Place:
    return mark.line + 1, mark.column + 1
