"""Each language that we write, and its readers: values go into an artifact and come back, or a difference is told."""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from goproxyctl.render import Language, Quoted, environment, quote
from tests.oracles import require_npm
from tests.readers.canary import Canary
from tests.readers.cmd import read_batch
from tests.readers.dockerfile import read_dockerfile
from tests.readers.powershell import check_grammar, read_script
from tests.readers.shells import SHELLS, read_shell
from tests.readers.yamls import YAML_READERS, ask_node

Quoter = Callable[[str], str]
Variables = dict[str, str]
Reader = Callable[[list[Path], Canary], list[Variables]]

#: How many values one artifact carries.
BATCH = 500


@dataclass(frozen=True)
class Written:
    """How a language is written: by which of our templates, in which bytes, and who reads it back."""

    template: str
    encode: Callable[[str], bytes]
    readers: dict[str, Reader]


def _crlf(text: str, encoding: str) -> bytes:
    return text.replace("\n", "\r\n").encode(encoding)


def _each(read: Callable[[bytes], Variables]) -> Reader:
    return lambda files, _canary: [read(file.read_bytes()) for file in files]


def _batch(content: bytes, *, delayed: bool) -> Variables:
    session = read_batch(content, delayed=delayed)
    assert session.ran == ["exit /b 0"]
    assert session.variables.pop("PATH") == r"C:\canary"
    return session.variables


def _script(content: bytes) -> Variables:
    found = read_script(content)
    check_grammar(content, len(found))
    return found


def _image(content: bytes) -> Variables:
    image = read_dockerfile(content)
    assert image.other == ["FROM golang:1.26"]
    return image.env


def _pipeline(read: Callable[[list[Path]], list[list[Any]]]) -> Reader:
    """GitLab's variables, both times that the file states them: for all jobs, and in the job to extend."""

    def values(stated: dict[str, dict[str, Any]]) -> Variables:
        assert all(variable.keys() == {"value", "expand"} and not variable["expand"] for variable in stated.values())
        return {name: variable["value"] for name, variable in stated.items()}

    def variables(documents: list[Any]) -> Variables:
        (pipeline,) = documents
        assert values(pipeline[".goproxy"]["variables"]) == values(pipeline["variables"])
        return values(pipeline["variables"])

    return lambda files, _canary: [variables(documents) for documents in read(files)]


def _node_json(reader: str, package: str) -> Reader:
    def read(files: list[Path], _canary: Canary) -> list[Variables]:
        require_npm(package)
        return [document["data"] for document in ask_node(reader, files)]

    return read


def _python_json(content: bytes) -> Variables:
    found: dict[str, Variables] = json.loads(content)
    return found["data"]


def _shell(shell: str) -> Reader:
    return lambda files, canary: read_shell(shell, files, canary)


WRITTEN: dict[Language, Written] = {
    "bat": Written(
        "bat.bat.j2",
        lambda text: _crlf(text, "ascii"),
        {
            "model of cmd": _each(partial(_batch, delayed=False)),
            "model of cmd /V:ON": _each(partial(_batch, delayed=True)),
        },
    ),
    "dockerfile": Written("dockerfile.Dockerfile.j2", str.encode, {"lexer": _each(_image)}),
    "json": Written(
        "",
        lambda text: text.encode("ascii"),
        {
            "json.loads": _each(_python_json),
            "JSON.parse": _node_json("json", "jsonc-parser"),
            "jsonc-parser": _node_json("jsonc", "jsonc-parser"),
        },
    ),
    "ps1": Written(
        "powershell.ps1.j2", lambda text: _crlf(text, "utf-8-sig"), {"tokenizer, tree-sitter": _each(_script)}
    ),
    "sh": Written("sh.sh.j2", str.encode, {shell: _shell(shell) for shell in SHELLS}),
    "yaml": Written(
        "gitlab-ci.yml.j2",
        lambda text: text.encode("ascii"),
        {name: _pipeline(read) for name, read in YAML_READERS.items()},
    ),
}


def write(language: Language, variables: Variables, quoter: Quoter | None = None) -> bytes:
    """An artifact of that language, by our template; ``quoter`` takes the place of ours."""
    written = WRITTEN[language]
    mine: Quoter = quoter or partial(quote, language)
    if not written.template:
        members = ",".join(f"{mine(name)}:{mine(value)}" for name, value in variables.items())
        return written.encode('{"data":{' + members + "}}")
    made = environment().overlay()
    made.filters = {**made.filters, language: lambda value: Quoted(language, mine(value))}
    text = made.get_template(written.template).render(
        made_for="acme/x",
        notes=("gateway", "direct"),
        script="x",
        home=False,
        path="x",
        image="golang:1.26",
        variables=variables,
    )
    return written.encode(text)


def batches(found: Sequence[str]) -> Iterable[Variables]:
    """The values as variables V0, V1, …, so many for each artifact."""
    for start in range(0, len(found), BATCH):
        yield {f"V{number}": value for number, value in enumerate(found[start : start + BATCH])}


def differences(
    language: Language,
    reader: str,
    wanted: Sequence[Variables],
    folder: Path,
    canary: Canary,
    quoter: Quoter | None = None,
) -> list[tuple[str, str | None]]:
    """Every value that ``reader`` did not give back as it was, with what it gave; other variables too."""
    files = []
    for number, variables in enumerate(wanted):
        file = folder / f"{language}{number}"
        file.write_bytes(write(language, variables, quoter))
        files.append(file)
    got = WRITTEN[language].readers[reader](files, canary)
    wrong: list[tuple[str, str | None]] = []
    for variables, read in zip(wanted, got, strict=True):
        wrong += [(value, read.get(name)) for name, value in variables.items() if read.get(name) != value]
        wrong += [(name, value) for name, value in read.items() if name not in variables]
    return wrong
