"""The decision table of a failover: every pair of state and outcomes, what the chains allow, and days of faults."""

import random
from collections.abc import Iterator, Sequence
from itertools import pairwise, product

import pytest

from goproxyctl.failover import (
    MOST_SKIPPED,
    Decision,
    Health,
    Move,
    Pace,
    State,
    Table,
    decide,
    health_table,
    make_table,
)
from goproxyctl.gosem.items import parse_chain, print_chain
from goproxyctl.gosem.outcome import Outcome
from goproxyctl.gosem.prove import REFUSALS, Proof, Sample, prove
from goproxyctl.gosem.reach import reach
from goproxyctl.gosem.request import Assumed, Where
from goproxyctl.gosem.route import route
from goproxyctl.gosem.settings import Settings, settings_of
from goproxyctl.intent import Fallback, Hop, Intent, Role
from tests.intents import make_intent
from tests.scale import scaled

GATE = Hop("gate", "https://gate.example", Role.GATEKEEPER)
ANY = [Hop(n, f"https://{n}.example", Role.MIRROR, Fallback.ANY_ERROR) for n in "abcdefgh"]
STRICT = Hop("strict", "https://strict.example", Role.MIRROR)
PRIVATE = ("git.corp.example",)
COMPANY = Intent("acme", "x", (GATE, ANY[0], ANY[1]), private=PRIVATE)
MIRRORS = Intent("acme", "x", (ANY[0], STRICT, ANY[1]), end=None)
OFFLINE = "file:///C:/Users/a/go/pkg/mod/cache/download,off"
#: Small enough to be taken whole: 3 + 2 healths for each hop.
SHORT = Pace(bad=2, window=3, good=2, dwell_s=600)


def full(intent: Intent) -> str:
    return print_chain(intent.chain())


# The parts of the table.


def test_a_hop_goes_down_after_the_bad_ones_and_comes_up_after_the_good_ones() -> None:
    table = health_table(Pace(bad=3, window=5, good=2))
    health = Pace(bad=3, window=5, good=2).start
    seen = []
    for good in [False, True, False, True, True, True, False, False, False, True, False, True, True, True]:
        health = table[health][0 if good else 1]
        seen.append(health)
    assert seen == [
        "up:oooox", "up:oooxo", "up:ooxox", "up:oxoxo", "up:xoxoo", "up:oxooo", "up:xooox", "up:oooxx", "down:",
        "down:o", "down:", "down:o", "up:ooooo", "up:ooooo",
    ]  # fmt: skip


@pytest.mark.parametrize("bad", range(1, 6))
@pytest.mark.parametrize("good", [1, 2, 5, 10])
def test_every_health_has_its_two_successors_and_holds_what_its_name_says(bad: int, good: int) -> None:
    pace = Pace(bad, bad + 2, good)
    table = health_table(pace)
    assert {after for row in table.values() for after in row} <= table.keys()
    for health, (fine, poor) in table.items():
        kind, _, past = health.partition(":")
        assert past.count("x") < bad if kind == "up" else len(past) < good
        assert poor == "down:" if kind == "down" else poor in {"down:", f"up:{past[1:]}x"}
        assert fine == (f"up:{past[1:]}o" if kind == "up" else pace.start if len(past) + 1 == good else f"down:{past}o")


def test_the_sixteen_answers() -> None:
    """Answered, standing, differs, rested."""
    table = make_table(COMPANY, SHORT)
    assert {key: move.value for key, move in table.moves.items()} == {
        "yyyy": "switch", "yyyn": "dwell", "yyny": "settled", "yynn": "settled",
        "ynyy": "returning", "ynyn": "returning", "ynny": "settled", "ynnn": "settled",
        "nyyy": "silent", "nyyn": "silent", "nyny": "settled", "nynn": "settled",
        "nnyy": "offline", "nnyn": "dwell", "nnny": "settled", "nnnn": "settled",
    }  # fmt: skip


def test_the_chains_of_a_policy_are_its_own_without_what_go_may_skip() -> None:
    assert make_table(COMPANY, SHORT).chains == {
        "hops:-uu": "https://gate.example,https://a.example|https://b.example|direct",
        "hops:-ud": "https://gate.example,https://a.example|direct",
        "hops:-du": "https://gate.example,https://b.example|direct",
        "hops:-dd": "https://gate.example,direct",
    }
    assert make_table(MIRRORS, SHORT).chains == {
        "hops:u-u": "https://a.example|https://strict.example,https://b.example",
        "hops:u-d": "https://a.example|https://strict.example",
        "hops:d-u": "https://strict.example,https://b.example",
        "hops:d-d": "https://strict.example",
    }


def test_with_mirrors_alone_there_is_no_chain_for_when_all_are_down() -> None:
    assert list(make_table(Intent("a", "x", tuple(ANY[:2]), end=None), SHORT).chains) == [
        "hops:uu",
        "hops:ud",
        "hops:du",
    ]


def test_a_gatekeeper_is_never_left_out_whatever_its_fallback() -> None:
    loose = Intent("a", "x", (GATE._replace(fallback=Fallback.ANY_ERROR), ANY[0]))
    assert all("gate.example" in chain for chain in make_table(loose, SHORT).chains.values())


def test_of_many_mirrors_the_first_are_left_out_and_the_others_stay() -> None:
    table = make_table(Intent("a", "x", tuple(ANY)), SHORT)
    assert table.skipped == (True,) * MOST_SKIPPED + (False,) * 2
    assert len(table.chains) == 2**MOST_SKIPPED
    assert all("https://g.example|https://h.example" in chain for chain in table.chains.values())


# No chain allows what the policy's chain does not.

_ANSWERS = (Outcome.OK, Outcome.NOT_FOUND, Outcome.FORBIDDEN, Outcome.UNAVAILABLE, Outcome.HTML, Outcome.HANG)


def some_intents() -> list[Intent]:
    rng = random.Random(4)
    found = [make_intent(rng) for _ in range(scaled(60, 600))]
    return [COMPANY, MIRRORS, *(i for i in found if 0 < len(i.hops) <= 3)]


def settings(intent: Intent, chain: str) -> Settings:
    return settings_of({**intent.module_settings(), "GOPROXY": chain})


def names(intent: Intent) -> Iterator[tuple[str, Intent, tuple[int, ...], str]]:
    """Each chain of an intent, with the hops that are kept."""
    for key, chain in make_table(intent, SHORT).chains.items():
        letters = key.removeprefix("hops:")
        kept = tuple(i for i, letter in enumerate(letters) if letter != "d")
        yield key, intent, kept, chain


def asked(
    module: str, chain: Settings, outcomes: Assumed, place: dict[Where, int]
) -> tuple[str, list[tuple[object, ...]]]:
    """How a download ends, and what is asked of whom: hops by their place in the policy's chain."""
    taken = route(module, "v1.0.0", chain, outcomes)
    return taken.result.value, [(place.get(r.where, r.where), r.purpose, r.path, r.learns) for r in taken.requests]


@pytest.mark.parametrize("module", ["m.example/x", "git.corp.example/x"])
def test_a_chain_without_a_hop_does_what_the_whole_chain_does_while_that_hop_fails(module: str) -> None:
    seen = 0
    for intent in some_intents():
        if len({hop.url for hop in intent.hops}) < len(intent.hops):
            continue
        whole = settings(intent, full(intent))
        for _, _, kept, chain in names(intent):
            for answers in product(_ANSWERS, repeat=len(kept)):
                given = dict(zip(kept, answers, strict=True))
                short = Assumed({(i, None): answer for i, answer in enumerate(answers)})
                failing = {i: Outcome.REFUSED for i in range(len(intent.hops)) if i not in kept}
                long = Assumed({(i, None): answer for i, answer in {**given, **failing}.items()})
                result, requests = asked(module, settings(intent, chain), short, dict(enumerate(kept)))
                wanted, all_requests = asked(module, whole, long, {})
                assert requests == [r for r in all_requests if r[0] not in failing], (full(intent), chain, given)
                if not (failing and result == "fails"):
                    assert result == wanted, (full(intent), chain, given)
                seen += 1
    assert seen > 500


def test_no_chain_lets_a_private_name_out_or_a_refusal_be_passed_over_that_the_policy_does_not() -> None:
    private = Sample("git.corp.example/x", may_learn=frozenset({"git.corp.example"}))
    for intent in some_intents():
        guards = [i for i, hop in enumerate(intent.hops) if hop.role is Role.GATEKEEPER]
        before = prove(settings(intent, full(intent)), [private, Sample("m.example/x")], gatekeepers=guards)
        for _, _, kept, chain in names(intent):
            assert set(guards) <= set(kept)
            after = prove(
                settings(intent, chain), [private, Sample("m.example/x")], gatekeepers=[kept.index(g) for g in guards]
            )
            assert {x.reached.host for x in after.leaks} <= {x.reached.host for x in before.leaks}
            assert passed_over(after, kept) <= passed_over(before, range(len(intent.hops)))


def passed_over(proof: Proof, kept: Sequence[int]) -> set[tuple[int, str, Outcome]]:
    """Which gatekeeper's refusal of what is passed over; one that is not even asked can refuse nothing at all."""
    return {
        (kept[bypass.gatekeeper], bypass.sample.module, refusal)
        for bypass in proof.bypasses
        for refusal in ([bypass.refusal] if bypass.asked else REFUSALS)
    }


def test_the_offline_chain_asks_nobody_of_the_chain() -> None:
    for intent in some_intents():
        offline, whole = settings(intent, OFFLINE), settings(intent, full(intent))
        for module in ("m.example/x", "git.corp.example/x"):
            hosts = {found.host for found in reach(module, "v1.0.0", offline) if found.host}
            assert hosts <= {found.host for found in reach(module, "v1.0.0", whole)} | sumdb_of(offline)


def sumdb_of(chain: Settings) -> set[str]:
    return {chain.sumdb.partition("+")[0], "sum.golang.org"}


def test_order_and_separators_stay_and_items_only_go() -> None:
    for intent in some_intents():
        whole = [(item.text, item.separator) for item in parse_chain(full(intent))]
        for _, _, _, chain in names(intent):
            rest = iter(whole)
            items = parse_chain(chain)
            assert items
            for item in items[:-1]:
                assert (item.text, item.separator) in rest
            assert items[-1].text in (text for text, _ in rest)


# Every pair of state and outcomes.

TABLES = [
    make_table(intent, SHORT, offline)
    for intent in (
        Intent("a", "x", (ANY[0],)),
        Intent("a", "x", (GATE, ANY[0])),
        Intent("a", "x", tuple(ANY[:2]), end=None),
    )
    for offline in (None, OFFLINE)
]
if scaled(0, 1):
    TABLES += [make_table(COMPANY, SHORT, offline) for offline in (None, OFFLINE)]
    TABLES += [make_table(Intent("a", "x", (GATE, ANY[0])), Pace(), offline) for offline in (None, OFFLINE)]


def every_pair(table: Table) -> Iterator[tuple[State, tuple[bool, ...], int]]:
    """Every health of every hop, every chain that can stand and a strange one, before and after the dwell time."""
    count, now = len(table.skipped), 10_000
    chains = [
        *dict.fromkeys(table.chains.values()),
        *([table.offline] if table.offline else []),
        "https://strange.example",
        "",
    ]
    for health in product(table.health, repeat=count):
        for chain in chains:
            for since in (0, now - table.pace.dwell_s, now - table.pace.dwell_s + 1, now, now + 1):
                for good in product((True, False), repeat=count):
                    yield State(health, chain, since), good, now


def up(health: Health) -> bool:
    return health.startswith("up")


def test_every_pair_of_state_and_outcomes_is_decided_as_it_is_told() -> None:
    """The rules of the documentation, once more and one by one, against the table."""
    pairs = 0
    for table in TABLES:
        for state, good, now in every_pair(table):
            after, move = decide(table, state, good, now)
            check_rules(table, state, good, now, Decision(after, move))
            pairs += 1
    assert pairs > scaled(4_000, 200_000)


def check_rules(table: Table, state: State, good: tuple[bool, ...], now: int, found: Decision) -> None:
    after, move = found
    standing = [up(health) for health in after.health]
    assert after.health == tuple(table.health[h][not g] for h, g in zip(state.health, good, strict=True))
    ours = state.chain == table.offline or state.chain in table.chains.values()
    changed = after.chain != state.chain
    assert after.since == (now if changed else state.since)
    assert changed == move.switches
    assert (move is Move.FOREIGN) == (not ours)
    if changed:
        assert ours
        assert not state.since <= now < state.since + table.pace.dwell_s  # the dwell time, but for a clock set back
        assert after.chain in table.chains.values() if any(standing) else after.chain == table.offline
        assert any(good) == any(standing)  # some hop is heard, or all are down and silent
    if ours and not any(standing) and not table.offline:
        assert not changed  # fail static
    if changed and any(standing):
        for item, may, stands in zip_hops(table, standing):
            assert (item in after.chain) == (stands or not may)


def zip_hops(table: Table, standing: list[bool]) -> Iterator[tuple[str, bool, bool]]:
    urls = parse_chain(table.chains["hops:" + "".join("u" if may else "-" for may in table.skipped)])
    for item, may, stands in zip(urls, table.skipped, standing, strict=False):
        yield item.text, may, stands


# Days of faults.


class Weather:
    """Which hops answer, round by round: each fails and heals at random, flaps, or all are cut off at once."""

    def __init__(self, rng: random.Random, count: int) -> None:
        self.rng, self.cut = rng, False
        self.good = [True] * count
        self.fails = [rng.choice([0.0, 0.01, 0.1, 0.5, 1.0]) for _ in range(count)]
        self.heals = [rng.choice([0.02, 0.2, 0.5, 1.0]) for _ in range(count)]
        self.cuts = rng.choice([0.0, 0.005, 0.05])

    def next(self) -> tuple[bool, ...]:
        rng = self.rng
        self.cut = rng.random() < (0.9 if self.cut else self.cuts)
        for i, good in enumerate(self.good):
            self.good[i] = rng.random() >= self.fails[i] if good else rng.random() < self.heals[i]
        return tuple(good and not self.cut for good in self.good)


def run(table: Table, rng: random.Random, chain: str) -> tuple[list[tuple[int, str]], list[tuple[Health, ...]], int]:
    """Days of a machine: the chains with the time each was put there, the healths, and how often the clock went back."""
    weather, now, back = Weather(rng, len(table.skipped)), 1_700_000_000, 0
    state = State((table.pace.start,) * len(table.skipped), chain)
    stood, healths = [(now, chain)], []
    for _ in range(rng.randint(100, 300)):
        now += rng.choice([300, 300, 300, 300, 301, 310, 7200])  # a machine sleeps at times
        if rng.random() < 0.002:
            now -= rng.randint(1, 100_000)
            back += 1
        state, move = decide(table, state, weather.next(), now)
        healths.append(state.health)
        if move.switches:
            stood.append((now, state.chain))
        assert state.chain
        assert state.chain == table.offline or state.chain in table.chains.values()
    for _ in range(table.pace.good + table.pace.window + 1):  # all is well again
        now += max(300, table.pace.dwell_s)
        state, _ = decide(table, state, (True,) * len(table.skipped), now)
    assert state.chain == chain
    return stood, healths, back


def schedule(seed: int) -> None:
    rng = random.Random(seed)
    hops = tuple(rng.sample([GATE, STRICT, *ANY[:3]], rng.randint(1, 4)))
    intent = Intent("acme", "x", hops, end=rng.choice(["direct", "off", None]))
    bad = rng.randint(1, 5)
    pace = Pace(bad, bad + 2, rng.randint(1, 10), rng.choice([300, 900, 3600]))
    table = make_table(intent, pace, rng.choice([None, OFFLINE]))
    stood, healths, back = run(table, rng, full(intent))
    rests = [later - earlier for (earlier, _), (later, _) in pairwise(stood[1:])]
    assert sum(rest < pace.dwell_s for rest in rests) <= back
    if not back:
        assert len(stood) - 1 <= 1 + (stood[-1][0] - stood[0][0]) // pace.dwell_s
    for number in range(len(hops)):  # down and up again takes so many probes at least
        turns = [i for i, (a, b) in enumerate(pairwise(healths)) if up(a[number]) != up(b[number])]
        assert all(second - first >= pace.good + pace.bad for first, second in zip(turns, turns[2:], strict=False))


def test_over_days_of_faults_the_chain_is_never_empty_never_strange_rests_and_comes_back() -> None:
    for seed in range(scaled(300, 5000)):
        schedule(seed)


def test_a_mirror_that_fails_every_other_time_moves_the_chain_at_most_once() -> None:
    table = make_table(COMPANY, Pace())
    state = State((Pace().start,) * 3, full(COMPANY))
    moves = 0
    for turn in range(2000):
        state, move = decide(table, state, (True, turn % 2 == 0, True), turn * 300)
        moves += move.switches
    assert moves == 1


def test_no_network_at_all_changes_nothing_until_every_hop_is_down_and_then_only_where_it_may() -> None:
    for offline in (None, OFFLINE):
        table = make_table(COMPANY, Pace(), offline)
        state = State((Pace().start,) * 3, full(COMPANY))
        found = []
        for turn in range(6):
            state, move = decide(table, state, (False,) * 3, 10_000 + turn * 300)
            found.append(move)
        assert found[:2] == [Move.SETTLED] * 2
        assert state.chain == (offline or full(COMPANY))
        assert (Move.OFFLINE in found) == bool(offline)
