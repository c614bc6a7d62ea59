"""YAML text to a tree of nodes, from ruamel.yaml's events alone: nothing is ever constructed.

Limits are counted while events arrive, before anything is built of them. What a policy has no use for, and what
readers of YAML 1.1 and 1.2 understand differently, is refused: anchors, aliases, merge keys, tags, directives, a
second document.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from goproxyctl.policy import scalars
from goproxyctl.policy.complaints import Complaints, brief, is_name
from goproxyctl.policy.nodes import Fields, Items, Mark, Node, Scalar
from goproxyctl.policy.syntax import explain, pick_mark
from goproxyctl.text import Text

MAX_BYTES = 256 * 1024
MAX_EVENTS = 15_000
MAX_DEPTH = 32
MAX_SCALAR = 64 * 1024
#: Lines, commas and characters of one line that a file of MAX_EVENTS at most can do with; counting them takes no time,
#: while the parser needs a second for 20,000 events or for a tag of 256 KiB.
MAX_COUNT = 12_000

_BOM = b"\xef\xbb\xbf"
_BREAK = r"\r\n|\r|\n"


class _StoppedError(Exception):
    """Reading cannot go on; the complaint is already recorded."""


def parse_document(file: str, content: bytes, complaints: Complaints) -> Fields | None:
    """The tree of one document, or None when it could not be read; the reasons are then in ``complaints``."""
    try:
        text = _decode(file, content, complaints)
        _check_characters(file, text, complaints)
        _check_size(file, text, complaints)
        root = _Builder(file, text, complaints).build()
    except _StoppedError:
        return None
    if not isinstance(root, Fields):
        mark = root.mark if root else Mark(file, 1, 1)
        complaints.add("yaml-document", mark, Text("yaml.not-mapping", "a policy is a mapping of fields; this is not"))
        return None
    return root


def _decode(file: str, content: bytes, complaints: Complaints) -> str:
    """The text of the file. A byte order mark of UTF-8 is dropped: editors on Windows write one."""
    start = Mark(file, 1, 1)
    if len(content) > MAX_BYTES:
        text = Text("yaml.too-large", "the file has {size} bytes; at most {most} are read", size=len(content),
                    most=MAX_BYTES)  # fmt: skip
        complaints.add("yaml-limit", start, text)
        raise _StoppedError
    content = content.removeprefix(_BOM)
    try:
        decoded = content.decode("utf-8")
    except UnicodeDecodeError as error:
        before = content[: error.start].decode("utf-8", "replace")
        complaints.add(
            "yaml-encoding",
            _mark_after(file, before),
            Text("yaml.encoding", "this byte is not UTF-8"),
            Text("yaml.encoding.advice", "save the file as UTF-8"),
        )
        raise _StoppedError from error
    complaints.know(file, decoded)
    return decoded


def _mark_after(file: str, before: str) -> Mark:
    lines = re.split(_BREAK, before)
    return Mark(file, len(lines), len(lines[-1]) + 1)


@cache
def _unseen(*, ascii_only: bool) -> re.Pattern[str]:
    """What YAML forbids, or some readers take for an end of line; the set takes 5 ms to compile, ASCII needs a part."""
    if ascii_only:
        return re.compile("[^\t\n\r\x20-\x7e]")
    return re.compile(
        "[^\t\n\r\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|[\u2028\u2029\ufeff\u202a-\u202e\u2066-\u2069]"
    )


def _check_characters(file: str, text: str, complaints: Complaints) -> None:
    found = _unseen(ascii_only=text.isascii()).search(text)
    if found:
        complaints.add(
            "yaml-character",
            _mark_after(file, text[: found.start()]),
            Text("yaml.character", "the invisible character {code} is not allowed", code=f"U+{ord(found[0]):04X}"),
            Text("yaml.character.advice", "delete it, or write it as an escape in double quotes"),
        )
        raise _StoppedError


def _check_size(file: str, text: str, complaints: Complaints) -> None:
    """Refuses what would keep the parser busy for long before it reaches a limit."""
    lengths = [len(line) for line in text.split("\n")]
    line, advice = lengths.index(max(lengths)) + 1, Text("yaml.long-line.advice", "break it: one entry on a line")
    if len(lengths) > MAX_COUNT + 1 or text.count(",") > MAX_COUNT:
        line, said = 1, Text("yaml.too-many-lines", "more than {most} lines or commas in one file", most=MAX_COUNT)
        advice = Text("yaml.too-many-lines.advice", "move a part into a file of its own, and name it in extends")
    elif max(lengths) > MAX_SCALAR:
        said = Text("yaml.long-line", "a line of more than {most} characters", most=MAX_SCALAR)
    else:
        return
    complaints.add("yaml-limit", Mark(file, line, 1), said, advice)
    raise _StoppedError


@dataclass(slots=True)
class _Open:
    """A list or a mapping whose end has not come yet. ``key``: the name that waits for its value."""

    mark: Mark
    is_list: bool
    items: list[Node] = field(default_factory=list)
    nodes: dict[str, Node] = field(default_factory=dict)
    keys: dict[str, Mark] = field(default_factory=dict)
    key: Scalar | None = None
    waiting: bool = False

    def closed(self) -> Node:
        if self.is_list:
            return Items(self.mark, tuple(self.items))
        return Fields(self.mark, self.nodes, self.keys)


class _Builder:
    """Takes the events of one file and gives back its tree."""

    def __init__(self, file: str, text: str, complaints: Complaints) -> None:
        self._file = file
        self._text = text
        self._complaints = complaints
        self._open: list[_Open] = []
        self._root: Node | None = None
        self._documents = 0

    def build(self) -> Node | None:
        for count, event in enumerate(self._events(), 1):
            if count > MAX_EVENTS:
                self._refuse(event, Text("yaml.too-many", "more than {most} values in one file", most=MAX_EVENTS))
            self._take(type(event).__name__, event)
            if self._complaints.full:
                raise _StoppedError
        return self._root

    def _events(self) -> Iterator[Any]:
        """Events of the pure Python parser; every error of it becomes one complaint."""
        yaml = YAML(typ="safe", pure=True)
        try:
            yield from yaml.parse(self._text)
        except MarkedYAMLError as error:
            mark = self._at(pick_mark(error))
            self._complaints.add("yaml-syntax", mark, *explain(error, self._rest_of_line(mark)))
            raise _StoppedError from error
        except (
            YAMLError,
            ValueError,
            ArithmeticError,
            LookupError,
            AttributeError,
            TypeError,
            RecursionError,
        ) as error:
            reader = yaml.reader
            mark = Mark(self._file, reader.line + 1, reader.column + 1)
            self._complaints.add("yaml-syntax", mark, Text("yaml.invalid", "this is not valid YAML"))
            raise _StoppedError from error

    def _take(self, name: str, event: Any) -> None:
        if name in ("SequenceStartEvent", "MappingStartEvent"):
            self._check_decoration(event)
            self._start(event, is_list=name == "SequenceStartEvent")
        elif name in ("SequenceEndEvent", "MappingEndEvent"):
            self._place(self._open.pop().closed())
        elif name == "ScalarEvent":
            self._check_decoration(event)
            self._place(self._scalar(event))
        elif name == "AliasEvent":
            self._refuse_alias(event)
        elif name == "DocumentStartEvent":
            self._start_document(event)

    def _start_document(self, event: Any) -> None:
        self._documents += 1
        if self._documents > 1:
            self._refuse(event, Text("yaml.second-document", "a policy file holds one document; this starts another"))
        directive = re.search(r"^%", self._text, re.MULTILINE) if event.version or event.tags else None
        if directive:
            mark = _mark_after(self._file, self._text[: directive.start()])
            self._complaints.add("yaml-limit", mark, Text("yaml.directive", "%YAML and %TAG lines are not allowed"))
            raise _StoppedError

    def _start(self, event: Any, *, is_list: bool) -> None:
        if len(self._open) >= MAX_DEPTH:
            self._refuse(event, Text("yaml.too-deep", "values are nested more than {most} deep", most=MAX_DEPTH))
        self._open.append(_Open(self._at(event.start_mark), is_list))

    def _scalar(self, event: Any) -> Scalar:
        value = str(event.value)
        mark = self._at(event.start_mark, event.end_mark)
        if len(value) > MAX_SCALAR:
            text = Text("yaml.too-long", "a text of more than {most} characters", most=MAX_SCALAR)
            self._refuse(event, text)
        if not value.isascii() and (whole := value.encode("utf-8", "ignore").decode()) != value:
            self._complaints.add(
                "yaml-character", mark, Text("yaml.half-character", "half of a character (a lone surrogate)")
            )
            value = whole
        return Scalar(mark, value, plain=event.style is None or event.style == "")

    def _place(self, node: Node) -> None:
        """Puts a finished value where it belongs: into the list, under its key, or at the top."""
        if not self._open:
            self._root = node
            return
        parent = self._open[-1]
        if parent.is_list:
            parent.items.append(node)
        elif parent.waiting:
            self._place_value(parent, node)
        else:
            parent.waiting = True
            parent.key = self._key(node)

    def _place_value(self, parent: _Open, value: Node) -> None:
        key, parent.key, parent.waiting = parent.key, None, False
        if key is None:
            return
        if key.text in parent.nodes:
            first = parent.keys[key.text].line
            text = Text("yaml.duplicate", "this field is given twice; the first is in line {line}", line=first)
            position = self._complaints.position(key.mark, key.mark.width if is_name(key.text) else 0)
            self._complaints.add("yaml-duplicate-key", position, text)
            return
        parent.nodes[key.text] = value
        parent.keys[key.text] = key.mark

    def _key(self, node: Node) -> Scalar | None:
        if not isinstance(node, Scalar):
            self._complaints.add("yaml-key", node.mark, Text("yaml.key", "the name of a field must be a text"))
            return None
        if node.plain and node.text == "<<":
            text = Text("yaml.merge-key", "merge keys ('<<') are not allowed")
            self._complaints.add("yaml-alias", node.mark, text, _WRITE_OUT)
            return None
        if node.plain and not scalars.looks_like_text(node.text):
            text = Text("yaml.key-quote", "this name is not text for every YAML reader")
            advice = Text("yaml.quote-it", "quote it: {quoted}", quoted=scalars.quoted(node.text))
            position = self._complaints.position(node.mark, node.mark.width)
            self._complaints.add("yaml-quote", position, text, advice)
        return node

    def _check_decoration(self, event: Any) -> None:
        """Anchors and tags have no use in a policy; each is a complaint, and reading goes on."""
        mark = self._at(event.start_mark)
        if event.anchor is not None:
            text = Text("yaml.anchor", "anchors ('&{name}') are not allowed", name=brief(event.anchor))
            self._complaints.add("yaml-alias", mark, text, _WRITE_OUT)
        if event.tag is not None:
            self._complaints.add("yaml-tag", mark, Text("yaml.tag", "tags ('!…') are not allowed"), _NO_TAG)

    def _refuse_alias(self, event: Any) -> None:
        mark = self._at(event.start_mark, event.end_mark)
        written = brief(f"*{event.anchor}")
        self._complaints.add(
            "yaml-alias",
            mark,
            Text("yaml.alias", "aliases ('{alias}') are not allowed", alias=written),
            Text("yaml.alias.advice", "write the value out, or quote it: {quoted}", quoted=scalars.quoted(written)),
        )
        self._place(Scalar(mark, written))

    def _refuse(self, event: Any, text: Text) -> None:
        self._complaints.add("yaml-limit", self._at(event.start_mark), text)
        raise _StoppedError

    def _at(self, start: Any, end: Any = None) -> Mark:
        width = end.column - start.column if end is not None and end.line == start.line else 1
        return Mark(self._file, start.line + 1, start.column + 1, max(width, 1))

    def _rest_of_line(self, mark: Mark) -> str:
        lines = re.split(_BREAK, self._text)
        return lines[mark.line - 1][mark.column - 1 :] if mark.line <= len(lines) else ""


_WRITE_OUT = Text("yaml.write-out", "write the value out; profiles and extends save repetition")
_NO_TAG = Text("yaml.tag.advice", "leave the tag out; the type of each field is fixed")
