"""A model of how cmd.exe reads a batch file, line by line: enough of it to see a value come apart.

Written from the description of its phases (percent expansion, special characters, delayed expansion), not from our
quoter. Source: learn.microsoft.com, cmd and set; ss64.com, syntax of percent, escape characters and redirection.
"""

import re
from dataclasses import dataclass, field


@dataclass
class Session:
    """``variables`` of the session; ``ran``: every command that is not ``set`` or ``rem``."""

    variables: dict[str, str] = field(default_factory=lambda: {"PATH": r"C:\canary"})
    ran: list[str] = field(default_factory=list)
    delayed: bool = False


def read_batch(content: bytes, *, delayed: bool = False) -> Session:
    """The session after ``call file``. ``delayed``: the caller has delayed expansion switched on."""
    assert not content.startswith(b"\xef\xbb\xbf"), "a byte order mark makes the first line an unknown command"
    assert content.isascii(), "what is not ASCII depends on the code page"
    assert content.count(b"\n") == content.count(b"\r\n") == content.count(b"\r"), "every line ends with CRLF"
    session = Session(delayed=delayed)
    lines = content.decode("ascii").split("\r\n")
    assert lines.pop() == "", "the last line ends too"
    pending = ""
    for line in lines:
        assert len(line) <= 8191, "cmd reads 8191 characters of a line"
        expanded = pending + _percent(line, session.variables)
        pending = ""
        commands, goes_on = _split(expanded)
        if goes_on:
            pending = expanded[:-1]
            continue
        for command in commands:
            _run(command, session)
    return session


def _percent(line: str, variables: dict[str, str]) -> str:
    """Phase 1: doubled signs become one, arguments and variables are put in, a lone sign vanishes."""
    out, i = [], 0
    names = {name.upper(): value for name, value in variables.items()}
    while i < len(line):
        if line[i] != "%":
            out.append(line[i])
            i += 1
            continue
        rest = line[i + 1 :]
        if rest[:1] == "%":
            out.append("%")
            i += 2
        elif re.match(r"[0-9*]", rest):
            i += 2
        elif re.match(r"~[a-z]*[0-9]", rest):
            i += 2 + re.match(r"~[a-z]*", rest).end()  # type: ignore[union-attr]
        elif (end := rest.find("%")) > 0:
            name = rest[:end].partition(":")[0]
            out.append(names.get(name.upper(), ""))
            i += end + 2
        else:
            i += 1
    return "".join(out)


def _split(line: str) -> tuple[list[str], bool]:
    """Phase 2: quotes, carets, and the marks that end a command. Also whether the line goes on after a caret."""
    if re.match(r"@?\s*(rem\s|::)", line, re.IGNORECASE):
        return [line], line.endswith("^") and line.strip().lower() in {"rem ^", "@rem ^"}
    commands, current, quoted, i = [], [], False, 0
    while i < len(line):
        char = line[i]
        if char == '"':
            quoted = not quoted
            current.append(char)
        elif not quoted and char == "^":
            i += 1
            if i == len(line):
                return [], True
            current.append(line[i])
        elif not quoted and char in "&|<>":
            commands.append("".join(current))
            current = [f"{char} "] if char in "|<>" else []
        else:
            current.append(char)
        i += 1
    return [*commands, "".join(current)], False


def _run(command: str, session: Session) -> None:
    command = command.strip(" \t").removeprefix("@")
    if not command.strip() or re.match(r"(rem(\s|$)|::)", command, re.IGNORECASE):
        return
    if session.delayed and "!" in command:
        command = _delayed(command, session.variables)
    match = re.match(r"set\s+(.*)", command, re.IGNORECASE | re.DOTALL)
    if not match or match[1].startswith("/"):
        session.ran.append(command)
        return
    assignment = match[1]
    if assignment.startswith('"'):
        assignment = assignment[1 : assignment.rindex('"')] if assignment.rindex('"') else assignment[1:]
    name, equals, value = assignment.partition("=")
    if not equals:
        session.ran.append(command)
    elif value:
        session.variables[name] = value
    else:
        session.variables.pop(name, None)


def _delayed(command: str, variables: dict[str, str]) -> str:
    """Phase 5: carets once more, and ``!NAME!``."""
    command = re.sub(r"\^(.)", r"\1", command)
    command = re.sub(r"!([^!:]+)(:[^!]*)?!", lambda m: variables.get(m[1], ""), command)
    return command.replace("!", "")
