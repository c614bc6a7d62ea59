import pytest

from goproxyctl.apply import WorldLedgers, apply_plan
from goproxyctl.errors import LockedError, StalePlanError
from goproxyctl.ledger import Entry, Ledger, make_adoption, parse_ledger
from goproxyctl.live import observe
from goproxyctl.plan import Plan, addresses_of, make_plan
from goproxyctl.resource import Address, Outcome, Place, Reason, Resource, Result, World, content_sum
from tests.fakes import Cut, MemoryLedger, MemoryWorld, cut_at

TREE = frozenset({World.TREE})
A, B = Address(Place.FILE, "a.sh"), Address(Place.FILE, "b.sh")
K = Address(Place.JSON_KEY, "s.json", ("k",))
L = Address(Place.JSON_KEY, "s.json", ("l",))
G = Address(Place.GO_ENV, "g", ("GOPROXY",))
ALL = (A, B, K, L, G)


def wants(*addresses: Address, content: bytes = b"new", lent: bool = False) -> dict[Address, Resource]:
    return {a: Resource(a, content, "t", lent) for a in addresses}


def plan_in(world: MemoryWorld, ledger: MemoryLedger, desired: dict[Address, Resource], *, prune: bool = False) -> Plan:
    book = ledger.load()
    live = observe(addresses_of(desired, book, owner="acme", worlds=TREE), world.stores)
    return make_plan(desired, live, book, owner="acme", prune=prune, worlds=TREE)


def apply_in(
    world: MemoryWorld, ledger: MemoryLedger, desired: dict[Address, Resource], *, prune: bool = False
) -> tuple[Result, ...]:
    with ledger.lock():
        plan = plan_in(world, ledger, desired, prune=prune)
        heard: list[Result] = []
        results = apply_plan(plan, world.stores, ledger, owner="acme", on_result=heard.append)
    assert tuple(heard) == results
    assert sorted(str(r.change) for r in results) == sorted(str(c) for c in plan.changes)
    return results


def test_apply_makes_live_equal_desired_in_the_order_of_the_plan() -> None:
    world, ledger = MemoryWorld(), MemoryLedger()
    results = apply_in(world, ledger, wants(*ALL))
    assert [result.change.address for result in results] == [*ALL]
    assert world.contents == dict.fromkeys(ALL, b"new")
    assert ledger.load().owners["acme"][A] == Entry(content_sum(b"new"), None, 0, "t", lent=False)
    assert ledger.saves == 2


def test_a_second_apply_writes_nothing_not_even_the_ledger() -> None:
    world, ledger = MemoryWorld(), MemoryLedger()
    apply_in(world, ledger, wants(*ALL))
    saves, written = ledger.saves, len(world.written)
    assert apply_in(world, ledger, wants(*ALL), prune=True) == ()
    assert (ledger.saves, len(world.written)) == (saves, written)
    assert not plan_in(world, ledger, wants(*ALL)).changes


def test_a_container_that_fails_is_skipped_and_the_others_go_on() -> None:
    for place, broken in ((Place.FILE, "a.sh"), (Place.JSON_KEY, "s.json"), (Place.GO_ENV, "g")):
        world, ledger = MemoryWorld(broken={broken}), MemoryLedger()
        results = apply_in(world, ledger, wants(*ALL))
        failed = {r.change.address for r in results if r.outcome is Outcome.FAILED}
        assert failed == {a for a in ALL if (a.place, a.container) == (place, broken)}
        assert world.contents.keys() == {*ALL} - failed
        world.broken.clear()
        again = apply_in(world, ledger, wants(*ALL))
        assert {r.change.address for r in again} == failed
        assert {r.change.reason for r in again} == {Reason.NEW}
        assert not plan_in(world, ledger, wants(*ALL)).changes


def test_what_moved_since_the_plan_is_reported_and_neither_overwritten_nor_ours() -> None:
    world, ledger = MemoryWorld(), MemoryLedger()
    plan = plan_in(world, ledger, wants(*ALL))
    world.contents[K] = b"theirs"
    results = apply_plan(plan, world.stores, ledger, owner="acme", on_result=lambda _: None)
    assert {r.change.address: r.outcome for r in results if r.outcome is not Outcome.DONE} == {
        K: Outcome.MOVED,
        L: Outcome.MOVED,
    }
    assert world.contents[K] == b"theirs"
    assert L not in world.contents
    assert ledger.load().owners["acme"].keys() == {A, B, G}


def test_what_is_held_is_reported_and_left_alone() -> None:
    world, ledger = MemoryWorld({A: b"theirs", K: b"theirs"}), MemoryLedger()
    results = apply_in(world, ledger, wants(*ALL))
    held = {r.change.address: str(r.detail) for r in results if r.outcome is Outcome.HELD}
    assert held.keys() == {A, K}
    assert all("goproxyctl adopt" in detail for detail in held.values())
    assert (world.contents[A], world.contents[K], world.contents[L]) == (b"theirs", b"theirs", b"new")


def test_adopt_then_apply_then_remove() -> None:
    world, ledger = MemoryWorld({A: b"theirs", B: b"new"}), MemoryLedger()
    desired = wants(A, B)
    live = observe(desired, world.stores)
    ledger.save(make_adoption(desired, live, ledger.load(), owner="acme", worlds=TREE).ledger)
    assert not world.written
    (result,) = apply_in(world, ledger, desired)
    assert (result.change.address, result.change.reason) == (A, Reason.POLICY)
    removal = plan_in(world, ledger, {}, prune=True)
    assert all("adopted" in str(note) for note in removal.notes.values())
    assert removal.notes.keys() == {A, B}
    apply_in(world, ledger, {}, prune=True)
    assert not world.contents
    assert ledger.load() == Ledger()


def test_remove_takes_back_all_that_we_own_and_nothing_else() -> None:
    stranger = Address(Place.FILE, "stranger")
    world, ledger = MemoryWorld({stranger: b"x", A: b"x"}), MemoryLedger()
    apply_in(world, ledger, wants(*ALL))
    world.contents[B] = b"edited"
    results = apply_in(world, ledger, {}, prune=True)
    assert world.contents == {stranger: b"x", A: b"x", B: b"edited"}
    assert [r.change.address for r in results if r.outcome is Outcome.DONE] == [G, K, L]


def test_lent_values_are_left_where_they_were_moved_to_until_the_policy_changes() -> None:
    world, ledger = MemoryWorld(), MemoryLedger()
    apply_in(world, ledger, wants(G, lent=True))
    world.contents[G] = b"failed over"
    assert plan_in(world, ledger, wants(G, lent=True)).lent == (G,)
    assert apply_in(world, ledger, wants(G, lent=True)) == ()
    (result,) = apply_in(world, ledger, wants(G, content=b"newer", lent=True))
    assert (result.change.reason, world.contents[G]) == (Reason.POLICY, b"newer")


def test_what_came_back_since_the_plan_is_not_forgotten() -> None:
    world, ledger = MemoryWorld(), MemoryLedger()
    apply_in(world, ledger, wants(A, B))
    gone = world.contents.pop(A)
    plan = plan_in(world, ledger, wants(B))
    assert plan.forgotten == (A,)
    world.contents[A] = gone
    apply_plan(plan, world.stores, ledger, owner="acme", on_result=lambda _: None)
    assert plan_in(world, ledger, wants(B)).leftovers == (A,)
    del world.contents[A]
    assert apply_in(world, ledger, wants(B)) == ()
    assert ledger.load().owners["acme"].keys() == {B}


def test_a_plan_made_from_another_ledger_is_stale() -> None:
    world, ledger = MemoryWorld(), MemoryLedger()
    plan = plan_in(world, ledger, wants(*ALL))
    apply_in(world, ledger, wants(A))
    with pytest.raises(StalePlanError, match="plan again"):
        apply_plan(plan, world.stores, ledger, owner="acme", on_result=lambda _: None)


@pytest.mark.parametrize("desired", [wants(*ALL), wants(A, K), wants(A, K, content=b"newer"), {}])
def test_killed_at_any_step_a_rerun_finishes_and_calls_nothing_drift(desired: dict[Address, Resource]) -> None:
    for count in range(1, 99):
        world, ledger = MemoryWorld(), MemoryLedger()
        apply_in(world, ledger, wants(A, B, K))
        trip = cut_at(count)
        world.trip = ledger.trip = trip
        try:
            apply_in(world, ledger, desired, prune=True)
        except Cut:
            pass
        else:
            break
        finally:
            ledger.locked = False
        left = plan_in(world, ledger, desired, prune=True)
        assert not left.held
        assert not {change.reason for change in left.changes} & {Reason.DRIFT, Reason.REMOVED, Reason.FOREIGN}
        world.trip = ledger.trip = lambda: None
        apply_in(world, ledger, desired, prune=True)
        assert world.contents == {a: r.content for a, r in desired.items()}
        assert ledger.load().entries("acme", TREE).keys() == desired.keys()
        assert not any(entry.next for entry in ledger.load().entries("acme", TREE).values())
    assert count > 4


def test_interrupted_by_a_person_what_is_done_is_in_the_ledger() -> None:
    world, ledger = MemoryWorld(), MemoryLedger()

    def interrupt(result: Result) -> None:
        if result.change.address == B:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        apply_plan(plan_in(world, ledger, wants(*ALL)), world.stores, ledger, owner="acme", on_result=interrupt)
    entries = ledger.load().owners["acme"]
    assert [bool(entries[a].sum) for a in ALL] == [True, True, False, False, False]


def test_several_worlds_are_locked_loaded_and_saved_each_in_its_own_ledger() -> None:
    home = Address(Place.FILE, "~/x.sh")
    tree, machine = MemoryLedger(), MemoryLedger()
    both = WorldLedgers({World.MACHINE: machine, World.TREE: tree})
    with both.lock():
        assert [tree.locked, machine.locked] == [True, True]
        with pytest.raises(LockedError), both.lock():
            pass
    assert [tree.locked, machine.locked] == [False, False]
    entry = Entry(content_sum(b"x"), None, 0, "t", lent=False)
    both.save(Ledger({"acme": {A: entry, home: entry}}))
    assert both.load() == Ledger({"acme": {A: entry, home: entry}})
    assert parse_ledger(tree.text) == Ledger({"acme": {A: entry}})
    both.save(Ledger({"acme": {A: entry}}))
    assert (tree.saves, machine.saves) == (1, 2)
    tree.save(Ledger({"acme": {home: entry}}))
    assert both.load() == Ledger()
