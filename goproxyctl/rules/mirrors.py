"""Rules about how a chain goes on after a hop, and about what is known of public mirrors."""

from itertools import pairwise

from goproxyctl.errors import Severity
from goproxyctl.intent import Fallback, Role
from goproxyctl.rules.chain import host_of, in_the_clear, numbered
from goproxyctl.rules.registry import Rule, each_stance
from goproxyctl.rules.subject import Finding, Findings, Stance
from goproxyctl.text import Text

#: Public mirrors, and the path below which each serves modules. Looked at in November 2026.
PUBLIC = {
    "goproxy.cn": "",
    "goproxy.io": "",
    "mirrors.aliyun.com": "/goproxy",
    "proxy.golang.org": "",
}
#: A part of proxy.golang.org that is meant to be used alone. Source: proxy.golang.org.
PARTS = {"proxy.golang.org": ("/cached-only",)}
#: Public mirrors that are no more, and since when. Source: jfrog.com, "Into the Sunset: Bintray, JCenter, GoCenter".
GONE = {"gocenter.io": "2021-05-01"}


def comma_no_failover(stance: Stance) -> Findings:
    """Two mirrors serve the same; without any-error the second is asked for what the first lacks, not when it is down.

    Source: golang/go cmd/go/internal/modfetch/proxy.go, TryProxies.
    """
    for (index, hop), (_, after) in pairwise(numbered(stance)):
        if hop.role is after.role is Role.MIRROR and hop.fallback is Fallback.NOT_FOUND:
            yield Finding(
                ("chain", index, "fallback"),
                Text(
                    "proxy-comma-no-failover",
                    "when mirror {name!r} is down, {next!r} is not asked",
                    name=hop.name,
                    next=after.name,
                ),
                Text("proxy-comma-no-failover.advice", "use fallback: any-error between mirrors of equal trust"),
            )


def direct_after_comma(stance: Stance) -> Findings:
    """After a mirror with not-found, direct is no way round an outage."""
    hops = [(index, hop) for index, hop in numbered(stance) if index < stance.ends[0]] if stance.ends else []
    if stance.intent.end == "direct" and hops:
        hop = hops[-1][1]
        if hop.role is Role.MIRROR and hop.fallback is Fallback.NOT_FOUND:
            yield Finding(
                ("chain", stance.ends[-1]),
                Text(
                    "proxy-direct-after-comma",
                    "repositories are asked for what mirror {name!r} lacks, not when it is down",
                    name=hop.name,
                ),
                Text("proxy-direct-after-comma.advice", "if they may replace it, give it fallback: any-error"),
            )


def no_terminal(stance: Stance) -> Findings:
    """Without direct or off at its end a chain leaves open whether that was forgotten."""
    if stance.size and not stance.ends:
        yield Finding(
            ("chain",),
            Text("proxy-no-terminal", "after the last hop go gives up; the chain does not say that this is meant"),
            Text("proxy-no-terminal.advice", 'end it with "off", which means the same, or with direct'),
        )


def pipe_masks_tamper(stance: Stance) -> Findings:
    """What somebody changed on an open wire is skipped without a word, and the next hop is asked.

    Source: golang/go cmd/go/internal/modfetch/proxy.go, TryProxies: a wrong checksum is an error like any other.
    """
    for index, hop in numbered(stance):
        last = stance.size is not None and index == stance.size - 1
        if hop.role is Role.MIRROR and in_the_clear(hop.url) and hop.fallback is Fallback.ANY_ERROR and not last:
            yield Finding(
                ("chain", index, "fallback"),
                Text(
                    "proxy-pipe-masks-tamper",
                    "nobody hears of it when what {name!r} serves was changed on the way",
                    name=hop.name,
                ),
                Text("proxy-pipe-masks-tamper.advice", "use https://, or fallback: not-found"),
            )


def direct_present(stance: Stance) -> Findings:
    """A chain that ends in direct needs version control; where none is allowed, it can only fail."""
    if stance.intent.end == "direct" and _public_vcs(stance) == "off":
        yield Finding(
            ("chain", stance.ends[-1]),
            Text("proxy-direct-present", "go.vcs allows no version control for public modules, so direct cannot work"),
            Text("proxy-direct-present.advice", 'end the chain with "off"'),
        )


def _public_vcs(stance: Stance) -> str | None:
    """What GOVCS says first of public modules in general."""
    rules = (rule.partition(":") for rule in stance.intent.vcs)
    return next((allowed for pattern, _, allowed in rules if pattern in {"public", "*"}), None)


def path_typo(stance: Stance) -> Findings:
    """Public mirrors serve modules below one path only."""
    for index, hop in numbered(stance):
        host, path = host_of(hop.url), _path(hop.url)
        if host in PUBLIC and path not in (PUBLIC[host], *PARTS.get(host, ())):
            right = f"https://{host}{PUBLIC[host]}"
            yield Finding(
                ("chain", index, "url"),
                Text("proxy-path-typo", "{host} serves modules elsewhere; everything here is 404", host=host),
                Text("proxy-path-typo.advice", "write {url}", url=right),
            )


def _path(url: str) -> str:
    _, slash, path = url.partition("://")[2].partition("/")
    return (slash + path).rstrip("/")


def known_dead(stance: Stance) -> Findings:
    """Hosts that were public mirrors once."""
    for index, hop in numbered(stance):
        since = GONE.get(host_of(hop.url))
        if since:
            text = Text("proxy-known-dead", "this mirror was shut down on {day}", day=since)
            yield Finding(("chain", index, "url"), text, Text("proxy-known-dead.advice", "remove the hop"))


#: The rules of this module.
RULES: tuple[Rule, ...] = (
    Rule(
        "proxy-comma-no-failover",
        Severity.WARNING,
        Text("rule.proxy-comma-no-failover", "a second mirror that does not stand in for the first"),
        Text("rule.proxy-comma-no-failover.why", "5xx, 429, timeouts and broken TLS stop the chain after the first"),
        each_stance(comma_no_failover),
    ),
    Rule(
        "proxy-direct-after-comma",
        Severity.INFO,
        Text("rule.proxy-direct-after-comma", "direct is no way round an outage"),
        Text("rule.proxy-direct-after-comma.why", "after fallback: not-found go moves on at 404 and 410 only"),
        each_stance(direct_after_comma),
    ),
    Rule(
        "proxy-no-terminal",
        Severity.INFO,
        Text("rule.proxy-no-terminal", "a chain that does not say how it ends"),
        Text("rule.proxy-no-terminal.why", "the next reader cannot tell whether direct was left out on purpose"),
        each_stance(no_terminal),
    ),
    Rule(
        "proxy-pipe-masks-tamper",
        Severity.WARNING,
        Text("rule.proxy-pipe-masks-tamper", "a hop on an open wire that is skipped on any error"),
        Text("rule.proxy-pipe-masks-tamper.why", "a go.mod with the wrong checksum is one of those errors"),
        each_stance(pipe_masks_tamper),
    ),
    Rule(
        "proxy-direct-present",
        Severity.WARNING,
        Text("rule.proxy-direct-present", "direct, where no version control may be used"),
        Text("rule.proxy-direct-present.why", "builds fail late, with an error that does not name the reason"),
        each_stance(direct_present),
    ),
    Rule(
        "proxy-path-typo",
        Severity.WARNING,
        Text("rule.proxy-path-typo", "a public mirror under an address that it does not have"),
        Text("rule.proxy-path-typo.why", "it answers 404 to everything, so go silently goes on to the next hop"),
        each_stance(path_typo),
    ),
    Rule(
        "proxy-known-dead",
        Severity.INFO,
        Text("rule.proxy-known-dead", "a mirror that was shut down"),
        Text("rule.proxy-known-dead.why", "every lookup fails there, or ends with whoever owns the name now"),
        each_stance(known_dead),
    ),
)
