"""What a person asks of a route on the command line: a module, and who is down."""

import re
from collections.abc import Iterable, Sequence
from typing import NoReturn

import click

from goproxyctl.cli.shell import Shell
from goproxyctl.gosem.outcome import Outcome, Purpose
from goproxyctl.gosem.request import Route, Where
from goproxyctl.gosem.toolchain import MODULE, version_of
from goproxyctl.gosem.version import NEWEST, GoVersion
from goproxyctl.rules.down import DownError, read_down, read_places
from goproxyctl.rules.scene import Scene
from goproxyctl.text import Text

#: What a module path, and a version, can consist of.
#: Source: golang.org/x/mod/module, checkPath; go.dev/ref/mod#version-queries.
_MODULE = r"[A-Za-z0-9_~-][A-Za-z0-9._~-]*(/[A-Za-z0-9._~+-]+)*"
_VERSION = r"[<>]?=?[A-Za-z0-9][A-Za-z0-9._+~/-]*"


def refuse(shell: Shell, text: Text) -> NoReturn:
    """Ends the run as wrong usage. Raises: click.UsageError."""
    raise click.UsageError(shell.words(text))


def read_module(shell: Shell, words: str) -> tuple[str, str]:
    """The module and the version of ``MODULE[@VERSION]``; of a toolchain the version is its name.

    Raises: click.UsageError.
    """
    module, _, version = words.partition("@")
    if not re.fullmatch(_MODULE, module):
        refuse(shell, Text("cli.route.module", "{module!r} is no module path", module=module))
    if module == MODULE or version_of(module):
        name = version if module == MODULE else module
        return MODULE, name if version_of(name) else f"go{NEWEST}"
    version = "latest" if version in {"", "upgrade"} else version
    if version in {"patch", "none"} or not re.fullmatch(_VERSION, version):
        refuse(shell, Text("cli.route.version", "{version!r} is no version that can be fetched", version=version))
    return module, version


def read_go(shell: Shell, words: str | None) -> GoVersion:
    """The version of ``--go``; the newest known one without it. Raises: click.UsageError."""
    try:
        return GoVersion.parse(words) if words else NEWEST
    except ValueError:
        refuse(shell, Text("explain.go-version", "--go {version}: this is no version of go; an example: {newest}",
                           version=words, newest=NEWEST))  # fmt: skip


def read_downs(shell: Shell, scene: Scene, downs: Iterable[str]) -> dict[tuple[Where, Purpose | None], Outcome]:
    """What every ``--down SERVER[/ENDPOINT]=OUTCOME`` says. Raises: click.UsageError."""
    try:
        return read_down(scene, [_halves(shell, "--down", *down.rpartition("=")) for down in downs])
    except DownError as error:
        advised = Text("finding.advised", "{what}; {advice}", what=error.text, advice=error.advice)
        refuse(shell, Text("cli.down", "--down: {what}", what=advised if error.advice else error.text))


def read_settings(shell: Shell, assignments: Sequence[str]) -> dict[str, str]:
    """The variables of every ``--set NAME=VALUE``. Raises: click.UsageError."""
    variables = dict(_halves(shell, "--set", *assignment.partition("=")) for assignment in assignments)
    for name in variables.keys() - SETTINGS:
        refuse(
            shell,
            Text(
                "cli.set.unknown", "--set {name}: a route depends on {known} only", name=name, known=", ".join(SETTINGS)
            ),
        )
    return variables


#: The variables that a route depends on. Source: gosem settings, settings_of.
SETTINGS = (
    *("GOPROXY", "GOPRIVATE", "GONOPROXY", "GONOSUMDB", "GOSUMDB", "GOINSECURE"),
    *("GOTOOLCHAIN", "GOVCS", "GOAUTH", "GOFLAGS"),
)


def _halves(shell: Shell, flag: str, name: str, equals: str, value: str) -> tuple[str, str]:
    if not equals or not name:
        words = name + equals + value
        refuse(shell, Text("cli.halves", "{flag} {words}: write NAME=VALUE", flag=flag, words=words))
    return name, value


def find_unmet(scene: Scene, route: Route, downs: Iterable[str]) -> tuple[str, ...]:
    """Every ``--down`` that nothing on the route asks for."""
    met = {(request.where, request.purpose) for request in route.requests}
    servers = {where for where, _ in met}

    def touched(down: str) -> bool:
        """Without an endpoint, any request to the server counts."""
        places = read_places(scene, down.rpartition("=")[0])
        return any(where in servers if purpose is None else (where, purpose) in met for where, purpose in places)

    return tuple(down for down in downs if not touched(down))
