"""The rules about values: of a machine's settings, of a go env file, and of whatever sets variables in a repository."""

from collections.abc import Iterator

from goproxyctl.errors import Severity
from goproxyctl.rules import chain, private, reading, settings
from goproxyctl.rules.registry import Rule
from goproxyctl.text import Text

_ERROR, _WARNING, _REMARK = Severity.ERROR, Severity.WARNING, Severity.INFO

#: Rules that policies have too. There intent is known; here a value may be meant, so some of them weigh less.
_SHARED = {
    "proxy-empty": _ERROR,
    "proxy-bad-item": _ERROR,
    "proxy-wrong-separator": _ERROR,
    "proxy-unreachable-tail": _WARNING,
    "proxy-pipe-masks-auth": _WARNING,
    "proxy-off-with-private": _WARNING,
    "proxy-off-sumdb-on": _REMARK,
    "proxy-duplicate": _WARNING,
    "proxy-http": _WARNING,
    "proxy-inline-secret": _ERROR,
    "proxy-implicit-scheme": _REMARK,
    "private-glob-blank": _ERROR,
    "private-glob-syntax": _ERROR,
    "private-glob-apex": _WARNING,
    "private-glob-star-suffix": _REMARK,
    "private-glob-too-wide": _WARNING,
    "insecure-set": _WARNING,
    "sumdb-off": _ERROR,
    "sumdb-url-form": _ERROR,
    "govcs-invalid": _ERROR,
    "goflags-twice": _WARNING,
    "goflags-mod-mod": _WARNING,
    "toolchain-invalid": _ERROR,
    "fwd-noproxy-syntax": _WARNING,
}


def _shared() -> Iterator[Rule]:
    for module in (chain, private, settings, reading):
        for rule in module.RULES:
            if rule.id in _SHARED:
                yield rule._replace(severity=_SHARED[rule.id], check=None, waivable=True)


#: The rules about values that policies cannot break, or are not asked about.
RULES: tuple[Rule, ...] = (
    *_shared(),
    Rule(
        "proxy-keyword-case",
        _ERROR,
        Text("environment.proxy-keyword-case", "a keyword that is not in lower case"),
        Text("environment.proxy-keyword-case.why", "go takes OFF or Direct for a broken URL, and every download fails"),
    ),
    Rule(
        "proxy-file-form",
        _ERROR,
        Text("environment.proxy-file-form", "a path that cannot be a module proxy"),
        Text("environment.proxy-file-form.why", "go wants file:/// and an absolute path; shares and bare paths fail"),
    ),
    Rule(
        "proxy-path-typo",
        _WARNING,
        Text("environment.proxy-path-typo", "a mirror at an address where it serves nothing"),
        Text("environment.proxy-path-typo.why", "every answer is 404, which looks like a module that does not exist"),
    ),
    Rule(
        "proxy-http-credentials",
        _ERROR,
        Text("environment.proxy-http-credentials", "credentials for a proxy without encryption"),
        Text("environment.proxy-http-credentials.why", "go refuses to send them, and every download fails"),
    ),
    Rule(
        "proxy-known-dead",
        _REMARK,
        Text("environment.proxy-known-dead", "a mirror that was closed"),
        Text("environment.proxy-known-dead.why", "go asks it each time, and each time it fails"),
    ),
    Rule(
        "proxy-comma-no-failover",
        _WARNING,
        Text("environment.proxy-comma-no-failover", "two mirrors with a comma between them"),
        Text(
            "environment.proxy-comma-no-failover.why", "the second is asked after 404 only, not when the first is down"
        ),
    ),
    Rule(
        "proxy-direct-after-comma",
        _REMARK,
        Text("environment.proxy-direct-after-comma", "direct, behind a mirror and a comma"),
        Text("environment.proxy-direct-after-comma.why", "it finds what the mirror lacks; it is no help in an outage"),
    ),
    Rule(
        "proxy-pipe-masks-tamper",
        _WARNING,
        Text("environment.proxy-pipe-masks-tamper", "a proxy without encryption that is skipped on any error"),
        Text("environment.proxy-pipe-masks-tamper.why", "a go.mod that fails verification is skipped without a word"),
    ),
    Rule(
        "proxy-no-terminal",
        _REMARK,
        Text("environment.proxy-no-terminal", "a chain without direct or off at its end"),
        Text("environment.proxy-no-terminal.why", "it works like off; whether that is meant, nobody can see"),
    ),
    Rule(
        "private-bypasses-own-proxy",
        _WARNING,
        Text("environment.private-bypasses-own-proxy", "private modules that go around one's own proxy"),
        Text(
            "environment.private-bypasses-own-proxy.why",
            "GOPRIVATE makes go fetch directly what the proxy may be there to serve",
        ),
    ),
    Rule(
        "nosumdb-wider-than-private",
        _WARNING,
        Text("environment.nosumdb-wider-than-private", "public modules that are not verified"),
        Text("environment.nosumdb-wider-than-private.why", "GONOSUMDB names what GOPRIVATE does not"),
    ),
    Rule(
        "insecure-for-proxy",
        _WARNING,
        Text("environment.insecure-for-proxy", "GOINSECURE for a server"),
        Text("environment.insecure-for-proxy.why", "it holds for modules that are fetched directly, for no proxy"),
    ),
    Rule(
        "insecure-flag",
        _ERROR,
        Text("environment.insecure-flag", "the flag -insecure"),
        Text("environment.insecure-flag.why", "it was removed in go 1.17; go refuses it"),
    ),
    Rule(
        "sumdb-empty",
        _ERROR,
        Text("environment.sumdb-empty", "no checksum database in a go env file"),
        Text("environment.sumdb-empty.why", "an empty line hides the default; every download fails"),
    ),
    Rule(
        "sumdb-off-closed",
        _REMARK,
        Text("environment.sumdb-off-closed", "no checksum database behind a closed chain"),
        Text("environment.sumdb-off-closed.why", "without the internet it cannot be asked; the proxies must verify"),
    ),
    Rule(
        "sumdb-explicit-url-bypass",
        _WARNING,
        Text("environment.sumdb-explicit-url-bypass", "a checksum database with an address, behind a closed chain"),
        Text("environment.sumdb-explicit-url-bypass.why", "go dials that address itself and asks no proxy for it"),
    ),
    Rule(
        "toolchain-auto-unserved",
        _WARNING,
        Text("environment.toolchain-auto-unserved", "toolchains that go may fetch and cannot"),
        Text("environment.toolchain-auto-unserved.why", "a go.mod that asks for a newer go breaks every command"),
    ),
    Rule(
        "goflags-invalid",
        _ERROR,
        Text("environment.goflags-invalid", "a word in GOFLAGS that is no flag"),
        Text("environment.goflags-invalid.why", "every command but go env fails"),
    ),
    Rule(
        "go111module-legacy",
        _WARNING,
        Text("environment.go111module-legacy", "GO111MODULE from the time before modules"),
        Text("environment.go111module-legacy.why", "without modules no proxy is asked, and go get refuses"),
    ),
    Rule(
        "go111module-invalid",
        _ERROR,
        Text("environment.go111module-invalid", "GO111MODULE is neither on, off nor auto"),
        Text("environment.go111module-invalid.why", "every go command fails, go env too"),
    ),
    Rule(
        "gomodcache-relative",
        _ERROR,
        Text("environment.gomodcache-relative", "a module cache at a relative path"),
        Text("environment.gomodcache-relative.why", "go refuses it"),
    ),
    Rule(
        "auth-goauth-form",
        _ERROR,
        Text("environment.auth-goauth-form", "a GOAUTH that go cannot read"),
        Text("environment.auth-goauth-form.why", "go ends at the first request over https"),
    ),
    Rule(
        "auth-http-netrc",
        _WARNING,
        Text("environment.auth-http-netrc", "credentials for a proxy without encryption, from netrc"),
        Text("environment.auth-http-netrc.why", "go sends them over https only; the proxy sees a stranger"),
    ),
    Rule(
        "godebug-unknown-mode",
        _WARNING,
        Text("environment.godebug-unknown-mode", "a resolver that go does not know"),
        Text("environment.godebug-unknown-mode.why", "netdns is go or cgo; go ignores anything else"),
    ),
)
