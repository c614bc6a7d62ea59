"""What is wrong with one value, as a span of it; whoever found the value knows where it stands."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from goproxyctl.gosem.version import NEWEST, GoVersion
from goproxyctl.text import Text

#: Stands for what is only known when a script runs, such as ``$NAME``: no rule may guess what will be there.
UNKNOWN = "\ufffc"


class Fault(NamedTuple):
    """What ``rule`` says about the characters from ``start`` to ``end`` of a value."""

    rule: str
    start: int
    end: int
    text: Text
    advice: Text | None = None


class Reading(NamedTuple):
    """How a value is going to be read.

    ``in_file``: it stands in a go env file, where an empty value counts. ``committed``: it stands in a file that others
    get. ``ci``: it is for a pipeline or an image. ``closed``: the chain beside it ends with off.
    """

    go: GoVersion = NEWEST
    windows: bool = False
    in_file: bool = False
    committed: bool = False
    ci: bool = False
    closed: bool = False


class Entry(NamedTuple):
    """A part of a list, without the blanks around it, and where it begins. ``separator``: what follows it, or ""."""

    text: str
    start: int
    separator: str = ""

    @property
    def end(self) -> int:
        """Where it ends."""
        return self.start + len(self.text)


def entries(value: str, separators: str = ",", blanks: str = "") -> Iterator[Entry]:
    """The parts of ``value`` between ``separators``, empty ones too; ``blanks`` are taken off both ends of each."""
    start = 0
    for index, char in enumerate(f"{value}\0"):
        if char in separators or index == len(value):
            part = value[start:index]
            bare = part.strip(blanks) if blanks else part
            offset = part.index(bare) if bare else 0
            yield Entry(bare, start + offset, char if index < len(value) else "")
            start = index + 1


def whole(rule: str, value: str, text: Text, advice: Text | None = None) -> Fault:
    """A fault of the value as a whole."""
    return Fault(rule, 0, len(value), text, advice)


def of_entry(rule: str, entry: Entry, text: Text, advice: Text | None = None) -> Fault:
    """A fault of one entry."""
    return Fault(rule, entry.start, entry.end, text, advice)


def certain(faults: Iterable[Fault], value: str) -> Iterator[Fault]:
    """Those faults whose span holds nothing unknown."""
    return (fault for fault in faults if UNKNOWN not in value[fault.start : fault.end])
