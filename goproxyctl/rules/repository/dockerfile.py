"""Dockerfiles: ENV, ARG, and the shell commands of RUN. Source: docs.docker.com, Dockerfile reference."""

import re
from collections.abc import Iterator

from goproxyctl.rules.environment.faults import UNKNOWN
from goproxyctl.rules.repository.script import Assignment, Command, Script, Word
from goproxyctl.rules.repository.sh import read_shell

_INSTRUCTION = re.compile(r"(?im)^[ \t]*(?P<name>ENV|ARG|RUN)[ \t]+")
_CONTINUED = re.compile(r"\\[ \t]*\r?\n")
#: A comment inside of an instruction that goes on: Docker takes the line out before anything else reads it.
_COMMENT = re.compile(r"(?m)^[ \t]*#[^\n]*(\n|\Z)")
_END = re.compile(r"\r?\n|\Z")
_OPTION = re.compile(r"(--[a-z]+=\S+[ \t]+)+")
_WORD = re.compile(r"(?:\"(?:[^\"\\]|\\.)*\"?|'[^']*'?|\\[^\n]|[^\s\\\"'])+", re.DOTALL)
_VARIABLE = re.compile(r"\$(\{[^}]{0,200}\}|\w+)")


def read_dockerfile(text: str) -> Script:
    """What the instructions of a Dockerfile set and run."""
    commands: list[Command] = []
    assigned: list[Assignment] = []
    index = 0
    while found := _INSTRUCTION.search(text, index):
        index = _end_of(text, found.end())
        body = _COMMENT.sub(lambda comment: " " * len(comment[0]), text[found.end() : index])
        if found["name"].upper() != "RUN":
            assigned += _assignments(body, found.end())
            continue
        option = _OPTION.match(body)
        skip = option.end() if option else 0
        script = read_shell(body[skip:], found.end() + skip, image=True)
        commands += script.commands
        assigned += script.assignments
    return Script(tuple(commands), tuple(assigned), image=True)


def _end_of(text: str, start: int) -> int:
    """Where the instruction ends: at the first line that does not go on, comments apart."""
    index = start
    while True:
        end = _END.search(text, index)
        line_end = end.start() if end else len(text)
        if not text[index:line_end].rstrip().endswith("\\") and not text[index:line_end].lstrip().startswith("#"):
            return line_end
        if line_end >= len(text):
            return line_end
        index = end.end() if end else line_end


def _assignments(body: str, base: int) -> Iterator[Assignment]:
    flat = _CONTINUED.sub(lambda found: " " * len(found[0]), body)
    words = [_word(flat, found.start(), found.end(), base) for found in _WORD.finditer(flat)]
    if len(words) > 1 and "=" not in words[0].text:  # the old form: ENV NAME all that follows
        end = len(flat.rstrip())
        rest = Word(flat[words[1].start - base : end], range(words[1].start, base + end), words[1].start, base + end)
        yield Assignment(words[0].text, rest, words[0].start)
        return
    for word in words:
        name, equals, _ = word.text.partition("=")
        if equals:
            yield Assignment(name, word.after(len(name) + 1), word.start)


def _word(text: str, start: int, end: int, base: int) -> Word:
    chars: list[tuple[str, int]] = []
    quote, index = "", start
    while index < end:
        char, variable = text[index], _VARIABLE.match(text, index, end)
        if char == quote or (not quote and char in "\"'"):
            quote = "" if quote else char
            index += 1
        elif variable and quote != "'":
            chars.append((UNKNOWN, index))
            index = variable.end()
        else:
            index += char == "\\" and quote != "'" and index + 1 < end
            chars.append((text[index], index))
            index += 1
    return Word("".join(c for c, _ in chars), [base + at for _, at in chars], base + start, base + end)
