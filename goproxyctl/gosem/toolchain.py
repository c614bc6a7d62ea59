"""GOTOOLCHAIN: which toolchain runs, and whether go may fetch another."""

from dataclasses import dataclass
from typing import Literal

from goproxyctl.gosem.remark import Remark
from goproxyctl.gosem.version import NEWEST, TOOLCHAIN, GoVersion

#: The module of toolchains. Source: cmd/go/internal/toolchain/select.go, gotoolchainModule.
MODULE = "golang.org/toolchain"


@dataclass(frozen=True, slots=True)
class Toolchain:
    """What GOTOOLCHAIN asks for.

    Shape: ``minimum`` is "local" or a toolchain's name; ``mode`` "auto" may fetch a newer one that go.mod asks for,
    "path" finds it in PATH only, "" never changes it.
    """

    minimum: str = "local"
    mode: Literal["auto", "path", ""] = ""

    @property
    def downloads(self) -> bool:
        """Whether go may fetch a toolchain at all: to fulfil a go.mod, or the named one."""
        return self.mode == "auto" or (self.mode == "" and self.minimum != "local")


def read_toolchain(value: str, go: GoVersion = NEWEST) -> Toolchain | Remark:
    """What go makes of a GOTOOLCHAIN value; before 1.21 it reads none, and an empty one means local.

    Shape: remarks toolchain.invalid, toolchain.minimum, toolchain.suffix; values ``value`` and ``says``.
    Source: golang/go cmd/go/internal/toolchain/select.go, Select.
    """
    if not go.has(TOOLCHAIN) or not value:
        return Toolchain()
    if value in {"auto", "path"}:
        return Toolchain(mode="auto" if value == "auto" else "path")
    minimum, plus, suffix = value.partition("+")
    wrong = _wrong(minimum, plus, suffix, go)
    if wrong is not None:
        return _refuse(*wrong, value)
    return Toolchain(minimum, "auto" if suffix == "auto" else "path" if suffix else "")


def _wrong(minimum: str, plus: str, suffix: str, go: GoVersion) -> tuple[str, str] | None:
    """What go refuses in ``minimum+suffix``: an id, and the end of go's words."""
    if minimum != "local" and version_of(minimum) is None:
        return ("minimum", f': invalid minimum toolchain "{minimum}"') if plus else ("invalid", "")
    if plus and suffix not in {"auto", "path"}:
        return "suffix", ": only version suffixes are +auto and +path"
    known = minimum in {"local", f"go{go}"} or minimum.startswith("go1")
    return None if known else ("invalid", "")


def _refuse(id: str, why: str, value: str) -> Remark:
    return Remark(f"toolchain.{id}", {"value": value, "says": f'invalid GOTOOLCHAIN "{value}"{why}'})


def version_of(name: str) -> GoVersion | None:
    """The Go version of a toolchain's name ("go1.2.3", "go1.2.3-bigcorp"); None for anything else.

    Source: golang/go cmd/go/internal/gover/toolchain.go, FromToolchain.
    """
    if not name.startswith("go") or "/" in name or "\\" in name:
        return None
    bare = name[2:]
    for blank in " \t-":
        bare = bare.partition(blank)[0]
    if bare.startswith("go"):
        return None
    try:
        return GoVersion.parse(bare)
    except ValueError:
        return None


def module_version(name: str, goos: str = "linux", goarch: str = "amd64") -> str:
    """The version of the module golang.org/toolchain that carries the toolchain ``name``.

    Source: golang/go cmd/go/internal/toolchain/select.go, Exec.
    """
    return f"v0.0.1-{name}.{goos}-{goarch}"
