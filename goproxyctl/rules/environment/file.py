"""What is wrong in the file of ``go env -w``, line by line. Source: go-semantics 1.4, 1.5."""

import re
from collections.abc import Iterator

from goproxyctl.errors import Position
from goproxyctl.gosem.envfile import Line, read_env_file
from goproxyctl.gosem.remark import Remark
from goproxyctl.gosem.variables import Kind, kind_of, since
from goproxyctl.gosem.version import NEWEST, GoVersion
from goproxyctl.rules.environment.chain import is_closed
from goproxyctl.rules.environment.faults import Reading
from goproxyctl.rules.environment.file_words import text_of_fate
from goproxyctl.rules.environment.values import judge
from goproxyctl.rules.environment.words import text_of
from goproxyctl.rules.surroundings import Sighting
from goproxyctl.text import Text

#: The rule that each remark about a line belongs to. An empty value is judged as a value.
RULE_OF = {
    "envfile.carriage-return": "envfile-encoding",
    "envfile.nul": "envfile-encoding",
    "envfile.not-utf-8": "envfile-encoding",
    "envfile.quotes": "envfile-syntax",
    "envfile.blank-in-key": "envfile-syntax",
    "envfile.blank-around-value": "envfile-syntax",
    "envfile.comment-in-value": "envfile-syntax",
    "envfile.not-expanded": "envfile-syntax",
    "envfile.duplicate": "envfile-syntax",
}
_ENCODING = frozenset({"byte-order-mark", "utf-16"})
#: Longer lines are not shown beside a finding. Units: characters.
_LONGEST = 500
_SECRET = re.compile(r"(?i)token|passw|secret|api.?key|credential|bearer|authorization|\?\S*=")


def position_in(file: str, line: int, text: str, start: int, end: int) -> Position:
    """Where the characters from ``start`` to ``end`` of a line stand. A line that may hold a secret is not shown."""
    hidden = len(text) > _LONGEST or _SECRET.search(text) is not None
    return Position(file, line, start + 1, "" if hidden else text, max(end - start, 1))


def check_env_file(file: str, content: bytes, go: GoVersion = NEWEST, *, windows: bool = False) -> Iterator[Sighting]:
    """Everything that is wrong in a go env file."""
    said: set[str] = set()
    read = read_env_file(content)
    reading = Reading(go, windows, in_file=True, closed=is_closed(read.values.get("GOPROXY", "")))
    for line in read.lines:
        for sighting in _of_line(file, line, reading):
            # one editor writes all lines with the same ends, and a file has one encoding
            once = sighting.text.id if sighting.rule == "envfile-encoding" else ""
            if not once or once not in said:
                yield sighting
            said.add(once)


def _of_line(file: str, line: Line, reading: Reading) -> Iterator[Sighting]:
    text = line.text.decode("utf-8", "replace").rstrip("\r")
    why = text_of_fate(line.fate)
    if why:
        rule = "envfile-encoding" if line.fate in _ENCODING else "envfile-syntax"
        yield Sighting(rule, "", position_in(file, line.number, text, 0, len(text)), why, _advice(rule))
    if line.key is None:
        return
    whole = position_in(file, line.number, text, 0, len(text))
    for remark in line.remarks:
        if remark.id in RULE_OF:
            yield Sighting(RULE_OF[remark.id], line.key, whole, text_of(remark), _advice(RULE_OF[remark.id]))
    yield from _of_key(line.key, whole._replace(width=len(line.key)), reading.go)
    if line.fate == "used" and not any(remark.id in RULE_OF for remark in line.remarks):
        for fault in judge(line.key, line.value or "", reading):
            start = len(line.key) + 1
            at = position_in(file, line.number, text, start + fault.start, start + fault.end)
            yield Sighting(fault.rule, line.key, at, fault.text, fault.advice)


def _advice(rule: str) -> Text:
    if rule == "envfile-encoding":
        return Text("value.envfile-encoding.advice", "save the file as UTF-8, without a byte order mark, with LF")
    return Text("value.envfile-syntax.advice", "write NAME=value, each once, and nothing else on the line")


def _of_key(key: str, at: Position, go: GoVersion) -> Iterator[Sighting]:
    if key == "GOROOT":
        said = Text("value.env-goroot-line", "go uses this folder as its own toolchain, and fails when it moves")
        yield Sighting("env-goroot-line", key, at, said, Text("value.env-goroot-line.advice", "remove the line"))
    rules: dict[Kind, str] = {"environment": "env-process-only", "unknown": "unknown-var", "fixed": "unknown-var"}
    kind = kind_of(key, go)
    if kind in rules and not re.search(r"\s", key):
        remark = _ENVIRONMENT_ONLY if kind == "environment" else f"layers.{kind}"
        values: dict[str, str | int] = {"variable": key, "name": key, "line": at.line}
        yield Sighting(rules[kind], key, at, text_of(Remark(remark, values)), _channel(kind))
    elif kind == "later":
        later = Remark("layers.later", {"variable": key, "since": str(since(key))})
        yield Sighting("env-later", key, at, text_of(later))


_ENVIRONMENT_ONLY = "layers.environment-only"


def _channel(kind: Kind) -> Text:
    if kind == "environment":
        return Text("value.env-process-only.advice", "set it in the environment")
    return Text("value.unknown-var.advice", "remove the line")
