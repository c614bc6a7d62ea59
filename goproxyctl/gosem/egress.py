"""The HTTP forward proxy that go takes for a URL: HTTP_PROXY, HTTPS_PROXY and NO_PROXY.

Source: golang.org/x/net/http/httpproxy/proxy.go, which net/http and so cmd/go use; read once per run of go.
"""

import ipaddress
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from goproxyctl.gosem.chain import BLANKS
from goproxyctl.gosem.gourl import BadUrlError, GoUrl, parse_url
from goproxyctl.gosem.locations import System, read_variable
from goproxyctl.gosem.remark import Remark
from goproxyctl.gosem.version import NEWEST, GoVersion

#: ``direct``: no proxy is set for this scheme, or it cannot be parsed, which go takes for none. ``loopback`` and
#: ``bypass``: it is not used for this host. ``refused``: go sends nothing at all (it takes itself for a CGI script).
Way = Literal["proxy", "direct", "loopback", "bypass", "refused"]

#: Source: golang/go net/http/transport.go, dialConn.
_SCHEMES = frozenset({"http", "https", "socks5", "socks5h"})
_PORTS = {"http": "80", "https": "443", "socks5": "1080"}

_Ip = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(frozen=True, slots=True)
class Egress:
    """The values as go reads them; ``cgi``: REQUEST_METHOD is set, so HTTP_PROXY may come from a stranger's header."""

    http: str = ""
    https: str = ""
    bypass: str = ""
    cgi: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """How a request leaves: ``proxy`` is the proxy's URL, ``entry`` the entry of NO_PROXY that matched."""

    way: Way
    proxy: str = ""
    entry: str = ""


def read_egress(environment: Mapping[str, str], system: System = "linux") -> Egress:
    """The values that count: upper case before lower case. Nothing else is read, ALL_PROXY neither."""

    def either(name: str) -> str:
        return read_variable(environment, name, system) or read_variable(environment, name.lower(), system)

    cgi = bool(read_variable(environment, "REQUEST_METHOD", system))
    return Egress(either("HTTP_PROXY"), either("HTTPS_PROXY"), either("NO_PROXY"), cgi)


def choose(url: str, egress: Egress, go: GoVersion = NEWEST) -> Choice:
    """The way of a request for ``url``. Raises: BadUrlError.

    Source: golang.org/x/net/http/httpproxy/proxy.go, proxyForURL, useProxy.
    """
    target = parse_url(url, go)
    proxy = parse_proxy({"http": egress.http, "https": egress.https}.get(target.scheme, ""), go)
    if not proxy:
        return Choice("direct")
    if target.scheme == "http" and egress.cgi:
        return Choice("refused")
    host, port = _canonical(target)
    if "[" in host or "]" in host:
        return Choice("direct")
    address = _address(host)
    if host == "localhost" or (address is not None and address.is_loopback):
        return Choice("loopback")
    entry = _match(egress.bypass, host.strip(BLANKS).lower(), port, address)
    return Choice("proxy", proxy) if entry is None else Choice("bypass", "", entry)


def parse_proxy(value: str, go: GoVersion = NEWEST) -> str:
    """The URL that a value of HTTP_PROXY stands for; "" when go cannot make one and goes without a proxy, silently.

    Source: golang.org/x/net/http/httpproxy/proxy.go, parseProxy: what is no URL gets "http://" before it.
    """
    parsed = _parsed(value, go)
    if value and not (parsed and parsed.scheme and parsed.host) and _parsed("http://" + value, go):
        return "http://" + value
    return value if parsed else ""


def proxy_remarks(value: str, go: GoVersion = NEWEST) -> Iterator[Remark]:
    """What is odd about a value of HTTP_PROXY or HTTPS_PROXY; go says nothing of it before the first request."""
    url = parse_proxy(value, go)
    proxy = parse_url(url, go)
    if value and not url:
        yield Remark("egress.unparsable")
    elif url and (proxy.host.partition(":")[0] in {"", "http", "https"} or not proxy.scheme):
        yield Remark("egress.odd-host", {"host": proxy.host})
    elif url and proxy.scheme not in _SCHEMES:
        yield Remark("egress.odd-scheme", {"scheme": proxy.scheme})


def bypass_remarks(value: str) -> Iterator[Remark]:
    """The entries of a NO_PROXY value that can match no host, which go takes without a word."""
    for entry in value.split(","):
        host = entry.strip(BLANKS).lower()
        bare = host.removeprefix("*.")
        reasons = (
            ("egress.scheme", "://" in host),
            ("egress.local", host == "<local>"),
            ("egress.blank", re.search(r"\s", host) is not None),
            ("egress.separator", ";" in host or "|" in host),
            ("egress.bracket", host.startswith("[") and host.endswith("]")),
            ("egress.wildcard", host != "*" and ("*" in bare or "?" in bare)),
            ("egress.slash", "/" in host and _network(host) is None),
        )
        found = next((reason for reason, holds in reasons if holds), "")
        if found:
            yield Remark(found, {"entry": entry})


def _parsed(value: str, go: GoVersion) -> GoUrl | None:
    try:
        return parse_url(value, go)
    except BadUrlError:
        return None


def _canonical(url: GoUrl) -> tuple[str, str]:
    """Host and port of a URL. Source: net/url, splitHostPort; httpproxy, canonicalAddr."""
    host, colon, port = url.host.rpartition(":")
    if not colon or not re.fullmatch("[0-9]*", port):
        host, port = url.host, ""
    if host.startswith("[") and host.endswith("]"):
        host = host[1:-1]
    return _ascii(host), port or _PORTS[url.scheme]


def _match(bypass: str, host: str, port: str, address: _Ip | None) -> str | None:
    """The entry that keeps a host from the proxy. Addresses and names are compared only with their own kind."""
    entries = [entry.strip(BLANKS).lower() for entry in bypass.split(",")]
    if "*" in entries:
        return "*"
    fits = (entry for entry in entries if entry and _entry_fits(entry, host, port, address))
    return next(fits, None)


def _entry_fits(entry: str, host: str, port: str, address: _Ip | None) -> bool:
    """Source: golang.org/x/net/http/httpproxy/proxy.go, init and the matchers."""
    network = _network(entry)
    if network is not None:
        return address is not None and address in network
    split = _split_host_port(entry)
    name, wanted = split or (entry, "")
    if not name or wanted not in {"", port}:
        return False
    literal = _address(name) if "%" not in name else None
    if literal is not None or address is not None:
        return literal == address
    name = name[1:] if name.startswith("*.") else name
    below = _ascii(name if name.startswith(".") else "." + name)
    return host.endswith(below) or (not name.startswith(".") and host == below[1:])


def _split_host_port(text: str) -> tuple[str, str] | None:
    """Source: golang/go net/ipsock.go, SplitHostPort."""
    host, colon, port = text.rpartition(":")
    if host.startswith("["):
        bare = host[1:-1]
        return None if not host.endswith("]") or set(bare + port) & set("[]") else (bare, port)
    return (host, port) if colon and not set(host) & set(":") and not set(text) & set("[]") else None


def _network(entry: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    """Source: golang/go net/ip.go, ParseCIDR, networkNumberAndMask: ::ffff:a.b.c.d/n with n of 96 or more is IPv4."""
    text, slash, digits = entry.partition("/")
    if not slash or not re.fullmatch("[0-9]+", digits) or "%" in text:
        return None
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    bits = int(digits)
    if bits > address.max_prefixlen:
        return None
    mapped = _mapped(address) if bits >= 96 else None
    if mapped is not None:
        return ipaddress.ip_network((int(mapped), bits - 96), strict=False)
    return ipaddress.ip_network(f"{text}/{bits}", strict=False)


def _address(text: str) -> _Ip | None:
    """The address that ``text`` writes, without its zone. Source: golang/go net/netip, ParseAddr."""
    bare, percent, zone = text.partition("%")
    try:
        address = ipaddress.ip_address(bare)
    except ValueError:
        return None
    if percent and (not zone or address.version == 4):
        return None
    return _mapped(address) or address


def _mapped(address: _Ip) -> ipaddress.IPv4Address | None:
    return address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None


def _ascii(host: str) -> str:
    """A host name as it is compared and looked up: other letters as Punycode.

    Source: golang.org/x/net/idna, Lookup.ToASCII; its checks of forbidden letters are not repeated here.
    """
    if host.isascii():
        return host
    labels = unicodedata.normalize("NFKC", host).lower().replace("\u3002", ".").split(".")
    return ".".join(label if label.isascii() else "xn--" + label.encode("punycode").decode() for label in labels)
