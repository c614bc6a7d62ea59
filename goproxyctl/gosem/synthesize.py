"""From demands to the plainest chain that fulfils them all, or to the fewest of them that contradict each other."""

from collections.abc import Collection, Iterator, Sequence
from itertools import combinations
from typing import NamedTuple

from goproxyctl.gosem.candidates import Candidate, Site, candidates
from goproxyctl.gosem.demands import ANY_MIRROR, ORIGIN, Breach, Demand, Judge, Wish


class Case(NamedTuple):
    """What giving up ``demand`` would allow, and how that fails it."""

    demand: Demand
    candidate: Candidate
    breach: Breach


class Conflict(NamedTuple):
    """Demands that cannot hold together, and no fewer of them: each case shows what the others alone would allow."""

    cases: tuple[Case, ...]

    @property
    def demands(self) -> tuple[Demand, ...]:
        """The demands, in the order in which they were given."""
        return tuple(case.demand for case in self.cases)


def synthesize(
    site: Site, demands: Sequence[Demand], *, learners: Collection[str] | None = None
) -> Candidate | Conflict:
    """The first candidate, in the order of `candidates`, that fulfils every demand; else the smallest conflict.

    Shape: ``learners`` are the names that may learn private modules; None: the gatekeepers and the module's own host.
    """
    own = {ORIGIN, *(server.name for server in site.servers if server.gatekeeper)}
    judge = Judge(_told_apart(site, demands, learners or ()), frozenset(own if learners is None else learners))
    wanted = tuple(dict.fromkeys(demands))
    return _search(judge, wanted) or _conflict(judge, wanted)


def _told_apart(site: Site, demands: Sequence[Demand], learners: Collection[str]) -> Site:
    """The site with those servers singled out of which something is demanded by name, beyond being there."""
    named = {demand.value for demand in demands if demand.wish is Wish.SURVIVES} - {ANY_MIRROR} | set(learners)
    servers = (server._replace(single=server.name in named) for server in site.servers)
    return site._replace(servers=tuple(servers))


def _search(judge: Judge, demands: Sequence[Demand]) -> Candidate | None:
    """The first candidate that serves public modules and fulfils the demands."""
    quick_first = sorted(demands, key=lambda demand: _EFFORT.get(demand.wish, 0))
    fitting = (
        candidate
        for candidate in candidates(judge.site)
        if not judge.fails(quick_first, candidate) and judge.serves(candidate)
    )
    return next(fitting, None)


#: What is looked at last, for it takes most requests to find out.
_EFFORT = {Wish.GUARDED: 1, Wish.STRICT: 1, Wish.TOOLCHAINS: 1, Wish.SURVIVES: 2, Wish.PRIVATE: 3, Wish.AIR_GAP: 4}


def _conflict(judge: Judge, demands: Sequence[Demand]) -> Conflict:
    """The smallest set of demands that no candidate fulfils.

    Every candidate fails some demand, so a set is contradictory when it has one of those of each candidate. The least
    set that has one of each failure seen so far is tried; where a candidate fulfils it after all, its failures join.
    Source: Ignatiev, Previti, Liffiton, Marques-Silva, Smallest MUS Extraction with Minimal Hitting Set Dualization.
    """
    failures: list[frozenset[Demand]] = []
    while True:
        tried = _least_hitting(demands, failures)
        found = _search(judge, tried)
        if found is None:
            return Conflict(tuple(_cases(judge, tried, demands)))
        failures.append(frozenset(demand for demand in demands if judge.fails([demand], found)))


def _least_hitting(demands: Sequence[Demand], failures: Sequence[frozenset[Demand]]) -> tuple[Demand, ...]:
    """The fewest demands of which each failure has one; the earliest given, where several sets are as small."""
    return next(
        chosen
        for size in range(len(demands) + 1)
        for chosen in combinations(demands, size)
        if all(failure.intersection(chosen) for failure in failures)
    )


def _cases(judge: Judge, conflict: Sequence[Demand], demands: Sequence[Demand]) -> Iterator[Case]:
    """Each demand of the conflict with what could be had without it: all the others, or those of the conflict."""
    for demand in conflict:
        others = [[other for other in wanted if other != demand] for wanted in (demands, conflict)]
        found = _search(judge, others[0]) or _search(judge, others[1])
        assert found  # the set is minimal
        # a judge without a past tells the plainest scenario, not the one that another candidate failed in
        breach = Judge(judge.site, judge.learners).breach(demand, found)
        assert breach  # nothing fulfils the whole set
        yield Case(demand, found, breach)
