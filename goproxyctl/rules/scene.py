"""Settings with what people call the servers: questions about a route are asked here by name, and answered by name."""

from collections.abc import Iterable, Mapping
from shlex import quote
from typing import Literal, NamedTuple

from goproxyctl.gosem.chain import NOPROXY_INDEX, Hop, HopKind, read_chain
from goproxyctl.gosem.globs import matches_any
from goproxyctl.gosem.gourl import GoUrl
from goproxyctl.gosem.modpath import host_of
from goproxyctl.gosem.outcome import Outcome, Purpose
from goproxyctl.gosem.request import Assumed, Route, Where
from goproxyctl.gosem.route import route, route_toolchain
from goproxyctl.gosem.settings import Settings, settings_of
from goproxyctl.gosem.sumdb import SumDB, read_sumdb
from goproxyctl.gosem.toolchain import MODULE, version_of
from goproxyctl.gosem.version import NEWEST, GoVersion
from goproxyctl.intent import Intent, Role

#: What servers meet: an entry for one endpoint, or (None) for all of them. Silence is health.
Table = Mapping[tuple[Where, Purpose | None], Outcome]

#: Servers that are no hops; a hop of that name goes by its host.
_RESERVED: tuple[Literal["origin", "sumdb"], ...] = ("origin", "sumdb")


class Scene(NamedTuple):
    """The settings of one go command, and what is known about its servers.

    Shape: ``names`` are those of hops, by index; ``secret`` are globs of modules that no server but a gatekeeper has
    and that only gatekeepers and the origin may learn of; ``flags`` are the options by which ``goproxyctl route``
    finds the same settings.
    """

    settings: Settings
    go: GoVersion = NEWEST
    names: Mapping[int, str] = {}
    gatekeepers: tuple[int, ...] = ()
    secret: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()

    @property
    def hops(self) -> tuple[Hop, ...]:
        """The chain as go walks it; empty when go refuses it."""
        chain = read_chain(self.settings.proxy, self.go)
        return () if chain.faults else chain.hops

    @property
    def proxies(self) -> tuple[Hop, ...]:
        """The hops that are servers, each server once."""
        return tuple(hop for hop in self.hops if hop.kind is HopKind.PROXY and hop.server == hop.index)

    @property
    def _database_url(self) -> GoUrl | None:
        """Where the checksum database itself is; None when there is none, or go refuses its setting."""
        found = read_sumdb(self.settings.sumdb, self.go)
        return found.url or found.direct if isinstance(found, SumDB) else None

    def name(self, where: Where) -> str:
        """What people call a server: the name of its hop, "origin" or "sumdb"."""
        if isinstance(where, str):
            return where
        if where == NOPROXY_INDEX:
            return "origin"
        hop, name = self.hops[where], self.names.get(where, "")
        return name if name not in {"", *_RESERVED} else (hop.url.host if hop.url else "") or hop.text

    def host(self, where: Where, module: str) -> str:
        """The host, with its port, that a server is asked at about ``module``; "" for a file."""
        if where in {"origin", NOPROXY_INDEX}:
            return host_of(module)
        url = self.hops[where].url if isinstance(where, int) else self._database_url
        return url.host if url else ""

    def called(self) -> dict[str, Where]:
        """Every word that means a server, and the server: names first, then hosts, then numbers from 1."""
        words: dict[str, Where] = {self.name(hop.index): hop.server for hop in self.hops if hop.url}
        words |= {name: name for name in _RESERVED}
        for hop in self.hops:
            server: Where = hop.server if hop.url else "origin"
            if hop.kind is not HopKind.OFF:
                words.setdefault(hop.url.host if hop.url else hop.text, server)
                words.setdefault(str(hop.index + 1), server)
        return words

    def giver(self, route: Route) -> Where:
        """The server that gave the zip of a module that was fetched."""
        hop = next(step.hop for step in reversed(route.steps) if step.purpose is Purpose.ZIP and step.failure is None)
        return self.hops[hop].server if hop is not None and hop >= 0 and self.hops[hop].url else "origin"

    def healthy(self, module: str) -> Assumed:
        """What the servers answer about ``module`` when nothing is wrong: nobody but a gatekeeper has a secret one."""
        if not matches_any(self.secret, module):
            return Assumed()
        servers = [hop.index for hop in self.proxies]
        table: dict[tuple[Where, Purpose | None], Outcome] = {}
        table["sumdb", Purpose.LOOKUP] = Outcome.NOT_FOUND
        for server in servers:
            table[server, Purpose.LOOKUP] = Outcome.NOT_FOUND
            if server not in self.gatekeepers:
                table |= {(server, None): Outcome.NOT_FOUND, (server, Purpose.SUPPORTED): Outcome.OK}
        return Assumed(table)

    def may_learn(self, module: str) -> frozenset[str] | None:
        """The hosts that may learn the path of ``module``; None: any may."""
        if not matches_any(self.secret, module):
            return None
        return frozenset([host_of(module), *(self.host(hop, module) for hop in self.gatekeepers)])

    def travel(self, module: str, version: str, table: Table) -> Route:
        """The route of ``module`` when the servers meet ``table`` and are healthy otherwise.

        Shape: a toolchain's name ("go1.26.6") stands for its module; ``version`` is of no account then.
        """
        name = version if module == MODULE else module
        healthy = self.healthy(module)
        outcomes = Assumed(overlaid(healthy.table, table), healthy.versions)
        if version_of(name) is not None:
            return route_toolchain(name, self.settings, outcomes, self.go)
        return route(module, version, self.settings, outcomes, self.go)

    def command(self, module: str, version: str, table: Table) -> str:
        """The command line that shows the same route."""
        what = version if module == MODULE else module if version_of(module) else f"{module}@{version}"
        down = [f"{self.name(where)}{_endpoint(purpose)}={met.value}" for (where, purpose), met in table.items()]
        words = ["goproxyctl", "route", what, *self.flags, *(part for one in down for part in ("--down", one))]
        return " ".join(map(quote, words))


def _endpoint(purpose: Purpose | None) -> str:
    return f"/{purpose.value}" if purpose else ""


def overlaid(under: Table, over: Table) -> dict[tuple[Where, Purpose | None], Outcome]:
    """``over`` laid over ``under``: what is said of a whole server goes before what was said of its endpoints."""
    whole = {where for where, purpose in over if purpose is None}
    return {**{key: met for key, met in under.items() if key[0] not in whole}, **over}


def scene_of(intent: Intent, flags: Iterable[str] = (), go: GoVersion = NEWEST) -> Scene:
    """The scene of what a policy means."""
    return Scene(
        settings_of(intent.module_settings(), go),
        go,
        {index: hop.name for index, hop in enumerate(intent.hops)},
        tuple(index for index, hop in enumerate(intent.hops) if hop.role is Role.GATEKEEPER),
        intent.private,
        tuple(flags),
    )


def raw_scene(variables: Mapping[str, str], flags: Iterable[str] = (), go: GoVersion = NEWEST) -> Scene:
    """The scene of resolved variables: hops are called by their hosts, and nothing is known about their roles."""
    scene = Scene(settings_of(variables, go), go, flags=tuple(flags))
    hosts = [hop.url.host if hop.url else "" for hop in scene.hops]
    shared = {host for host in hosts if len({h.server for h in scene.hops if h.url and h.url.host == host}) > 1}
    names = {
        hop.index: f"{host}#{hop.server + 1}" for hop, host in zip(scene.hops, hosts, strict=True) if host in shared
    }
    return scene._replace(names=names)
