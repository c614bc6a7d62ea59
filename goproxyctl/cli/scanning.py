"""`scan`: the files below some paths found, read and looked at. Nothing is followed that is a link."""

import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from goproxyctl.cli.shell import Shell
from goproxyctl.cli.yamldocuments import yaml_documents
from goproxyctl.errors import GoproxyctlError, Position, Problem, Severity
from goproxyctl.rules.catalogue import catalogue
from goproxyctl.rules.repository.check import Source, check_file
from goproxyctl.rules.repository.forms import Form, form_of_first_line, form_of_name
from goproxyctl.rules.surroundings import Sighting
from goproxyctl.text import Text

#: Larger files are not written by hand. Units: bytes.
MAX_BYTES = 256 * 1024
_NOT_OURS = frozenset(
    {".git", ".hg", ".svn", "node_modules", "vendor", "testdata", ".venv", "__pycache__", ".terraform"}
)
#: Without one of these nothing in a file can be about modules; most files are put aside by this one look.
_ABOUT_GO = re.compile(
    r"\bGO[A-Z0-9]{2,}|_proxy\b|\bgo(\.exe)?[\"']?\s+(env|clean|list|get|install|mod|build)\b|golang\.org|/@v/|/@latest",
    re.IGNORECASE,
)
_MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))


class Skipped(NamedTuple):
    """A file that was not looked at, and why."""

    file: str
    text: Text


class Scan(NamedTuple):
    """What was found in how many files."""

    problems: tuple[Problem, ...]
    files: int
    skipped: tuple[Skipped, ...]

    @property
    def clean(self) -> bool:
        """Whether nothing is an error."""
        return not any(problem.severity is Severity.ERROR for problem in self.problems)


def scan(shell: Shell, paths: Sequence[str]) -> Scan:
    """Looks at files and at everything below folders. Raises: GoproxyctlError for a path that is not there."""
    problems: list[Problem] = []
    skipped: list[Skipped] = []
    files = sorted({found for path in paths for found in _files(shell.cwd, path, skipped)})
    shut = len(skipped)
    for file in files:
        try:
            problems += map(_problem, _look(shell.cwd / file, file))
        except GoproxyctlError as error:
            skipped.append(Skipped(file, error.text))
    return Scan(tuple(problems), len(files) - len(skipped) + shut, tuple(skipped))


def _files(cwd: Path, path: str, skipped: list[Skipped]) -> Iterator[str]:
    """The files that a path names, in order, as the report calls them; folders that are shut are ``skipped``."""
    here = cwd / path

    def skip(error: OSError) -> None:
        """Called by ``os.walk``, which would pass over the folder without a word."""
        shown = Path(path) / Path(os.fsdecode(error.filename)).relative_to(here)
        skipped.append(Skipped(shown.as_posix(), _unreadable(error)))

    if here.is_file():
        yield path.replace(os.sep, "/")
        return
    if not here.is_dir():
        raise GoproxyctlError(Text("scan.no-path", "{path}: no such file or folder", path=path))
    for folder, folders, names in os.walk(here, onerror=skip):
        folders[:] = sorted(name for name in folders if name not in _NOT_OURS)
        for name in sorted(names):
            file = Path(folder, name)
            shown = (Path(path) / file.relative_to(here)).as_posix()
            if not file.is_symlink() and (form_of_name(shown) or "." not in name):
                yield shown


def _look(file: Path, name: str) -> Iterator[Sighting]:
    text = _read(file)
    form: Form | None = form_of_name(name) or form_of_first_line(text.partition("\n")[0])
    if form and (_ABOUT_GO.search(text) or form == "goenv"):
        yield from check_file(Source(name, text), form, yaml_documents, lambda other: _beside(file, other))


def _read(file: Path) -> str:
    """The text of a file. Raises: GoproxyctlError when it is no text, or too much."""
    try:
        if file.stat().st_size > MAX_BYTES:
            raise GoproxyctlError(Text("scan.large", "larger than {most} KiB", most=MAX_BYTES // 1024))
        content = file.read_bytes()
    except OSError as error:
        raise GoproxyctlError(_unreadable(error)) from error
    mark, encoding = next(((m, e) for m, e in _MARKS if content.startswith(m)), (b"", "utf-8"))
    try:
        text = content[len(mark) :].decode(encoding)
    except UnicodeDecodeError as error:
        raise GoproxyctlError(Text("scan.no-text", "not a text")) from error
    if "\0" in text:
        raise GoproxyctlError(Text("scan.no-text", "not a text"))
    return text


def _unreadable(error: OSError) -> Text:
    return Text("scan.unreadable", "cannot be read ({why})", why=error.strerror or "OSError")


def _beside(file: Path, name: str) -> str | None:
    other = file.parent / name
    try:
        return _read(other) if other.is_file() and not other.is_symlink() else None
    except GoproxyctlError:
        return None


def _problem(sighting: Sighting) -> Problem:
    by_place = catalogue()[sighting.rule]
    rule = by_place.get("repository") or next(iter(by_place.values()))
    at = sighting.position or Position("", 0, 0)
    return Problem(at, rule.id, rule.severity, sighting.text, sighting.advice)


def write_scan(shell: Shell, form: str, found: Scan) -> None:
    """The report in the form that was asked for."""
    from goproxyctl.cli.checked import write_exported
    from goproxyctl.report.scan import scan_body, scan_text

    if not write_exported(shell, form, found.problems):
        left = [(one.file, one.text) for one in found.skipped]
        shell.report(
            "scan",
            form,
            lambda: scan_body(found.problems, found.files, left),
            lambda style: scan_text(found.problems, found.files, left, shell.words, style),
        )
