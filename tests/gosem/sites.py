"""Generated sites and demands for `synthesize`, and a second opinion on what a candidate fulfils."""

import random

from goproxyctl.gosem.candidates import Candidate, Server, Site, settings_of
from goproxyctl.gosem.chain import read_chain
from goproxyctl.gosem.demands import ANY_MIRROR, ORIGIN, Demand, Wish
from goproxyctl.gosem.modpath import host_of
from goproxyctl.gosem.outcome import Outcome, Purpose
from goproxyctl.gosem.prove import Sample, prove
from goproxyctl.gosem.reach import reach
from goproxyctl.gosem.request import Assumed, Result, Where
from goproxyctl.gosem.route import route
from goproxyctl.gosem.samples import sample_of
from goproxyctl.gosem.toolchain import MODULE

PUBLIC = "golang.org/x/text"
FILES = (Purpose.INFO, Purpose.MOD, Purpose.ZIP, Purpose.LIST, Purpose.LATEST)
#: All that go takes for an error of the whole server.
DOWN = tuple(
    o for o in Outcome if o.value not in {"200", "200-html", "200-empty", "200-tampered", "404", "410", "hang"}
)


def make_site(rng: random.Random, most: int) -> Site:
    """Up to ``most`` servers, one or two of them gatekeepers at times."""
    gatekeepers = rng.choice([0, 1, 1, 1, 2])
    servers = tuple(
        Server(f"s{i}", f"https://s{i}.test", gatekeeper=i < gatekeepers, outside=rng.random() < 0.3)
        for i in range(rng.randint(0, most))
    )
    private = tuple(rng.sample(["git.corp.test", "*.git.corp.test", "github.com/corp"], rng.randint(0, 2)))
    databases = tuple(rng.sample(["sum.golang.org", "sum.golang.google.cn", "off"], rng.randint(1, 3)))
    return Site(servers, private, databases, rng.choice(["local", "auto"]))


def make_demands(rng: random.Random, site: Site) -> tuple[Demand, ...]:
    """Some of all that can be demanded of the site."""
    names = [server.name for server in site.servers]
    gatekeepers = [server.name for server in site.servers if server.gatekeeper]
    every = [
        *(Demand(Wish.USED, name) for name in names),
        *(Demand(Wish.GUARDED, name) for name in gatekeepers),
        *(Demand(Wish.STRICT, name) for name in gatekeepers),
        *(Demand(Wish.PRIVATE, glob) for glob in site.private),
        *(Demand(Wish.SURVIVES, name) for name in [ANY_MIRROR, *names]),
        *(Demand(Wish.FETCH, how) for how in ("direct", "chain") if site.private),
        *(Demand(Wish.DATABASE, name) for name in site.databases),
        *(Demand(wish) for wish in (Wish.AIR_GAP, Wish.DIRECT, Wish.NO_DIRECT)),
        *([Demand(Wish.TOOLCHAINS)] if site.toolchain == "auto" else []),
    ]
    chosen = [demand for demand in every if rng.random() < (0.8 if demand.wish in {Wish.USED, Wish.GUARDED} else 0.3)]
    return tuple(chosen)


def fulfils(candidate: Candidate, site: Site, demand: Demand, learners: frozenset[str]) -> bool:
    """Whether `prove`, `reach` and `route` agree that the candidate fulfils the demand."""
    plain = {
        Wish.USED: demand.value in {server.name for server in candidate.servers},
        Wish.FETCH: candidate.fetch == demand.value,
        Wish.DATABASE: candidate.database == demand.value,
        Wish.DIRECT: candidate.end == "direct",
        Wish.NO_DIRECT: candidate.end == "off",
    }
    if demand.wish in plain:
        return plain[demand.wish]
    if demand.wish is Wish.PRIVATE:
        return _confined(candidate, site, demand.value, learners)
    if demand.wish is Wish.SURVIVES:
        lost = [s.name for s in candidate.servers if demand.value in {s.name, *([] if s.gatekeeper else [ANY_MIRROR])}]
        return all(_survives(candidate, site, name, module) for name in lost for module in modules(site))
    if demand.wish is Wish.TOOLCHAINS:
        return prove(settings_of(candidate, site), [], toolchain="go1.99.0").healthy[0][1].result is Result.OK
    if demand.wish is Wish.AIR_GAP:
        return _stays_inside(candidate, site)
    return _unbypassed(candidate, site, demand)


def modules(site: Site) -> list[str]:
    """One module of each sort that is fetched through the chain."""
    return [PUBLIC, *(module for glob in site.private if (module := sample_of(glob)))]


def _private(site: Site, module: str) -> bool:
    return module != PUBLIC


def _lacking(candidate: Candidate, names: frozenset[str]) -> dict[tuple[Where, Purpose | None], Outcome]:
    return {(i, p): Outcome.NOT_FOUND for i, s in enumerate(candidate.servers) if s.name in names for p in FILES}


def _confined(candidate: Candidate, site: Site, glob: str, learners: frozenset[str]) -> bool:
    module = sample_of(glob)
    assert module
    mirrors = frozenset(s.name for s in candidate.servers if not s.gatekeeper)
    allowed = frozenset(f"{name}.test" for name in learners) | ({host_of(module)} if ORIGIN in learners else set())
    healthy = Assumed(_lacking(candidate, mirrors))
    proof = prove(settings_of(candidate, site), [Sample(module, "latest", allowed, healthy)])
    return not proof.leaks and proof.healthy[0][1].result is Result.OK


def _survives(candidate: Candidate, site: Site, name: str, module: str) -> bool:
    """With every set of servers that have the module: an error of the server is no worse than a "not found" of it."""
    at = next(i for i, server in enumerate(candidate.servers) if server.name == name)
    others = [s.name for s in candidate.servers if s.gatekeeper or not _private(site, module)]
    settings = settings_of(candidate, site)
    names = frozenset(s.name for s in candidate.servers)
    healthy = route(module, "latest", settings, Assumed(_lacking(candidate, names - set(others)))).result is Result.OK
    for having in [frozenset(others), *(frozenset({other}) for other in others if other != name), frozenset[str]()]:
        lacking = names - having
        served = route(module, "latest", settings, Assumed(_lacking(candidate, lacking | {name}))).result is Result.OK
        if not served and not (healthy and having == frozenset(others)):
            continue
        for outcome in DOWN:
            table = _lacking(candidate, lacking) | {(at, purpose): outcome for purpose in Purpose}
            if route(module, "latest", settings, Assumed(table)).result is not Result.OK:
                return False
    return True


def _stays_inside(candidate: Candidate, site: Site) -> bool:
    inside = {f"{server.name}.test" for server in site.servers if not server.outside}
    inside |= {host_of(module) for module in modules(site) if _private(site, module)}
    asked = [(module, "latest") for module in modules(site)]
    asked += [(MODULE, "go1.99.0")] if site.toolchain == "auto" else []
    settings = settings_of(candidate, site)
    return all({r.host for r in reach(module, query, settings)} <= inside for module, query in asked)


def _unbypassed(candidate: Candidate, site: Site, demand: Demand) -> bool:
    place = candidate.place(demand.value)
    if place is None:
        return True
    mirrors = frozenset(s.name for s in candidate.servers if not s.gatekeeper)
    through = [m for m in modules(site) if not _private(site, m) or candidate.fetch == "chain"]
    samples = [
        Sample(m, "latest", healthy=Assumed(_lacking(candidate, mirrors if _private(site, m) else frozenset())))
        for m in through
    ]
    found = prove(settings_of(candidate, site), samples, gatekeepers=[place]).bypasses
    refusal = Outcome.FORBIDDEN if demand.wish is Wish.GUARDED else Outcome.NOT_FOUND
    return not any(bypass.refusal is refusal or not bypass.asked for bypass in found)


def reads_well(candidate: Candidate) -> bool:
    """Whether go reads the chain without complaint."""
    return not read_chain(settings_of(candidate, Site()).proxy).faults
