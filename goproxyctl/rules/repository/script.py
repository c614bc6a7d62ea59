"""Scripts as commands and words, each knowing where it stands. What only a run can tell is `UNKNOWN`."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from goproxyctl.text import Text


class Word(NamedTuple):
    """A word as its program gets it. ``at[i]``: where character i stands; ``start`` and ``end``: with its quotes."""

    text: str
    at: Sequence[int]
    start: int
    end: int
    quoted: bool = False

    def after(self, count: int) -> "Word":
        """The word without its first characters."""
        start = self.at[count] if count < len(self.at) else self.end
        return self._replace(text=self.text[count:], at=self.at[count:], start=start)


class Command(NamedTuple):
    """One command; ``operator`` follows it at ``ends_at``: "" at the end of the text, a line feed at that of a line."""

    words: tuple[Word, ...]
    operator: str = ""
    ends_at: int = 0

    @property
    def start(self) -> int:
        """Where it begins."""
        return self.words[0].start

    @property
    def end(self) -> int:
        """Where its last word ends."""
        return self.words[-1].end

    @property
    def texts(self) -> list[str]:
        """The words, without their places."""
        return [word.text for word in self.words]


class Assignment(NamedTuple):
    """``variable`` gets ``value``. ``name_at``: where the name stands; ``stored``: by ``go env -w``."""

    variable: str
    value: Word
    name_at: int
    stored: bool = False


class Found(NamedTuple):
    """What a rule says about the characters from ``start`` to ``end`` of a script."""

    rule: str
    start: int
    end: int
    text: Text
    advice: Text | None = None
    variable: str = ""


class Script(NamedTuple):
    """What a script does that rules look at. ``pipeline``: it runs in CI; ``image``: it builds an image."""

    commands: tuple[Command, ...]
    assignments: tuple[Assignment, ...]
    pipeline: bool = False
    image: bool = False


def of_word(rule: str, word: Word, text: Text, advice: Text | None = None, variable: str = "") -> Found:
    """A finding about one word."""
    return Found(rule, word.start, word.end, text, advice, variable)


def of_command(rule: str, command: Command, text: Text, advice: Text | None = None) -> Found:
    """A finding about a command from its first word to its last."""
    return Found(rule, command.start, command.end, text, advice)


def pairs(commands: Sequence[Command]) -> Iterator[tuple[Command, Command | None]]:
    """Each command with the one behind it."""
    return zip(commands, [*commands[1:], None], strict=False)


def moved(script: Script, by: int) -> Script:
    """The same script, where it stands further down in a text."""
    commands = tuple(
        Command(tuple(_moved(word, by) for word in one.words), one.operator, one.ends_at + by)
        for one in script.commands
    )
    assigned = (one._replace(value=_moved(one.value, by), name_at=one.name_at + by) for one in script.assignments)
    return script._replace(commands=commands, assignments=tuple(assigned))


def _moved(word: Word, by: int) -> Word:
    return word._replace(at=[at + by for at in word.at], start=word.start + by, end=word.end + by)
