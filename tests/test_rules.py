"""Each rule: what it finds, and what it must not find. Lines count below ``spec:``."""

import ast
import base64
import hashlib
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest

from goproxyctl.errors import Severity
from goproxyctl.rules import RULES
from goproxyctl.rules.catalogue import catalogue
from tests.oracles import ROOT
from tests.policy_files import CHAIN, HEAD, lines, load, problems, rules

GATE = '  chain:\n    - {name: gate, url: "https://gate.acme.example", role: gatekeeper%s}\n    - {name: m, url: "https://goproxy.cn", role: mirror}\n    - "off"\n'
FAILOVER = "  targets:\n    - {name: f, kind: scheduled-task, path: ~/f.ps1}\n"
CONFIGMAP = "  targets:\n    - {name: a, kind: configmap, path: a.yaml, namespaces: [a]%s}\n"
PRIVATE = "  private: {modules: [git.acme.example]%s}\n"


def key_of(name: str, sum_name: str = "") -> str:
    """A verifier key as `note` prints it, for a made-up Ed25519 key."""
    key = b"\x01" + hashlib.sha256(b"acme").digest()
    sum_ = hashlib.sha256(f"{sum_name or name}\n".encode() + key).hexdigest()[:8]
    return f"{name}+{sum_}+{base64.b64encode(key).decode()}"


def chain(*hops: str) -> str:
    """A chain; one that does not say how it ends ends with off."""
    hops = hops if {*hops} & {"direct", '"off"'} else (*hops, '"off"')
    return "  chain:\n" + "".join(f"    - {hop}\n" for hop in hops)


def hop(url: str, name: str = "a", extra: str = "") -> str:
    return f'{{name: {name}, url: "{url}", role: mirror{extra}}}'


def loop(url: str, name: str = "a") -> str:
    return hop(url, name, ", fallback: any-error")


FOUND = [
    ("proxy-empty", 0, "  targets: []\n"),
    ("proxy-empty", 1, "  chain: []\n"),
    ("proxy-unreachable-tail", 2, chain("direct", hop("https://a.example"))),
    ("proxy-unreachable-tail", 2, chain('"off"', "direct")),
    ("proxy-duplicate", 3, chain(hop("https://a.example"), hop("https://a.example:443/", "b"))),
    ("proxy-http", 2, chain(hop("http://a.example"))),
    ("proxy-http", 2, chain(hop("http://127.example"))),
    ("proxy-http", 2, chain(hop("http://localhost.example"))),
    ("proxy-pipe-masks-auth", 2, GATE % ", fallback: any-error"),
    ("proxy-off-with-private", 1, '  chain: ["off"]\n' + PRIVATE % ""),
    ("proxy-off-sumdb-on", 1, '  chain: ["off"]\n'),
    ("proxy-bad-item", 2, chain(hop("https://[::1::2]/"))),
    ("proxy-bad-item", 2, chain(hop(f"https://{'a' * 64}.example"))),
    ("proxy-bad-item", 2, chain(hop("https://" + "a." * 130 + "example"))),
    ("proxy-bad-item", 2, CHAIN + '  egress: {https: "http://[:]:80"}\n'),
    ("private-fetch-no-gatekeeper", 4, chain(hop("https://a.example")) + PRIVATE % ", fetch: chain"),
    (
        "private-fetch-mirror-first",
        2,
        chain(hop("https://a.example"), '{name: g, url: "https://g.example", role: gatekeeper}')
        + PRIVATE % ", fetch: chain",
    ),
    ("sumdb-off", 2, CHAIN + '  checksum: {database: "off"}\n'),
    ("sumdb-url-form", 2, CHAIN + '  checksum: {database: sum.golang.google.cn, url: "https://a.example"}\n'),
    ("sumdb-url-form", 2, CHAIN + f'  checksum: {{database: "{key_of("sum.acme.example", "x")}"}}\n'),
    ("sumdb-url-form", 2, CHAIN + f'  checksum: {{database: "{key_of("sum.golang.org")}"}}\n'),
    ("sumdb-url-form", 2, CHAIN + "  checksum: {database: https://sum.golang.org}\n"),
    ("sumdb-url-form", 2, CHAIN + "  checksum: {database: goproxy.cn}\n"),
    ("sumdb-url-form", 2, CHAIN + '  checksum: {database: sum.golang.org, url: "http://x.example"}\n'),
    ("private-glob-syntax", 2, CHAIN + "  private: {modules: [.corp.example]}\n"),
    ("private-glob-syntax", 2, CHAIN + "  private: {modules: [corp.example/...]}\n"),
    ("private-glob-syntax", 2, CHAIN + "  private: {modules: [CORP.example]}\n"),
    ("private-glob-syntax", 2, CHAIN + '  private: {modules: ["https://corp.example"]}\n'),
    ("private-glob-syntax", 2, CHAIN + '  private: {modules: ["corp.example:8443"]}\n'),
    ("private-glob-syntax", 2, CHAIN + '  private: {modules: ["[corp.example"]}\n'),
    ("private-glob-syntax", 2, CHAIN + '  private: {modules: ["a{b,c}.example"]}\n'),
    ("private-glob-syntax", 2, CHAIN + '  private: {modules: ["!corp.example"]}\n'),
    ("private-glob-syntax", 2, CHAIN + '  private: {modules: ["corp.example/"]}\n'),
    ("private-glob-syntax", 2, CHAIN + '  private: {modules: ["a.example;b.example"]}\n'),
    ("private-glob-syntax", 2, CHAIN + "  private: {modules: ['\"corp.example\"']}\n"),
    ("private-glob-blank", 2, CHAIN + '  private: {modules: [" corp.example"]}\n'),
    ("private-glob-blank", 2, CHAIN + '  private: {modules: ["corp.example\\r"]}\n'),
    ("private-glob-apex", 2, CHAIN + '  private: {modules: ["*.git.acme.example"]}\n'),
    ("private-glob-apex", 2, CHAIN + "  private: {modules: [acme.example]}\n"),
    ("private-glob-star-suffix", 2, CHAIN + '  private: {modules: ["git.acme.example/*"]}\n'),
    *(
        ("private-glob-too-wide", 2, CHAIN + f'  private: {{modules: ["{glob}"]}}\n')
        for glob in [
            "*",
            "**",
            "*corp.example",
            "github.com",
            "github.com/*",
            "golang.org",
            "*.org",
            "?*/*",
            "g*.com",
            "[a-z]*",
        ]
    ),
    ("private-glob-too-wide", 2, CHAIN + '  private: {insecure: ["*"]}\n'),
    ("private-uncovered", 2, CHAIN + PRIVATE % ", samples: {private: [gitlab.acme.example/x]}"),
    (
        "private-uncovered",
        2,
        CHAIN + '  private: {modules: ["*.git.acme.example"], samples: {private: [git.acme.example/x]}}\n',
    ),
    ("private-covers-public", 2, CHAIN + PRIVATE % ", samples: {public: [git.acme.example/oss]}"),
    ("insecure-set", 2, CHAIN + "  private: {insecure: [old.acme.example]}\n"),
    ("govcs-invalid", 2, CHAIN + '  go: {vcs: ["public:git", "public:hg"]}\n'),
    ("govcs-invalid", 2, CHAIN + '  go: {vcs: ["public"]}\n'),
    ("goflags-twice", 2, CHAIN + "  go: {flags: [-buildvcs=true, -buildvcs=auto]}\n"),
    ("goflags-mod-mod", 2, CHAIN + "  go: {flags: [-mod=mod]}\n"),
    ("toolchain-invalid", 2, CHAIN + "  go: {toolchain: go1.21}\n"),
    ("toolchain-invalid", 2, CHAIN + "  go: {toolchain: go1.26+auto}\n"),
    ("toolchain-invalid", 2, CHAIN + "  go: {toolchain: auto+path}\n"),
    ("toolchain-below-minimum", 2, CHAIN + '  go: {toolchain: go1.26.5+auto, minimum: "1.26.6"}\n'),
    ("fwd-noproxy-syntax", 2, CHAIN + '  egress: {bypass: ["http://foo.com"]}\n'),
    ("fwd-noproxy-syntax", 2, CHAIN + '  egress: {bypass: ["10.1.*"]}\n'),
    ("fwd-noproxy-syntax", 2, CHAIN + '  egress: {bypass: ["<local>"]}\n'),
    ("name-duplicate", 3, chain(hop("https://a.example"), hop("https://b.example"))),
    (
        "egress-not-carried",
        3,
        CHAIN + '  egress: {https: "http://e.example:1"}\n  targets: [{name: a, kind: go-env}]\n',
    ),
    (
        "ca-file-not-carried",
        2,
        CHAIN + "  targets: [{name: a, kind: powershell, path: a.ps1, scope: user, ca_file: /etc/ca.pem}]\n",
    ),
    (
        "configmap-hashed",
        4,
        CHAIN
        + CONFIGMAP % ", immutable: true"
        + "    - {name: b, kind: kyverno, engine: native, path: b.yaml, namespaces: [a]}\n",
    ),
    (
        "configmap-hashed",
        4,
        CHAIN
        + CONFIGMAP % ", immutable: true"
        + "    - {name: b, kind: helm-values, path: b.yaml, at: x, form: env-from}\n",
    ),
    ("failover-not-lent", 6, GATE % "" + FAILOVER),
    ("failover-not-lent", 6, GATE % "" + FAILOVER + "    - {name: go, kind: go-env}\n"),
    ("failover-not-lent", 6, GATE % "" + FAILOVER + "    - {name: go, kind: go-env, lend: true, path: go/env}\n"),
    (
        "failover-not-lent",
        6,
        GATE % ""
        + FAILOVER
        + "    - {name: go, kind: go-env, lend: true, profile: p}\n  profiles: {p: {chain: [direct]}}\n",
    ),
    (
        "failover-sample-private",
        7,
        GATE % ""
        + PRIVATE % ""
        + FAILOVER.replace("}", ", sample: git.acme.example/x@v1.0.0}")
        + "    - {name: go, kind: go-env, lend: true}\n",
    ),
    ("failover-idle", 6, GATE % "" + FAILOVER + "    - {name: go, kind: go-env, lend: true}\n"),
    ("waiver-rule-unknown", 2, CHAIN + '  waivers: [{rule: proxy-htp, reason: r, owner: o, expires: "2027-01-01"}]\n'),
    (
        "waiver-target-unknown",
        2,
        CHAIN + '  waivers: [{rule: proxy-http, target: x, reason: r, owner: o, expires: "2027-01-01"}]\n',
    ),
    ("proxy-comma-no-failover", 2, chain(hop("https://a.example"), loop("https://b.example", "b"), "direct")),
    ("proxy-direct-after-comma", 3, chain(hop("https://a.example"), "direct")),
    ("proxy-no-terminal", 1, '  chain: [{name: g, url: "https://g.example", role: gatekeeper}]\n'),
    ("proxy-pipe-masks-tamper", 2, chain(loop("http://a.example"), "direct")),
    ("proxy-direct-present", 1, CHAIN + '  go: {vcs: ["public:off"]}\n'),
    ("proxy-path-typo", 2, chain(loop("https://goproxy.cn/proxy/"), "direct")),
    ("proxy-path-typo", 2, chain(loop("https://mirrors.aliyun.com/"), "direct")),
    ("proxy-known-dead", 2, chain(loop("https://gocenter.io/"), "direct")),
    ("proxy-bad-item", 2, chain(loop("https:/goproxy.cn"), "direct")),
    ("proxy-file-form", 2, chain(loop("file:///srv/cache"), "direct")),
    ("proxy-file-form", 2, chain(loop("C:/cache"), "direct")),
    ("proxy-http-credentials", 2, chain(loop("http://u:p@a.example"), "direct")),
    ("proxy-inline-secret", 2, chain(loop("https://u:p@a.example"), "direct")),
    ("proxy-keyword-case", 1, "  chain: [OFF]\n"),
    ("proxy-keyword-case", 1, '  chain: [" direct"]\n'),
    ("private-bypasses-own-proxy", 5, GATE % "" + PRIVATE % ""),
    ("insecure-for-proxy", 2, CHAIN + "  private: {insecure: [sum.golang.org]}\n"),
    ("fwd-scheme-mismatch", 2, CHAIN + '  egress: {http: "http://e.example:1"}\n'),
    ("fwd-scheme-mismatch", 4, chain(loop("http://a.example"), "direct") + '  egress: {https: "http://e.example:1"}\n'),
    (
        "fwd-noproxy-hides-mirror",
        4,
        chain(loop("https://goproxy.cn"), "direct")
        + '  egress: {https: "http://e.example:1", bypass: [a.example, .cn]}\n',
    ),
    ("auth-http-netrc", 2, (GATE % "").replace("https://gate", "http://gate") + "  go: {auth: netrc}\n"),
    ("auth-netrc-port", 2, (GATE % "").replace("example", "example:8443") + "  go: {auth: netrc}\n"),
    ("sumdb-explicit-url-bypass", 5, GATE % "" + "  checksum: {database: sum.golang.google.cn}\n"),
    ("sumdb-unsupported-by-chain", 1, chain('{name: g, url: "https://g.example", role: gatekeeper}')),
    ("toolchain-auto-unserved", 2, CHAIN + '  go: {toolchain: go1.26.6}\n  checksum: {database: "off"}\n'),
    ("toolchain-auto-unserved", 2, '  chain: ["off"]\n  go: {toolchain: auto}\n'),
    ("goflags-invalid", 2, CHAIN + "  go: {flags: [-race]}\n"),
    ("insecure-flag", 2, CHAIN + "  go: {flags: [-insecure]}\n"),
    ("auth-goauth-form", 2, CHAIN + '  go: {auth: "git /home"}\n'),
    ("go-too-old", 2, CHAIN + '  go: {minimum: "1.15", vcs: ["public:git"]}\n'),
    ("go-too-old", 2, chain(loop("https://a.example"), "direct") + '  go: {minimum: "1.14"}\n'),
    ("govcs-invalid", 2, CHAIN + '  go: {vcs: ["./x:git"]}\n'),
    ("waiver-unused", 2, CHAIN + '  waivers: [{rule: proxy-http, reason: r, owner: o, expires: "2027-01-01"}]\n'),
    ("waiver-refused", 2, CHAIN + '  waivers: [{rule: proxy-empty, reason: r, owner: o, expires: "2027-01-01"}]\n'),
    ("waiver-expired", 2, CHAIN + '  waivers: [{rule: proxy-http, reason: r, owner: o, expires: "2026-11-21"}]\n'),
    ("waiver-expired", 2, CHAIN + '  waivers: [{rule: proxy-http, reason: r, owner: o, expires: "2027-02-30"}]\n'),
    (
        "waiver-duplicate",
        4,
        CHAIN + "  waivers:\n" + '    - {rule: sumdb-off, reason: r, owner: o, expires: "2027-01-01"}\n' * 2,
    ),
]


@pytest.mark.parametrize(("rule", "line", "spec"), FOUND, ids=[f"{rule}-{n}" for n, (rule, _, _) in enumerate(FOUND)])
def test_a_rule_finds(rule: str, line: int, spec: str) -> None:
    assert (rule, line) in rules(spec)


CLEAN = [
    CHAIN,
    GATE % "",
    chain(loop("http://127.0.0.1:3000"), loop("http://[::1]/", "b"), loop("http://localhost", "c"), "direct"),
    chain(loop("https://a.example"), loop("https://a.example/x", "b"), "direct"),
    chain(loop("https://[2001:db8::1]:8443/goproxy"), hop(f"https://{'a' * 63}.example/%2F", "b")),
    chain('{name: g, url: "https://g.example", role: gatekeeper}', "direct"),
    chain(loop("https://proxy.golang.org/cached-only"), loop("https://mirrors.aliyun.com/goproxy", "b"), "direct"),
    chain('{name: g, url: "https://g.example:8443", role: gatekeeper}', "direct") + '  go: {auth: "off"}\n',
    chain(loop("https://mirror.acme.example"), "direct")
    + '  egress: {https: "http://e.example:1", bypass: [.acme.example]}\n',
    chain(loop("https://goproxy.cn"), "direct")
    + '  egress: {http: "http://e.example:1", https: "http://e.example:1", bypass: [acme.example, cn.example]}\n',
    CHAIN + '  go: {vcs: ["github.com/acme:off", "public:git", "*:off"]}\n',
    CHAIN + '  go: {minimum: "1.16", vcs: ["public:git"]}\n',
    GATE % "" + PRIVATE % ", fetch: chain, samples: {private: [git.acme.example/x/v2], public: [golang.org/x/text]}",
    CHAIN + f'  checksum: {{database: "{key_of("sum.acme.example")}", url: "https://sum.acme.example/x"}}\n',
    CHAIN
    + '  private: {modules: [acme.example, "*.acme.example", github.com/acme, "github.com/acme-*", "gitlab.com/a[b-d]/?x"]}\n',
    CHAIN
    + '  go: {minimum: "1.26.6", toolchain: go1.26.6+auto, vcs: ["private:all", "public:git|hg"], flags: [-mod=readonly, -trimpath]}\n',
    CHAIN + "  go: {toolchain: go1.20, auth: netrc}\n",
    CHAIN + "  go: {toolchain: go1.27rc1+path}\n",
    CHAIN
    + '  egress: {http: "socks5h://10.0.0.1:1080", https: "http://e.example", bypass: ["*", .a.example, "*.b.example", c.example:80, 10.0.0.0/8, "::1", "[::1]:80", "2001:db8::/32"]}\n',
    CHAIN + '  egress: {https: "http://e.example:1"}\n  targets: [{name: a, kind: sh, path: a.sh}]\n',
    CHAIN + CONFIGMAP % "" + "    - {name: b, kind: kyverno, engine: native, path: b.yaml, namespaces: [a]}\n",
    CHAIN + CONFIGMAP % ", immutable: true" + "    - {name: b, kind: kyverno, path: b.yaml, namespaces: [a]}\n",
    CHAIN + CONFIGMAP % ", immutable: true" + "    - {name: b, kind: helm-values, path: b.yaml, at: x}\n",
    CHAIN
    + CONFIGMAP % ", immutable: true"
    + "    - {name: b, kind: kyverno, engine: native, path: b.yaml, namespaces: [a], configmap: theirs}\n",
    GATE % "" + FAILOVER.replace("}", ", offline: true}") + "    - {name: go, kind: go-env, lend: true}\n",
    chain(hop("https://a.example", extra=", fallback: any-error"), "direct")
    + FAILOVER
    + "    - {name: go, kind: go-env, lend: true}\n",
]


@pytest.mark.parametrize("spec", CLEAN)
def test_nothing_is_found_in_what_is_right(spec: str) -> None:
    assert lines(HEAD + spec) == []


#: In test_trust_rules.py: they need certificates.
TRUST_RULES = {
    "trust-not-authority", "trust-expired", "trust-expires-soon", "authorities-empty", "authorities-unknown",
    "ca-import-no-root",
}  # fmt: skip


def test_every_rule_that_checks_is_shown_at_work() -> None:
    shown = {rule for rule, _, _ in FOUND} | {"trust-not-carried", "profile-unknown", "path-unsafe"}
    shown |= {"tls-cert-file-ignored", "tls-cert-file-replaces-store", "launch-env-scope"}
    shown |= TRUST_RULES
    assert {rule.id for rule in RULES.values() if rule.check} <= shown


def test_every_rule_that_is_named_in_the_code_is_kept() -> None:
    used = {problem.rule for _, _, spec in FOUND for problem in problems(HEAD + spec)}
    assert used <= catalogue().keys()


HTTP = chain(hop("http://a.example"))
WAIVER = '  waivers: [{rule: proxy-http%s, reason: r, owner: o, expires: "%s"}]\n'
TWO = "  targets: [{name: a, kind: sh, path: a.sh}, {name: b, kind: sh, path: b.sh}]\n"


def test_a_waiver_silences_until_its_last_day() -> None:
    assert rules(HTTP + WAIVER % ("", "2026-11-22")) == []
    assert rules(HTTP + WAIVER % ("", "2026-11-21")) == [("waiver-expired", 4)]
    assert rules(HTTP + WAIVER % ("", "2026-11-21"), today=None) == []


def test_a_waiver_of_one_target_leaves_the_others() -> None:
    assert rules(HTTP + WAIVER % (", target: a", "2027-01-01") + TWO) == [("proxy-http", 2)]
    both = (
        WAIVER % (", target: a", "2027-01-01")
        + '    , {rule: proxy-http, target: b, reason: r, owner: o, expires: "2027-01-01"}]\n'
    )
    assert rules(HTTP + both.replace("}]\n    ,", "}\n    ,") + TWO) == []
    assert rules(HTTP + WAIVER % (", target: a", "2027-01-01") + "  targets: [{name: a, kind: sh, path: a.sh}]\n") == []


def test_an_error_can_be_waived_and_then_stops_nothing() -> None:
    waiver = '  waivers: [{rule: sumdb-off, reason: air gap, owner: o, expires: "2027-01-01"}]\n'
    policy = load(HEAD + CHAIN + '  go: {toolchain: local}\n  checksum: {database: "off"}\n' + waiver)
    assert policy.problems == ()


PEM = (ROOT / "examples" / "acme" / "certs" / "acme-root.pem").read_bytes()
TRUST = "  trust: [{name: root, file: ca/root.pem, sha256: %s}]\n"


def trusting(content: bytes, sha256: str | None = None, file: str = "ca/root.pem") -> list[str]:
    spec = (
        TRUST % f'"{sha256 or hashlib.sha256(content).hexdigest()}"'
        + "  targets: [{name: a, kind: sh, path: a.sh, ca_file: /etc/ca.pem}]\n"
    )
    return lines({"policy.yaml": HEAD + CHAIN + spec, file: content})


def test_trusted_files_are_read_and_must_be_the_right_ones() -> None:
    assert trusting(PEM) == []
    assert trusting(PEM.replace(b"\n", b"\r\n"), hashlib.sha256(PEM).hexdigest()) == []
    assert "has another sum" in trusting(PEM, "0" * 64)[0]
    assert "cannot be read: there is no ca/root.pem" in trusting(PEM, file="other")[0]
    assert "holds a private key" in trusting(PEM + b"-----BEGIN PRIVATE KEY-----\n")[0]
    assert "no certificate" in trusting(b"junk")[0]
    assert "certificate 1 in the file is no certificate" in trusting(PEM.replace(b"MII", b"MIJ"))[0]
    assert "larger than" in trusting(PEM + b"x" * (1 << 20))[0]


def test_what_a_target_does_not_carry_is_a_remark() -> None:
    sha256 = hashlib.sha256(PEM).hexdigest()
    spec = TRUST % f'"{sha256}"' + "  targets: [{name: a, kind: sh, path: a.sh}, {name: b, kind: go-env}]\n"
    found = problems({"policy.yaml": HEAD + CHAIN + spec, "ca/root.pem": PEM})
    assert [(p.rule, p.severity, p.position.column) for p in found] == [
        ("trust-not-carried", Severity.INFO, 29),
        ("trust-not-carried", Severity.INFO, 62),
    ]


#: Names that begin with a capital wherever they stand.
NAMES = ("Windows", "Kubernetes", "PowerShell", "GitHub", "GitLab")


def texts_of(module: Path) -> Iterator[ast.Call]:
    for node in ast.walk(ast.parse(module.read_text())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Text":
            yield node


def test_every_message_names_exactly_the_values_it_is_given() -> None:
    root = Path(__file__).parent.parent / "goproxyctl"
    modules = [*(root / "rules").rglob("*.py"), *(root / "policy").glob("*.py")]
    count = 0
    for module in modules:
        for call in texts_of(module):
            count += 1
            words = ast.literal_eval(call.args[1])
            named = {name for _, name, _, _ in Formatter().parse(words) if name is not None}
            given = {keyword.arg for keyword in call.keywords}
            assert given in ({None}, named), words
            named_so = words.split()[0].isupper() or words.startswith(("GO", *NAMES))
            assert words[0] == words[0].lower() or named_so, words
    assert count > 150
