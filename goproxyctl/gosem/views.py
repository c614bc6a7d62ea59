"""What others on the same machine see of a variable: a new terminal, a program that runs already, a service.

Source: go-semantics 1.1, 7 (claims 13, 14): go never reads the registry; Windows makes the environment of a new
program from it, and a program keeps the one that it was started with.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from goproxyctl.gosem.envfile import EnvFile
from goproxyctl.gosem.layers import Effective, Layers, resolve
from goproxyctl.gosem.locations import EnvFileAt, find_env_file, read_variable
from goproxyctl.gosem.version import GoVersion

#: ``here``: the environment that was read. ``started-earlier``: one without the variable, as a program has that was
#: started before it was set. ``new``: what Windows gives a program that is started now. ``machine``: the same for an
#: account that has no variables of its own, as services have.
Who = Literal["here", "started-earlier", "new", "machine"]

#: In neither hive, but in the environment of every program, whoever starts it: values may refer to them.
_OF_THE_SYSTEM = (
    "SYSTEMROOT", "SYSTEMDRIVE", "PROGRAMDATA", "ALLUSERSPROFILE", "PUBLIC", "COMPUTERNAME",
    "PROGRAMFILES", "PROGRAMFILES(X86)", "PROGRAMW6432",
    "COMMONPROGRAMFILES", "COMMONPROGRAMFILES(X86)", "COMMONPROGRAMW6432",
)  # fmt: skip
#: These belong to the account; a new program of the same user has them too.
_OF_THE_ACCOUNT = (
    "APPDATA", "LOCALAPPDATA", "USERPROFILE", "HOME", "USERNAME", "USERDOMAIN", "HOMEDRIVE", "HOMEPATH", "TEMP", "TMP",
)  # fmt: skip
_REFERENCE = re.compile(r"%([^%]+)%")


@dataclass(frozen=True, slots=True)
class RegistryText:
    """A text of the registry; ``expand``: of type REG_EXPAND_SZ, so %NAME% stands for another variable."""

    text: str
    expand: bool = False


@dataclass(frozen=True, slots=True)
class Hives:
    """The variables of the machine and of the user, as the registry holds them."""

    machine: Mapping[str, RegistryText] = field(default_factory=dict)
    user: Mapping[str, RegistryText] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class View:
    """What the variable is for one of them."""

    who: Who
    effective: Effective


@dataclass(frozen=True, slots=True)
class Explanation:
    """All that is to say about a variable: its value here, for others, and which GOENV file was read."""

    effective: Effective
    env_file: EnvFileAt
    views: tuple[View, ...]


def explain(variable: str, layers: Layers, go: GoVersion, hives: Hives | None = None) -> Explanation:
    """The value of ``variable`` with its source, and everyone who sees another one."""
    effective = resolve(variable, layers, go)
    others = tuple(view for view in _views(variable, layers, go, hives) if view.effective.value != effective.value)
    return Explanation(effective, find_env_file(layers.environment, layers.system, go), others)


def _views(variable: str, layers: Layers, go: GoVersion, hives: Hives | None) -> Iterator[View]:
    without = {name: value for name, value in layers.environment.items() if name.upper() != variable}
    if len(without) < len(layers.environment):
        yield View("started-earlier", resolve(variable, replace(layers, environment=without), go))
    if hives is None:
        return
    system, account = (
        {name: read_variable(layers.environment, name, "windows") for name in names}
        for names in (_OF_THE_SYSTEM, _OF_THE_ACCOUNT)
    )
    new = replace(layers, environment=new_environment(hives, system | account))
    yield View("new", resolve(variable, new, go))
    # another account has another AppData, so the GOENV file of this one is not its own
    bare = replace(layers, environment=new_environment(Hives(hives.machine), system), env_file=EnvFile(()))
    yield View("machine", resolve(variable, bare, go))


def new_environment(hives: Hives, account: Mapping[str, str]) -> dict[str, str]:
    """The environment that Windows makes for a program started now; names in upper case.

    Source: Microsoft Learn, CreateEnvironmentBlock: the user's variables go before the machine's, PATH is joined, and
    texts of type REG_EXPAND_SZ are expanded from what is there by then. Not run on Windows itself.
    """
    made = {name.upper(): value for name, value in account.items() if value}
    for hive in (hives.machine, hives.user):
        for name, value in sorted(hive.items(), key=lambda entry: entry[1].expand):
            text = _expanded(value.text, made) if value.expand else value.text
            before = made.get("PATH") if name.upper() == "PATH" else None
            made[name.upper()] = f"{before};{text}" if before else text
    return made


def _expanded(text: str, made: Mapping[str, str]) -> str:
    return _REFERENCE.sub(lambda found: made.get(found[1].upper(), found[0]), text)
