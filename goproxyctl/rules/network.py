"""Rules about the way of a request: the egress proxy, credentials, the checksum database, toolchains."""

from goproxyctl.errors import Severity
from goproxyctl.intent import Role
from goproxyctl.rules.chain import host_of, in_the_clear, numbered
from goproxyctl.rules.mirrors import PUBLIC
from goproxyctl.rules.registry import Rule, each_stance
from goproxyctl.rules.subject import Finding, Findings, Stance
from goproxyctl.text import Text

#: Databases that go asks at their own address, never through the chain.
#: Source: golang/go cmd/go/internal/modfetch/sumdb.go, dbDial.
_ALWAYS_DIRECT = "sum.golang.google.cn"


def scheme_mismatch(stance: Stance) -> Findings:
    """HTTP_PROXY is for http addresses and HTTPS_PROXY for https ones; neither stands in for the other.

    Source: golang.org/x/net/http/httpproxy, proxyForURL.
    """
    egress, urls = stance.intent.egress, [hop.url for hop in stance.intent.hops]
    if (
        egress.http
        and not egress.https
        and (stance.intent.end == "direct" or any(u.startswith("https:") for u in urls))
    ):
        yield Finding(
            ("egress", "http"),
            Text("fwd-scheme-mismatch.http", "go takes this proxy for http addresses only; here most are https"),
            Text("fwd-scheme-mismatch.http.advice", "set egress.https too"),
        )
    if egress.https and not egress.http and any(map(in_the_clear, urls)):
        yield Finding(
            ("egress", "https"),
            Text("fwd-scheme-mismatch.https", "go takes this proxy for https addresses only; a hop is http"),
            Text("fwd-scheme-mismatch.https.advice", "set egress.http too, or use https:// for the hop"),
        )


def bypass_hides_mirror(stance: Stance) -> Findings:
    """A public mirror reached without the egress proxy, which is there because nothing is reached without it."""
    egress = stance.intent.egress
    hosts = [host for hop in stance.intent.hops if (host := host_of(hop.url)) in PUBLIC]
    # What ends otherwise cannot match; most policies need to know no more.
    near = [(i, e) for i, e in enumerate(egress.bypass) if any(host.endswith(_bare(e)) for host in hosts)]
    if not (near and egress.https):
        return
    from goproxyctl.gosem.egress import Egress, choose

    for index, entry in near:
        hidden = [host for host in hosts if choose(f"https://{host}", Egress(https="http://e", bypass=entry)).entry]
        if hidden:
            yield Finding(
                ("egress", "bypass", index),
                Text("fwd-noproxy-hides-mirror", "public mirror {host} is reached without the proxy", host=hidden[0]),
                Text("fwd-noproxy-hides-mirror.advice", "name the hosts of your own network only"),
            )


def _bare(entry: str) -> str:
    return entry.lstrip("*.").partition(":")[0]


def insecure_for_proxy(stance: Stance) -> Findings:
    """GOINSECURE is about direct fetches; proxies and databases always show a certificate.

    Source: golang/go cmd/go/internal/modfetch, newProxyRepo; go.dev/ref/mod#environment-variables.
    """
    database, _, url = stance.intent.checksum.partition(" ")
    served = {host_of(hop.url) for hop in stance.intent.hops} | {database.partition("+")[0], host_of(url)}
    for index, glob in enumerate(stance.intent.insecure):
        if glob in served:
            yield Finding(
                ("private", "insecure", index),
                Text(
                    "insecure-for-proxy",
                    "{host} serves modules as a proxy; its certificate is always checked",
                    host=glob,
                ),
                Text("insecure-for-proxy.advice", "trust its certificate authority instead (trust)"),
            )


def netrc_over_http(stance: Stance) -> Findings:
    """Source: golang/go cmd/go/internal/auth, AddCredentials: https only."""
    for index, hop in numbered(stance):
        if stance.intent.auth == "netrc" and hop.role is Role.GATEKEEPER and in_the_clear(hop.url):
            yield Finding(
                ("chain", index, "url"),
                Text(
                    "auth-http-netrc",
                    "go sends credentials of netrc over https only; {name!r} gets none",
                    name=hop.name,
                ),
                Text("auth-http-netrc.advice", "use https://"),
            )


def netrc_port(stance: Stance) -> Findings:
    """Source: golang/go cmd/go/internal/auth/netrc.go: a machine is a host with its port."""
    for index, hop in numbered(stance):
        port = hop.url.partition("://")[2].partition("/")[0].removeprefix(host_of(hop.url))
        if stance.intent.auth == "netrc" and hop.role is Role.GATEKEEPER and port:
            yield Finding(
                ("chain", index, "url"),
                Text("auth-netrc-port", "in netrc the machine must have the port too"),
                Text("auth-netrc-port.advice", "write machine {machine} there", machine=host_of(hop.url) + port),
            )


def database_bypasses_chain(stance: Stance) -> Findings:
    """A chain without direct says that nothing else is to be reached; a database with an address is."""
    database, _, url = stance.intent.checksum.partition(" ")
    if _is_closed(stance) and (url or database == _ALWAYS_DIRECT):
        yield Finding(
            ("checksum", "url" if url else "database"),
            Text("sumdb-explicit-url-bypass", "go asks this database itself, never through the chain"),
            Text(
                "sumdb-explicit-url-bypass.advice", "use sum.golang.org and a hop that carries it, or let it be reached"
            ),
        )


def database_through_chain(stance: Stance) -> Findings:
    """Whether a gatekeeper carries the database nobody can tell from a policy; if not, go asks it directly."""
    database, _, url = stance.intent.checksum.partition(" ")
    private = all(hop.role is Role.GATEKEEPER for hop in stance.intent.hops)
    if _is_closed(stance) and private and not url and database not in ("off", _ALWAYS_DIRECT):
        name = database.partition("+")[0]
        yield Finding(
            ("chain",),
            Text("sumdb-unsupported-by-chain", "unless a hop carries {name}, go asks it itself", name=name),
            Text(
                "sumdb-unsupported-by-chain.advice", "see that a hop answers 200 to /sumdb/{name}/supported", name=name
            ),
        )


def _is_closed(stance: Stance) -> bool:
    """Whether the chain has hops and nothing after them."""
    return bool(stance.intent.hops) and stance.intent.end != "direct"


def toolchain_unserved(stance: Stance) -> Findings:
    """A toolchain is a module that must be verified, whatever else is not.

    Source: golang/go cmd/go/internal/toolchain/select.go; modfetch/sumdb.go, useSumDB.
    """
    intent = stance.intent
    unverified, nowhere = intent.checksum == "off", intent.end == "off" and not intent.hops
    if not (unverified or nowhere):
        return
    from goproxyctl.gosem.toolchain import Toolchain, read_toolchain

    wanted = read_toolchain(intent.toolchain)
    if isinstance(wanted, Toolchain) and wanted.downloads:
        text = Text("toolchain-auto-unserved", "go may want another toolchain, and cannot fetch one without a database")
        if nowhere:
            text = Text("toolchain-auto-unserved.off", "go may want another toolchain, and nothing serves one")
        yield Finding(("go", "toolchain"), text, Text("toolchain-auto-unserved.advice", "set go.toolchain to local"))


#: The rules of this module.
RULES: tuple[Rule, ...] = (
    Rule(
        "fwd-scheme-mismatch",
        Severity.WARNING,
        Text("rule.fwd-scheme-mismatch", "a forward proxy for the other scheme"),
        Text("rule.fwd-scheme-mismatch.why", "requests go out without it, and hang or fail where that is not allowed"),
        each_stance(scheme_mismatch),
    ),
    Rule(
        "fwd-noproxy-hides-mirror",
        Severity.WARNING,
        Text("rule.fwd-noproxy-hides-mirror", "a bypass that covers a public mirror"),
        Text("rule.fwd-noproxy-hides-mirror.why", "go dials it directly, which the network does not allow"),
        each_stance(bypass_hides_mirror),
    ),
    Rule(
        "insecure-for-proxy",
        Severity.WARNING,
        Text("rule.insecure-for-proxy", "insecure names a proxy"),
        Text(
            "rule.insecure-for-proxy.why", "it is about modules that are fetched directly; for proxies it does nothing"
        ),
        each_stance(insecure_for_proxy),
    ),
    Rule(
        "auth-http-netrc",
        Severity.WARNING,
        Text("rule.auth-http-netrc", "credentials for a proxy without encryption"),
        Text("rule.auth-http-netrc.why", "go never sends them there, so the proxy answers 401"),
        each_stance(netrc_over_http),
    ),
    Rule(
        "auth-netrc-port",
        Severity.INFO,
        Text("rule.auth-netrc-port", "credentials for a proxy on a port of its own"),
        Text(
            "rule.auth-netrc-port.why",
            "a machine of netrc without the port does not match, and no credentials are sent",
        ),
        each_stance(netrc_port),
    ),
    Rule(
        "sumdb-explicit-url-bypass",
        Severity.WARNING,
        Text("rule.sumdb-explicit-url-bypass", "a database beside a closed chain"),
        Text("rule.sumdb-explicit-url-bypass.why", "where only the proxies can be reached, every new download fails"),
        each_stance(database_bypasses_chain),
    ),
    Rule(
        "sumdb-unsupported-by-chain",
        Severity.INFO,
        Text("rule.sumdb-unsupported-by-chain", "a closed chain that may not carry the database"),
        Text("rule.sumdb-unsupported-by-chain.why", "go then dials the database, and fails where it cannot be reached"),
        each_stance(database_through_chain),
    ),
    Rule(
        "toolchain-auto-unserved",
        Severity.WARNING,
        Text("rule.toolchain-auto-unserved", "go may want a toolchain that it cannot get"),
        Text("rule.toolchain-auto-unserved.why", "builds die the day a go.mod asks for a newer go"),
        each_stance(toolchain_unserved),
    ),
)
