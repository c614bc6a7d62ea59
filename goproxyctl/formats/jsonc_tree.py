"""JSON with comments, without loss: text to a tree that keeps every character, and back.

Strict but for what VS Code and dev containers allow: ``//`` and ``/* */`` comments, one trailing comma, a BOM.
Source: RFC 8259; npm jsonc-parser 3 (``disallowComments: false, allowTrailingComma: true``) is the reference in tests.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from goproxyctl.formats import FormatError
from goproxyctl.text import Text

#: Deeper nesting is refused, long before Python's own stack ends. Units: open brackets.
MAX_DEPTH = 100

_TRIVIA = re.compile(r"(?:[ \t\r\n]++|//[^\r\n]*+|/\*(?s:.*?)\*/)*+")
_BEGIN_TRIVIA = {" ", "\n", "\r", "\t", "/"}
_STRING = re.compile(r'"(?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*+"')
_SCALAR = re.compile(_STRING.pattern + r"|-?(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?(?:[eE][+-]?[0-9]++)?|true|false|null")
_COLON = re.compile(f"{_TRIVIA.pattern}:{_TRIVIA.pattern}")
_LINE = re.compile(r"\r\n|\r|\n")

#: A value to compare: text is str, an object dict, an array list; numbers, true, false, null are their canonical bytes.
Plain = str | bytes | list["Plain"] | dict["str | tuple[str, int]", "Plain"]


@dataclass(slots=True, eq=False)
class Node:
    """A value. ``opening`` is "{", "[", or "" for a scalar, whose text is ``raw``.

    ``tail``: what stands between the last comma (or the opening) and the closing bracket.
    """

    opening: str
    raw: str = ""
    members: list["Member"] = field(default_factory=list)
    tail: str = ""


@dataclass(slots=True, eq=False)
class Member:
    """A member of an object, or an element of an array (``key`` is None), with all that stands around it.

    Shape: before, name, value, after, and "," when ``comma``. ``name`` is the key's text up to the value.
    """

    value: Node
    key: str | None = None
    name: str = ""
    before: str = ""
    after: str = ""
    comma: bool = False


@dataclass(slots=True, eq=False)
class Document:
    """A whole text: ``head``, the value ``root``, ``foot``."""

    head: str
    root: Node
    foot: str

    def print(self) -> str:
        """The text: that which was parsed, when nothing was changed."""
        return "".join((self.head, *_print(self.root), self.foot))


def _print(node: Node) -> Iterator[str]:
    if not node.opening:
        yield node.raw
        return
    yield node.opening
    for member in node.members:
        yield member.before
        yield member.name
        yield from _print(member.value)
        yield member.after
        yield "," if member.comma else ""
    yield node.tail
    yield "}" if node.opening == "{" else "]"


def parse(text: str) -> Document:
    """The tree of ``text``. Raises: FormatError with line and column."""
    return _Parser(text).document()


class _Parser:
    """A position in a text; each method takes one thing of the grammar and moves on."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.pos = 0

    def document(self) -> Document:
        """The whole text: one value, with what stands around it."""
        bom = "\ufeff" if self.text.startswith("\ufeff") else ""
        self.pos = len(bom)
        head = bom + self.trivia()
        if self.pos == len(self.text):
            raise FormatError(Text("jsonc.empty", "the file holds no JSON value; delete it, or write {{}} into it"))
        root = self.value(0)
        foot = self.trivia()
        if self.pos != len(self.text):
            raise self.wrong(Text("jsonc.expect-end", "the end of the file"))
        return Document(head, root, foot)

    def trivia(self) -> str:
        """Blanks, line ends and comments; nothing where there are none."""
        start = self.pos
        if self.text[start : start + 1] not in _BEGIN_TRIVIA:
            return ""
        found = _TRIVIA.match(self.text, start)
        assert found
        self.pos = found.end()
        return self.text[start : self.pos]

    def value(self, depth: int) -> Node:
        """A scalar, or a container one level further in than ``depth``."""
        opening = self.text[self.pos : self.pos + 1]
        if opening and opening in "{[":
            return self.container(opening, depth + 1)
        found = _SCALAR.match(self.text, self.pos)
        if not found:
            raise self.wrong(Text("jsonc.expect-value", "a value"))
        self.pos = found.end()
        return Node("", found[0])

    def container(self, opening: str, depth: int) -> Node:
        """An object or an array; a comma after its last member is taken, as editors do."""
        if depth > MAX_DEPTH:
            raise self.at(Text("jsonc.deep", "nested deeper than {limit} levels", limit=MAX_DEPTH))
        closing = "}" if opening == "{" else "]"
        node = Node(opening)
        self.pos += 1
        while True:
            before = self.trivia()
            if self.took(closing):
                node.tail = before
                return node
            member = self.member(opening, before, depth)
            node.members.append(member)
            member.after = self.trivia()
            member.comma = self.took(",")
            if member.comma:
                continue
            if self.took(closing):
                return node
            raise self.wrong(Text("jsonc.expect-comma", "a comma or {closing}", closing=closing))

    def member(self, opening: str, before: str, depth: int) -> Member:
        """An element, or in an object a key with its value; the trivia and the comma after it are left."""
        if opening == "[":
            return Member(self.value(depth), before=before)
        start = self.pos
        key = _STRING.match(self.text, start)
        if not key:
            raise self.wrong(Text("jsonc.expect-key", 'a key in double quotes, or "}}"'))
        self.pos = key.end()
        colon = _COLON.match(self.text, self.pos)
        if not colon:
            raise self.wrong(Text("jsonc.expect-colon", "a colon"))
        self.pos = colon.end()
        return Member(self.value(depth), unquote(key[0]), self.text[start : colon.end()], before)

    def took(self, char: str) -> bool:
        if not self.text.startswith(char, self.pos):
            return False
        self.pos += 1
        return True

    def wrong(self, wanted: Text) -> FormatError:
        return self.at(Text("jsonc.syntax", "{wanted} is missing", wanted=wanted))

    def at(self, what: Text) -> FormatError:
        lines = _LINE.split(self.text[: self.pos])
        return FormatError(
            Text(
                "jsonc.at",
                "line {line}, column {column}: {what}; correct it there, nothing was changed",
                line=len(lines),
                column=len(lines[-1].removeprefix("\ufeff")) + 1,
                what=what,
            )
        )


def unquote(raw: str) -> str:
    """The text that a JSON string stands for."""
    if "\\" not in raw:
        return raw[1:-1]
    text: str = json.loads(raw)
    return text


def canonical(node: Node) -> str:
    """The value as ASCII JSON without blanks, keys sorted; of duplicate keys the last counts, as for every reader."""
    if node.opening == "[":
        return f"[{','.join(canonical(member.value) for member in node.members)}]"
    if node.opening == "{":
        values = {member.key or "": member.value for member in node.members}
        return f"{{{','.join(f'{json.dumps(key)}:{canonical(value)}' for key, value in sorted(values.items()))}}}"
    return _canonical_scalar(node.raw)


def _canonical_scalar(raw: str) -> str:
    if raw.isalpha() or (raw.isdigit() and len(raw) < 10):
        return raw
    try:
        return json.dumps(json.loads(raw), allow_nan=False)
    except ValueError:  # a number beyond Python's floats or digits stays as it is written
        return raw


def plain(node: Node) -> Plain:
    """The value, to compare with ``==``: ``1`` is not ``true``, and no duplicate key is lost."""
    if node.opening == "[":
        return [plain(member.value) for member in node.members]
    if node.opening == "{":
        return _plain_object(node.members)
    return unquote(node.raw) if node.raw.startswith('"') else _canonical_scalar(node.raw).encode()


def _plain_object(members: list[Member]) -> Plain:
    found: dict[str | tuple[str, int], Plain] = {}
    for member in members:
        key = member.key or ""
        slot: str | tuple[str, int] = key
        nth = 1
        while slot in found:
            slot, nth = (key, nth), nth + 1
        found[slot] = plain(member.value)
    return found
