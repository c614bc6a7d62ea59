"""Rules about the chain of module proxies."""

import re

from goproxyctl.errors import Severity
from goproxyctl.intent import Fallback, Hop, Role
from goproxyctl.rules.registry import Rule, each_stance
from goproxyctl.rules.subject import FieldPath, Finding, Findings, Fix, Stance
from goproxyctl.text import Text

_LOOPBACK = r"localhost|127\.[0-9.]+|\[::1\]"
_DEFAULT_PORTS = {"http": ":80", "https": ":443"}


def empty(stance: Stance) -> Findings:
    """A chain must be given, and have an entry."""
    advice = Text("proxy-empty.advice", "give the module proxies in order, or only direct")
    if stance.size is None:
        yield Finding((), Text("proxy-empty.missing", "no chain is given"), advice)
    elif stance.size == 0:
        yield Finding(("chain",), Text("proxy-empty", "the chain has no entry; every download would fail"), advice)


def unreachable_tail(stance: Stance) -> Findings:
    """Go reads nothing after direct or off. Source: go-semantics 2.1."""
    for index in stance.ends:
        if stance.size is not None and index < stance.size - 1:
            yield Finding(
                ("chain", index),
                Text("proxy-unreachable-tail", "go ignores everything after this entry"),
                Text("proxy-unreachable-tail.advice", "make it the last one"),
                fix=Fix("last", ("chain", index)) if len(stance.ends) == 1 else None,
            )


def bad_host(stance: Stance) -> Findings:
    """Hosts that look right and cannot be: too long for DNS, or an address in brackets that is none."""
    egress = stance.intent.egress
    places: list[tuple[FieldPath, str]] = [(("chain", index, "url"), hop.url) for index, hop in numbered(stance)]
    places += [(("egress", name), url) for name, url in (("http", egress.http), ("https", egress.https)) if url]
    for path, url in places:
        host = host_of(url)
        if host.startswith("["):
            if not _is_ipv6(host[1:-1]):
                yield Finding(path, Text("proxy-bad-item.ipv6", "what stands in brackets is no IPv6 address"))
        elif len(host) > 253 or any(len(label) > 63 for label in host.split(".")):
            yield Finding(path, Text("proxy-bad-item.length", "the host name is longer than DNS can carry"))


def _is_ipv6(text: str) -> bool:
    from ipaddress import AddressValueError, IPv6Address

    try:
        IPv6Address(text)
    except AddressValueError:
        return False
    return True


def duplicate(stance: Stance) -> Findings:
    """The same address twice brings nothing: answers are remembered per address."""
    seen: dict[str, Hop] = {}
    for index, hop in numbered(stance):
        first = seen.setdefault(_plain_url(hop.url), hop)
        if first is not hop:
            text = Text("proxy-duplicate", "hop {first!r} has the same address", first=first.name)
            same = (first.role, first.fallback) == (hop.role, hop.fallback)
            fix = Fix("remove", ("chain", index)) if same else None
            advice = Text("proxy-duplicate.advice", "remove one of them")
            yield Finding(("chain", index, "url"), text, advice, fix=fix)


def cleartext(stance: Stance) -> Findings:
    """Anyone on the way can read and change what http carries; on loopback nobody is on the way."""
    for index, hop in numbered(stance):
        if in_the_clear(hop.url):
            yield Finding(
                ("chain", index, "url"),
                Text("proxy-http", "hop {name!r} is reached without encryption", name=hop.name),
                Text("proxy-http.advice", "use https://"),
            )


def in_the_clear(url: str) -> bool:
    """Whether anyone on the way can read and change what ``url`` carries."""
    return url.startswith("http://") and not re.fullmatch(_LOOPBACK, host_of(url))


def pipe_masks_auth(stance: Stance) -> Findings:
    """After a gatekeeper that may be skipped on any error, its refusals (401, 403) and outages open the next hop."""
    for index, hop in numbered(stance):
        last = stance.size is not None and index == stance.size - 1
        if hop.role is Role.GATEKEEPER and hop.fallback is Fallback.ANY_ERROR and not last:
            yield Finding(
                ("chain", index, "fallback"),
                Text(
                    "proxy-pipe-masks-auth", "what gatekeeper {name!r} refuses is asked of the next hop", name=hop.name
                ),
                Text("proxy-pipe-masks-auth.advice", "use fallback: not-found"),
                fix=Fix("write", ("chain", index, "fallback"), "not-found"),
            )


def off_with_private(stance: Stance) -> Findings:
    """With off, private modules that are fetched directly still go to the network. Source: go-semantics 2.2."""
    intent = stance.intent
    if intent.end == "off" and not intent.hops and intent.private and intent.fetch == "direct":
        yield Finding(
            ("chain", stance.ends[0]),
            Text("proxy-off-with-private", "private modules are still fetched from the network"),
            Text("proxy-off-with-private.advice", "set private.fetch to chain to keep them off the network"),
        )


def off_sumdb_on(stance: Stance) -> Findings:
    """With nothing but off, the checksum database is still asked. Source: go-semantics 2.2."""
    if stance.intent.end == "off" and not stance.intent.hops and stance.intent.checksum != "off":
        yield Finding(
            ("chain", stance.ends[0]),
            Text("proxy-off-sumdb-on", "the checksum database is still asked for modules that are not in go.sum"),
        )


def chain_without_gatekeeper(stance: Stance) -> Findings:
    """Private modules that the chain serves need a hop that may see their names."""
    intent = stance.intent
    if intent.fetch == "chain" and intent.private and not any(hop.role is Role.GATEKEEPER for hop in intent.hops):
        if intent.end == "off" and not intent.hops:
            return
        yield Finding(
            ("private", "fetch"),
            Text("private-fetch-no-gatekeeper", "no hop of the chain is a gatekeeper that could serve private modules"),
            Text("private-fetch-no-gatekeeper.advice", "use fetch: direct, or give a hop the role gatekeeper"),
        )


def mirror_before_gatekeeper(stance: Stance) -> Findings:
    """What the chain is asked for reaches its first hops first, private names too."""
    intent = stance.intent
    roles = [hop.role for hop in intent.hops]
    if intent.fetch == "chain" and intent.private and Role.GATEKEEPER in roles and roles[0] is not Role.GATEKEEPER:
        yield Finding(
            ("chain", stance.hop_at[0]),
            Text(
                "private-fetch-mirror-first",
                "private module names reach mirror {name!r} first",
                name=intent.hops[0].name,
            ),
            Text("private-fetch-mirror-first.advice", "put the gatekeeper first"),
        )


def numbered(stance: Stance) -> list[tuple[int, Hop]]:
    """The hops, each with its place in the list of the policy."""
    return list(zip(stance.hop_at, stance.intent.hops, strict=True))


def _plain_url(url: str) -> str:
    scheme, _, rest = url.partition("://")
    authority, slash, path = rest.partition("/")
    return f"{scheme}://{authority.removesuffix(_DEFAULT_PORTS[scheme])}{slash}{path}".rstrip("/")


def host_of(url: str) -> str:
    """The host of an address whose form is right; an IPv6 address keeps its brackets."""
    authority = url.partition("://")[2].partition("/")[0]
    return authority[: authority.rindex("]") + 1] if authority.startswith("[") else authority.partition(":")[0]


#: The rules of this module.
RULES: tuple[Rule, ...] = (
    Rule(
        "proxy-bad-item",
        Severity.ERROR,
        Text("rule.proxy-bad-item", "an address that go cannot use"),
        Text("rule.proxy-bad-item.why", "one bad entry makes every lookup fail, even if others are well"),
        each_stance(bad_host),
        waivable=False,
    ),
    Rule(
        "proxy-empty",
        Severity.ERROR,
        Text("rule.proxy-empty", "there is no chain"),
        Text("rule.proxy-empty.why", "every lookup fails"),
        each_stance(empty),
        waivable=False,
    ),
    Rule(
        "proxy-unreachable-tail",
        Severity.ERROR,
        Text("rule.proxy-unreachable-tail", "entries after direct or off"),
        Text("rule.proxy-unreachable-tail.why", "go neither uses nor checks them"),
        each_stance(unreachable_tail),
    ),
    Rule(
        "proxy-duplicate",
        Severity.WARNING,
        Text("rule.proxy-duplicate", "the same address twice"),
        Text("rule.proxy-duplicate.why", "answers are remembered per address; asking twice brings nothing"),
        each_stance(duplicate),
    ),
    Rule(
        "proxy-http",
        Severity.WARNING,
        Text("rule.proxy-http", "a module proxy without encryption"),
        Text("rule.proxy-http.why", "anyone on the way can read module names and change what has no sum yet"),
        each_stance(cleartext),
    ),
    Rule(
        "proxy-pipe-masks-auth",
        Severity.ERROR,
        Text("rule.proxy-pipe-masks-auth", "a gatekeeper that is skipped on any error"),
        Text(
            "rule.proxy-pipe-masks-auth.why",
            "401, 403 and outages would open the next hop: what was refused is fetched, private names leave",
        ),
        each_stance(pipe_masks_auth),
    ),
    Rule(
        "proxy-off-with-private",
        Severity.WARNING,
        Text("rule.proxy-off-with-private", "off, but private modules"),
        Text("rule.proxy-off-with-private.why", "what GONOPROXY matches is fetched directly even with GOPROXY=off"),
        each_stance(off_with_private),
    ),
    Rule(
        "proxy-off-sumdb-on",
        Severity.INFO,
        Text("rule.proxy-off-sumdb-on", "off, but a checksum database"),
        Text("rule.proxy-off-sumdb-on.why", "GOPROXY=off does not keep go from asking the database"),
        each_stance(off_sumdb_on),
    ),
    Rule(
        "private-fetch-no-gatekeeper",
        Severity.ERROR,
        Text("rule.private-fetch-no-gatekeeper", "the chain serves private modules without a gatekeeper"),
        Text(
            "rule.private-fetch-no-gatekeeper.why", "mirrors of public modules would learn private names and answer 404"
        ),
        each_stance(chain_without_gatekeeper),
    ),
    Rule(
        "private-fetch-mirror-first",
        Severity.ERROR,
        Text("rule.private-fetch-mirror-first", "a mirror before the gatekeeper"),
        Text("rule.private-fetch-mirror-first.why", "private names reach the first hop first"),
        each_stance(mirror_before_gatekeeper),
    ),
)
