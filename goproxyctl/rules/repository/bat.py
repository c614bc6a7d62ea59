"""Batch files: what cmd.exe makes of a line, and the rules about it. Source: go-semantics 7 (claim 59), 8."""

import re
from collections.abc import Iterator

from goproxyctl.rules.environment.faults import UNKNOWN
from goproxyctl.rules.environment.values import JUDGED
from goproxyctl.rules.repository.assignments import assignments, is_go_env
from goproxyctl.rules.repository.script import Assignment, Command, Found, Script, Word, pairs
from goproxyctl.text import Text

_COMMENT = re.compile(r"@?[ \t]*(rem([ \t]|$)|::)", re.IGNORECASE)
_HASH = re.compile(r"[ \t]*#")
_OPERATORS = re.compile(r"&&|\|\||[&|\n]")
#: What stands for something that is not known here: %NAME%, %1, %~dp0, !NAME!.
_EXPANSION = re.compile(r"%%|%[A-Za-z_][^%\n=]*%|%~?[a-z]*[0-9*]|![A-Za-z_]\w*!")
#: What may stand before a command on its line.
_BEFORE = re.compile(
    r"(?:[@(\s]|(?:call|else)\s|if\s+(?:/i\s+)?(?:not\s+)?(?:defined\s+\S+|exist\s+(?:\"[^\"]*\"|\S+)|\S+\s*==\s*\S+)\s)*",
    re.IGNORECASE,
)
_SET = re.compile(r"set\s+(?P<quote>\"?)(?P<name>[A-Za-z_][A-Za-z0-9_]*)=", re.IGNORECASE)
_WORD = re.compile(r"(?:\"[^\"\n]*\"?|[^\s\"])+")
_ESCAPED = re.compile(r"%[0-9A-Fa-f]{2}")
_ENTRY = re.compile(r"(off|direct)\b|[a-z]+://|[A-Za-z0-9*][A-Za-z0-9*_-]*(\.[A-Za-z0-9*_-]+)+")


def read_bat(text: str) -> Script:
    """A batch file."""
    commands = tuple(_commands(text))
    found = tuple(one for command in commands for one in _assignments(text, command))
    return Script(commands, found)


def _commands(text: str) -> Iterator[Command]:
    for start, end, operator in _segments(text):
        begin = _BEFORE.match(text, start, end)
        begin_at = begin.end() if begin else start
        if _COMMENT.match(text, begin_at, end) or _HASH.match(text, begin_at, end):
            continue
        words = tuple(_word(text, found.start(), found.end()) for found in _WORD.finditer(text, begin_at, end))
        if words:
            yield Command(words, operator, end)


def _segments(text: str) -> Iterator[tuple[int, int, str]]:
    """Start, end and operator of every command: quotes hide operators, ``^`` takes one away."""
    start = index = 0
    quoted = False
    while index < len(text):
        operator = _OPERATORS.match(text, index)
        if text[index] == "^" and not quoted:
            index += 2
        elif operator and (operator[0] == "\n" or not (quoted or _in_comment(text, start, index))):
            yield start, index, operator[0]
            start = index = operator.end()
            quoted = False
        else:
            quoted ^= text[index] == '"'
            index += 1
    yield start, len(text), ""


def _in_comment(text: str, start: int, end: int) -> bool:
    return _COMMENT.match(text, start, end) is not None


def _word(text: str, start: int, end: int) -> Word:
    chars = [(char, at) for char, at in _expanded(text, start, end) if char != '"']
    return Word("".join(c for c, _ in chars), [at for _, at in chars], start, end, '"' in text[start:end])


def _expanded(text: str, start: int, end: int) -> Iterator[tuple[str, int]]:
    index = start
    while index < end:
        found = _EXPANSION.match(text, index, end)
        escaped = text[index] == "^" and index + 1 < end
        if found:
            yield "%" if found[0] == "%%" else UNKNOWN, index
            index = found.end()
        else:
            index += escaped
            yield text[index], index
            index += 1


def _assignments(text: str, command: Command) -> Iterator[Assignment]:
    named = _SET.match(text, command.start, command.ends_at)
    if named:
        yield Assignment(named["name"].upper(), _set_value(text, named, command), named.start("name"))
    elif command.texts[0].lower() == "setx" and len(command.words) > 2:
        yield Assignment(command.texts[1].upper(), command.words[2], command.words[1].start)
    elif is_go_env(command, "-w"):
        yield from assignments(command)


def _set_value(text: str, named: re.Match[str], command: Command) -> Word:
    """All that follows ``=``, blanks and quotes too; with a quote before the name, up to the last quote."""
    start, end = named.end(), command.ends_at
    end -= text[end - 1 : end] == "\r"
    if named["quote"]:
        last = text.rfind('"', start, end)
        end = last if last >= start else end
    chars = list(_expanded(text, start, end))
    return Word("".join(c for c, _ in chars), [at for _, at in chars], start, end, bool(named["quote"]))


def check_comments(text: str) -> Iterator[Found]:
    """Comments that cmd.exe tries to run."""
    for start, end, _ in _segments(text):
        if _HASH.match(text, start, end) and (start == 0 or text[start - 1] == "\n"):
            said = Text("scan.bat-quoting.comment", "cmd.exe takes this for a program called '#'")
            begin = text.index("#", start)
            yield Found("bat-quoting", begin, end, said, Text("scan.bat-quoting.comment.advice", "write rem"))


def check_bat(script: Script, text: str) -> Iterator[Found]:
    """Values that cmd.exe cuts or changes."""
    for one in script.assignments:
        raw = text[one.value.start : one.value.end]
        if one.variable in JUDGED and _ESCAPED.search(raw.replace("%%", "")) and not _EXPANSION.fullmatch(raw):
            said = Text("scan.bat-quoting.percent", "cmd.exe takes a single % for the beginning of a variable")
            advice = Text("scan.bat-quoting.percent.advice", "write %%")
            yield Found("bat-quoting", one.value.start, one.value.end, said, advice, one.variable)
    yield from _cut(script)


def _cut(script: Script) -> Iterator[Found]:
    last_of = {one.value.end: one for one in script.assignments if one.variable in JUDGED}
    for command, following in pairs(script.commands):
        one = last_of.get(command.ends_at) or last_of.get(command.end)
        if one and following and command.operator in {"|", "&"} and _ENTRY.match(following.texts[0]):
            said = Text(
                "scan.bat-quoting",
                "cmd.exe ends the value of {variable} at {at!r}",
                variable=one.variable,
                at=command.operator,
            )
            advice = Text("scan.bat-quoting.advice", 'write set "NAME=value", and quotes around a word of go env -w')
            yield Found("bat-quoting", one.value.start, following.words[0].end, said, advice, one.variable)
