"""Machines and repositories for the rules about them: written down as a few lines, looked at, and given back as findings."""

import re
from collections.abc import Mapping
from pathlib import Path

from goproxyctl.cli.yamldocuments import yaml_documents
from goproxyctl.gosem.layers import make_layers
from goproxyctl.gosem.locations import System
from goproxyctl.gosem.version import NEWEST, GoVersion
from goproxyctl.rules.environment.check import check_environment
from goproxyctl.rules.pages import Example
from goproxyctl.rules.pages.environment.machine_rules import IN_FILE
from goproxyctl.rules.repository.check import Source, check_file
from goproxyctl.rules.repository.forms import form_of_first_line, form_of_name
from goproxyctl.rules.surroundings import Sighting, Surroundings

GO_ENV = b"GOPROXY=https://proxy.golang.org,direct\nGOSUMDB=sum.golang.org\nGOTOOLCHAIN=auto\n"
HOME = {"linux": {"HOME": "/home/me"}, "darwin": {"HOME": "/Users/me"}, "windows": {"AppData": r"C:\Users\me\AppData"}}


def see(
    environment: Mapping[str, str], file: bytes | None = None, *, system: System = "linux", go: GoVersion = NEWEST
) -> list[Sighting]:
    """What the rules say about a machine with this environment and this go env file."""
    layers = make_layers(system, {**HOME[system], **environment}, file, GO_ENV)
    return list(check_environment(Surroundings(layers, go, "/home/me/.config/go/env", file)))


def see_lines(text: str) -> list[Sighting]:
    """The same for lines of an environment, as the pages of the rules have them."""
    lines, _, in_file = text.partition(IN_FILE + "\n")
    environment = dict(line.split("=", 1) for line in lines.splitlines() if not line.startswith("#"))
    version = re.match("# go ([0-9.]+)", text)
    go = GoVersion.parse(version[1]) if version else NEWEST
    system: System = "windows" if environment.get("OS") == "Windows_NT" else "linux"
    return see(environment, in_file.encode() if in_file else None, system=system, go=go)


def look(name: str, text: str, beside: Mapping[str, str] | None = None) -> list[Sighting]:
    """What the rules say about a file."""
    form = form_of_name(name) or form_of_first_line(text.partition("\n")[0])
    assert form, name
    return list(check_file(Source(name, text), form, yaml_documents, (beside or {}).get))


def try_example(example: Example) -> set[str]:
    """The rules that find something in an example of a page."""
    if example.form == "goenv":
        found = see({}, example.text.encode())
    elif example.form == "environment":
        found = see_lines(example.text)
    else:
        found = look(example.name, example.text)
    return {sighting.rule for sighting in found}


def spot(sighting: Sighting) -> str:
    """``line:column:marked text`` of a finding."""
    at = sighting.position
    assert at is not None
    marked = at.source[at.column - 1 : at.column - 1 + at.width]
    return f"{at.line}:{at.column}:{marked}"


def write_tree(folder: Path, files: Mapping[str, str | bytes]) -> None:
    """Writes files below a folder."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
