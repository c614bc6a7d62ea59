"""Chains from demands: every answer holds before `prove` and `route`, every conflict is one, and as small as can be."""

import random
import time
from itertools import combinations

import pytest

from goproxyctl.gosem.candidates import Candidate, Server, Site, candidates, settings_of
from goproxyctl.gosem.demands import ANY_MIRROR, ORIGIN, Demand, Judge, Wish
from goproxyctl.gosem.request import Result
from goproxyctl.gosem.samples import public_sample, sample_of
from goproxyctl.gosem.synthesize import Conflict, synthesize
from tests.gosem.sites import fulfils, make_demands, make_site
from tests.scale import scaled

GATE = Server("gate", "https://gate.test", gatekeeper=True)
A, B, C = (Server(name, f"https://{name}.test") for name in "abc")
ANY = Demand(Wish.SURVIVES, ANY_MIRROR)


def used(*servers: Server) -> tuple[Demand, ...]:
    guards = (Demand(Wish.GUARDED, server.name) for server in servers if server.gatekeeper)
    return (*(Demand(Wish.USED, server.name) for server in servers), *guards)


def chain_of(site: Site, *demands: Demand) -> str:
    found = synthesize(site, demands)
    assert isinstance(found, Candidate)
    return settings_of(found, site).proxy.replace("https://", "").replace(".test", "")


def conflict_of(site: Site, *demands: Demand, learners: tuple[str, ...] | None = None) -> set[Demand]:
    found = synthesize(site, demands, learners=learners)
    assert isinstance(found, Conflict)
    return set(found.demands)


@pytest.mark.parametrize(
    ("servers", "more", "chain"),
    [
        ((), [], "direct"),
        ((A,), [], "a,off"),
        ((A,), [ANY], "a|direct"),
        ((A, B), [ANY], "a|b,off"),
        ((A, B), [ANY, Demand(Wish.DIRECT)], "a|b|direct"),
        ((A, B), [Demand(Wish.SURVIVES, "b")], "a,b,off"),
        ((A, B), [Demand(Wish.SURVIVES, "b"), Demand(Wish.DIRECT)], "a,b|direct"),
        ((A, B), [Demand(Wish.SURVIVES, "a")], "b,a,off"),
        ((A, GATE, B), [ANY], "gate,a|b,off"),
        ((GATE,), [Demand(Wish.STRICT, "gate")], "gate,off"),
    ],
)
def test_the_plainest_chain_that_does_it(servers: tuple[Server, ...], more: list[Demand], chain: str) -> None:
    assert chain_of(Site(servers), *used(*servers), *more) == chain


def test_an_air_gap_gives_up_the_checksum_database() -> None:
    site = Site((GATE,), ("git.corp.test",), databases=("sum.golang.org", "off"))
    found = synthesize(site, [*used(GATE), Demand(Wish.AIR_GAP), Demand(Wish.FETCH, "chain")])
    assert isinstance(found, Candidate)
    assert (found.database, found.fetch, found.end) == ("off", "chain", "off")


def test_a_refusal_cannot_hold_while_the_loss_of_the_gatekeeper_goes_unnoticed() -> None:
    survives = Demand(Wish.SURVIVES, "gate")
    assert conflict_of(Site((GATE, A)), *used(GATE, A), survives) == {*used(GATE), survives}


def test_one_mirror_alone_cannot_be_lost() -> None:
    no = Demand(Wish.NO_DIRECT)
    assert conflict_of(Site((A,)), *used(A), ANY, no) == {ANY, no}


def test_private_names_cannot_go_through_a_chain_with_a_mirror() -> None:
    private, through = Demand(Wish.PRIVATE, "git.corp.test"), Demand(Wish.FETCH, "chain")
    found = conflict_of(Site((GATE, A), ("git.corp.test",)), *used(GATE, A), private, through)
    assert found == {Demand(Wish.USED, "a"), private, through}


def test_those_who_may_learn_a_name_are_the_persons_to_say() -> None:
    site, private, direct = (
        Site((GATE,), ("git.corp.test",)),
        Demand(Wish.PRIVATE, "git.corp.test"),
        Demand(Wish.DIRECT),
    )
    assert conflict_of(site, *used(GATE), private, direct, learners=("gate",)) == {private, direct}
    assert isinstance(synthesize(site, [*used(GATE), private], learners=("gate",)), Candidate)
    through, gate = Demand(Wish.FETCH, "chain"), Demand(Wish.USED, "gate")
    assert conflict_of(site, gate, private, through, learners=(ORIGIN,)) == {private, through}


def test_toolchains_need_the_database() -> None:
    site = Site((GATE,), databases=("off", "sum.golang.org"), toolchain="auto")
    wanted, off = Demand(Wish.TOOLCHAINS), Demand(Wish.DATABASE, "off")
    assert conflict_of(site, *used(GATE), wanted, off) == {wanted, off}


def test_a_mirror_of_strangers_has_no_place_in_an_air_gap() -> None:
    site = Site((GATE, A._replace(outside=True)), databases=("sum.golang.org", "off"))
    assert conflict_of(site, *used(GATE, A), Demand(Wish.AIR_GAP)) == {Demand(Wish.USED, "a"), Demand(Wish.AIR_GAP)}


def test_each_case_of_a_conflict_shows_what_the_others_allow_and_what_that_breaks() -> None:
    site, demands = Site((GATE, A)), (*used(GATE, A), Demand(Wish.SURVIVES, "gate"))
    found = synthesize(site, demands)
    assert isinstance(found, Conflict)
    for case in found.cases:
        judge = Judge(site)
        assert judge.breach(case.demand, case.candidate)
        assert not judge.fails([other for other in found.demands if other != case.demand], case.candidate)
    told = {case.demand.wish: case.breach for case in found.cases}
    lost, bypassed = told[Wish.SURVIVES].route, told[Wish.GUARDED].route
    assert lost
    assert lost.result is Result.FAILS
    assert bypassed
    assert bypassed.result is Result.OK


def test_without_a_module_that_is_public_nothing_public_is_asked_for() -> None:
    site = Site((), ("*",))
    assert public_sample(site.private) is None
    assert chain_of(site) == "off"


def test_a_glob_that_matches_no_module_demands_nothing() -> None:
    assert sample_of("corp") is None
    assert chain_of(Site((A,), ("corp",)), *used(A), Demand(Wish.PRIVATE, "corp")) == "a,off"


def test_a_server_that_go_cannot_address_serves_nobody() -> None:
    bad = Server("bad", "ftp://bad.test")
    demands = Demand(Wish.USED, "bad"), Demand(Wish.PRIVATE, "git.corp.test")
    assert conflict_of(Site((bad,), ("git.corp.test",)), *demands) == {demands[0]}


@pytest.mark.parametrize(
    ("glob", "module"),
    [
        ("git.corp.test", "git.corp.test/app"),
        ("*.corp.test", "team.corp.test/app"),
        ("github.com/acme", "github.com/acme/app"),
        ("github.com/acme*", "github.com/acme/app"),
        ("git-*.corp.test", "git-team.corp.test/app"),
        ("[b-d].corp.test/?", "b.corp.test/a/app"),
        ("[^a]x.corp.test", "bx.corp.test/app"),
        ("a.corp.test/[^a-z0-9A-Z_~.-]", None),
        (r"a\.corp.test/", "a.corp.test/app"),
        ("*", "team.example/app"),
        ("a.test/*/y", "a.test/team/y/app"),
        ("[bad.test", None),
        ("[b-", None),
        ("a.test/[b\\]", None),
        ("corp", None),
    ],
)
def test_a_glob_has_a_module_that_stands_for_it(glob: str, module: str | None) -> None:
    assert sample_of(glob) == module


def test_candidates_are_all_different_and_the_plainest_come_first() -> None:
    every = list(candidates(Site((GATE, A, B), ("git.corp.test",), ("sum.golang.org", "off"))))
    assert len(set(every)) == len(every)
    assert every[0] == Candidate((), (), "off", "direct", "sum.golang.org")
    sizes = [len(candidate.servers) for candidate in every]
    assert sizes == sorted(sizes)
    orders = {tuple(s.name for s in c.servers) for c in every if len(c.servers) == 3}
    assert orders == {("gate", "a", "b"), ("a", "gate", "b"), ("a", "b", "gate")}


@pytest.mark.slow
def test_every_answer_is_accepted_and_every_conflict_is_minimal() -> None:
    ends = {Candidate: 0, Conflict: 0}
    for seed in range(scaled(40, 400)):
        rng = random.Random(seed)
        site = make_site(rng, most=3)
        demands = make_demands(rng, site)
        learners = rng.choice([None, (ORIGIN,), tuple(s.name for s in site.servers[:1]), ("s0", "s1", ORIGIN)])
        found = synthesize(site, demands, learners=learners)
        assert found == synthesize(site, demands, learners=learners), seed
        own = frozenset({ORIGIN, *(s.name for s in site.servers if s.gatekeeper)})
        may = own if learners is None else frozenset(learners)
        ends[type(found)] += 1
        if isinstance(found, Candidate):
            assert all(fulfils(found, site, demand, may) for demand in demands), seed
        else:
            for demand in found.demands:
                fewer = synthesize(site, [d for d in found.demands if d != demand], learners=learners)
                assert isinstance(fewer, Candidate), (seed, demand)
                assert all(fulfils(fewer, site, d, may) for d in found.demands if d != demand), (seed, demand)
    assert min(ends.values()) > 10


@pytest.mark.slow
def test_a_conflict_is_one_for_every_candidate_and_no_smaller_set_is() -> None:
    checked = 0
    for seed in range(scaled(6, 60)):
        rng = random.Random(f"exhaustive {seed}")
        site = make_site(rng, most=2)
        demands = make_demands(rng, site)
        found = synthesize(site, demands)
        may = frozenset({ORIGIN, *(s.name for s in site.servers if s.gatekeeper)})
        serving = [c for c in candidates(site) if Judge(site, may).serves(c)]
        kept = [frozenset(d for d in demands if fulfils(c, site, d, may)) for c in serving]
        if isinstance(found, Candidate):
            assert serving[next(i for i, k in enumerate(kept) if k == frozenset(demands))].servers == found.servers
            continue
        checked += 1
        size = len(found.demands)
        assert not any(set(found.demands) <= k for k in kept), seed
        for fewer in combinations(demands, size - 1):
            assert any(set(fewer) <= k for k in kept), (seed, fewer)
    assert checked


@pytest.mark.slow
def test_six_servers_take_seconds() -> None:
    servers = (GATE, A, B, C, Server("d", "https://d.test"), Server("e", "https://e.test"))
    site = Site(servers, ("git.corp.test",), toolchain="auto")
    start = time.process_time()
    wanted = (*used(*servers), ANY, Demand(Wish.PRIVATE, "git.corp.test"), Demand(Wish.TOOLCHAINS))
    assert chain_of(site, *wanted, Demand(Wish.DIRECT)) == "gate,a|b|c|d|e|direct"
    assert time.process_time() - start < 15
