"""What is wrong with settings as a whole: values that are right alone and do not go together."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from goproxyctl.gosem.chain import Hop, HopKind, read_chain
from goproxyctl.gosem.globs import matches, matches_any
from goproxyctl.gosem.leaks import NONE
from goproxyctl.gosem.sumdb import SumDB, read_sumdb
from goproxyctl.gosem.toolchain import MODULE, Toolchain, read_toolchain
from goproxyctl.gosem.version import GoVersion
from goproxyctl.rules.environment.chain import host_of, is_cleartext
from goproxyctl.rules.surroundings import Sighting
from goproxyctl.text import Text


@dataclass(frozen=True, slots=True)
class Settled:
    """The settings as go has them. ``stated``: those that somebody set, not go itself."""

    values: Mapping[str, str]
    stated: frozenset[str]
    go: GoVersion

    @property
    def hops(self) -> tuple[Hop, ...]:
        """The chain; empty when go refuses it."""
        chain = read_chain(self.values["GOPROXY"], self.go)
        return () if chain.faults else chain.hops

    @property
    def is_off(self) -> bool:
        """Whether the chain opens nothing at all."""
        return bool(self.hops) and self.hops[0].kind is HopKind.OFF

    @property
    def database(self) -> SumDB | None:
        """The checksum database; None when there is none, or go refuses it."""
        found = read_sumdb(self.values["GOSUMDB"], self.go)
        return found if isinstance(found, SumDB) and not found.off else None

    def globs(self, variable: str) -> list[str]:
        """The globs of a list, without the words that match nothing."""
        return [glob for glob in self.values[variable].split(",") if glob.strip() not in {"", NONE}]


def check_whole(settled: Settled) -> Iterator[Sighting]:
    """Everything that only several values together show."""
    checks: tuple[Callable[[Settled], Iterator[Sighting]], ...] = (
        _off_with_private, _off_sumdb_on, _own_proxy_bypassed, _sumdb_bypasses_proxies, _nosumdb_wider,
        _insecure_for_proxy, _toolchain_unserved, _auth_without_tls,
    )  # fmt: skip
    for check in checks:
        yield from check(settled)


def _off_with_private(settled: Settled) -> Iterator[Sighting]:
    if settled.is_off and settled.globs("GONOPROXY"):
        said = Text("value.proxy-off-with-private", "what GONOPROXY matches is still fetched from the network")
        advice = Text("value.proxy-off-with-private.advice", "set GONOPROXY=none to keep it off the network")
        yield Sighting("proxy-off-with-private", "GOPROXY", None, said, advice)


def _off_sumdb_on(settled: Settled) -> Iterator[Sighting]:
    if settled.is_off and settled.database:
        said = Text("value.proxy-off-sumdb-on", "the checksum database is still asked for what is not in go.sum")
        yield Sighting("proxy-off-sumdb-on", "GOSUMDB", None, said)


def _own_proxy_bypassed(settled: Settled) -> Iterator[Sighting]:
    """A chain that ends with off says that its proxies serve all there is; GOPRIVATE alone goes around them."""
    closed = len(settled.hops) > 1 and settled.hops[-1].kind is HopKind.OFF
    if closed and settled.globs("GONOPROXY") and "GONOPROXY" not in settled.stated:
        said = Text("value.private-bypasses-own-proxy", "private modules are fetched directly, not from the proxy")
        advice = Text("value.private-bypasses-own-proxy.advice", "set GONOPROXY=none if the proxy serves them")
        yield Sighting("private-bypasses-own-proxy", "GOPRIVATE", None, said, advice)


def _sumdb_bypasses_proxies(settled: Settled) -> Iterator[Sighting]:
    closed = settled.hops and settled.hops[-1].kind is not HopKind.DIRECT
    if closed and settled.database and settled.database.url:
        host = host_of(settled.database.url)
        said = Text(
            "value.sumdb-explicit-url-bypass", "{host} is dialled directly; no proxy is asked for it", host=host
        )
        advice = Text("value.sumdb-explicit-url-bypass.advice", "write sum.golang.org when a proxy speaks for it")
        yield Sighting("sumdb-explicit-url-bypass", "GOSUMDB", None, said, advice)


def _nosumdb_wider(settled: Settled) -> Iterator[Sighting]:
    private = settled.globs("GOPRIVATE")
    if not private or not settled.stated & {"GONOSUMDB"}:
        return
    for glob in settled.globs("GONOSUMDB"):
        example = glob.replace("*", "any").replace("?", "x")
        told = not set("[\\") & set(glob)  # what a class or an escape covers is not worth guessing
        if told and glob not in private and not any(matches(other, example) for other in private):
            said = Text("value.nosumdb-wider-than-private", "{glob!r} is not verified, and is not private", glob=glob)
            yield Sighting("nosumdb-wider-than-private", "GONOSUMDB", None, said)


def _insecure_for_proxy(settled: Settled) -> Iterator[Sighting]:
    urls = [hop.url for hop in settled.hops if hop.url]
    if settled.database:
        urls += [url for url in (settled.database.url, settled.database.direct) if url]
    hosts = dict.fromkeys(host_of(url) for url in urls)
    for host in hosts:
        if any(matches(glob, host) for glob in settled.globs("GOINSECURE") if glob != "*"):
            said = Text("value.insecure-for-proxy", "GOINSECURE changes nothing for the server {host}", host=host)
            advice = Text("value.insecure-for-proxy.advice", "trust its certificate authority instead")
            yield Sighting("insecure-for-proxy", "GOINSECURE", None, said, advice)


def _toolchain_unserved(settled: Settled) -> Iterator[Sighting]:
    toolchain = read_toolchain(settled.values["GOTOOLCHAIN"], settled.go)
    if not isinstance(toolchain, Toolchain) or not toolchain.downloads:
        return
    from_file = len(settled.hops) == 1 and settled.hops[0].url is not None and settled.hops[0].url.scheme == "file"
    reasons = (
        (settled.is_off, Text("value.toolchain-auto-unserved.off", "GOPROXY=off serves no toolchain")),
        (
            settled.values["GOSUMDB"] == "off" and not from_file,
            Text("value.toolchain-auto-unserved.sumdb", "with GOSUMDB=off go fetches no toolchain"),
        ),
        (
            matches_any(settled.globs("GONOPROXY"), MODULE),
            Text("value.toolchain-auto-unserved.private", "toolchains are fetched around every proxy"),
        ),
    )
    why = next((text for holds, text in reasons if holds), None)
    if why:
        advice = Text("value.toolchain-auto-unserved.advice", "set GOTOOLCHAIN=local, or a go.mod for a newer go fails")
        yield Sighting("toolchain-auto-unserved", "GOTOOLCHAIN", None, why, advice)


def _auth_without_tls(settled: Settled) -> Iterator[Sighting]:
    wanted = {"NETRC", "GOAUTH"} & settled.stated
    if wanted and settled.values["GOAUTH"] != "off":
        for hop in settled.hops:
            if hop.url and is_cleartext(hop.url) and not hop.url.user:
                said = Text(
                    "value.auth-http-netrc", "{host} gets no credentials: go sends none over http", host=hop.url.host
                )
                yield Sighting(
                    "auth-http-netrc", "GOPROXY", None, said, Text("value.proxy-http.advice", "use https://")
                )
