"""What editors of lines keep as they found it: the byte order mark, the end of line, the missing final newline."""

import codecs

from goproxyctl.formats import FormatError
from goproxyctl.text import Text

BOM = codecs.BOM_UTF8


def refuse_foreign_encoding(text: bytes) -> None:
    """Raises: FormatError for UTF-16 and for NUL bytes; an ASCII line among them would be garbage to every reader."""
    if text.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or b"\0" in text:
        raise FormatError(
            Text("lines.utf-16", "the file is UTF-16, or holds NUL bytes, so it is not plain text; save it as UTF-8")
        )


def split_bom(text: bytes) -> tuple[bytes, bytes]:
    """The UTF-8 byte order mark, if there is one, and the rest."""
    return (BOM, text[len(BOM) :]) if text.startswith(BOM) else (b"", text)


def dominant_eol(text: bytes) -> bytes:
    """How most lines end; LF where there is no majority."""
    crlf = text.count(b"\r\n")
    return b"\r\n" if crlf * 2 > text.count(b"\n") else b"\n"


def add_lines(body: bytes, added: bytes, eol: bytes) -> bytes:
    """``body`` with the lines ``added`` (each with its end of line) at its end.

    A body without a final newline gets none, so that `drop_lines` can give back its bytes.
    """
    if not body or body.endswith(b"\n"):
        return body + added
    return body + eol + added.removesuffix(eol)


def drop_lines(body: bytes, start: int, end: int, eol: bytes) -> bytes:
    """``body`` without its lines from ``start`` to ``end``, nor the newline that `add_lines` put before them."""
    unfinished = end == len(body) and not body.endswith(b"\n")
    head = body[:start]
    if unfinished:
        head = head.removesuffix(eol if head.endswith(eol) else b"\n")
    return head + body[end:]
