"""What is wrong with the way out of a machine: the HTTP proxy of go, and the certificates that it trusts."""

from collections.abc import Iterator

from goproxyctl.gosem.chain import Hop
from goproxyctl.gosem.egress import Egress, choose, read_egress
from goproxyctl.gosem.layers import Layers
from goproxyctl.gosem.locations import read_variable
from goproxyctl.gosem.version import GoVersion
from goproxyctl.rules.environment.chain import host_of
from goproxyctl.rules.mirrors import PUBLIC
from goproxyctl.rules.surroundings import Sighting
from goproxyctl.text import Text

#: Since this release SSL_CERT_FILE and SSL_CERT_DIR count on Windows and macOS, and then nothing else does.
_COUNTS_EVERYWHERE = GoVersion(1, 27)
_KEEP_PLATFORM = "x509sslcertoverrideplatform=0"
_PAIRS = ("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY")


def check_way(layers: Layers, hops: tuple[Hop, ...], go: GoVersion) -> Iterator[Sighting]:
    """Everything that is wrong with it for the proxies of the chain."""
    egress = read_egress(layers.environment, layers.system)
    yield from _names(layers, egress)
    yield from _mismatch(hops, egress, go)
    yield from _hidden_mirrors(hops, egress, go)
    yield from _certificates(layers, go)


def _names(layers: Layers, egress: Egress) -> Iterator[Sighting]:
    every = read_variable(layers.environment, "ALL_PROXY", layers.system) or layers.environment.get("all_proxy")
    if every and not (egress.http or egress.https):
        said = Text("value.fwd-all-proxy", "go does not read ALL_PROXY; it goes without a proxy")
        yield Sighting("fwd-all-proxy", "ALL_PROXY", None, said, Text("value.fwd-all-proxy.advice", "set HTTPS_PROXY"))
    for name in _PAIRS if layers.system != "windows" else ():
        upper, lower = layers.environment.get(name), layers.environment.get(name.lower())
        if upper and lower and upper != lower:
            said = Text(
                "value.fwd-case-conflict", "{name} and {lower} differ; go reads {name}", name=name, lower=name.lower()
            )
            advice = Text("value.fwd-case-conflict.advice", "give both the same value")
            yield Sighting("fwd-case-conflict", name, None, said, advice)


def _mismatch(hops: tuple[Hop, ...], egress: Egress, go: GoVersion) -> Iterator[Sighting]:
    """A proxy is set for one scheme only, and the chain uses the other."""
    if bool(egress.http) == bool(egress.https):
        return
    both = Egress(egress.http or egress.https, egress.https or egress.http, egress.bypass)
    missing = "HTTP_PROXY" if egress.https else "HTTPS_PROXY"
    for hop in hops:
        url = hop.url.redacted() if hop.url and hop.url.scheme in {"http", "https"} else ""
        if url and choose(url, egress, go).way == "direct" and choose(url, both, go).way == "proxy":
            said = Text(
                "value.fwd-scheme-mismatch",
                "{host} is dialled directly: no {name} is set",
                host=hop.url and hop.url.host,
                name=missing,
            )
            yield Sighting(
                "fwd-scheme-mismatch",
                missing,
                None,
                said,
                Text("value.fwd-scheme-mismatch.advice", "set {name}", name=missing),
            )
            return


def _hidden_mirrors(hops: tuple[Hop, ...], egress: Egress, go: GoVersion) -> Iterator[Sighting]:
    for hop in hops:
        if hop.url and host_of(hop.url) in PUBLIC:
            choice = choose(hop.url.redacted(), egress, go)
            if choice.way == "bypass":
                said = Text(
                    "value.fwd-noproxy-hides-mirror",
                    "NO_PROXY entry {entry!r} keeps the public mirror {host} from the proxy",
                    entry=choice.entry,
                    host=host_of(hop.url),
                )
                yield Sighting("fwd-noproxy-hides-mirror", "NO_PROXY", None, said)


def _certificates(layers: Layers, go: GoVersion) -> Iterator[Sighting]:
    named = [n for n in ("SSL_CERT_FILE", "SSL_CERT_DIR") if read_variable(layers.environment, n, layers.system)]
    if not named or layers.system == "linux":
        return
    if go < _COUNTS_EVERYWHERE:
        said = Text("value.tls-cert-file-ignored", "before 1.27 go does not read {name} on this system", name=named[0])
        advice = Text("value.tls-cert-file-ignored.advice", "add the certificate to the store of the system")
        yield Sighting("tls-cert-file-ignored", named[0], None, said, advice)
    elif _KEEP_PLATFORM not in read_variable(layers.environment, "GODEBUG", layers.system).split(","):
        said = Text("value.tls-cert-file-replaces-store", "go trusts what {name} names and nothing else", name=named[0])
        advice = Text("value.tls-cert-file-replaces-store.advice", "name a bundle that holds the public roots too")
        yield Sighting("tls-cert-file-replaces-store", named[0], None, said, advice)
