"""Pages of the rules about values: what holds for an environment holds for whatever sets one in a repository."""

from goproxyctl.rules.pages import Example, Page

_PROXY = "golang/go src/cmd/go/internal/modfetch/proxy.go"
_SUMDB = "golang/go src/cmd/go/internal/modfetch/sumdb.go, dbDial"
_GLOBS = "golang.org/x/mod/module, MatchPrefixPatterns"
_FLAGS = "golang/go src/cmd/go/internal/base/goflags.go, InitGOFLAGS"


def environment_page(bad: str, good: str, source: str) -> Page:
    """A page whose examples are variables of a process."""
    return Page(Example("environment", f"{bad}\n"), Example("environment", f"{good}\n"), source)


def goenv_page(bad: str, good: str, source: str) -> Page:
    """A page whose examples are files of ``go env -w``."""
    return Page(Example("goenv", f"{bad}\n"), Example("goenv", f"{good}\n"), source)


_GOOD = "GOPROXY=https://goproxy.cn|https://goproxy.io|direct"

PAGES: dict[str, Page] = {
    "proxy-empty": goenv_page("GOPROXY=", _GOOD, f"{_PROXY}, proxyList"),
    "proxy-bad-item": environment_page(
        "GOPROXY=goproxy,direct", "GOPROXY=https://goproxy.cn|direct", f"{_PROXY}, newProxyRepo"
    ),
    "proxy-keyword-case": environment_page(
        "GOPROXY=https://goproxy.cn,Direct", "GOPROXY=https://goproxy.cn|direct", f"{_PROXY}, proxyList"
    ),
    "proxy-wrong-separator": environment_page(
        "GOPROXY=https://goproxy.cn;direct", "GOPROXY=https://goproxy.cn|direct", f"{_PROXY}, proxyList"
    ),
    "proxy-unreachable-tail": environment_page(
        "GOPROXY=direct,https://goproxy.cn", "GOPROXY=https://goproxy.cn|direct", f"{_PROXY}, proxyList"
    ),
    "proxy-pipe-masks-auth": environment_page(
        "GOPROXY=https://goproxy.acme.example|https://goproxy.cn|direct",
        "GOPROXY=https://goproxy.acme.example,https://goproxy.cn|direct",
        f"{_PROXY}, TryProxies: 401 and 403 are errors like others",
    ),
    "proxy-pipe-masks-tamper": environment_page(
        "GOPROXY=http://cache.acme.example|direct", "GOPROXY=https://cache.acme.example|direct", f"{_PROXY}, TryProxies"
    ),
    "proxy-comma-no-failover": environment_page(
        "GOPROXY=https://goproxy.cn,https://goproxy.io,direct", _GOOD, f"{_PROXY}, TryProxies"
    ),
    "proxy-direct-after-comma": environment_page(
        "GOPROXY=https://goproxy.cn,direct", "GOPROXY=https://goproxy.cn|direct", f"{_PROXY}, TryProxies"
    ),
    "proxy-no-terminal": environment_page(
        "GOPROXY=https://goproxy.cn", "GOPROXY=https://goproxy.cn,off", f"{_PROXY}, TryProxies"
    ),
    "proxy-duplicate": environment_page(
        "GOPROXY=https://goproxy.cn|https://goproxy.cn/|direct", _GOOD, f"{_PROXY}: answers are remembered by URL"
    ),
    "proxy-http": environment_page(
        "GOPROXY=http://goproxy.acme.example,off", "GOPROXY=https://goproxy.acme.example,off", "RFC 9110, 17.1"
    ),
    "proxy-http-credentials": environment_page(
        "GOPROXY=http://me:secret@goproxy.acme.example,off",
        "GOPROXY=https://goproxy.acme.example,off",
        "golang/go src/cmd/go/internal/web/http.go, get",
    ),
    "proxy-inline-secret": environment_page(
        "GOPROXY=https://me:secret@goproxy.acme.example,off",
        "GOPROXY=https://goproxy.acme.example,off",
        "go.dev/ref/mod#private-module-proxy-auth",
    ),
    "proxy-implicit-scheme": environment_page(
        "GOPROXY=goproxy.cn|direct", "GOPROXY=https://goproxy.cn|direct", f"{_PROXY}, proxyList"
    ),
    "proxy-path-typo": environment_page(
        "GOPROXY=https://goproxy.cn/proxy|direct", "GOPROXY=https://goproxy.cn|direct", "goproxy.cn"
    ),
    "proxy-file-form": environment_page(
        "GOPROXY=file://server/share,off", "GOPROXY=file:///srv/modules,off", f"{_PROXY}, newProxyRepo"
    ),
    "proxy-known-dead": environment_page(
        "GOPROXY=https://gocenter.io|direct", "GOPROXY=https://goproxy.cn|direct", "jfrog.com, Into the Sunset"
    ),
    "proxy-off-with-private": environment_page(
        "GOPROXY=off\nGOSUMDB=off\nGOPRIVATE=git.acme.example\nGOTOOLCHAIN=local",
        "GOPROXY=off\nGOSUMDB=off\nGOPRIVATE=git.acme.example\nGONOPROXY=none\nGOTOOLCHAIN=local",
        f"{_PROXY}, proxyList: noproxy goes before everything",
    ),
    "proxy-off-sumdb-on": environment_page(
        "GOPROXY=off\nGOTOOLCHAIN=local", "GOPROXY=off\nGOSUMDB=off\nGOTOOLCHAIN=local", f"{_SUMDB} and initBase"
    ),
    "private-bypasses-own-proxy": environment_page(
        "GOPROXY=https://goproxy.acme.example,off\nGOPRIVATE=git.acme.example",
        "GOPROXY=https://goproxy.acme.example,off\nGOPRIVATE=git.acme.example\nGONOPROXY=none",
        "go.dev/ref/mod#private-module-proxy-all",
    ),
    "private-glob-blank": environment_page(
        "GOPRIVATE=a.acme.example, b.acme.example", "GOPRIVATE=a.acme.example,b.acme.example", _GLOBS
    ),
    "private-glob-syntax": environment_page("GOPRIVATE=https://git.acme.example", "GOPRIVATE=git.acme.example", _GLOBS),
    "private-glob-apex": environment_page("GOPRIVATE=*.acme.example", "GOPRIVATE=acme.example,*.acme.example", _GLOBS),
    "private-glob-star-suffix": environment_page("GOPRIVATE=git.acme.example/*", "GOPRIVATE=git.acme.example", _GLOBS),
    "private-glob-too-wide": environment_page("GOPRIVATE=github.com", "GOPRIVATE=github.com/acme", _GLOBS),
    "nosumdb-wider-than-private": environment_page(
        "GOPRIVATE=git.acme.example\nGONOSUMDB=git.acme.example,github.com/other",
        "GOPRIVATE=git.acme.example\nGONOSUMDB=git.acme.example",
        "go.dev/ref/mod#environment-variables",
    ),
    "insecure-set": environment_page(
        "GOINSECURE=git.acme.example", "GOINSECURE=none", "go.dev/ref/mod#environment-variables"
    ),
    "insecure-for-proxy": environment_page(
        "GOPROXY=https://goproxy.acme.example,off\nGOINSECURE=goproxy.acme.example",
        "GOPROXY=https://goproxy.acme.example,off",
        "golang/go src/cmd/go/internal/modfetch/repo.go, lookupDirect",
    ),
    "insecure-flag": environment_page("GOFLAGS=-insecure", "GOFLAGS=-mod=readonly", "go.dev/doc/go1.17"),
    "sumdb-off": environment_page("GOSUMDB=off", "GOSUMDB=sum.golang.org", _SUMDB),
    "sumdb-off-closed": environment_page(
        "GOPROXY=https://goproxy.acme.example,off\nGOSUMDB=off\nGOTOOLCHAIN=local",
        "GOPROXY=https://goproxy.acme.example,off\nGOTOOLCHAIN=local",
        _SUMDB,
    ),
    "sumdb-url-form": environment_page("GOSUMDB=https://sum.golang.org", "GOSUMDB=sum.golang.org", _SUMDB),
    "sumdb-empty": goenv_page("GOSUMDB=", "GOSUMDB=sum.golang.org", _SUMDB),
    "sumdb-explicit-url-bypass": environment_page(
        "GOPROXY=https://goproxy.acme.example,off\nGOSUMDB=sum.golang.google.cn",
        "GOPROXY=https://goproxy.acme.example,off\nGOSUMDB=sum.golang.org",
        f"{_SUMDB} and initBase",
    ),
    "toolchain-invalid": environment_page("GOTOOLCHAIN=1.26.0", "GOTOOLCHAIN=go1.26.0", "go.dev/doc/toolchain"),
    "toolchain-auto-unserved": environment_page(
        "GOPROXY=off\nGOSUMDB=off\nGOTOOLCHAIN=auto",
        "GOPROXY=off\nGOSUMDB=off\nGOTOOLCHAIN=local",
        "go.dev/doc/toolchain#download",
    ),
    "govcs-invalid": environment_page(
        "GOVCS=github.com", "GOVCS=github.com:git", "golang/go src/cmd/go/internal/vcs/vcs.go, parseGOVCS"
    ),
    "goflags-invalid": environment_page("GOFLAGS=-mod readonly", "GOFLAGS=-mod=readonly", _FLAGS),
    "goflags-twice": environment_page("GOFLAGS=-mod=readonly -mod=vendor", "GOFLAGS=-mod=vendor", _FLAGS),
    "goflags-mod-mod": environment_page(
        "CI=true\nGOFLAGS=-mod=mod", "CI=true\nGOFLAGS=-mod=readonly", "go.dev/ref/mod#build-commands"
    ),
    "go111module-legacy": environment_page("GO111MODULE=auto", "GO111MODULE=on", "go.dev/ref/mod#mod-commands"),
    "go111module-invalid": environment_page(
        "GO111MODULE=ON", "GO111MODULE=on", "golang/go src/cmd/go/internal/modload/init.go, Init"
    ),
    "gomodcache-relative": environment_page(
        "GOMODCACHE=cache/mod", "GOMODCACHE=/var/cache/mod", "golang/go src/cmd/go/internal/modload/init.go"
    ),
    "auth-goauth-form": environment_page(
        "GOAUTH=off;netrc", "GOAUTH=netrc", "golang/go src/cmd/go/internal/auth/auth.go, runGoAuth"
    ),
    "auth-http-netrc": environment_page(
        "GOPROXY=http://goproxy.acme.example,off\nNETRC=/etc/netrc",
        "GOPROXY=https://goproxy.acme.example,off\nNETRC=/etc/netrc",
        "golang/go src/cmd/go/internal/web/http.go, get",
    ),
    "godebug-unknown-mode": environment_page(
        "GODEBUG=netdns=off", "GODEBUG=netdns=go", "golang/go src/net/conf.go, goDebugNetDNS"
    ),
    "fwd-noproxy-syntax": environment_page(
        "NO_PROXY=https://acme.example,10.1.*", "NO_PROXY=acme.example,10.1.0.0/16", "golang.org/x/net/http/httpproxy"
    ),
}
