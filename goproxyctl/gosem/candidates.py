"""Every chain that can be made of the module proxies to hand, with the settings beside it; the plainest first."""

from collections.abc import Iterator, Sequence
from itertools import combinations, groupby, product
from typing import Literal, NamedTuple

from goproxyctl.gosem.items import Item, print_chain
from goproxyctl.gosem.leaks import NONE
from goproxyctl.gosem.settings import Settings

End = Literal["off", "direct"]
Fetch = Literal["direct", "chain"]

#: Longer chains have more orders than anybody would wait for.
MOST_SERVERS = 6


class Server(NamedTuple):
    """A module proxy to hand.

    Shape: a ``gatekeeper`` decides what may be used, any other one only serves it; ``outside``: strangers run it;
    ``single``: something is demanded of it alone, so that it may not change places with its like.
    """

    name: str
    url: str
    gatekeeper: bool = False
    outside: bool = False
    single: bool = False


class Site(NamedTuple):
    """What every candidate has in common, and what it can be made of.

    Shape: ``private`` are globs; ``databases`` are values of GOSUMDB, the one to be tried first first.
    """

    servers: tuple[Server, ...] = ()
    private: tuple[str, ...] = ()
    databases: tuple[str, ...] = ("sum.golang.org",)
    toolchain: str = "local"


class Candidate(NamedTuple):
    """One way to set go up.

    Shape: ``piped`` says of each server whether go leaves it on any error; ``fetch``: private modules come from
    their repositories, or through the chain.
    """

    servers: tuple[Server, ...]
    piped: tuple[bool, ...]
    end: End
    fetch: Fetch
    database: str

    @property
    def chain(self) -> tuple[Item, ...]:
        """The chain as go reads it."""
        items = (Item(s.url, "|" if pipe else ",") for s, pipe in zip(self.servers, self.piped, strict=True))
        return (*items, Item(self.end))

    def place(self, name: str) -> int | None:
        """Where the server of that name stands in the chain; None when it does not."""
        return next((i for i, server in enumerate(self.servers) if server.name == name), None)


def settings_of(candidate: Candidate, site: Site) -> Settings:
    """The settings that go has under a candidate."""
    private = ",".join(site.private) or NONE
    return Settings(
        proxy=print_chain(candidate.chain),
        private=private,
        noproxy=private if candidate.fetch == "direct" else NONE,
        nosumdb=private,
        sumdb=candidate.database,
        toolchain=site.toolchain,
    )


def candidates(site: Site) -> Iterator[Candidate]:
    """Every candidate once, the same order every time.

    Shape: fewest servers first, then those that end the chain with "off", then those with fewest "|", then those that
    keep the order in which the servers are given. Servers that nothing tells apart keep it always.
    """
    for size in range(len(site.servers) + 1):
        chosen = [order for subset in combinations(site.servers, size) for order in _orders(subset)]
        for _, alike in groupby(sorted(_shapes(size), key=_plainness), _plainness):
            for servers, (end, piped) in product(chosen, [*alike]):
                for fetch, database in product(_fetches(site, servers), site.databases):
                    yield Candidate(servers, piped, end, fetch, database)


def _fetches(site: Site, servers: Sequence[Server]) -> tuple[Fetch, ...]:
    """How private modules can come; only a gatekeeper of the chain has them."""
    return ("direct", "chain") if site.private and any(s.gatekeeper for s in servers) else ("direct",)


def _plainness(shape: tuple[End, tuple[bool, ...]]) -> tuple[bool, int]:
    end, piped = shape
    return end != "off", sum(piped)


def _shapes(size: int) -> Iterator[tuple[End, tuple[bool, ...]]]:
    """Ends and separators of a chain of that many servers; what stands before "off" leads nowhere, so "," will do."""
    for piped in product((True, False), repeat=size):
        yield "direct", piped
        if not piped or not piped[-1]:
            yield "off", piped


def _orders(servers: Sequence[Server]) -> Iterator[tuple[Server, ...]]:
    """The orders of the servers in which those that nothing tells apart keep theirs."""
    if not servers:
        yield ()
    seen: set[object] = set()
    for index, server in enumerate(servers):
        if _sort(server) not in seen:
            seen.add(_sort(server))
            rest = (*servers[:index], *servers[index + 1 :])
            yield from ((server, *others) for others in _orders(rest))


def _sort(server: Server) -> object:
    return server.name if server.single else (server.gatekeeper, server.outside)
