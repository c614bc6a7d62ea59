"""PowerShell scripts: commands, what they set, and the rules about them. Source: go-semantics 8; about_Parsing."""

import re
from collections.abc import Iterator, Sequence

from goproxyctl.rules.environment.faults import UNKNOWN
from goproxyctl.rules.environment.values import JUDGED
from goproxyctl.rules.repository.assignments import assignments, is_go_env
from goproxyctl.rules.repository.script import Assignment, Command, Found, Script, Word, of_word
from goproxyctl.text import Text

_SKIPPED = re.compile(
    r"<#.*?(?:#>|\Z)|#[^\n]*|@'\r?\n.*?(?:\n[ \t]*'@|\Z)|@\"\r?\n.*?(?:\n\"@|\Z)|`\r?\n|[ \t\r]+", re.DOTALL
)
_OPERATOR = re.compile(r"&&|\|\||[|;\n(){}]")
_SINGLE = re.compile(r"'((?:[^']|'')*)(?:'|\Z)")
_DOUBLE = re.compile(r"\"((?:[^\"`]|`.|\"\")*)(?:\"|\Z)", re.DOTALL)
_VARIABLE = re.compile(r"\$(?:\{[^}\n]{0,200}\}|\([^)\n]{0,200}\)|[A-Za-z_?^$][\w:]*(?:\.\w+)*)")
_ENV = re.compile(r"\$\{?env:(?P<name>\w+)\}?\s*=\s*", re.IGNORECASE)
_METHOD = re.compile(r"SetEnvironmentVariable\(\s*(?P<name>'\w+'|\"\w+\")\s*,\s*(?=['\"])", re.IGNORECASE)
_QUOTED = re.compile(rf"{_SINGLE.pattern}|{_DOUBLE.pattern}", re.DOTALL)
#: The file of go env -w, however it is named.
_ENV_FILE = re.compile(r"go[\\/]env['\"]?\s*$|GOENV", re.IGNORECASE)
_WRITERS = frozenset({"out-file", "tee-object", "set-content", "add-content"})
_PLAIN = frozenset({"ascii", "utf8nobom"})


def read_powershell(text: str) -> Script:
    """A PowerShell script."""
    commands = tuple(_commands(text))
    stored = [one for command in commands if is_go_env(command, "-w") for one in assignments(command)]
    return Script(commands, (*_set(text), *stored))


def _commands(text: str) -> Iterator[Command]:
    words: list[Word] = []
    index = 0
    while index < len(text):
        skipped = _SKIPPED.match(text, index)
        operator = _OPERATOR.match(text, index)
        if skipped:
            index = skipped.end()
        elif operator:
            if words:
                yield Command(tuple(words), operator[0], index)
            words, index = [], operator.end()
        else:
            words.append(_word(text, index))
            index = words[-1].end
    if words:
        yield Command(tuple(words), "", index)


def _word(text: str, start: int) -> Word:
    """A word up to a blank or an operator; quoted parts of it belong to it."""
    chars: list[tuple[str, int]] = []
    index, quoted = start, False
    while index < len(text) and not (text[index] in " \t\r" or _OPERATOR.match(text, index)):
        string = _SINGLE.match(text, index) or _DOUBLE.match(text, index)
        variable = _VARIABLE.match(text, index)
        if string:
            chars += _string(text, index, string.end())
            quoted, index = True, string.end()
        elif variable:
            chars.append((UNKNOWN, index))
            index = variable.end()
        else:
            chars.append((text[index], index))
            index += 1
    return Word("".join(c for c, _ in chars), [at for _, at in chars], start, index, quoted)


def _string(text: str, start: int, end: int) -> Iterator[tuple[str, int]]:
    """The characters of a string literal: ``''`` and a backtick stand for what follows, variables are not known."""
    double = text[start] == '"'
    index = start + 1
    while index < end - 1 or (index < end and text[end - 1] != text[start]):
        variable = _VARIABLE.match(text, index) if double else None
        if variable:
            yield UNKNOWN, index
            index = variable.end()
            continue
        index += (double and text[index] == "`") or text[index : index + 2] == text[start] * 2
        yield text[index : index + 1], index
        index += 1


def _set(text: str) -> Iterator[Assignment]:
    hidden = [
        (found.start(), found.end()) for found in re.finditer(r"<#.*?(?:#>|\Z)|(?m:^\s*#[^\n]*)", text, re.DOTALL)
    ]
    for pattern in (_ENV, _METHOD):
        for named in pattern.finditer(text):
            value = _literal(text, named.end())
            if not _inside(hidden, named.start()) and value:
                name = named["name"].strip("'\"").upper()
                yield Assignment(name, value, named.start("name"))


def _literal(text: str, start: int) -> Word | None:
    """A string literal that stands alone; anything else is computed, and not known."""
    string = _QUOTED.match(text, start)
    if not string or re.match(r"[ \t]*[+.\-]", text[string.end() : string.end() + 4]):
        return None
    chars = list(_string(text, start, string.end()))
    return Word("".join(c for c, _ in chars), [at for _, at in chars], start, string.end(), True)


def _inside(spans: Sequence[tuple[int, int]], at: int) -> bool:
    return any(start <= at < end for start, end in spans)


def check_powershell(script: Script, text: str) -> Iterator[Found]:
    """Values that PowerShell takes apart, and files that it writes in a form that go does not read."""
    for command in script.commands:
        if is_go_env(command, "-w"):
            yield from _broken(command, text)
        yield from _encoded(command)


def _broken(command: Command, text: str) -> Iterator[Found]:
    for word in command.words:
        raw = _QUOTED.sub("", text[word.start : word.end])
        name = word.text.partition("=")[0]
        if "," in raw and name in JUDGED:
            said = Text("scan.ps1-quoting", "PowerShell makes a list of this, and go gets two words")
            yield of_word("ps1-quoting", word, said, Text("scan.ps1-quoting.advice", "put it in single quotes"), name)
    last = command.words[-1]
    name = last.text.partition("=")[0]
    if command.operator == "|" and last.end == command.ends_at and name in JUDGED:
        said = Text("scan.ps1-quoting.bar", "PowerShell takes the bar for a pipe and ends the value there")
        yield of_word("ps1-quoting", last, said, Text("scan.ps1-quoting.advice", "put it in single quotes"), name)


def _encoded(command: Command) -> Iterator[Found]:
    words = [word.lower() for word in command.texts]
    for number, word in enumerate(command.words[:-1]):
        redirects = word.text in {">", ">>"} and not word.quoted
        if redirects and _ENV_FILE.search(command.texts[number + 1].replace(UNKNOWN, "")):
            yield _in_utf_16(command)
    if words[0] in _WRITERS and any(_ENV_FILE.search(word) for word in words[1:]):
        chosen = words[words.index("-encoding") + 1] if "-encoding" in words[:-1] else ""
        if chosen not in _PLAIN and (chosen or words[0] in {"out-file", "tee-object"}):
            yield _in_utf_16(command)


def _in_utf_16(command: Command) -> Found:
    said = Text(
        "scan.ps1-encoding", "Windows PowerShell writes UTF-16 or a byte order mark here; go then ignores lines"
    )
    advice = Text("scan.ps1-encoding.advice", "use go env -w, or [IO.File]::WriteAllText")
    return Found("ps1-encoding", command.start, command.end, said, advice)
