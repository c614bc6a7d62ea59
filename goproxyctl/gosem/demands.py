"""What can be demanded of a chain, and how a candidate fails it: a scenario, and the route that go takes then."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import Enum
from functools import cache
from itertools import chain
from typing import NamedTuple

from goproxyctl.gosem.candidates import Candidate, Site, settings_of
from goproxyctl.gosem.chain import read_item
from goproxyctl.gosem.globs import matches_any
from goproxyctl.gosem.gourl import GoUrl
from goproxyctl.gosem.modpath import host_of
from goproxyctl.gosem.outcome import Outcome, Purpose
from goproxyctl.gosem.prove import Sample, travel
from goproxyctl.gosem.reach import reach
from goproxyctl.gosem.request import Assumed, Result, Route, Where
from goproxyctl.gosem.samples import public_sample, sample_of
from goproxyctl.gosem.toolchain import MODULE, Toolchain, read_toolchain
from goproxyctl.gosem.version import NEWEST

#: Value of SURVIVES: whichever mirror it is.
ANY_MIRROR = "any-mirror"
#: The one that may learn a private name and is no server of the chain: the module's own host.
ORIGIN = "origin"

_FILES = (Purpose.INFO, Purpose.MOD, Purpose.ZIP, Purpose.LIST, Purpose.LATEST)
#: What stands for every error of a server that is down: go takes them alike. One that hangs, or answers 200 with
#: something else, is no loss that any chain could make good.
#: Source: cmd/go/internal/modfetch/proxy.go, TryProxies; cmd/go/internal/web/http.go sets no timeout.
DOWN = Outcome.UNAVAILABLE


class Wish(Enum):
    """The sorts of demands; what their value is stands behind each."""

    USED = "used"  # a server: the chain has it
    GUARDED = "guarded"  # a gatekeeper: what it refuses (403) comes from nowhere else
    STRICT = "strict"  # a gatekeeper: neither does what it does not have (404)
    PRIVATE = "private"  # a glob: what it covers can be fetched, and only those who may learn its name
    SURVIVES = "survives"  # a server or ANY_MIRROR: a build goes on without it, where somebody else has the module
    FETCH = "fetch"  # "direct" or "chain": how private modules come
    AIR_GAP = "air-gap"  # nobody outside is ever asked
    DATABASE = "database"  # a value of GOSUMDB
    DIRECT = "direct"  # what no server has comes from its repository
    NO_DIRECT = "no-direct"  # it does not
    TOOLCHAINS = "toolchains"  # go can fetch toolchains


class Demand(NamedTuple):
    """One thing that must hold."""

    wish: Wish
    value: str = ""


class Scenario(NamedTuple):
    """What the servers answer when a module is fetched, by their names, so that it can happen to any candidate.

    Shape: ``lacking`` do not have the module, which is nobody's fault; ``answers`` are what happens besides.
    """

    module: str
    lacking: frozenset[str] = frozenset()
    answers: tuple[tuple[str, Purpose | None, Outcome], ...] = ()


class Breach(NamedTuple):
    """A demand that a candidate does not fulfil.

    Shape: ``scenario`` and ``route`` None: it shows without a request; ``stranger`` is the host that should not have
    been asked, where that is the point. ``depth`` says how many servers, and then the end, had a part in it.
    """

    demand: Demand
    scenario: Scenario | None = None
    route: Route | None = None
    stranger: str = ""
    depth: int = 0


@dataclass(slots=True)
class Judge:
    """Judges candidates of one site, and learns from those that fail.

    The scenario that one failed in is tried first on the next. What failed before the walk came to the end of the
    chain fails in every chain that begins alike, so these are not walked at all.
    Shape: ``learners`` are the names that may learn private modules, ORIGIN among them.
    """

    site: Site
    learners: frozenset[str] = frozenset({ORIGIN})
    _failed: dict[Demand, dict[Scenario, None]] = field(default_factory=dict)
    _hopeless: dict[Demand, set[tuple[str, ...]]] = field(default_factory=dict)
    _known: dict[tuple[Demand, Candidate], Breach | None] = field(default_factory=dict)

    def fails(self, demands: Iterable[Demand], candidate: Candidate) -> bool:
        """Whether the candidate fails one of the demands."""
        walked = []
        for demand in demands:
            if demand.wish not in _STRUCTURAL:
                walked.append(demand)
            elif not _stands(demand, candidate):
                return True
        parts = _parts(candidate)
        hopeless = any(not self._hopeless.get(demand, _NONE).isdisjoint(parts) for demand in walked)
        return hopeless or any(self.breach(demand, candidate) for demand in walked)

    def breach(self, demand: Demand, candidate: Candidate) -> Breach | None:
        """How the candidate fails the demand; None when it fulfils it."""
        key = (demand, candidate)
        if key not in self._known:
            self._known[key] = found = self._breach(demand, candidate)
            if found and found.route:
                self._hopeless.setdefault(demand, set()).add(_parts(candidate)[found.depth])
        return self._known[key]

    def serves(self, candidate: Candidate) -> bool:
        """Whether modules that are not private can be fetched at all when all is well."""
        public = public_sample(self.site.private)
        return public is None or self.take(Scenario(public), candidate).result is Result.OK

    def take(self, scenario: Scenario, candidate: Candidate) -> Route:
        """The route of a scenario."""
        sample = Sample(scenario.module, f"go{NEWEST}" if scenario.module == MODULE else "latest")
        return travel(sample, settings_of(candidate, self.site), _assume(scenario, candidate), NEWEST)

    def _breach(self, demand: Demand, candidate: Candidate) -> Breach | None:
        if demand.wish in _STRUCTURAL:
            return None if _stands(demand, candidate) else Breach(demand)
        failed = self._failed.setdefault(demand, {})
        for scenario in chain(reversed(failed), self._scenarios(demand, candidate)):
            if found := self._meets(demand, scenario, candidate):
                failed.pop(scenario, None)
                failed[scenario] = None  # the newest last, which is the first one next time
                return found
        return None

    def _scenarios(self, demand: Demand, candidate: Candidate) -> Iterator[Scenario]:
        """What can happen that the demand is about."""
        if demand.wish is Wish.PRIVATE:
            module = sample_of(demand.value)
            if module:
                yield Scenario(module, self._strangers())
                yield from self._tree(module, candidate)
        elif demand.wish is Wish.TOOLCHAINS:
            yield Scenario(MODULE)
        elif demand.wish is Wish.AIR_GAP:
            for module in self._modules():
                yield from self._tree(module, candidate)
        elif demand.wish is Wish.SURVIVES:
            yield from self._losses(demand.value, candidate)
        else:
            yield from self._refusals(demand, candidate)

    def _tree(self, module: str, candidate: Candidate) -> Iterator[Scenario]:
        """One scenario for each host that can come to be asked."""
        version = f"go{NEWEST}" if module == MODULE else "latest"
        for reached in reach(module, version, settings_of(candidate, self.site)):
            happens = ((_name(where, candidate), purpose, o) for (where, purpose), o in reached.choices)
            yield Scenario(module, answers=tuple(happens))

    def _losses(self, value: str, candidate: Candidate) -> Iterator[Scenario]:
        """Each such server down, when everybody has the module, and when only one other has it.

        A module that several have is fetched from the first of them, so these cases stand for all.
        """
        down = [s.name for s in candidate.servers if s.name == value or (value == ANY_MIRROR and not s.gatekeeper)]
        names = {server.name for server in candidate.servers}
        for module, unknown in self._through(candidate):
            for lost in down:
                for lacking in (unknown, *(frozenset(names - {only}) for only in (*sorted(names - {lost}), ORIGIN))):
                    yield Scenario(module, unknown | lacking, ((lost, None, DOWN),))

    def _refusals(self, demand: Demand, candidate: Candidate) -> Iterator[Scenario]:
        """The gatekeeper refuses a module, or its zip alone."""
        refusal = Outcome.FORBIDDEN if demand.wish is Wish.GUARDED else Outcome.NOT_FOUND
        for module, unknown in self._through(candidate):
            for purposes in (_FILES, (Purpose.ZIP,)):
                yield Scenario(module, unknown, tuple((demand.value, purpose, refusal) for purpose in purposes))

    def _through(self, candidate: Candidate) -> Iterator[tuple[str, frozenset[str]]]:
        """The modules that go through the chain, each with the servers that cannot have it."""
        for module in self._modules():
            if not self._is_private(module):
                yield module, frozenset()
            elif candidate.fetch == "chain":
                yield module, self._strangers()

    def _meets(self, demand: Demand, scenario: Scenario, candidate: Candidate) -> Breach | None:
        """How the candidate fails the demand in this scenario."""
        route = self.take(scenario, candidate)
        depth = _depth(route, candidate)
        if demand.wish in {Wish.PRIVATE, Wish.AIR_GAP}:
            stranger = self._stranger(demand, route)
            lost = demand.wish is Wish.PRIVATE and not scenario.answers and route.result is not Result.OK
            return Breach(demand, scenario, route, stranger, depth) if stranger or lost else None
        if demand.wish in {Wish.GUARDED, Wish.STRICT}:
            place = candidate.place(demand.value)
            around = self._is_private(scenario.module) and candidate.fetch == "direct"
            if place is None or around or route.result is not Result.OK:
                return None
            return Breach(demand, scenario, route, depth=max(depth, place + 1))
        if route.result is Result.OK:
            return None
        if demand.wish is Wish.TOOLCHAINS:
            return Breach(demand, scenario, route, depth=depth)
        healthy = self.take(scenario._replace(answers=()), candidate)
        both = max(depth, _depth(healthy, candidate))
        return Breach(demand, scenario, route, depth=both) if healthy.result is Result.OK else None

    def _stranger(self, demand: Demand, route: Route) -> str:
        """The first host that may not be asked, or may not learn the module's path; "" when there is none."""
        if demand.wish is Wish.AIR_GAP:
            inside = {_host(s.url) for s in self.site.servers if not s.outside}
            inside |= {host_of(m) for m in self._modules() if self._is_private(m)}
            return next((r.host for r in route.requests if r.host not in inside), "")
        allowed = {_host(server.url) for server in self.site.servers if server.name in self.learners}
        allowed |= {host_of(route.module)} if ORIGIN in self.learners else set()
        return next((host for host in route.learners if host not in allowed), "")

    def _modules(self) -> list[str]:
        """One module of each sort that go fetches at this site."""
        found = [public_sample(self.site.private), *map(sample_of, self.site.private)]
        wanted = read_toolchain(self.site.toolchain)
        toolchains = [MODULE] if isinstance(wanted, Toolchain) and wanted.downloads else []
        return [*dict.fromkeys(module for module in found if module), *toolchains]

    def _is_private(self, module: str) -> bool:
        return matches_any(self.site.private, module)

    def _strangers(self) -> frozenset[str]:
        """The servers that cannot know a private module."""
        return frozenset(server.name for server in self.site.servers if not server.gatekeeper)


_NONE: frozenset[tuple[str, ...]] = frozenset()
_STRUCTURAL = frozenset({Wish.USED, Wish.FETCH, Wish.DATABASE, Wish.DIRECT, Wish.NO_DIRECT})


def _stands(demand: Demand, candidate: Candidate) -> bool:
    """Whether a candidate has what one look at it can tell."""
    if demand.wish is Wish.USED:
        return candidate.place(demand.value) is not None
    if demand.wish is Wish.FETCH:
        return candidate.fetch == demand.value
    if demand.wish is Wish.DATABASE:
        return candidate.database == demand.value
    return (candidate.end == "direct") == (demand.wish is Wish.DIRECT)


def _parts(candidate: Candidate) -> list[tuple[str, ...]]:
    """The beginnings of a chain, with the settings beside it: after no server, after each, and all of it."""
    beside: tuple[str, ...] = (candidate.fetch, candidate.database)
    steps = [s.name + "|" * pipe for s, pipe in zip(candidate.servers, candidate.piped, strict=True)]
    return [*((*beside, *steps[:count]) for count in range(len(steps) + 1)), (*beside, *steps, candidate.end)]


def _depth(route: Route, candidate: Candidate) -> int:
    """How many servers a route came by, one more with the end; all of them when go refuses the chain as it is."""
    walked = [step.hop for step in route.steps if step.hop is not None]
    return max(walked, default=len(candidate.servers)) + 1


def _name(where: Where, candidate: Candidate) -> str:
    return candidate.servers[where].name if isinstance(where, int) else where


def _assume(scenario: Scenario, candidate: Candidate) -> Assumed:
    """The scenario as it happens to this candidate: what it says of servers that are not in the chain is left out."""
    at: dict[str, Where] = {server.name: index for index, server in enumerate(candidate.servers)}
    at |= {"origin": "origin", "sumdb": "sumdb"}
    table: dict[tuple[Where, Purpose | None], Outcome] = {
        (at[name], purpose): Outcome.NOT_FOUND for name in scenario.lacking if name in at for purpose in _FILES
    }
    for name, purpose, outcome in scenario.answers:
        if name in at:
            table |= {(at[name], p): outcome for p in ([purpose] if purpose else Purpose)}
    return Assumed(table)


@cache
def _host(url: str) -> str:
    read = read_item(url)
    return read.host if isinstance(read, GoUrl) else ""
