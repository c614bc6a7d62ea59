"""What a policy wants of a variable on one machine, whether that is so there, and what to do when it is not."""

import shlex
from collections.abc import Iterator
from typing import Literal, NamedTuple

from goproxyctl.errors import Position
from goproxyctl.gosem.items import parse_chain
from goproxyctl.gosem.layers import Effective
from goproxyctl.gosem.locations import EnvFileAt, System
from goproxyctl.gosem.variables import kind_of, since
from goproxyctl.gosem.version import GoVersion
from goproxyctl.intent import DEFAULT_GOVCS, NOTHING
from goproxyctl.text import Text

#: ``equivalent``: written in another way, but go does the same.
Verdict = Literal["same", "equivalent", "differs"]

_GLOBS = {"GOPRIVATE", "GONOPROXY", "GONOSUMDB", "GOINSECURE"}


class Wanted(NamedTuple):
    """What the policy wants of a variable.

    ``layer``: what set it, a file or ``profile NAME``; None: it follows from other fields.
    """

    value: str
    verdict: Verdict
    position: Position | None = None
    layer: str | None = None


class Means(NamedTuple):
    """What can be used on the machine to set a variable.

    ``applies``: whether a target of the policy writes the file of ``go env -w`` of this machine.
    """

    system: System
    go: GoVersion
    at: EnvFileAt
    applies: bool = False


def compare(variable: str, value: str, wanted: str) -> Verdict:
    """Whether ``value`` is what is wanted, as go understands both."""
    if value == wanted:
        return "same"
    return "equivalent" if _meaning(variable, value) == _meaning(variable, wanted) else "differs"


def _meaning(variable: str, value: str) -> object:
    """Two values that mean the same to go come out equal."""
    if variable == "GOPROXY":
        items = parse_chain(value)
        return [(item.text, item.separator) for item in items[:-1]] + [item.text for item in items[-1:]]
    if variable in _GLOBS:
        return {glob.removesuffix("/") for glob in value.split(",")} - {"", NOTHING}
    if variable == "NO_PROXY":
        return {entry.strip().lower() for entry in value.split(",")} - {""}
    if variable == "GOVCS":
        return value or DEFAULT_GOVCS
    return value.split() if variable == "GOFLAGS" else value


def advise(effective: Effective, wanted: Wanted, means: Means) -> Iterator[Text]:
    """What to do, in order, so that go takes what the policy wants."""
    name = effective.variable
    if effective.source == "nowhere":
        yield Text("advice.later", "use go {version} or newer: older ones do not know {name}",
                   name=name, version=since(name))  # fmt: skip
        return
    if effective.source == "environment" and kind_of(name, means.go) == "setting" and means.at.path:
        yield _clear(effective, means.system)
        file = next((said for said in effective.shadowed if said.source == "env-file"), None)
        if file and compare(name, file.value, wanted.value) != "differs":
            yield Text(
                "advice.then-file", "line {line} of the go env file then counts, and it is right", line=file.line
            )
            return
    yield _set(name, wanted.value, means)


def _clear(effective: Effective, system: System) -> Text:
    name = effective.variable
    if system == "windows":
        return Text("advice.clear-windows", "delete {name} from the environment variables of Windows (user and "
                    "system), and sign in again: it hides the go env file", name=name)  # fmt: skip
    return Text("advice.clear", "remove {name} from what sets the environment here (a profile, a job, an editor): it "
                "hides the go env file", name=name)  # fmt: skip


def _set(name: str, value: str, means: Means) -> Text:
    """The command that puts the value where go reads it."""
    if kind_of(name, means.go) == "setting" and means.at.path:
        if means.applies:
            return Text("advice.apply", "run: goproxyctl apply --in machine")
        return Text("advice.go-env-w", "run: go env -w {pair}", pair=_quoted(f"{name}={value}", means.system))
    if kind_of(name, means.go) == "setting":
        return Text("advice.no-file", "go reads no go env file here ({why}); set it in the environment: {command}",
                    why=_WHY_NO_FILE[means.at.why], command=_export(name, value, means.system))  # fmt: skip
    return Text("advice.export", "set it in the environment, the only place where go looks for it: {command}",
                command=_export(name, value, means.system))  # fmt: skip


_WHY_NO_FILE = {
    "off": "GOENV=off",
    "no-home": Text("advice.no-home", "there is no home folder"),
    "relative-home": Text("advice.relative-home", "XDG_CONFIG_HOME is relative"),
}


def _export(name: str, value: str, system: System) -> str:
    if system == "windows":
        return f'set "{name}={value}"'
    return f"export {name}={shlex.quote(value)}"


def _quoted(pair: str, system: System) -> str:
    return f'"{pair}"' if system == "windows" else shlex.quote(pair)
