"""Keys of the file that ``go env -w`` writes, read as go reads it. A key owns all its lines.

Source: golang/go cmd/go/internal/cfg/cfg.go, readEnvFile; cmd/go/internal/envcmd/env.go, checkEnvWrite.
"""

import re
from collections.abc import Iterator, Sequence

from goproxyctl.formats import Edit, Edited, FormatError
from goproxyctl.formats.lines import add_lines, drop_lines, refuse_foreign_encoding
from goproxyctl.resource import Key
from goproxyctl.text import Text

#: ``go env -w`` refuses these in a value, and so do we. The rest is taken as it is: no quotes, no trimming.
_REFUSED = re.compile(rb"[\n\r\v\0]")
_NAME = re.compile(r"[A-Z][A-Z0-9_]*")


def read(text: bytes | None, key: Key) -> bytes | None:
    """The value that go takes from the file: that of the last line of the key, CR and blanks included."""
    name = _name_of(key)
    found = None
    for _start, line, key_of_line in _lines(text or b""):
        if key_of_line == name:
            found = line.removesuffix(b"\n")[len(name) + 1 :]
    return found


def edit(text: bytes | None, edits: Sequence[Edit]) -> Edited:
    """The text with each key on one line: its last one, or a new one at the end. Raises: FormatError.

    A byte order mark hides the first line from go; what is added is never on that line.
    """
    body = text or b""
    refuse_foreign_encoding(body)
    owned = text is None or any(one.made for one in edits)
    for one in sorted(edits, key=lambda one: _name_of(one.key)):
        body = _put(body, _name_of(one.key), one.content)
    made = tuple(int(owned and one.content is not None) for one in edits)
    return Edited(None if owned and not body else body, made)


def _lines(text: bytes) -> Iterator[tuple[int, bytes, bytes]]:
    """Start, line with its LF, and key of each line; empty where there is no "=".

    Go also ignores a line that does not begin with A to Z; no such line can hold a key of ours.
    """
    start = 0
    for line in re.findall(rb"[^\n]*\n|[^\n]+", text):
        key, equals, _ = line.partition(b"=")
        yield start, line, key if equals else b""
        start += len(line)


def _put(body: bytes, name: bytes, value: bytes | None) -> bytes:
    """``body`` with ``value`` (None: nothing) as the only line of ``name``."""
    spans = [(start, start + len(line)) for start, line, key in _lines(body) if key == name]
    if value is not None:
        _check(name, value)
        added = name + b"=" + value + b"\n"
        if not spans:
            return add_lines(body, added, b"\n")
        start, end = spans.pop()
        body = body[:start] + (added if body[:end].endswith(b"\n") else added[:-1]) + body[end:]
    for start, end in reversed(spans):
        body = drop_lines(body, start, end, b"\n")
    return body


def _check(name: bytes, value: bytes) -> None:
    try:
        value.decode()
    except UnicodeDecodeError:
        valid = False
    else:
        valid = not _REFUSED.search(value)
    if not valid:
        raise FormatError(
            Text("goenv.value", "{key}: its value holds a line break, NUL, VT or bytes that are not UTF-8; correct it",
                 key=name.decode())
        )  # fmt: skip


def _name_of(key: Key) -> bytes:
    name = key[0]
    assert isinstance(name, str)
    assert _NAME.fullmatch(name)
    return name.encode()
