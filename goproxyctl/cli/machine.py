"""What go finds on this machine: environment, GOENV file, GOROOT/go.env, its version; or on one that was captured."""

import errno
import os
import re
import stat
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple, Protocol, TypeVar

from goproxyctl.cli.shell import Shell
from goproxyctl.errors import StoreError
from goproxyctl.formats import FormatError
from goproxyctl.gosem.envfile import read_env_file
from goproxyctl.gosem.layers import Layers, make_layers
from goproxyctl.gosem.locations import EnvFileAt, System, find_env_file, find_goroot, join
from goproxyctl.gosem.settings import GO_ENV
from goproxyctl.gosem.variables import HAS_GO_ENV, kind_of
from goproxyctl.gosem.version import NEWEST, GoVersion
from goproxyctl.gosem.views import Hives, new_environment
from goproxyctl.rules.surroundings import Surroundings
from goproxyctl.text import Text
from goproxyctl.toolchain import asking, find_go

#: Units: bytes. Nothing that go reads its settings from is near this.
_MOST_BYTES = 16 << 20
_SYSTEMS: dict[str, System] = {"win32": "windows", "darwin": "darwin"}
_HERE = _SYSTEMS.get(sys.platform, "linux")
_VERSION = re.compile(r"go(\d+\.\d+(?:\.\d+|(?:rc|beta)\d+)?)")
#: What a release of go brings as GOROOT/go.env, and what it is called, where none can be read.
STOCK = "GOROOT/go.env"
_STOCK_TEXT = "".join(f"{name}={value}\n" for name, value in GO_ENV.items()).encode()

T = TypeVar("T")
#: Waits for what ``go env`` says; nothing at all when go is not asked.
Answer = Callable[[], Mapping[str, str]]


class Sources(NamedTuple):
    """What to look at instead of what is here, as the person named it.

    ``go``: a version. ``ask``: whether go may be run. ``system``: where the captured files come from. ``running``:
    whether programs that run are looked at too.
    """

    go: str | None = None
    ask: bool = True
    goenv: str | None = None
    goroot_env: str | None = None
    environment: str | None = None
    registry: str | None = None
    system: System | None = None
    running: bool = False

    @property
    def here(self) -> bool:
        """Whether it is this machine, with some files replaced perhaps, and not a captured one."""
        return not (self.environment or self.registry or self.system)

    @property
    def untouched(self) -> bool:
        """Whether go, run here, finds just the same."""
        return self.here and not (self.go or self.goenv or self.goroot_env)


class Registry(Protocol):
    """The registry of a Windows, as far as it is looked at. Everything raises OSError."""

    def values(self, key: str, /) -> Mapping[str, bytes]:
        """The contents of all values of a key by their names; nothing when it is not there."""


class SettingsFile(NamedTuple):
    """A file that go reads settings from: its path ("": there is none); content None: go can read nothing there."""

    path: str
    content: bytes | None = None


class Machine(NamedTuple):
    """All that go takes its settings from, and what go itself says of them (nothing when it was not asked).

    ``here``: whether it is this machine, with its own go env file.
    """

    layers: Layers
    go: GoVersion
    env_file: SettingsFile
    go_env: SettingsFile
    at: EnvFileAt
    hives: Hives | None = None
    told: Mapping[str, str] = {}
    notes: tuple[Text, ...] = ()
    here: bool = True

    @property
    def surroundings(self) -> Surroundings:
        """The same for the rules about a machine."""
        return Surroundings(self.layers, self.go, self.env_file.path, self.env_file.content, self.hives)


@contextmanager
def asking_go(shell: Shell, sources: Sources, *names: str) -> Iterator[Answer]:
    """go, asked for ``names`` while the body runs, if there is one and its answer is about what is read."""
    go = find_go(shell.env) if sources.ask and sources.untouched else None
    if go is None:
        yield dict
        return
    path = find_env_file(shell.env, _HERE, NEWEST).path
    if path is None or os.path.isabs(path):
        with asking(go, shell.env, *names, "GOVERSION", "GOROOT") as answer:
            yield answer
    else:  # go is not run in this folder, so that no go.mod there counts, but finds its file from here
        with asking(go, {**shell.env, "GOENV": str(shell.cwd / path)}, *names, "GOVERSION", "GOROOT") as answer:
            yield lambda: {**answer(), "GOENV": path}


def own_registry() -> Registry | None:
    """That of this Windows; None elsewhere."""
    if sys.platform == "win32":
        from goproxyctl.stores.winkeys import WindowsKeys

        return WindowsKeys()
    else:  # noqa: RET505 - mypy skips the branch of the other platform
        return None


def read_machine(
    shell: Shell,
    sources: Sources = Sources(),  # noqa: B008 - a value
    answer: Answer | None = None,
    registry: Registry | None = None,
) -> Machine:
    """What go finds. ``answer``: of a go that was asked before; without one it is asked here.

    ``registry``: where this machine keeps variables, if what others see of them is of interest.
    Raises: StoreError when a file that the person named cannot be read, or is not what it should be.
    """
    if answer is not None:
        return _Look(shell, sources, registry).machine(answer)
    with asking_go(shell, sources) as asked:
        return _Look(shell, sources, registry).machine(asked)


class _Look:
    """One look at a machine; what is worth saying about it gathers in ``notes``."""

    def __init__(self, shell: Shell, sources: Sources, registry: Registry | None) -> None:
        self.shell, self.sources, self.registry = shell, sources, registry
        self.notes: list[Text] = []

    def machine(self, answer: Answer) -> Machine:
        """All that go would find there, in the order in which each part says where the next one is."""
        hives = self.hives()
        environment = self.environment(hives)
        system = self.sources.system or (_HERE if self.sources.here else guess_system(environment, hives))
        told = self.told(answer)
        own = told.get("GOROOT") or self.goroot()
        go = self.version(told, own)
        at = find_env_file(environment, system, go)
        env_file = self.env_file(at)
        root = find_goroot(environment, read_env_file(env_file.content or b"").values, own, system)
        go_env = self.go_env(go, join(system, root, "go.env") if root else "")
        layers = make_layers(system, environment, env_file.content, go_env.content, own)
        here = self.sources.here and not self.sources.goenv
        return Machine(layers, go, env_file, go_env, at, hives, told, tuple(self.notes), here)

    def hives(self) -> Hives | None:
        """Of the exported file, if one is named, else of this machine; none where it lets nobody look."""
        if not self.sources.registry and not (self.registry and self.sources.here):
            return None
        from goproxyctl.formats.hives import hives_of, read_hives
        from goproxyctl.formats.reg import ENVIRONMENTS

        if self.sources.registry:
            return _parsed(self.sources.registry, self.given(self.sources.registry), read_hives)
        assert self.registry is not None
        with suppress(OSError):
            return hives_of({key: self.registry.values(key) for key in ENVIRONMENTS.values()})
        return None

    def environment(self, hives: Hives | None) -> Mapping[str, str]:
        """The captured one, else what Windows makes of the registry for a new program, else that of this run."""
        if not self.sources.environment:
            return self.shell.env if self.sources.here else new_environment(hives or Hives(), {})
        from goproxyctl.formats.envtext import read_environment

        found = _parsed(self.sources.environment, self.given(self.sources.environment), read_environment)
        if cut := [name for name in found.cut if kind_of(name, NEWEST) != "unknown" and name != "PATH"]:
            self.notes.append(
                Text("machine.cut", "{file}: {names}: the end of the value is cut off there; capture it with "
                     "Get-ChildItem env: | Format-List", file=self.sources.environment, names=", ".join(cut))
            )  # fmt: skip
        return found.values

    def told(self, answer: Answer) -> Mapping[str, str]:
        try:
            return answer()
        except StoreError as error:
            self.notes.append(Text("machine.go-failed", "go itself gives no answer: {what}", what=error.text))
            return {}

    def goroot(self) -> str:
        """The folder of the toolchain, by where its command is: go is not run."""
        go = find_go(self.shell.env) if self.sources.here else None
        root = os.path.dirname(os.path.dirname(os.path.realpath(go))) if go else ""
        return root if os.path.isfile(os.path.join(root, "VERSION")) else ""

    def version(self, told: Mapping[str, str], root: str) -> GoVersion:
        """By ``--go``, else by go itself, else by the VERSION file of its folder; else the newest known, and a note."""
        if self.sources.go:
            return GoVersion.parse(self.sources.go)
        content = self.content(os.path.join(root, "VERSION")) if root and self.sources.here else None
        said = told.get("GOVERSION") or (content or b"").decode(errors="replace")
        if found := _VERSION.search(said):
            return GoVersion.parse(found[1])
        self.notes.append(
            Text("machine.version", "which go runs there is not known; go {version} is assumed, --go names another",
                 version=NEWEST)
        )  # fmt: skip
        return NEWEST

    def env_file(self, at: EnvFileAt) -> SettingsFile:
        """The file of ``go env -w``; one of a captured machine is not here, unless it is named."""
        if self.sources.goenv:
            return SettingsFile(self.sources.goenv, self.given(self.sources.goenv))
        if at.path is None:
            return SettingsFile("")
        if self.sources.here:
            return SettingsFile(at.path, self.content(at.path))
        self.notes.append(
            Text("machine.no-env-file", "{file}: the go env file of that machine was not given; --goenv names a copy",
                 file=at.path)
        )  # fmt: skip
        return SettingsFile(at.path)

    def go_env(self, go: GoVersion, path: str) -> SettingsFile:
        """GOROOT/go.env; where it cannot be looked for, the one that a release brings."""
        if self.sources.goroot_env:
            return SettingsFile(self.sources.goroot_env, self.given(self.sources.goroot_env))
        if go < HAS_GO_ENV:
            return SettingsFile("")
        if path and self.sources.here:
            return SettingsFile(path, self.content(path))
        self.notes.append(
            Text("machine.stock", "GOROOT/go.env is not at hand; the one of a release of go is assumed, "
                 "--goroot-env names a copy")
        )  # fmt: skip
        return SettingsFile(STOCK, _STOCK_TEXT)

    def content(self, path: str) -> bytes | None:
        """What go can read there: a file that it cannot read it takes for none, and says nothing."""
        try:
            return _load(self.shell.cwd / path)
        except FileNotFoundError:
            return None
        except OSError as error:
            self.notes.append(
                Text("machine.unreadable", "{file}: go ignores it, for it cannot be read: {why}",
                     file=path, why=error.strerror)
            )  # fmt: skip
            return None

    def given(self, path: str) -> bytes:
        """A file that the person named. Raises: StoreError."""
        try:
            return _load(self.shell.cwd / path)
        except OSError as error:
            raise StoreError(
                Text("read.failed", "{file}: cannot be read: {why}", file=path, why=error.strerror)
            ) from error


def guess_system(environment: Mapping[str, str], hives: Hives | None) -> System:
    """Where an environment was captured, by what every system of that sort has in it."""
    names = {name.upper() for name in environment}
    if hives is not None or names & {"SYSTEMROOT", "WINDIR", "APPDATA"}:
        return "windows"
    return "darwin" if environment.get("HOME", "").startswith("/Users/") else "linux"


def _parsed(file: str, content: bytes, parse: Callable[[bytes], T]) -> T:
    try:
        return parse(content)
    except FormatError as error:
        raise StoreError(Text("store.format", "{path}: {problem}", path=file, problem=error.text)) from error


def _load(path: Path) -> bytes:
    """The bytes of a plain file; a pipe in its place does not hold us up. Raises: OSError."""
    if os.path.isdir(path):  # which Windows would only call not permitted
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), os.fspath(path))
    fd = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    with open(fd, "rb") as file:
        kind = os.fstat(fd)
        if not stat.S_ISREG(kind.st_mode) or kind.st_size > _MOST_BYTES:
            raise OSError(errno.EINVAL, os.strerror(errno.EINVAL), os.fspath(path))
        return file.read(_MOST_BYTES)
