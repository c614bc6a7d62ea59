"""Where a member goes in a JSON text and what goes with it: blanks, line ends, comments and commas.

Law: `remove` after `append` gives back every character, whatever stood there.
"""

import re
from dataclasses import dataclass

from goproxyctl.formats.jsonc_tree import Member, Node

_COMMENT = r"//[^\r\n]*+|/\*(?s:.*?)\*/"
_NEWLINE = re.compile(r"\r\n|\r|\n")
#: The comments that begin on the line that a member ends on.
_SAME_LINE = re.compile(rf"(?:[ \t]*+(?:{_COMMENT}))*+")
#: Everything up to the end of the last comment.
_COMMENTED = re.compile(rf"(?:[ \t\r\n]*+(?:{_COMMENT}))*+")
#: The indent of a line that begins with a member, or with a comment before it.
_INDENT = re.compile(r"[\r\n](?P<indent>[ \t]*)(?:/\*[^\r\n]*\*/[ \t]*)?\Z")


@dataclass(frozen=True, slots=True)
class Style:
    """How a text is laid out: its end of line, and what one level of indent is."""

    eol: str
    unit: str


def style_of(root: Node, eol: str) -> Style:
    """The style that the members of ``root`` show."""
    return Style(eol, _line_indent(root.members) or "  ")


def _line_indent(members: list[Member]) -> str | None:
    """The indent of the last of ``members`` that begins a line."""
    for member in reversed(members):
        found = _INDENT.search(member.before)
        if found:
            return found["indent"]
    return None


def indent_at(root: Node, trail: list[Member]) -> str:
    """The indent of the line that the last of ``trail``, members each inside the one before, begins on."""
    indent = ""
    container = root
    for member in trail:
        siblings = container.members
        found = _line_indent(siblings[: siblings.index(member) + 1])
        indent = indent if found is None else found
        container = member.value
    return indent


def new_indent(container: Node, outer: str, style: Style) -> str | None:
    """The indent of the line for a new last member; None when it goes on the line where the others are."""
    if not container.members:
        return outer + style.unit if _NEWLINE.search(container.tail) else None
    indent = _line_indent(container.members)
    if indent is None and _ends_in_line_comment(_head(_SAME_LINE, _room(container))):
        return outer + style.unit
    return indent


def append(container: Node, member: Member, indent: str | None, style: Style) -> None:
    """Puts ``member`` last: after the comments on the line of the last one, before those on lines of their own."""
    room = _room(container)
    kept = _head(_SAME_LINE if container.members else _COMMENTED, room)
    rest = room[len(kept) :]
    member.before = kept + (_blank(container, kept) if indent is None else style.eol + indent)
    last = container.members[-1] if container.members else None
    container.members.append(member)
    if last and last.comma:
        member.comma, container.tail = True, rest
        return
    member.after, container.tail = rest, ""
    if last:
        last.comma, last.after = True, ""


def _room(container: Node) -> str:
    """What stands between the last comma, or where it would be, and the closing bracket."""
    last = container.members[-1] if container.members else None
    return container.tail if last is None or last.comma else last.after


def _blank(container: Node, kept: str) -> str:
    """What parts a new member from what is before it on its line."""
    if not container.members:
        return " " if kept else container.tail
    return _tail(_COMMENTED, container.members[-1].before) if len(container.members) > 1 else " "


def remove(container: Node, member: Member) -> None:
    """Takes ``member`` out with the comments on its line, never those before it, and with the comma that it needed."""
    index = container.members.index(member)
    later = container.members[index + 1] if index + 1 < len(container.members) else None
    follows, extra = member.after, ""
    if member.comma:
        follows = later.before if later else container.tail
        extra = _tail(_SAME_LINE, member.after)
        extra = extra if _head(_COMMENTED, extra) else ""
    rest = _tail(_SAME_LINE, follows)
    if later and not _NEWLINE.search(rest):
        joined = member.before + extra + follows.lstrip(" \t")
    else:
        joined = _lead(member.before, extra + rest) + extra + rest
    del container.members[index]
    _close_gap(container, index, joined, comma=member.comma)


def _close_gap(container: Node, index: int, joined: str, *, comma: bool) -> None:
    """Puts ``joined`` where a member was, which had a comma or not."""
    if index < len(container.members):
        container.members[index].before = joined
    elif comma or not index:
        container.tail = joined
    else:
        last = container.members[-1]
        last.comma, last.after = False, last.after + joined


def _lead(before: str, rest: str) -> str:
    """What stays of the text before a member: all but its line's beginning, or the blanks on its line."""
    commented = _head(_COMMENTED, before)
    newlines = list(_NEWLINE.finditer(before, len(commented)))
    kept = before[: newlines[-1].start()] if newlines else commented
    swallows = (
        kept == commented and _ends_in_line_comment(commented) and not rest.lstrip(" \t").startswith(("\r", "\n"))
    )
    return before if swallows else kept


def _ends_in_line_comment(commented: str) -> bool:
    """Whether the last comment of a text that ends with a comment is one that only a newline ends."""
    comments = re.findall(_COMMENT, commented)
    return bool(comments) and comments[-1].startswith("//")


def _head(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.match(text)
    return found[0] if found else ""


def _tail(pattern: re.Pattern[str], text: str) -> str:
    return text[len(_head(pattern, text)) :]
