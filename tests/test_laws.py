"""The promises of design.md 8 on random histories: edits, applies, policy changes, crashes, adopt, remove."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import count
from pathlib import Path
from random import Random

import pytest

from goproxyctl.apply import apply_plan
from goproxyctl.ledger import make_adoption
from goproxyctl.live import observe
from goproxyctl.plan import Plan, addresses_of, make_plan
from goproxyctl.resource import Address, Live, Outcome, Reason, Resource, Result
from goproxyctl.text import Text
from tests.benches import POOL, WORLDS, Bench, MemoryBench, content, file_bench
from tests.fakes import Cut, cut_at, nothing
from tests.model import Memory, Model
from tests.scale import scaled

Desired = dict[Address, Resource]
HIDDEN = Live(None, unreadable=Text("test.hidden", "hidden"))


class History:
    """One random history on one bench, checked against the model at every step."""

    def __init__(self, bench: Bench, seed: int) -> None:
        self.bench, self.random, self.model = bench, Random(seed), Model()
        self.words = (f"w{n}.example" for n in count())
        self.desired: Desired = {}
        self.unsure: set[Address] = set()
        self.hidden: frozenset[Address] = frozenset()
        self.tally: Counter[str] = Counter()

    def run(self, steps: int) -> None:
        moves: list[Callable[[], None]] = [self.edit, self.edit, self.change_policy, self.apply, self.crash, self.adopt]
        self.change_policy()
        for _ in range(steps):
            self.random.choice(moves)()
        self.apply()
        self.remove()

    # what people do

    def edit(self) -> None:
        address = self.random.choice(POOL)
        ours, wanted = self.model.at(address).policy, self.desired.get(address)
        new: bytes | None = content(address.place, next(self.words))
        kind = self.random.random()
        if kind < 0.3:
            new = None
        elif kind < 0.4 and self.model.at(address).ours:
            new = ours
        elif kind < 0.5 and wanted and address not in self.unsure:
            new = wanted.content
        self.bench.edit(address, new)
        self.model.edit(address, new)
        self.tally["edits"] += 1

    def change_policy(self) -> None:
        for address in self.random.sample(POOL, self.random.randint(1, 6)):
            if self.random.random() < 0.3:
                self.desired.pop(address, None)
            else:
                lent = address.key == ("GOPROXY",)
                text = content(address.place, next(self.words))
                self.desired[address] = Resource(address, text, f"t{self.random.randint(1, 3)}", lent)
        self.tally["policies"] += 1

    # what we do

    def plan(self, desired: Desired, *, prune: bool) -> Plan:
        ledger = self.bench.ledgers.load()
        shuffled = dict(self.random.sample([*desired.items()], len(desired)))
        addresses = addresses_of(shuffled, ledger, owner="acme", worlds=WORLDS)
        live = observe(self.random.sample(addresses, len(addresses)), self.bench.stores)
        live |= {a: HIDDEN for a in self.hidden if a in live}
        return make_plan(shuffled, live, ledger, owner="acme", prune=prune, worlds=WORLDS)

    def live(self) -> dict[Address, bytes]:
        found = observe(POOL, self.bench.stores)
        return {address: spot.content for address, spot in found.items() if spot.content is not None}

    def carry_out(self, plan: Plan) -> tuple[Result, ...]:
        with self.bench.ledgers.lock():
            return apply_plan(plan, self.bench.stores, self.bench.ledgers, owner="acme", on_result=lambda _: None)

    def apply(self) -> None:
        if self.random.random() < 0.3:
            self.hidden = frozenset(self.random.sample(POOL, self.random.randint(1, 6)))
        self._apply(self.desired, prune=self.random.random() < 0.5)
        self.hidden = frozenset()

    def remove(self) -> None:
        self._apply({}, prune=True)
        assert not self.bench.ledgers.load().owners.get("acme", {}).keys() - {
            a for a, spot in self.model.spots.items() if spot.ours
        }

    def _apply(self, desired: Desired, *, prune: bool) -> None:
        people, before = self.bench.people(), self.live()
        plan = self.plan(desired, prune=prune)
        self.check_reasons(plan)
        results = self.carry_out(plan)
        after = self.live()
        self.check_plan_is_what_happened(plan, results, before, after)
        self.model.apply(desired, prune=prune, hidden=self.hidden)
        self.unsure &= self.hidden
        assert after == {a: spot.live for a, spot in self.model.spots.items() if spot.live is not None}
        assert self.bench.people() == people
        self.check_nothing_is_left(desired, prune=prune)
        self.tally["applies"] += 1

    def check_plan_is_what_happened(
        self, plan: Plan, results: tuple[Result, ...], before: dict[Address, bytes], after: dict[Address, bytes]
    ) -> None:
        assert [r.change for r in results if r.outcome is Outcome.DONE] == [*plan.pending]
        assert {r.change for r in results if r.outcome is not Outcome.DONE} == {*plan.held}
        happened = {(a, before.get(a), after.get(a)) for a in POOL if before.get(a) != after.get(a)}
        assert {(c.address, c.before, c.after) for c in plan.pending} == happened

    def check_nothing_is_left(self, desired: Desired, *, prune: bool) -> None:
        traces = self.bench.traces()
        plan = self.plan(desired, prune=prune)
        assert not plan.pending
        assert self.plan(desired, prune=False).held == tuple(c for c in plan.held if c.after is not None)
        assert all(result.outcome is Outcome.HELD for result in self.carry_out(plan))
        assert self.bench.traces() == traces

    def check_reasons(self, plan: Plan) -> None:
        for change in plan.changes:
            spot = self.model.at(change.address)
            self.tally[f"{'held ' if change.held else ''}{change.reason.value}"] += 1
            match change.reason:
                case Reason.DRIFT:
                    assert spot.edited
                    assert spot.ours
                case Reason.NEW | Reason.FOREIGN:
                    assert not spot.ours
                case Reason.POLICY | Reason.PRUNE:
                    assert spot.ours
                    assert not spot.edited or spot.lent or change.address in plan.lending
                case Reason.REMOVED:
                    assert spot.ours
                case Reason.UNREADABLE:
                    assert change.held
            assert (change.reason is Reason.UNREADABLE) == (change.address in self.hidden)

    def adopt(self) -> None:
        people, live = self.bench.people(), self.live()
        with self.bench.ledgers.lock():
            ledger = self.bench.ledgers.load()
            wanted = observe(self.desired, self.bench.stores)
            adoption = make_adoption(self.desired, wanted, ledger, owner="acme", worlds=WORLDS)
            self.bench.ledgers.save(adoption.ledger)
        for address, resource in self.desired.items():
            was_ours = self.model.at(address).ours
            self.model.adopt(address, resource)
            assert (address in adoption.adopted) == (self.model.at(address).ours and not was_ours)
        assert (self.bench.people(), self.live()) == (people, live)
        self.tally["adopts"] += 1

    def crash(self) -> None:
        """Apply, killed at one of its steps; what is there then is old or new, and the ledger knows all that is ours."""
        people, before, prune = self.bench.people(), self.live(), self.random.random() < 0.5
        plan = self.plan(self.desired, prune=prune)
        with self.cut(self.random.randint(1, 12)):
            self.carry_out(plan)
        after = self.live()
        entries = self.bench.ledgers.load().entries("acme", WORLDS)
        for change in plan.pending:
            address, spot, entry = change.address, self.model.at(change.address), entries.get(change.address)
            live = after.get(address)
            assert live in (change.before, change.after)
            if live == change.after and live is not None:
                assert entry
                assert entry.knows(live)
                lent = address in plan.lending
                begun = entry.sum is None
                self.model.spots[address] = Memory(
                    live, ours=True, policy=live, lent=lent, begun=begun, agreed=live if not entry.next else spot.agreed
                )
            elif live == change.after:
                self.model.spots[address] = replace(spot, live=None, ours=entry is not None)
            if entry and entry.next:
                self.unsure.add(address)
            if entry and entry.sum:
                self.model.spots[address] = replace(self.model.at(address), begun=False)
        self.settle(plan, {*entries})
        assert {a: c for a, c in after.items() if a not in {x.address for x in plan.pending}} == {
            a: c for a, c in before.items() if a not in {x.address for x in plan.pending}
        }
        assert self.bench.people() == people

    def settle(self, plan: Plan, entries: set[Address]) -> None:
        """What needs no write is settled with the first save of the ledger, if apply got that far."""
        for address in plan.settled:
            entry = self.bench.ledgers.load().entries("acme", WORLDS).get(address)
            if entry == plan.settled[address] and address in {*plan.in_sync, *plan.lent}:
                wanted = self.desired[address]
                spot = self.model.at(address)
                synced = address in plan.in_sync
                policy = wanted.content if synced else spot.policy
                self.model.spots[address] = replace(
                    spot, edited=not synced, policy=policy, lent=wanted.lent, begun=False, agreed=policy
                )
        for address in plan.forgotten:
            if address not in entries:
                self.model.spots[address] = replace(self.model.at(address), ours=False, edited=False)

    @contextmanager
    def cut(self, step: int) -> Iterator[None]:
        self.bench.arm(cut_at(step))
        try:
            yield
            self.tally["crashes that came too late"] += 1
        except Cut:
            self.tally["crashes"] += 1
        finally:
            self.bench.arm(nothing)


def told(seeds: range, make: Callable[[int], Bench], steps: int) -> Counter[str]:
    tally: Counter[str] = Counter()
    for seed in seeds:
        history = History(make(seed), seed)
        try:
            history.run(Random(seed).randint(2, steps))
        except Exception as error:
            error.add_note(f"seed {seed}, {dict(history.tally)}")
            raise
        tally += history.tally
    return tally


@pytest.mark.slow
def test_random_histories_in_memory_keep_every_promise() -> None:
    tally = told(range(scaled(100, 2000)), lambda _: MemoryBench(), 50)
    print(dict(tally))
    assert {reason.value for reason in Reason} <= {*tally, *(word.removeprefix("held ") for word in tally)}
    assert tally["crashes"] > scaled(100, 2000)


@pytest.mark.slow
def test_random_histories_on_real_files_keep_every_promise(tmp_path: Path) -> None:
    tally = told(range(scaled(20, 2000)), lambda seed: file_bench(tmp_path / str(seed)), 50)
    print(dict(tally))
    assert tally["crashes"] > scaled(20, 2000)


@pytest.mark.slow
def test_remove_gives_back_the_original_bytes_after_any_series_of_policies(tmp_path: Path) -> None:
    for seed in range(scaled(12, 1000)):
        bench = file_bench(tmp_path / str(seed))
        history = History(bench, seed)
        before = everything(tmp_path / str(seed))
        for _ in range(history.random.randint(1, 6)):
            history.change_policy()
            history.random.choice([history.apply, history.crash, history.apply])()
        history.remove()
        assert everything(tmp_path / str(seed)) == before, seed


def everything(root: Path) -> dict[str, bytes | None]:
    """Every file and every folder but the user's state directory."""
    found = {path.relative_to(root).as_posix(): path for path in root.rglob("*")}
    return {name: None if path.is_dir() else path.read_bytes() for name, path in found.items() if name[:5] != "state"}
