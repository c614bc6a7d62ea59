"""What is wrong with a file of a repository: every variable of go that it sets, every command that deals with one."""

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property

from goproxyctl.formats import FormatError
from goproxyctl.rules.environment.chain import is_closed
from goproxyctl.rules.environment.faults import Fault, Reading
from goproxyctl.rules.environment.file import check_env_file, position_in
from goproxyctl.rules.environment.values import judge
from goproxyctl.rules.repository.bat import check_bat, check_comments, read_bat
from goproxyctl.rules.repository.commands import check_commands
from goproxyctl.rules.repository.dockerfile import read_dockerfile
from goproxyctl.rules.repository.dotenv import read_dotenv
from goproxyctl.rules.repository.forms import Form
from goproxyctl.rules.repository.json import check_launch, read_json
from goproxyctl.rules.repository.netrc import check_netrc
from goproxyctl.rules.repository.powershell import check_powershell, read_powershell
from goproxyctl.rules.repository.script import Assignment, Found, Script
from goproxyctl.rules.repository.sh import check_quoting, read_shell
from goproxyctl.rules.repository.yaml import Document, check_yaml, read_yaml
from goproxyctl.rules.surroundings import Sighting

#: The documents of a YAML text; none when it cannot be read.
YamlReader = Callable[[str], Sequence[Document]]
#: The text of a file beside the one that is looked at; None when there is none.
Beside = Callable[[str], str | None]


class Source:
    """A file as it is looked at: its name and its text, without a byte order mark."""

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self.text = text

    @cached_property
    def _starts(self) -> list[int]:
        return [0, *(index + 1 for index, char in enumerate(self.text) if char == "\n")]

    def sighting(self, found: Found) -> Sighting:
        """What was found, at its line and column; a finding of several lines is shown on its first."""
        number = bisect_right(self._starts, found.start)
        start = self._starts[number - 1]
        end = self.text.find("\n", start)
        line = self.text[start : end if end >= 0 else len(self.text)].rstrip("\r")
        at = position_in(self.name, number, line, found.start - start, min(found.end - start, len(line)))
        return Sighting(found.rule, found.variable, at, found.text, found.advice)


def check_file(source: Source, form: Form, read: YamlReader, beside: Beside) -> Iterator[Sighting]:
    """Everything that is wrong in a file, from its beginning to its end."""
    if form == "goenv":
        yield from check_env_file(source.name, source.text.encode("utf-8", "surrogateescape"))
        return
    found = {(one.start, one.rule, one.end, one.text.id): one for one in _found(source, form, read, beside)}
    for key in sorted(found):
        yield source.sighting(found[key])


def _found(source: Source, form: Form, read: YamlReader, beside: Beside) -> Iterator[Found]:
    name, text = source.name, source.text
    if form == "yaml":
        for document in read(text):
            yield from check_yaml(name, text, document)
            for script, shell in read_yaml(name, text, document):
                yield from _of_script(script, text, shell)
        return
    script = _script(text, form)
    yield from _of_script(script, text, form)
    if form == "bat":
        yield from check_comments(text)
    if form == "json" and name.rpartition("/")[2] == "launch.json" and script.assignments:
        yield from check_launch(text, beside)


def _script(text: str, form: Form) -> Script:
    readers: dict[Form, Callable[[str], Script]] = {
        "bat": read_bat,
        "powershell": read_powershell,
        "sh": read_shell,
        "dockerfile": read_dockerfile,
        "dotenv": read_dotenv,
        "json": _read_json,
    }
    return readers[form](text)


def _read_json(text: str) -> Script:
    try:
        return Script((), read_json(text))
    except FormatError:  # an editor shows its own complaint
        return Script((), ())


def _of_script(script: Script, text: str, shell: str) -> Iterator[Found]:
    broken = list(_quoting(script, text, shell))
    yield from broken
    chains = [one.value.text for one in script.assignments if one.variable == "GOPROXY"]
    closed = bool(chains) and all(map(is_closed, chains))
    reading = Reading(committed=True, ci=script.pipeline or script.image, closed=closed)
    for one in script.assignments:
        # of a value that the shell cuts there is only one thing to say
        if not any(found.variable and found.start <= one.value.start < found.end for found in broken):
            yield from (_of_value(one, fault) for fault in judge(one.variable, one.value.text, reading))
    yield from check_commands(script)
    yield from check_netrc(text, script.assignments)


def _quoting(script: Script, text: str, shell: str) -> Iterator[Found]:
    if shell in {"bat", "cmd"}:
        return check_bat(script, text)
    if shell in {"powershell", "pwsh"}:
        return check_powershell(script, text)
    return check_quoting(script)


def _of_value(one: Assignment, fault: Fault) -> Found:
    """A fault of a value, where its characters stand."""
    at = one.value.at[fault.start : fault.end]
    start, end = (min(at), max(at) + 1) if at else (one.value.start, one.value.end)
    return Found(fault.rule, start, end, fault.text, fault.advice, one.variable)
