"""Colour, width and alignment, and the last look at every line before it is printed."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from enum import Enum
from typing import NamedTuple

from goproxyctl.text import Text

#: Renders a message in the person's language: ``Shell.words``.
Words = Callable[[Text], str]

#: What GitHub and Azure take for a command: "::" at the start of a line, "##[" and "##vso[" anywhere.
#: Source: actions/runner ActionCommand.cs, TryParseV2 (after leading white space) and TryParse (IndexOf).
_LINE_COMMAND = re.compile(r"^(\s*):(?=:)")
_INNER_COMMAND = re.compile(r"#(?=#(\[|vso\[))")


#: Blanks at the end, and the colours around nothing.
_END = re.compile(r"( |\x1b\[[0-9;]*m *\x1b\[0m)+$")


class Paint(Enum):
    """What colour may say; nothing is said by colour alone."""

    ADD = "32"
    CHANGE = "33"
    DELETE = "31"
    ERROR = "1;31"
    WARNING = "1;33"
    NOTE = "36"
    STRONG = "1"
    FAINT = "2"


class Style(NamedTuple):
    """Whether to colour."""

    colour: bool = False

    def __call__(self, text: str, paint: Paint | None) -> str:
        """``text``, painted where that is wanted."""
        return f"\x1b[{paint.value}m{text}\x1b[0m" if self.colour and paint and text else text


def width(text: str) -> int:
    """How many columns of a terminal ``text`` fills. Source: Unicode TR 11; an ambiguous character counts one."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in {"W", "F"} else 1 for c in text
    )


def padded(text: str, columns: int) -> str:
    """``text`` with blanks up to that many columns."""
    return text + " " * (columns - width(text))


def aligned(rows: Sequence[Sequence[str]], *, most: int = 60) -> list[list[str]]:
    """The rows with every column but the last as wide as its widest cell, though not wider than ``most``."""
    if not rows:
        return []
    last = len(rows[0]) - 1
    widths = [min(most, max(width(row[i]) for row in rows)) for i in range(last)]
    return [[*(padded(cell, wide) for cell, wide in zip(row, widths, strict=False)), row[last]] for row in rows]


def stripped(row: str) -> str:
    """``row`` without the blanks at its end, painted or not."""
    return _END.sub("", row)


def harmless(line: str) -> str:
    """``line`` as a log may hold it: no build system takes a part of it for a command."""
    return _INNER_COMMAND.sub(r"\\x23", _LINE_COMMAND.sub(r"\1\\x3a", line))


def joined(lines: Iterable[str]) -> str:
    """The lines as one report, each harmless."""
    return "".join(f"{harmless(line)}\n" for line in lines)
