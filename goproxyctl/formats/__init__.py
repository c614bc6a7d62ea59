"""Editors of text that people own: read one key, change some keys, leave every other byte alone.

Each module here (``whole``, ``block``, ``jsonc``, ``goenv``) has the two functions of `Editor`.
"""

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from goproxyctl.resource import Key, Place
from goproxyctl.text import Text


class FormatError(Exception):
    """The text is not what it should be, or a key in it is not ours to touch; ``text`` says why."""

    def __init__(self, text: Text) -> None:
        super().__init__(text)
        self.text = text

    def __str__(self) -> str:
        return str(self.text)


class Edit(NamedTuple):
    """One key and what it should hold (None: nothing).

    ``made``: how many enclosing things are ours, innermost first: objects, then the file.
    """

    key: Key
    content: bytes | None
    made: int = 0


class Edited(NamedTuple):
    """The new text (None: nothing is left, the file may go).

    ``made``: for each edit, in order, how many enclosing things are ours now; a file brought into being counts as one.
    """

    text: bytes | None
    made: tuple[int, ...]


class Editor(Protocol):
    """What a module of this package offers. ``text`` is None where there is no file."""

    def read(self, text: bytes | None, key: Key) -> bytes | None:
        """The content at ``key``, normalised, or None. Raises: FormatError."""

    def edit(self, text: bytes | None, edits: Sequence[Edit]) -> Edited:
        """The text with all ``edits`` made, every other byte as it was. Raises: FormatError."""


def editor(place: Place) -> Editor:
    """The editor for a place whose containers are files. Only that one is imported."""
    if place is Place.BLOCK:
        from goproxyctl.formats import block

        return block
    if place is Place.JSON_KEY:
        from goproxyctl.formats import jsonc

        return jsonc
    if place is Place.GO_ENV:
        from goproxyctl.formats import goenv

        return goenv
    from goproxyctl.formats import whole

    return {Place.FILE: whole, Place.TASK: whole}[place]
