"""What go reads for modules, with its own defaults applied."""

from collections.abc import Mapping
from dataclasses import dataclass

from goproxyctl.gosem.version import AUTH, INSECURE, NEWEST, RETRACT, TOOLCHAIN, GoVersion

#: What GOROOT/go.env of a release says; before 1.21 the same stood in the go command itself.
GO_ENV = {"GOPROXY": "https://proxy.golang.org,direct", "GOSUMDB": "sum.golang.org", "GOTOOLCHAIN": "auto"}


@dataclass(frozen=True, slots=True)
class Settings:
    """The module settings of one go process, resolved: text as go has it after its layers and defaults.

    Source: golang/go cmd/go/internal/cfg/cfg.go; GOROOT/go.env.
    """

    proxy: str = GO_ENV["GOPROXY"]
    private: str = ""
    noproxy: str = ""
    nosumdb: str = ""
    sumdb: str = GO_ENV["GOSUMDB"]
    toolchain: str = GO_ENV["GOTOOLCHAIN"]
    insecure: str = ""
    vcs: str = ""
    auth: str = "netrc"
    flags: str = ""


def settings_of(variables: Mapping[str, str], go: GoVersion = NEWEST) -> Settings:
    """The settings that follow from resolved ``variables``: one that is missing or empty takes go's default.

    GOPROXY, GOSUMDB and GOTOOLCHAIN are taken as they are when present, for an empty line of a go env file shadows
    GOROOT/go.env; leave them out where nothing sets them.
    Source: golang/go cmd/go/internal/cfg/cfg.go, EnvOrAndChanged; GOROOT/go.env.
    """
    private = variables.get("GOPRIVATE", "")
    return Settings(
        proxy=variables.get("GOPROXY", GO_ENV["GOPROXY"]),
        private=private,
        noproxy=variables.get("GONOPROXY") or private,
        nosumdb=variables.get("GONOSUMDB") or private,
        sumdb=variables.get("GOSUMDB", GO_ENV["GOSUMDB"]),
        toolchain=variables.get("GOTOOLCHAIN", GO_ENV["GOTOOLCHAIN"]) if go.has(TOOLCHAIN) else "local",
        insecure=variables.get("GOINSECURE", "") if go.has(INSECURE) else "",
        vcs=variables.get("GOVCS", "") if go.has(RETRACT) else "",
        auth=(variables.get("GOAUTH") or "netrc") if go.has(AUTH) else "netrc",
        flags=variables.get("GOFLAGS", ""),
    )
