"""The variables that go reads: which can stand in a file, which only in the environment, which not at all."""

from typing import Literal

from goproxyctl.gosem.version import GoVersion

#: ``setting``: environment, GOENV file, go.env, default. ``environment``: the environment alone. ``fixed``: nobody sets
#: it. ``later``: this go does not know it yet. ``unknown``: no go reads it.
Kind = Literal["setting", "environment", "fixed", "later", "unknown"]

#: Source: golang/go internal/cfg/cfg.go, KnownEnv.
_SETTINGS = frozenset(
    """
    GO111MODULE GOAUTH GOCACHE GOCACHEPROG GOFLAGS GOINSECURE GOMODCACHE GONOPROXY GONOSUMDB GOPATH GOPRIVATE
    GOPROXY GOROOT GOSUMDB GOTMPDIR GOTOOLCHAIN GOVCS
    """.split()  # noqa: SIM905 - forty names in quotes read worse
)
#: Settings whose default go makes from its build, the processor, the folder or the C compiler that it finds.
_OF_THE_BUILD = frozenset(
    """
    GOARCH GOBIN GOOS GOEXPERIMENT GOFIPS140 GOWORK AR CC CXX FC GCCGO PKG_CONFIG CGO_ENABLED CGO_CFLAGS CGO_CPPFLAGS
    CGO_CXXFLAGS CGO_FFLAGS CGO_LDFLAGS GO386 GOAMD64 GOARM GOARM64 GOMIPS GOMIPS64 GOPPC64 GORISCV64 GOWASM
    """.split()  # noqa: SIM905 - as above
)
_FIXED = frozenset(
    """
    GOEXE GOGCCFLAGS GOHOSTARCH GOHOSTOS GOMOD GOTELEMETRY GOTELEMETRYDIR GOTOOLDIR GOVERSION
    """.split()  # noqa: SIM905 - as above
)
#: Read from the environment alone, so neither ``go env -w`` nor a GOENV file can give them. Source: go-semantics 1.5.
_ENVIRONMENT = frozenset(
    """
    GOENV GODEBUG GOPACKAGESDRIVER HTTP_PROXY HTTPS_PROXY NO_PROXY REQUEST_METHOD NETRC SSL_CERT_FILE SSL_CERT_DIR
    http_proxy https_proxy no_proxy
    HOME USERPROFILE APPDATA AppData LOCALAPPDATA LocalAppData XDG_CONFIG_HOME XDG_CACHE_HOME PATH
    """.split()  # noqa: SIM905 - as above
)
_SINCE = {
    "GOINSECURE": GoVersion(1, 14),
    "GOMODCACHE": GoVersion(1, 15),
    "GOVCS": GoVersion(1, 16),
    "GOEXPERIMENT": GoVersion(1, 17),
    "GOWORK": GoVersion(1, 18),
    "GOTOOLCHAIN": GoVersion(1, 21),
    "GOCACHEPROG": GoVersion(1, 21),
    "GOAUTH": GoVersion(1, 24),
    "GOFIPS140": GoVersion(1, 24),
}
#: Read when the first is empty. Source: golang.org/x/net/http/httpproxy/proxy.go, FromEnvironment.
_ALIASES = {"HTTP_PROXY": "http_proxy", "HTTPS_PROXY": "https_proxy", "NO_PROXY": "no_proxy"}

#: GOROOT/go.env exists since this release; what it says was compiled in before.
HAS_GO_ENV = GoVersion(1, 21)
_COMPILED_IN = {"GOPROXY": "https://proxy.golang.org,direct", "GOSUMDB": "sum.golang.org"}
_MODULES_ON = GoVersion(1, 16)
#: go env lists these, always from the environment, since these releases.
_LISTED = {"GOENV": GoVersion(1, 13), "GODEBUG": GoVersion(1, 23), "GOPACKAGESDRIVER": GoVersion(1, 27)}


def kind_of(name: str, go: GoVersion) -> Kind:
    """How ``go`` treats the variable."""
    if name in _SETTINGS or name in _OF_THE_BUILD:
        return "later" if go < _SINCE.get(name, go) else "setting"
    if name in _FIXED:
        return "fixed"
    return "environment" if name in _ENVIRONMENT else "unknown"


def is_listed(name: str, go: GoVersion) -> bool:
    """Whether go env has a line for the variable by which it shows what it uses."""
    return go >= _LISTED[name] if name in _LISTED else kind_of(name, go) == "setting"


def is_of_the_build(name: str) -> bool:
    """Whether only go itself knows the default of this setting."""
    return name in _OF_THE_BUILD


def since(name: str) -> GoVersion | None:
    """The first release that knows the variable; None: all that know modules."""
    return _SINCE.get(name)


def names_of(name: str) -> tuple[str, ...]:
    """The names under which go looks a variable up, in order."""
    return (name, _ALIASES[name]) if name in _ALIASES else (name,)


def compiled_default(name: str, go: GoVersion) -> str:
    """What go itself holds for a variable that says nothing, where that does not depend on others.

    Source: golang/go cmd/go/internal/cfg/cfg.go; GOPROXY and GOSUMDB moved to GOROOT/go.env in 1.21.
    """
    if name == "GOAUTH":
        return "netrc"
    return "" if go >= HAS_GO_ENV else _COMPILED_IN.get(name, "")


def meaning_of_empty(name: str, go: GoVersion) -> str:
    """What an empty value amounts to, where go env shows it as empty; "" when there is nothing to say."""
    if name == "GO111MODULE":
        return "on" if go >= _MODULES_ON else "auto"
    return {"GOVCS": "public:git|hg,private:all", "GOTOOLCHAIN": "local"}.get(name, "")
