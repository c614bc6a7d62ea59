"""Where go looks for its files: the GOENV file, GOROOT/go.env, GOPATH, the caches.

Source: golang/go os/file.go, UserConfigDir, UserCacheDir, UserHomeDir; cmd/go/internal/cfg/cfg.go, EnvFile, findGOROOT.
"""

import ntpath
import posixpath
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from goproxyctl.gosem.version import GoVersion

System = Literal["linux", "darwin", "windows"]
#: Why the file is where it is, or why there is none.
Why = Literal["named", "default", "off", "no-home", "relative-home"]

#: Since this release a relative XDG_CONFIG_HOME or XDG_CACHE_HOME is refused; before, it was taken as it is.
_REFUSES_RELATIVE = GoVersion(1, 24)


@dataclass(frozen=True, slots=True)
class EnvFileAt:
    """The path of the GOENV file (None: go reads none) and why. A relative path is relative to go's working folder."""

    path: str | None
    why: Why


def read_variable(environment: Mapping[str, str], name: str, system: System) -> str:
    """The value of an environment variable, "" when unset: for go these are the same. Windows ignores case."""
    if system != "windows":
        return environment.get(name, "")
    return next((value for key, value in environment.items() if key.upper() == name.upper()), "")


def find_env_file(environment: Mapping[str, str], system: System, go: GoVersion) -> EnvFileAt:
    """Where go reads what ``go env -w`` wrote. ``off`` is exact: ``OFF`` is a file name."""
    named = read_variable(environment, "GOENV", system)
    if named:
        return EnvFileAt(None, "off") if named == "off" else EnvFileAt(named, "named")
    folder, why = _user_folder(environment, system, go, _CONFIG)
    return EnvFileAt(join(system, folder, "go/env") if folder else None, why)


def find_build_cache(environment: Mapping[str, str], system: System, go: GoVersion) -> str:
    """The default of GOCACHE: ``off`` when there is no home. Source: cmd/go/internal/cache/default.go, DefaultDir."""
    folder, _ = _user_folder(environment, system, go, _CACHE)
    return join(system, folder, "go-build") if folder else "off"


def find_goroot(environment: Mapping[str, str], file: Mapping[str, str], own: str, system: System) -> str:
    """The folder whose go.env counts: a GOROOT line of the GOENV file goes before the environment; then ``own``."""
    named = file.get("GOROOT") or read_variable(environment, "GOROOT", system)
    return _clean(system, named) if named else own


def find_gopath(environment: Mapping[str, str], system: System, goroot: str) -> str:
    """The default of GOPATH. Source: golang/go go/build/build.go, defaultGOPATH."""
    home = read_variable(environment, "USERPROFILE" if system == "windows" else "HOME", system)
    found = join(system, home, "go") if home else ""
    return "" if found == goroot else found


def first_of_list(system: System, value: str) -> str:
    """The first entry of a list of folders. Source: golang/go path/filepath, SplitList (quotes on Windows apart)."""
    return value.partition(";" if system == "windows" else ":")[0]


def join(system: System, folder: str, rest: str) -> str:
    """Both parts as one clean path of ``system``."""
    return _clean(system, (ntpath if system == "windows" else posixpath).join(folder, rest))


def is_absolute(system: System, path: str) -> bool:
    """Source: golang/go path/filepath, IsAbs: on Windows a path needs its drive or share."""
    if system != "windows":
        return path.startswith("/")
    drive, rest = ntpath.splitdrive(path)
    return bool(drive) and (rest[:1] in {"/", "\\"} or drive[:2] in {"\\\\", "//"})


def _clean(system: System, path: str) -> str:
    if system == "windows":
        return ntpath.normpath(path)
    cleaned = posixpath.normpath(path)
    return cleaned[1:] if cleaned.startswith("//") else cleaned  # POSIX keeps two leading slashes, go does not


@dataclass(frozen=True, slots=True)
class _Folder:
    """How each system names one of the user's folders: Windows variable, below HOME on macOS, XDG variable, default."""

    windows: str
    darwin: str
    xdg: str
    unix: str


_CONFIG = _Folder("AppData", "/Library/Application Support", "XDG_CONFIG_HOME", "/.config")
_CACHE = _Folder("LocalAppData", "/Library/Caches", "XDG_CACHE_HOME", "/.cache")


def _user_folder(environment: Mapping[str, str], system: System, go: GoVersion, folder: _Folder) -> tuple[str, Why]:
    if system == "windows":
        found = read_variable(environment, folder.windows, system)
        return found, "default" if found else "no-home"
    xdg = environment.get(folder.xdg, "") if system == "linux" else ""
    if xdg and not xdg.startswith("/") and go >= _REFUSES_RELATIVE:
        return "", "relative-home"
    if xdg:
        return xdg, "default"
    home = environment.get("HOME", "")
    below = folder.darwin if system == "darwin" else folder.unix
    return (home + below, "default") if home else ("", "no-home")
