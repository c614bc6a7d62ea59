"""Which variables the commands of a script set, for themselves, for what comes after them, or by ``go env -w``."""

import re
from collections.abc import Iterator

from goproxyctl.rules.environment.values import JUDGED
from goproxyctl.rules.repository.script import Assignment, Command

#: ``NAME=`` at the beginning of a word.
_PAIR = re.compile(r"(?P<name>[A-Za-z_][A-Za-z0-9_]*)=")
#: The same behind an option, as in ``--build-arg=NAME=value``.
_OPTION = re.compile(r"-{1,2}[A-Za-z-]+=(?=[A-Z])")
#: Commands whose words are texts to look for, not to set.
_READERS = frozenset(
    {"grep", "egrep", "sed", "awk", "test", "[", "[[", "expr", "case", "rg", "findstr", "select-string"}
)
#: What only starts another program.
_STARTERS = frozenset({"sudo", "exec", "command", "env", "time", "call", "&"})
#: Commands that set variables by name alone, so any name in them is one.
_SETTERS = frozenset({"export", "declare", "typeset", "readonly", "local", "env"})


def is_go_env(command: Command, option: str) -> bool:
    """Whether the command is ``go env -w`` or ``go env -u``, with whatever stands before it."""
    words = _bare(command)
    return words[:2] == ["go", "env"] and option in words[2:]


def _bare(command: Command) -> list[str]:
    """The words from the name of the program on: without assignments, and without what only starts another program."""
    texts = command.texts
    begin = next((n for n, text in enumerate(texts) if not (_PAIR.match(text) or text in _STARTERS)), len(texts))
    words = texts[begin:]
    if words:
        words[0] = re.split(r"[\\/]", words[0])[-1].lower().removesuffix(".exe")
    return words


def program(command: Command) -> str:
    """The name of the program, without folders and ``.exe``; "" when the command only assigns."""
    words = _bare(command)
    return words[0] if words else ""


def arguments(command: Command) -> list[str]:
    """The words behind the name of the program."""
    return _bare(command)[1:]


def assignments(command: Command) -> Iterator[Assignment]:
    """Every assignment of a POSIX command: its own variables, and those that it hands to docker, make or echo."""
    stored = is_go_env(command, "-w")
    leading = True
    for number, word in enumerate(command.words):
        option = _OPTION.match(word.text)
        part = word.after(option.end()) if option else word
        pair = _PAIR.match(part.text)
        if not pair:
            leading = leading and word.text in {"sudo", "env"}
            continue
        own = leading or stored or command.words[0].text in _SETTERS or pair["name"] in JUDGED
        if own and not (number and command.words[0].text.lower() in _READERS):
            yield Assignment(pair["name"], part.after(pair.end()), part.at[0], stored and not leading)
