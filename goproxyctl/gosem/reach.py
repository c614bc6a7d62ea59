"""Every host that a go command can come to ask about a module, and what has to happen for it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from goproxyctl.gosem.chain import read_chain
from goproxyctl.gosem.modpath import Query, query_of
from goproxyctl.gosem.outcome import Outcome, Purpose, told_apart
from goproxyctl.gosem.request import Assumed, Request, Route, Where
from goproxyctl.gosem.route import route, route_toolchain
from goproxyctl.gosem.settings import Settings
from goproxyctl.gosem.toolchain import MODULE
from goproxyctl.gosem.version import NEWEST, GoVersion

#: One thing that has to happen: this server answers this request like that.
Choice = tuple[tuple[Where, Purpose], Outcome]

_ORIGIN = (Purpose.GO_GET, Purpose.VCS)
_DATABASE = (Purpose.SUPPORTED, Purpose.LOOKUP, Purpose.TILE)
#: What is looked at together; the rest is healthy meanwhile. Each walk begins anew at the first hop, so what one of
#: them met says nothing about the next, and the stages need not be multiplied.
#: Source: cmd/go/internal/modfetch/proxy.go, TryProxies keeps nothing between calls.
_STAGES = ((Purpose.INFO, *_ORIGIN), (Purpose.MOD, *_ORIGIN), (Purpose.ZIP, *_ORIGIN), _DATABASE)
_LIST = (Purpose.LIST, Purpose.LATEST, *_ORIGIN)


@dataclass(frozen=True, slots=True)
class Leaf:
    """One end of the tree: what happened, and the route that go took. Healthy answers are left out of ``choices``."""

    choices: tuple[Choice, ...]
    route: Route


@dataclass(frozen=True, slots=True)
class Reached:
    """A host that can be asked.

    Shape: ``learns``: it can read the module's path; ``choices`` is the shortest way to it, ``route`` shows it.
    """

    host: str
    scheme: str
    where: Where
    purpose: Purpose
    learns: bool
    choices: tuple[Choice, ...]
    route: Route


@dataclass(slots=True)
class _Tree:
    """Outcomes that branch: a request seen for the first time takes the next untried alternative."""

    stage: tuple[Purpose, ...]
    piped: frozenset[Where]
    path: list[tuple[tuple[Where, Purpose], tuple[Outcome, ...], int]] = field(default_factory=list)
    met: int = 0
    known: dict[tuple[Where, Purpose], Outcome] = field(default_factory=dict)

    def of(self, where: Where, purpose: Purpose) -> Outcome:
        """What a request meets in this run."""
        key = (where, purpose)
        if purpose not in self.stage:
            return Outcome.OK
        if key not in self.known:
            if self.met == len(self.path):
                self.path.append((key, self._alternatives(where, purpose), 0))
            _, alternatives, chosen = self.path[self.met]
            self.met += 1
            self.known[key] = alternatives[chosen]
        return self.known[key]

    def listed(self, where: Where) -> Sequence[str]:
        """One version, the same everywhere; which one it is does not change who is asked."""
        return Assumed().listed(where)

    def _alternatives(self, where: Where, purpose: Purpose) -> tuple[Outcome, ...]:
        """The answers that lead somewhere else from here.

        After "|" go moves on from "not found" as from any error, so one stands for both; only where a chain ends with
        no hop speaking for the checksum database does it matter whether there was an error at all.
        """
        apart = told_apart(purpose)
        if purpose in {Purpose.LOOKUP, Purpose.TILE}:
            return tuple(o for o in apart if o is not Outcome.NOT_FOUND)
        erred = any(kind is Outcome.UNAVAILABLE for kind in self.known.values())
        merges = purpose is not Purpose.SUPPORTED or erred
        if where in self.piped and merges:
            return tuple(o for o in apart if o is not Outcome.NOT_FOUND)
        return apart

    def advance(self) -> bool:
        """Turns to the next branch; False when all were taken."""
        self.met, self.known = 0, {}
        while self.path:
            key, alternatives, chosen = self.path.pop()
            if chosen + 1 < len(alternatives):
                self.path.append((key, alternatives, chosen + 1))
                return True
        return False


def leaves(module: str, version: str, settings: Settings, go: GoVersion = NEWEST) -> Iterator[Leaf]:
    """Every way in which fetching the module can go, stage by stage; ``version`` as for `route`.

    Shape: for the module golang.org/toolchain, ``version`` is the toolchain's name.
    """
    piped = frozenset(hop.server for hop in read_chain(settings.proxy, go).hops if hop.any_error)
    for stage in _stages(module, version):
        tree = _Tree(stage, piped)
        while True:
            if module == MODULE:
                taken = route_toolchain(version, settings, tree, go)
            else:
                taken = route(module, version, settings, tree, go)
            yield Leaf(tuple((k, o) for k, o in tree.known.items() if o is not Outcome.OK), taken)
            if not tree.advance():
                break


def _stages(module: str, version: str) -> tuple[tuple[Purpose, ...], ...]:
    if module == MODULE:
        return _STAGES[2:]
    listed = query_of(version) in {Query.LATEST, Query.LISTED}
    return (_LIST, *_STAGES) if listed else _STAGES


def reach(module: str, version: str, settings: Settings, go: GoVersion = NEWEST) -> tuple[Reached, ...]:
    """Every host that can be asked when the module is fetched, whatever the servers answer; each with its shortest way.

    Shape: one entry per host, one that learns the path before one that does not; those that need fewest mishaps first.
    """
    found: dict[str, Reached] = {}
    for leaf in leaves(module, version, settings, go):
        for request in leaf.route.requests:
            known = found.get(request.host)
            if request.host and (known is None or _plainer(leaf, request, known)):
                found[request.host] = _reached(leaf, request)
    return tuple(sorted(found.values(), key=lambda r: len(r.choices)))


def _plainer(leaf: Leaf, request: Request, known: Reached) -> bool:
    """Whether this way to a host says more: it learns the path, or fewer things have to go wrong."""
    return (not request.learns, len(leaf.choices)) < (not known.learns, len(known.choices))


def _reached(leaf: Leaf, request: Request) -> Reached:
    learns = bool(request.learns)
    return Reached(request.host, request.scheme, request.where, request.purpose, learns, leaf.choices, leaf.route)
