"""A marked block of lines in a file that people own, such as .gitattributes. Its marker lines name the owner.

Shape: "# BEGIN goproxyctl <id>", the lines, "# END goproxyctl <id>"; the key is (<id>,).
"""

import re
from collections.abc import Sequence

from goproxyctl.formats import Edit, Edited, FormatError
from goproxyctl.formats.lines import add_lines, dominant_eol, drop_lines, refuse_foreign_encoding, split_bom
from goproxyctl.resource import Key
from goproxyctl.text import Text

_MARKER = re.compile(rb"^# (?P<word>BEGIN|END) goproxyctl (?P<id>[^\r\n]+)(?P<eol>\r?\n|\r?\Z)", re.MULTILINE)

#: Where a block is: its first byte, those of its lines, and the end of its END line; and the end of its BEGIN line.
_Span = tuple[int, int, int, int, bytes]


def read(text: bytes | None, key: Key) -> bytes | None:
    """The lines of the block, each ending with LF whatever the file has. Raises: FormatError for broken markers."""
    if text is None:
        return None
    refuse_foreign_encoding(text)
    _, body = split_bom(text)
    span = _spans(body).get(_id_of(key))
    return body[span[1] : span[2]].replace(b"\r\n", b"\n") if span else None


def edit(text: bytes | None, edits: Sequence[Edit]) -> Edited:
    """The text with the blocks of ``edits`` at its end, replaced where they are, or gone. Raises: FormatError."""
    refuse_foreign_encoding(text or b"")
    bom, body = split_bom(text or b"")
    owned = text is None or any(one.made for one in edits)
    eol = dominant_eol(body)
    for one in edits:
        span = _spans(body).get(_id_of(one.key))
        if one.content is not None:
            body = _put(body, one, span, eol)
        elif span:
            body = drop_lines(body, span[0], span[3], span[4])
    _spans(body)
    made = tuple(int(owned and one.content is not None) for one in edits)
    return Edited(None if owned and not bom + body else bom + body, made)


def _put(body: bytes, one: Edit, span: _Span | None, eol: bytes) -> bytes:
    lines = _checked(one)
    if span is None:
        name = _id_of(one.key)
        block = b"# BEGIN goproxyctl %s\n%s# END goproxyctl %s\n" % (name, lines, name)
        return add_lines(body, block.replace(b"\n", eol), eol)
    if body[span[1] : span[2]].replace(b"\r\n", b"\n") == lines:
        return body
    return body[: span[1]] + lines.replace(b"\n", eol) + body[span[2] :]


def _checked(one: Edit) -> bytes:
    """The content. Raises: FormatError when it would not come back as it is."""
    lines = one.content or b""
    if (lines and not lines.endswith(b"\n")) or b"\r" in lines or b"\0" in lines or _MARKER.search(lines):
        raise FormatError(
            Text("block.content", "the block {id!r} cannot hold these lines; remove markers and CR", id=one.key[0])
        )
    return lines


def _id_of(key: Key) -> bytes:
    name = key[0]
    assert isinstance(name, str)
    assert name.isprintable()
    return name.encode()


def _spans(body: bytes) -> dict[bytes, _Span]:
    """Where each block is. Raises: FormatError when a marker is missing, twice, or inside another block."""
    markers = list(_MARKER.finditer(body))
    spans: dict[bytes, _Span] = {}
    for begin, end in zip(markers[::2], [*markers[1::2], None], strict=False):
        name = begin["id"]
        if not end or (begin["word"], end["word"]) != (b"BEGIN", b"END") or end["id"] != name or name in spans:
            raise FormatError(
                Text(
                    "block.markers",
                    "line {line}: the markers of the block {id!r} are not one BEGIN and one END after it; "
                    "repair or delete them by hand",
                    line=body.count(b"\n", 0, begin.start()) + 1,
                    id=name.decode(errors="replace"),
                )
            )
        spans[name] = (begin.start(), begin.end(), end.start(), end.end(), begin["eol"])
    return spans
