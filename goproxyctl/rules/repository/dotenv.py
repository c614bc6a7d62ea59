"""Files of ``NAME=value`` lines that Compose, direnv's relatives and many libraries read."""

import re
from collections.abc import Iterator

from goproxyctl.rules.environment.faults import UNKNOWN
from goproxyctl.rules.repository.script import Assignment, Script, Word

_LINE = re.compile(r"(?m)^[ \t]*(?:export[ \t]+)?(?P<name>[A-Za-z_]\w*)[ \t]*=[ \t]*(?P<value>[^\r\n]*)")
_VARIABLE = re.compile(r"\$(\{[^}]{0,200}\}|[A-Za-z_]\w*)")


def read_dotenv(text: str) -> Script:
    """What the file sets."""
    return Script((), tuple(_assignments(text)))


def _assignments(text: str) -> Iterator[Assignment]:
    for line in _LINE.finditer(text):
        value, start = line["value"], line.start("value")
        quote = value[:1] if value[:1] in {"'", '"'} else ""
        if quote:
            end = value.find(quote, 1)
            value, start = value[1 : end if end > 0 else len(value)], start + 1
        else:
            value = re.split(r"(?<![ \t])[ \t]+#", value, maxsplit=1)[0].rstrip()
        yield Assignment(line["name"], _word(value, start, expands=quote != "'"), line.start("name"))


def _word(value: str, start: int, *, expands: bool) -> Word:
    chars: list[tuple[str, int]] = []
    index = 0
    while index < len(value):
        variable = _VARIABLE.match(value, index) if expands else None
        chars.append((UNKNOWN if variable else value[index], start + index))
        index = variable.end() if variable else index + 1
    return Word("".join(c for c, _ in chars), [at for _, at in chars], start, start + len(value))
