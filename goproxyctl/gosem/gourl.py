"""URLs as Go's net/url reads them: what it accepts, what it says of the rest, and what it then sends."""

import ipaddress
import re
import string
from dataclasses import dataclass, replace
from functools import lru_cache
from posixpath import normpath
from urllib.parse import quote, unquote

from goproxyctl.gosem.version import STRICT_BRACKET, STRICT_COLONS, STRICT_LITERAL, GoVersion

_LETTERS = frozenset(string.ascii_letters)
_SCHEME = frozenset(string.ascii_letters + string.digits + "+-.")
#: ASCII that may stand unescaped in a host. Source: net/url encoding_table.go, encodeHost.
_HOST_SAFE = "!\"$&'()*+,-.:;<=>[]_~"
_HOST = frozenset(string.ascii_letters + string.digits + _HOST_SAFE)
_USER = frozenset(string.ascii_letters + string.digits + "-._:~!$&'()*+,;=%@")
#: What may stand in the escaped form of a path. Source: net/url, validEncoded.
_VALID = frozenset(string.ascii_letters + string.digits + "!$&'()*+,;=:@[]%-._~/")
#: What is not escaped in a path. Source: net/url encoding_table.go, encodePath.
_PATH = "$&+,-./:;=@_~"
_QUOTED = {"\t": "\\t", "\n": "\\n", "\v": "\\v", "\f": "\\f", "\r": "\\r", "\a": "\\a", "\b": "\\b"}
_PORT = re.compile(r"(:[0-9]*)?", re.ASCII)
_ESCAPE = re.compile("%[0-9A-Fa-f]{2}")


class BadUrlError(ValueError):
    """Go cannot parse the URL; the argument is what it says."""


@dataclass(frozen=True, slots=True)
class GoUrl:
    """A parsed URL.

    Shape: ``path`` is unescaped; ``raw_path`` its escaped form where that is not the usual one, else ""; ``host`` has
    the port; ``user`` is (name, password or None), None without; ``query`` lacks its "?", ``fragment`` is as written;
    ``omit_host``: one slash only follows the scheme.
    """

    scheme: str = ""
    opaque: str = ""
    user: tuple[str, str | None] | None = None
    host: str = ""
    path: str = ""
    raw_path: str = ""
    query: str = ""
    force_query: bool = False
    fragment: str = ""
    omit_host: bool = False

    def escaped_path(self) -> str:
        """The path as it is sent: the escaped form where it fits the path, else Go's own escapes.

        Source: golang/go net/url/url.go, URL.EscapedPath.
        """
        return _escaped(self.path, self.raw_path)

    def plain(self) -> bool:
        """Whether scheme and path are all that there is."""
        return self == GoUrl(self.scheme, path=self.path, raw_path=self.raw_path)

    def redacted(self) -> str:
        """The URL with its password struck out, as go prints it. Source: net/url, URL.Redacted."""
        user = ""
        if self.user:
            name, password = self.user
            user = _escape(name, "$&+,;=-._~") + ("" if password is None else ":xxxxx") + "@"
        authority = user + _escape(self.host, _HOST_SAFE)
        slashes = "//" if authority or (self.scheme and self.path and not self.omit_host) else ""
        scheme = self.scheme + ":" if self.scheme else ""
        query = "?" + self.query if self.query or self.force_query else ""
        path = self.opaque or slashes + authority + self.escaped_path()
        return scheme + path + query + ("#" + _escape_fragment(self.fragment) if self.fragment else "")


@lru_cache(maxsize=4096)
def _escaped(path: str, raw_path: str) -> str:
    if path == "*":
        return path
    fits = raw_path and _VALID.issuperset(raw_path) and unquote(raw_path, errors="surrogateescape") == path
    return raw_path if fits else escape_path(path)


def escape_path(path: str) -> str:
    """``path`` with the escapes that Go puts in by itself. Source: net/url, escape with encodePath."""
    return _escape(path, _PATH)


def _escape_fragment(raw: str) -> str:
    """Source: net/url, URL.EscapedFragment."""
    fits = _VALID.issuperset(raw.replace("?", ""))
    return raw if fits else _escape(unquote(raw, errors="surrogateescape"), "!$&()*+,-./:;=?@_~")


def _escape(text: str, safe: str) -> str:
    return quote(text, safe=safe, errors="surrogateescape")


@lru_cache(maxsize=4096)
def join_url(url: GoUrl, path: str) -> GoUrl:
    """``url`` with ``path`` behind it, as requests to a checksum database are made.

    The "!" of upper-case letters is sent as it is, but as "%21" when ``url`` has a path of its own.
    Source: cmd/go/internal/web/api.go, Join.
    """
    tail = "/" + path.removeprefix("/")
    return replace(url, path=url.path.removesuffix("/") + tail, raw_path=url.raw_path.removesuffix("/") + tail)


@lru_cache(maxsize=4096)
def join_module(url: GoUrl, path: str) -> GoUrl:
    """``url`` with a module's ``path`` behind it, cleaned, as requests to a module proxy are made.

    Source: cmd/go/internal/modfetch/proxy.go, newProxyRepo and getBody; path.Join.
    """
    segment = quote(path, safe="/$&+-.:=@_~")
    whole = normpath(url.path.removesuffix("/") + "/" + path)
    raw = normpath(url.raw_path.removesuffix("/") + "/" + segment)
    return replace(url, path=_one_slash(whole), raw_path=_one_slash(raw))


def _one_slash(path: str) -> str:
    """POSIX keeps two leading slashes; Go does not."""
    return "/" + path.lstrip("/")


def parse_url(text: str, go: GoVersion) -> GoUrl:
    """``text`` as net/url's Parse reads it. Raises: BadUrlError with Go's words.

    Source: golang/go net/url/url.go, Parse.
    """
    main, _, fragment = text.partition("#")
    whole = main
    try:
        url = _parse(main, go)
        whole = text
        _unescape(fragment)
    except BadUrlError as error:
        raise BadUrlError(f"parse {quote_go(whole)}: {error}") from None
    return replace(url, fragment=fragment)


def _parse(text: str, go: GoVersion) -> GoUrl:
    """Source: golang/go net/url/url.go, parse, parseAuthority, setPath."""
    if any(c < " " or c == "\x7f" for c in text):
        raise BadUrlError("net/url: invalid control character in URL")
    if text == "*":
        return GoUrl(path="*")
    scheme, rest = _split_scheme(text)
    force_query = rest.endswith("?") and rest.count("?") == 1
    rest, _, query = rest.partition("?")
    if not rest.startswith("/"):
        if scheme:
            return GoUrl(scheme, opaque=rest, query=query, force_query=force_query)
        if ":" in rest.partition("/")[0]:
            raise BadUrlError("first path segment in URL cannot contain colon")
    user, host = None, ""
    omit = bool(scheme) and not rest.startswith("//")
    if rest.startswith("//") and (scheme or not rest.startswith("///")):
        authority, slash, tail = rest[2:].partition("/")
        user, host = _parse_authority(scheme, authority, go)
        rest = slash + tail
    path = _unescape(rest)
    raw = "" if escape_path(path) == rest else rest
    return GoUrl(scheme, "", user, host, path, raw, query, force_query, omit_host=omit)


def _split_scheme(text: str) -> tuple[str, str]:
    """Source: net/url, getScheme."""
    for i, char in enumerate(text):
        if char == ":":
            if i == 0:
                raise BadUrlError("missing protocol scheme")
            return text[:i].lower(), text[i + 1 :]
        if char not in _SCHEME or (i == 0 and char not in _LETTERS):
            break
    return "", text


def _parse_authority(scheme: str, authority: str, go: GoVersion) -> tuple[tuple[str, str | None] | None, str]:
    userinfo, at, host = authority.rpartition("@")
    host = _parse_host(scheme, host, go)
    if not at:
        return None, host
    if not _USER.issuperset(userinfo):
        raise BadUrlError("net/url: invalid userinfo")
    name, colon, password = userinfo.partition(":")
    return (_unescape(name), _unescape(password) if colon else None), host


def _parse_host(scheme: str, host: str, go: GoVersion) -> str:
    """Source: net/url, parseHost."""
    bracket = host.rfind("[")
    if bracket > 0 and go.has(STRICT_BRACKET):
        raise BadUrlError("invalid IP-literal")
    if host.startswith("[") or (bracket > 0 and go.has(STRICT_LITERAL)):
        return _parse_literal(host, bracket if go.has(STRICT_LITERAL) else 0, go)
    if ":" in host:
        strict = go.has(STRICT_COLONS) and scheme in {"http", "https"}
        at = host.find(":") if strict else host.rfind(":")
        _check_port(host[at:])
    return _unescape_host(host)


def _parse_literal(host: str, start: int, go: GoVersion) -> str:
    """A host in brackets, as IPv6 addresses are; ``start`` is where go looks for the bracket."""
    end = host.rfind("]")
    if end < 0:
        raise BadUrlError("missing ']' in host")
    _check_port(host[end + 1 :])
    name, percent, zone = host[start + 1 : end].partition("%25")
    address = _unescape_host(name) + _unescape_host(percent + zone, zone=True)
    if go.has(STRICT_LITERAL):
        _check_address(address)
    return f"[{address}]{host[end + 1 :]}"


def _check_address(address: str) -> None:
    try:
        literal = ipaddress.ip_address(address)
    except ValueError as error:
        raise BadUrlError("invalid host") from error
    if literal.version == 4:
        raise BadUrlError("invalid IP-literal")


def _check_port(colon_port: str) -> None:
    if not _PORT.fullmatch(colon_port):
        raise BadUrlError(f"invalid port {quote_go(colon_port)} after host")


def _unescape_host(host: str, *, zone: bool = False) -> str:
    """A host may escape "%" and bytes beyond ASCII, a zone what a host may hold too. Source: net/url, unescape."""
    at = 0
    while at < len(host):
        if host[at] == "%":
            _check_escape(host, at)
            byte = int(host[at + 1 : at + 3], 16)
            allowed = byte == 0x25 or ((chr(byte) in _HOST or byte == 0x20) if zone else byte >= 0x80)
            if not allowed:
                raise BadUrlError(f"invalid URL escape {quote_go(host[at : at + 3])}")
            at += 3
            continue
        if host[at].isascii() and host[at] not in _HOST:
            raise BadUrlError(f"invalid character {quote_go(host[at])} in host name")
        at += 1
    return unquote(host, errors="surrogateescape")


def _unescape(text: str) -> str:
    at = text.find("%")
    while at >= 0:
        _check_escape(text, at)
        at = text.find("%", at + 3)
    return unquote(text, errors="surrogateescape")


def _check_escape(text: str, at: int) -> None:
    if not _ESCAPE.match(text, at):
        three = text[at : at + 3].encode(errors="surrogateescape")[:3].decode(errors="surrogateescape")
        raise BadUrlError(f"invalid URL escape {quote_go(three)}")


def quote_go(text: str) -> str:
    """``text`` in quotes as Go prints it. Source: golang/go strconv, Quote."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c.isprintable() else _QUOTED.get(c) or _number(c) for c in escaped) + '"'


def _number(char: str) -> str:
    if "\udc80" <= char <= "\udcff":
        return f"\\x{ord(char) - 0xDC00:02x}"
    return f"\\x{ord(char):02x}" if char < "\x80" else f"\\u{ord(char):04x}"
