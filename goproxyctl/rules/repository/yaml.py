"""YAML that sets variables or runs commands: CI pipelines, Kubernetes manifests, Compose files."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal, NamedTuple

from goproxyctl.rules.environment.faults import UNKNOWN
from goproxyctl.rules.environment.values import JUDGED
from goproxyctl.rules.repository.bat import read_bat
from goproxyctl.rules.repository.powershell import read_powershell
from goproxyctl.rules.repository.script import Assignment, Found, Script, Word, moved
from goproxyctl.rules.repository.sh import read_shell
from goproxyctl.text import Text

Path = tuple[str | int, ...]
#: Who reads a file, as far as that decides what its words mean.
Reader = Literal["github", "compose", "kubernetes", "other"]

#: Keys whose values are commands, and the shell that runs them.
_SHELLS = {
    "run": "sh", "script": "sh", "before_script": "sh", "after_script": "sh", "commands": "sh", "bash": "sh",
    "sh": "sh", "pwsh": "powershell", "powershell": "powershell",
}  # fmt: skip
_READERS = {"pwsh": read_powershell, "powershell": read_powershell, "cmd": read_bat}
#: What YAML 1.1 takes for true or false. Source: yaml.org/type/bool.html.
_BOOLEAN = re.compile(r"y|n|yes|no|on|off|true|false", re.IGNORECASE)
#: What runners, charts and Kubernetes put something else in place of.
_EXPANSION = re.compile(r"\$?\{\{.{0,200}?\}\}|\$\{[^}]{0,200}\}|\$\([^)]{0,200}\)|\$[A-Za-z_]\w*")
_PAIR = re.compile(r"(?P<name>[A-Z_][A-Z0-9_]*)=")


class Scalar(NamedTuple):
    """A scalar of one document: ``style`` is its first character where that is a quote, ``|`` or ``>``, else "".

    ``start`` and ``end``: where it stands in the text, with quotes or the header of a block.
    """

    path: Path
    text: str
    style: str
    start: int
    end: int


class Document(NamedTuple):
    """The scalars of one document, by their paths."""

    scalars: Mapping[Path, Scalar]

    def text(self, *path: str | int) -> str:
        """The text at ``path``; "" when there is none."""
        found = self.scalars.get(path)
        return found.text if found else ""

    def has(self, *path: str | int) -> bool:
        """Whether there is anything at ``path`` or below."""
        return any(one[: len(path)] == path for one in self.scalars)


def make_document(scalars: Sequence[Scalar]) -> Document:
    """A document of these scalars."""
    return Document({scalar.path: scalar for scalar in scalars})


def read_yaml(name: str, text: str, document: Document) -> Iterator[tuple[Script, str]]:
    """Every script of a document with its shell, and one without commands for the variables that it sets."""
    assigned = tuple(one for _, one in _assigned(document, text))
    yield Script((), assigned, pipeline=_reader(name, document) in {"github", "other"}), ""
    for scalar in document.scalars.values():
        shell = _shell_of(document, scalar)
        if shell:
            yield _script(shell, scalar, text), shell


def _assigned(document: Document, text: str) -> Iterator[tuple[Scalar, Assignment]]:
    for scalar in document.scalars.values():
        pair = _PAIR.match(scalar.text)
        if pair and isinstance(scalar.path[-1], int) and pair["name"] in JUDGED:
            value = _value(scalar, text)
            yield scalar, Assignment(pair["name"], value.after(pair.end()), value.start)
        elif name := _name_of(document, scalar.path):
            yield scalar, Assignment(name, _value(scalar, text), scalar.start)


def _name_of(document: Document, path: Path) -> str:
    """The variable whose value stands at ``path``: its key, the key above ``value``, or the ``name`` beside it."""
    if path and path[-1] in JUDGED:
        return str(path[-1])
    if len(path) > 1 and path[-1] in {"value", "default"}:
        named = document.text(*path[:-1], "name")
        above = str(path[-2])
        return named if named in JUDGED else above if above in JUDGED else ""
    return ""


def _value(scalar: Scalar, text: str) -> Word:
    """The text of a scalar, with what is not known marked; where it is not spelled plainly, all of it at one place."""
    raw = text[scalar.start : scalar.end]
    skip = 1 if scalar.style in {'"', "'"} else 0
    plain = raw[skip : len(raw) - skip] == scalar.text
    chars: list[tuple[str, int]] = []
    index = 0
    while index < len(scalar.text):
        unknown = _EXPANSION.match(scalar.text, index)
        chars.append((UNKNOWN if unknown else scalar.text[index], scalar.start + (skip + index if plain else 0)))
        index = unknown.end() if unknown else index + 1
    return Word("".join(c for c, _ in chars), [at for _, at in chars], scalar.start, scalar.end, bool(scalar.style))


def _shell_of(document: Document, scalar: Scalar) -> str:
    """The shell that runs a scalar; "" when it is no command."""
    names = [step for step in scalar.path if isinstance(step, str)]
    shell = _SHELLS.get(names[-1], "") if names else ""
    if shell != "sh" or names[-1] != "run":
        return shell
    step, job = scalar.path[:-1], scalar.path[:2]
    chosen = document.text(*step, "shell") or document.text(*job, "defaults", "run", "shell")
    chosen = chosen or document.text("defaults", "run", "shell")
    if not chosen and document.text(*job, "runs-on").startswith("windows"):
        chosen = "pwsh"
    word = chosen.partition(" ")[0].lower()
    return word if word in _READERS else "sh"


def _script(shell: str, scalar: Scalar, text: str) -> Script:
    """The commands of a scalar. Those of a block are read where they stand; what is spelled otherwise, as one place."""
    raw, base = text[scalar.start : scalar.end], scalar.start
    if scalar.style in {"|", ">"}:
        header = raw.find("\n") + 1
        raw, base = raw[header:], base + header
    elif scalar.style:
        raw, base = raw[1:-1], base + 1
    if scalar.style != "|":
        raw = re.sub(r"\r?\n", lambda found: " " * len(found[0]), raw)
    if " ".join(raw.split()) != " ".join(scalar.text.split()):
        return Script((), (), pipeline=True)
    if shell in _READERS:
        return moved(_READERS[shell](raw), base)._replace(pipeline=True)
    return read_shell(raw, base, pipeline=True)


def _reader(name: str, document: Document) -> Reader:
    if document.has("apiVersion") and document.has("kind"):
        return "kubernetes"
    if ".github/" in f"/{name}" or (document.has("jobs") and document.has("on")) or document.has("runs", "using"):
        return "github"
    return "compose" if document.has("services") and "compose" in name else "other"


def check_yaml(name: str, text: str, document: Document) -> Iterator[Found]:
    """Values that YAML or Kubernetes makes something else of."""
    reader = _reader(name, document)
    for scalar, one in _assigned(document, text):
        if not scalar.style and _BOOLEAN.fullmatch(scalar.text) and reader in {"kubernetes", "other"}:
            said = Text(
                "scan.yaml-boolean", "without quotes {word} is a boolean for most readers of YAML", word=scalar.text
            )
            advice = Text("scan.yaml-boolean.advice", "put it in double quotes")
            yield Found("yaml-boolean", scalar.start, scalar.end, said, advice, one.variable)
        if not scalar.text and scalar.style and reader == "kubernetes":
            said = Text("scan.configmap-empty", "go takes an empty variable for one that is not set")
            advice = Text("scan.configmap-empty.advice", "remove the key, or write none for a list of patterns")
            yield Found("configmap-empty", scalar.start, scalar.end, said, advice, one.variable)
