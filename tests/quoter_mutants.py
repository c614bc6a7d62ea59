"""Quoters that are wrong on purpose, each in one way that people get wrong: the suite must notice every one."""

import json
import re
import shlex
from collections.abc import Callable

from goproxyctl.render import Language

Quoter = Callable[[str], str]


def _sub(pattern: str, replacement: str, around: str = "") -> Quoter:
    return lambda value: around + re.sub(pattern, replacement, value) + around


def _looks_plain(value: str) -> str:
    """As emitters of YAML 1.2 write: bare where that version sees a string."""
    return value if re.fullmatch(r"[A-Za-z][A-Za-z0-9/.-]*", value) else f'"{_escaped_yaml(value)}"'


def _escaped_yaml(value: str) -> str:
    return json.dumps(value)[1:-1]


def _python_escapes(value: str) -> str:
    return '"' + value.encode("unicode_escape").decode().replace('"', '\\"') + '"'


MUTANTS: dict[str, tuple[Language, Quoter]] = {
    "bat: percent signs as they are": ("bat", str),
    "bat: percent signs after a caret": ("bat", _sub("%", "^%")),
    "bat: carets before marks inside quotes": (
        "bat",
        lambda value: _sub(r"[&|<>^]", r"^\g<0>")(value.replace("%", "%%")),
    ),
    "bat: blanks at the end cut": ("bat", lambda value: value.replace("%", "%%").rstrip()),
    "bat: only the first percent sign doubled": ("bat", lambda value: value.replace("%", "%%", 1)),
    "ps1: quotes as they are": ("ps1", lambda value: f"'{value}'"),
    "ps1: typographic quotes as they are": ("ps1", _sub("'", "''", "'")),
    "ps1: quotes after a backslash": ("ps1", _sub("['\u2018\u2019\u201a\u201b]", r"\\\g<0>", "'")),
    "ps1: backticks doubled too": ("ps1", _sub("['`\u2018\u2019\u201a\u201b]", r"\g<0>\g<0>", "'")),
    "ps1: one typographic quote forgotten": ("ps1", _sub("['\u2018\u2019\u201a]", r"\g<0>\g<0>", "'")),
    "sh: quotes as they are": ("sh", lambda value: f"'{value}'"),
    "sh: quotes doubled": ("sh", _sub("'", "''", "'")),
    "sh: quotes after a backslash": ("sh", _sub("['\\\\]", r"\\\g<0>", "'")),
    "sh: double quotes without the backtick": ("sh", _sub(r'["\\$]', r"\\\g<0>", '"')),
    "sh: bare where that looks harmless": ("sh", shlex.quote),
    "sh: bare where no blank is in it": ("sh", lambda v: v if re.fullmatch(r"[\w=~.,:/-]+", v) else shlex.quote(v)),
    "yaml: bare where that looks plain": ("yaml", _looks_plain),
    "yaml: as JSON, with surrogate pairs": ("yaml", json.dumps),
    "yaml: backslashes as they are": ("yaml", lambda value: '"' + _escaped_yaml(value).replace("\\\\", "\\") + '"'),
    "yaml: quotes after a backslash, in single quotes": ("yaml", lambda value: "'" + _escaped_yaml(value) + "'"),
    "dockerfile: dollar signs as they are": ("dockerfile", _sub(r'["\\]', r"\\\g<0>", '"')),
    "dockerfile: backslashes as they are": ("dockerfile", _sub(r'["$]', r"\\\g<0>", '"')),
    "dockerfile: quotes as they are": ("dockerfile", _sub(r"[\\$]", r"\\\g<0>", '"')),
    "dockerfile: dollar signs doubled, as in Compose": (
        "dockerfile",
        lambda v: _sub(r'["\\]', r"\\\g<0>", '"')(v.replace("$", "$$")),
    ),
    "json: backslashes as they are": ("json", lambda value: json.dumps(value).replace("\\\\", "\\")),
    "json: escapes of Python": ("json", _python_escapes),
}
