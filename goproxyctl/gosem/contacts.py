"""Every host and port that go can come to contact under given settings, and what for."""

import re
from collections.abc import Iterable, Iterator
from enum import Enum
from typing import Literal, NamedTuple

from goproxyctl.gosem.egress import Egress, choose, parse_proxy
from goproxyctl.gosem.globs import match_path, matches, matches_any
from goproxyctl.gosem.gourl import GoUrl, parse_url
from goproxyctl.gosem.modpath import host_of
from goproxyctl.gosem.reach import Reached, reach
from goproxyctl.gosem.samples import public_sample, sample_of
from goproxyctl.gosem.settings import Settings
from goproxyctl.gosem.toolchain import MODULE, Toolchain, read_toolchain
from goproxyctl.gosem.version import NEWEST, GoVersion

#: Who has to reach a host: the machine that runs go, or the egress proxy on its behalf.
From = Literal["client", "egress"]
#: Any host; a name with wildcards stands for itself otherwise, as in ``*.git.acme.example``.
ANY = "*"


class Why(Enum):
    """What a host is contacted for."""

    EGRESS = "egress"
    HOP = "hop"
    DATABASE = "database"
    PRIVATE = "private"
    SSH = "ssh"
    PUBLIC = "public"
    TOOLCHAIN = "toolchain"


class Contact(NamedTuple):
    """A host and port that must be reachable.

    Shape: ``which`` is the index of the hop, or the glob of private modules; ``fallback``: only after something else
    failed or was not found.
    """

    source: From
    host: str
    port: int
    protocol: str
    why: Why
    which: int | str = ""
    fallback: bool = False


#: Where toolchains come from when no proxy has them: the module's page leads to go.dev, which leads on to a store.
#: Source: golang.org/toolchain?go-get=1; golang/website internal/dl/server.go, getHandler.
_TOOLCHAINS = ("golang.org", "go.dev", "dl.google.com")
_PORTS = {"http": 80, "https": 443, "socks5": 1080, "socks5h": 1080}


def contacts(settings: Settings, egress: Egress = Egress(), go: GoVersion = NEWEST) -> tuple[Contact, ...]:  # noqa: B008 - frozen
    """Everything that must be reachable, each host and port once for each purpose.

    Shape: what clients need first; then by purpose, hops in their order.
    """
    found = dict.fromkeys(way for contact in _plain(settings, go) for way in _ways(contact, egress, go))
    order = [*Why]
    return tuple(sorted(found, key=lambda c: (c.source, order.index(c.why))))


def _plain(settings: Settings, go: GoVersion) -> Iterator[Contact]:
    """What would be contacted if there were no egress proxy."""
    globs = [glob for glob in settings.private.split(",") if glob]
    public = public_sample(globs)
    if public:
        for reached in _reached(public, settings, go):
            yield from [_server(reached)] if reached.where != "origin" else _origins(ANY, Why.PUBLIC, "", fallback=True)
    known: dict[object, tuple[Reached, ...]] = {}
    for glob in dict.fromkeys([*globs, *settings.insecure.split(",")]):
        module = sample_of(glob)
        if module is not None:
            sort = _sort(module, settings)
            known[sort] = known.get(sort) or _reached(module, settings, go)
            yield from _private(glob, module, known[sort], settings)
    wanted = read_toolchain(settings.toolchain, go)
    if isinstance(wanted, Toolchain) and wanted.downloads:
        yield from _toolchains(settings, go)


def _reached(module: str, settings: Settings, go: GoVersion) -> tuple[Reached, ...]:
    return reach(module, f"go{NEWEST}" if module == MODULE else "latest", settings, go)


def _sort(module: str, settings: Settings) -> tuple[bool, ...]:
    """What go looks at in a module's path when it decides whom to ask: those alike reach alike."""
    lists = (settings.noproxy, settings.nosumdb, settings.insecure)
    return tuple(matches_any(globs.split(","), module) for globs in lists)


def _private(glob: str, module: str, found: tuple[Reached, ...], settings: Settings) -> Iterator[Contact]:
    """What modules of one glob need; their hosts stand for themselves, wildcards and all."""
    pattern = glob.partition("/")[0]
    host = pattern if _is_host(pattern, module) else ANY
    for reached in found:
        if reached.where != "origin":
            yield _server(reached)
            continue
        later = bool(reached.choices)
        yield from _origins(host, Why.PRIVATE, glob, fallback=later)
        if matches_any(settings.insecure.split(","), module):
            yield Contact("client", host, 80, "http", Why.PRIVATE, glob, fallback=True)
        if _may_run_git(settings.vcs, module, private=matches_any(settings.private.split(","), module)):
            yield Contact("client", host, 22, "ssh", Why.SSH, glob, fallback=True)


def _is_host(pattern: str, module: str) -> bool:
    """Whether a part of a glob can stand in a list of hosts: it names some domain, and no character is escaped."""
    return "\\" not in pattern and "." in pattern and match_path(pattern, host_of(module))


def _may_run_git(rules: str, module: str, *, private: bool) -> bool:
    """Whether GOVCS lets git run for the module: the first rule that fits decides.

    Source: golang/go cmd/go/internal/vcs/vcs.go, govcsConfig.allow; the defaults are public:git|hg,private:all.
    """
    for rule in rules.split(","):
        pattern, _, allowed = rule.strip().partition(":")
        if pattern == ("private" if private else "public") or (pattern and matches(pattern, module)):
            return bool({"all", "git"} & set(re.split(r"\s*\|\s*", allowed)))
    return True


def _origins(host: str, why: Why, which: str, *, fallback: bool) -> Iterator[Contact]:
    yield Contact("client", host, 443, "https", why, which, fallback=fallback)


def _toolchains(settings: Settings, go: GoVersion) -> Iterator[Contact]:
    for reached in _reached(MODULE, settings, go):
        if reached.where == "origin":
            for host in _TOOLCHAINS:
                yield from _origins(host, Why.TOOLCHAIN, "", fallback=bool(reached.choices))
        else:
            yield _server(reached)


def _server(reached: Reached) -> Contact:
    """A hop of the chain, or the checksum database, at its own port."""
    host, port = _split(GoUrl(reached.scheme, host=reached.host))
    if isinstance(reached.where, int):
        return Contact("client", host, port, reached.scheme, Why.HOP, reached.where)
    return Contact("client", host, port, reached.scheme, Why.DATABASE, fallback=bool(reached.choices))


def _split(url: GoUrl) -> tuple[str, int]:
    """Host and port of a URL; an IPv6 address without its brackets."""
    found = re.fullmatch(r"(?P<host>.*?)(:(?P<port>[0-9]+))?", url.host)
    assert found
    port = int(found["port"]) if found["port"] else _PORTS.get(url.scheme, 80)
    return found["host"].strip("[]"), port


def _ways(contact: Contact, egress: Egress, go: GoVersion) -> Iterator[Contact]:
    """A contact as it is made: by the client, or by the egress proxy, which the client then has to reach.

    HTTP_PROXY and HTTPS_PROXY carry http and https; ssh goes its own way.
    """
    if contact.protocol not in {"http", "https"}:
        yield contact
        return
    chosen = choose(f"{contact.protocol}://{_example(contact.host)}:{contact.port}/", egress, go)
    if chosen.way != "proxy":
        yield contact
        return
    proxy = parse_url(parse_proxy(chosen.proxy, go), go)
    yield Contact("client", *_split(proxy), proxy.scheme, Why.EGRESS)
    yield contact._replace(source="egress")
    yield from (contact._replace(host=host) for host in _bypassed(contact.host, egress.bypass.split(",")))


def _example(host: str) -> str:
    """A host that the pattern stands for, in the form of a URL."""
    plain = (sample_of(host) or "any.example").partition("/")[0] if set("*?[") & set(host) else host
    return f"[{plain}]" if ":" in plain else plain


def _bypassed(pattern: str, entries: Iterable[str]) -> Iterator[str]:
    """The hosts behind a pattern that NO_PROXY keeps from the egress proxy though it does not keep all of them."""
    if not set("*?[") & set(pattern):
        return
    for entry in entries:
        name = entry.strip().partition(":")[0].lower()
        below = f"*{name}" if name.startswith(".") else name
        example = below.replace("*", "any", 1)
        if re.search("[a-z]", below) and "/" not in below and match_path(pattern, example):
            yield below
