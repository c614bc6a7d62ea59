"""The flags of ``synthesize`` as demands on a site, each with the words in which the person gave it."""

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from goproxyctl.cli.starter import MIRRORS
from goproxyctl.errors import GoproxyctlError
from goproxyctl.gosem.candidates import MOST_SERVERS, Server, Site
from goproxyctl.gosem.demands import ANY_MIRROR, ORIGIN, Demand, Wish
from goproxyctl.gosem.settings import GO_ENV
from goproxyctl.policy import grammar
from goproxyctl.text import Text

#: What a server cannot be called, for it means something else where servers are named.
_TAKEN = frozenset({ANY_MIRROR, ORIGIN, "sumdb", "direct", "off"})
_NAME = r"[a-z0-9]([a-z0-9.-]{0,61}[a-z0-9])?"


class WishError(GoproxyctlError):
    """A flag of ``synthesize`` that cannot be understood."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the flags say."""

    name: str | None = None
    private: tuple[str, ...] = ()
    gatekeepers: tuple[str, ...] = ()
    mirrors: tuple[str, ...] = ()
    learners: tuple[str, ...] = ()
    fetch: str | None = None
    survivors: tuple[str, ...] = ()
    strict: bool = False
    air_gap: bool = False
    database: str | None = None
    direct: bool | None = None
    toolchains: bool = False


@dataclass(frozen=True, slots=True)
class Understood:
    """The flags as `gosem.synthesize` takes them. ``learners`` None: whoever may by default."""

    site: Site
    demands: dict[Demand, str]
    learners: tuple[str, ...] | None


def understand(wishes: Wishes) -> Understood:
    """The site and the demands. Raises: WishError for a flag that says nothing that could be meant."""
    flags = [*_servers(wishes)]
    servers = tuple(server for server, _ in flags)
    _check_servers(servers)
    _check_globs(wishes.private)
    names = {server.name for server in servers}
    for given, flag, more in ((wishes.survivors, "--survive", ANY_MIRROR), (wishes.learners, "--may-learn", ORIGIN)):
        _check_names(given, flag, names | {more})
    default = GO_ENV["GOSUMDB"]
    databases = [wishes.database or default, default, *(["off"] if wishes.air_gap else [])]
    if not re.fullmatch(grammar.CHECKSUM_DATABASE, databases[0]):
        raise WishError(
            Text("wish.database", "--database {name}: go knows no such checksum database", name=databases[0])
        )
    toolchain = "auto" if wishes.toolchains else "local"
    site = Site(servers, tuple(dict.fromkeys(wishes.private)), tuple(dict.fromkeys(databases)), toolchain)
    return Understood(site, dict(_demands(wishes, flags)), wishes.learners or None)


def _servers(wishes: Wishes) -> Iterator[tuple[Server, str]]:
    """Each server with its flag; one without a name is called after its host."""
    taken: set[str] = set(_TAKEN)
    given = [("--gatekeeper", text) for text in wishes.gatekeepers] + [("--mirror", text) for text in wishes.mirrors]
    for flag, text in given:
        named = re.fullmatch(rf"({_NAME})=(.*)", text)
        url = named[3] if named else text
        if not re.fullmatch(grammar.PROXY_URL, url):
            raise WishError(
                Text(
                    "wish.url",
                    "{flag} {url}: this is no address of a module proxy; write https://…",
                    flag=flag,
                    url=url,
                )
            )
        host = urlsplit(url).hostname or ""
        wanted = named[1] if named else MIRRORS.get(host, "gateway" if flag == "--gatekeeper" else host.split(".")[0])
        name = wanted if named else _free(wanted, taken)
        if named and name in taken:
            raise WishError(Text("wish.name-taken", "{flag} {name}: the name is taken", flag=flag, name=name))
        taken.add(name)
        yield Server(name, url, flag == "--gatekeeper", host in MIRRORS), _words(flag, f"{name}={url}")


def _free(wanted: str, taken: set[str]) -> str:
    names = (wanted, *(f"{wanted}-{number}" for number in range(2, len(taken) + 3)))
    return next(name for name in names if name not in taken)


def _words(*arguments: str) -> str:
    return shlex.join(arguments)


def _demands(wishes: Wishes, flags: list[tuple[Server, str]]) -> Iterator[tuple[Demand, str]]:
    """Each demand and its flag, in the order in which a conflict is told."""
    learning = _words(*(word for name in wishes.learners for word in ("--may-learn", name)))
    for server, flag in flags:
        yield Demand(Wish.USED, server.name), flag
        if server.gatekeeper:
            yield Demand(Wish.GUARDED, server.name), flag
            if wishes.strict:
                yield Demand(Wish.STRICT, server.name), "--strict"
    for glob in wishes.private:
        yield Demand(Wish.PRIVATE, glob), f"{_words('--private', glob)} {learning}".strip()
    for name in wishes.survivors:
        yield Demand(Wish.SURVIVES, name), _words("--survive", name)
    yield from _settings(wishes)


def _settings(wishes: Wishes) -> Iterator[tuple[Demand, str]]:
    if wishes.fetch and wishes.private:
        yield Demand(Wish.FETCH, wishes.fetch), f"--fetch {wishes.fetch}"
    if wishes.air_gap:
        yield Demand(Wish.AIR_GAP), "--air-gap"
    if wishes.database:
        yield Demand(Wish.DATABASE, wishes.database), _words("--database", wishes.database)
    if wishes.direct is not None:
        yield Demand(Wish.DIRECT if wishes.direct else Wish.NO_DIRECT), "--direct" if wishes.direct else "--no-direct"
    if wishes.toolchains:
        yield Demand(Wish.TOOLCHAINS), "--toolchains"


def _check_servers(servers: tuple[Server, ...]) -> None:
    if len(servers) > MOST_SERVERS:
        raise WishError(Text("wish.too-many", "more than {most} module proxies; leave some out", most=MOST_SERVERS))
    urls = [server.url.rstrip("/") for server in servers]
    twice = next((server for server in servers if urls.count(server.url.rstrip("/")) > 1), None)
    if twice:
        raise WishError(Text("wish.twice", "{url}: the same address twice", url=twice.url))


def _check_globs(globs: tuple[str, ...]) -> None:
    for glob in globs:
        if not re.fullmatch(grammar.GLOB, glob):
            raise WishError(Text("wish.glob", "--private {glob}: this is no pattern of module paths", glob=glob))


def _check_names(given: tuple[str, ...], flag: str, names: set[str]) -> None:
    for name in given:
        if name not in names:
            raise WishError(
                Text(
                    "wish.unknown", "{flag} {name}: nobody is called so; there are {names}",
                    flag=flag, name=name, names=", ".join(sorted(names)),
                )
            )  # fmt: skip
