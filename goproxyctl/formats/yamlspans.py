"""Entries of a YAML list that people own: taken away, added, put last; every other byte stays what it was.

What YAML the text holds is not found out here: whoever has read it says where the entries are. Where an entry shares
its lines with something else, nothing is changed: the answer is None.
"""

import re
from typing import NamedTuple

#: A line that ends with CR alone, which some readers take for no end of line.
_LONE_CR = re.compile(r"\r(?!\n)")
_COMMENT = re.compile(r"[ \t]*(#.*)?\r?\n?")
#: What may follow an entry in brackets: its comma, and the blanks after it.
_COMMA = re.compile(r"[ \t]*,[ \t]*")
#: A plain scalar that no reader and no place takes for anything else, unless it is a word or a number.
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9._/+-]*")


class Span(NamedTuple):
    """From where to where something stands. Units: characters of the text, counted from 0."""

    start: int
    end: int


class Listed(NamedTuple):
    """A list: the whole of it, its entries, and whether it stands in brackets (flow style)."""

    whole: Span
    entries: tuple[Span, ...]
    flow: bool


def write_scalar(text: str, span: Span, value: str, quoted: str, *, plain: bool) -> str:
    """The text with another scalar at ``span``: ``value`` in the quotes of the old one, else in its own.

    ``quoted`` is the value in double quotes; ``plain``: every reader takes it for this text without quotes.
    """
    mark = text[span.start]
    if mark == "'" and "'" not in value and value.isprintable():
        written = f"'{value}'"
    else:
        written = value if mark != '"' and plain and _PLAIN.fullmatch(value) else quoted
    return text[: span.start] + written + text[span.end :]


def remove_entry(text: str, listed: Listed, index: int) -> str | None:
    """The text without one entry, and without the lines or the comma that were its own."""
    if len(listed.entries) == 1:
        return _emptied(text, listed)
    cut = _flow_cut(text, listed, index) if listed.flow else _block_lines(text, listed.entries[index])
    return cut and text[: cut.start] + text[cut.end :]


def put_last(text: str, listed: Listed, index: int) -> str | None:
    """The text with one entry after all others, with the comment on its line."""
    entry, last = listed.entries[index], listed.entries[-1]
    if listed.flow:
        cut = _flow_cut(text, listed, index)
        moved = f", {text[entry.start : entry.end]}"
        return cut and text[: cut.start] + text[cut.end : last.end] + moved + text[last.end :]
    lines, end = _block_lines(text, entry), _block_lines(text, last)
    if not lines or not end:
        return None
    moved = text[lines.start : lines.end]
    return _with_lines(text[: lines.start] + text[lines.end : end.end], moved) + text[end.end :]


def add_entry(text: str, listed: Listed, index: int, written: str) -> str | None:
    """The text with one more entry after that at ``index``; ``written`` is its YAML, on one line."""
    entry = listed.entries[index]
    if listed.flow:
        return f"{text[: entry.end]}, {written}{text[entry.end :]}"
    lines = _block_lines(text, entry)
    if not lines:
        return None
    eol = "\r\n" if "\r\n" in text else "\n"
    added = text[lines.start : entry.start] + written + eol
    return _with_lines(text[: lines.end], added) + text[lines.end :]


def _with_lines(head: str, lines: str) -> str:
    """``head`` and then ``lines``; a text that had no newline at its end has none afterwards."""
    if head.endswith("\n"):
        return head + lines
    eol = "\r\n" if lines.endswith("\r\n") else "\n"
    return head + eol + lines.removesuffix(eol)


def _block_lines(text: str, entry: Span) -> Span | None:
    """The lines of an entry after a dash, when nothing else stands on them."""
    start = text.rfind("\n", 0, entry.start) + 1
    if text[start : entry.start].strip(" ") != "-" or _LONE_CR.search(text):
        return None
    if text[entry.end - 1 : entry.end] == "\n":
        return Span(start, entry.end)
    rest = _COMMENT.match(text, entry.end)
    end = rest.end() if rest else entry.end
    return Span(start, end) if end == len(text) or text[end - 1] == "\n" else None


def _flow_cut(text: str, listed: Listed, index: int) -> Span | None:
    """What goes with an entry in brackets: its comma; its line, when it has one of its own."""
    entry = listed.entries[index]
    comma = _COMMA.match(text, entry.end)
    end = comma.end() if comma else entry.end
    start = text.rfind("\n", 0, entry.start) + 1
    if not text[start : entry.start].strip() and not text[end : _line_end(text, end)].strip():
        return Span(start, _line_end(text, end))
    if comma:
        return Span(entry.start, end)
    before = text[: entry.start].rstrip(" \t")
    return Span(len(before) - 1, entry.end) if before.endswith(",") else None


def _line_end(text: str, at: int) -> int:
    found = text.find("\n", at)
    return len(text) if found < 0 else found + 1


def _emptied(text: str, listed: Listed) -> str | None:
    """The text with an empty list in the place of one that had one entry."""
    entry, whole = listed.entries[0], listed.whole
    if listed.flow:
        around = text[whole.start + 1 : entry.start] + text[entry.end : whole.end - 1]
        return None if "#" in around else f"{text[: whole.start]}[]{text[whole.end :]}"
    lines = _block_lines(text, entry)
    head = text[: whole.start].rstrip()
    if not lines or not head.endswith(":") or "#" in head[head.rfind("\n") + 1 :]:
        return None
    eol = "\r\n" if text[: lines.end].endswith("\r\n") else "\n"
    return f"{head} []{eol if text[: lines.end].endswith(eol) else ''}{text[lines.end :]}"
