"""Where the value of a variable comes from: environment, GOENV file, GOROOT/go.env, default, and who shadows whom.

Source: golang/go cmd/go/internal/cfg/cfg.go, Getenv, EnvOrAndChanged, initEnvCache; go-semantics 1.1, 1.2.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from goproxyctl.gosem import locations
from goproxyctl.gosem.envfile import EnvFile, read_env_file
from goproxyctl.gosem.locations import System
from goproxyctl.gosem.remark import Remark
from goproxyctl.gosem.variables import (
    HAS_GO_ENV,
    Kind,
    compiled_default,
    is_listed,
    is_of_the_build,
    kind_of,
    meaning_of_empty,
    names_of,
    since,
)
from goproxyctl.gosem.version import GoVersion

#: ``nowhere``: this go has no such variable; ``fixed``: go computes it and nothing changes it.
Source = Literal["environment", "env-file", "go.env", "default", "fixed", "nowhere"]


@dataclass(frozen=True, slots=True)
class Layers:
    """All that one run of go takes its settings from.

    ``goroot``: the folder of the toolchain itself, for the default of GOROOT ("": unknown).
    """

    system: System
    environment: Mapping[str, str]
    env_file: EnvFile
    go_env: EnvFile
    goroot: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """What one layer says: ``name`` as written there, ``line`` in a file (0: it has no lines)."""

    source: Source
    name: str
    value: str
    line: int = 0


@dataclass(frozen=True, slots=True)
class Effective:
    """The value that go uses, where it comes from, what other layers say in vain, and what is worth knowing."""

    variable: str
    value: str
    source: Source
    line: int = 0
    shadowed: tuple[Said, ...] = ()
    remarks: tuple[Remark, ...] = ()


def make_layers(
    system: System,
    environment: Mapping[str, str],
    env_file: bytes | None = None,
    go_env: bytes | None = None,
    goroot: str = "",
) -> Layers:
    """Layers from the bytes of the files that `locations` names; None: not there or not readable, which go ignores."""
    user, distribution = read_env_file(env_file or b""), read_env_file(go_env or b"", first_wins=True)
    return Layers(system, environment, user, distribution, goroot)


def resolve(variable: str, layers: Layers, go: GoVersion) -> Effective:
    """What ``variable`` is for a go of that version, and why."""
    kind = kind_of(variable, go)
    said = tuple(_said(variable, layers, go))
    if kind == "setting":
        return _setting(variable, said, layers, go)
    heard = _NOTHING
    if kind == "environment":
        heard = _heard(one for one in said if one.source == "environment")
    vain = tuple(one for one in said if one is not heard)
    remarks = tuple(_remarks_on_unheard(variable, kind, vain))
    if kind == "environment":
        value = _env_file_path(layers, go) if variable == "GOENV" else heard.value
        return Effective(variable, value, heard.source, 0, vain, remarks)
    return Effective(variable, "", "fixed" if kind == "fixed" else "nowhere", 0, vain, remarks)


def resolve_all(variables: Iterable[str], layers: Layers, go: GoVersion) -> dict[str, str]:
    """The values of many variables, as go uses them."""
    return {name: resolve(name, layers, go).value for name in variables}


def shown(variable: str, layers: Layers, go: GoVersion) -> str:
    """What ``go env VARIABLE`` prints, which is not always what go uses; "" for a variable that go computes.

    Source: golang/go cmd/go/internal/envcmd/env.go, MkEnv, findEnv; cmd/go/internal/cfg/cfg.go, CanGetenv: since 1.21
    any key of a file is shown, whether go reads it from there or not.
    """
    if is_listed(variable, go):
        return resolve(variable, layers, go).value
    if (
        kind_of(variable, go) == "fixed"
        or go < HAS_GO_ENV
        or not {*layers.env_file.values, *layers.go_env.values} & {variable}
    ):
        return ""
    return _heard(one for one in _said(variable, layers, go) if one.name not in names_of(variable)[1:]).value


_NOTHING = Said("default", "", "")


def _said(variable: str, layers: Layers, go: GoVersion) -> Iterator[Said]:
    """All that the layers say, the strongest first. A file is read by exact name, even on Windows."""
    for name in names_of(variable):
        for key, value in layers.environment.items():
            if key == name or (layers.system == "windows" and key.upper() == name.upper()):
                yield Said("environment", key, value)
    files: tuple[tuple[Source, EnvFile], ...] = (("env-file", layers.env_file), ("go.env", layers.go_env))
    # go has chosen go.env by GOROOT before it reads one there, and throws that line away; 1.20 has no such file
    for source, file in files[:1] if go < HAS_GO_ENV or variable == "GOROOT" else files:
        line = file.line_of(variable)
        if line is not None:
            yield Said(source, variable, file.values[variable], line.number)


def _heard(said: Iterable[Said]) -> Said:
    """The one that go listens to: an empty value in the environment is as good as none, in a file it counts."""
    return next((one for one in said if one.value or one.source != "environment"), _NOTHING)


def _setting(variable: str, said: Sequence[Said], layers: Layers, go: GoVersion) -> Effective:
    heard = _heard(said)
    value, source, remarks = heard.value, heard.source, list(_remarks_on_layers(variable, said, heard, layers))
    if variable == "GOROOT" and value and go < HAS_GO_ENV:
        value = locations.join(layers.system, value, "")
    if variable == "GOCACHE" and value not in {"", "off"} and not locations.is_absolute(layers.system, value):
        value = "off"  # Source: golang/go cmd/go/internal/cache/default.go, DefaultDir
        remarks.append(Remark("layers.relative", {"variable": variable, "value": heard.value}))
    if not value:
        value = _default(variable, layers, go)
        source = "default" if value else source
        remarks += _remarks_on_default(variable, value, go)
    vain = tuple(one for one in said if one is not heard or source == "default")
    return Effective(variable, value, source, 0 if source == "default" else heard.line, vain, tuple(remarks))


def _default(variable: str, layers: Layers, go: GoVersion) -> str:
    """The value of a setting about which no layer says anything."""
    if variable in {"GONOPROXY", "GONOSUMDB"}:
        return resolve("GOPRIVATE", layers, go).value
    if variable in {"GOPATH", "GOMODCACHE"}:
        return _default_folder(variable, layers, go)
    if variable == "GOCACHE":
        return locations.find_build_cache(layers.environment, layers.system, go)
    if variable == "GOROOT":
        return _goroot(layers)
    return compiled_default(variable, go)


def _default_folder(variable: str, layers: Layers, go: GoVersion) -> str:
    """GOPATH, or the module cache below its first entry.

    A relative guess at GOPATH is taken back, but not what came of it.

    Source: golang/go cmd/go/main.go, main; cmd/go/internal/cfg/cfg.go, gopathDir.
    """
    said = _heard(_said("GOPATH", layers, go)).value
    gopath = said or locations.find_gopath(layers.environment, layers.system, _goroot(layers))
    if variable == "GOPATH":
        return gopath if locations.is_absolute(layers.system, gopath) else ""
    first = locations.first_of_list(layers.system, gopath)
    return locations.join(layers.system, first, "pkg/mod") if first else ""


def _goroot(layers: Layers) -> str:
    return locations.find_goroot(layers.environment, layers.env_file.values, layers.goroot, layers.system)


def _env_file_path(layers: Layers, go: GoVersion) -> str:
    return locations.find_env_file(layers.environment, layers.system, go).path or ""


def _remarks_on_layers(variable: str, said: Sequence[Said], heard: Said, layers: Layers) -> Iterator[Remark]:
    for one in said:
        if one.source == "environment" and not one.value:
            yield Remark("layers.empty-is-unset", {"variable": variable})
        elif one is not heard and one.source == "env-file" and one.value != heard.value:
            yield Remark("layers.shadowed", {"variable": variable, "line": one.line, "value": one.value})
    if heard.source != "environment" and layers.system != "windows":
        for name in layers.environment:
            if name != variable and name.upper() == variable:
                yield Remark("layers.case", {"variable": variable, "name": name})
    if heard.source == "env-file":
        line = layers.env_file.line_of(variable)
        yield from line.remarks if line else ()


def _remarks_on_default(variable: str, value: str, go: GoVersion) -> Iterator[Remark]:
    follows = {"GONOPROXY": "GOPRIVATE", "GONOSUMDB": "GOPRIVATE", "GOMODCACHE": "GOPATH"}.get(variable)
    if follows and value:
        yield Remark("layers.follows", {"variable": variable, "of": follows})
    if is_of_the_build(variable):
        yield Remark("layers.of-the-build", {"variable": variable})
    means = "" if value else meaning_of_empty(variable, go)
    if means:
        yield Remark("layers.means", {"variable": variable, "means": means})


def _remarks_on_unheard(variable: str, kind: Kind, vain: Sequence[Said]) -> Iterator[Remark]:
    """Why go does not listen: the variable belongs elsewhere, or it is none of go's."""
    for one in vain:
        if kind == "later":
            yield Remark("layers.later", {"variable": variable, "since": str(since(variable))})
        elif kind == "environment" and one.source != "environment":
            yield Remark("layers.environment-only", {"variable": variable, "line": one.line, "value": one.value})
        elif kind != "environment":
            yield Remark(f"layers.{kind}", {"variable": variable, "name": one.name})
