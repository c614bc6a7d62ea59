from dataclasses import replace
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from goproxyctl.errors import StalePlanError, UnsafePlanError
from goproxyctl.ledger import Entry, Ledger
from goproxyctl.plan import Plan, addresses_of, check_safe, make_plan
from goproxyctl.resource import Action, Address, Change, Desired, Live, Place, Reason, Resource, World, content_sum
from goproxyctl.saved import Asked, check_seal, open_seal, seal
from goproxyctl.text import Text

TREE = frozenset({World.TREE})
HERE = Address(Place.FILE, "ci/goproxy.sh")
OLD, NEW, EDITED = b"old\n", b"new\n", b"edited\n"


def recorded(sum_of: bytes | None, next_of: bytes | None = None, *, lent: bool = False, adopted: bool = False) -> Entry:
    sums = [content_sum(c) if c is not None else None for c in (sum_of, next_of)]
    return Entry(sums[0], sums[1], 2, "scripts", lent, adopted)


def planned(
    desired: bytes | None,
    live: bytes | None,
    entry: Entry | None = None,
    *,
    prune: bool = False,
    lent: bool = False,
    others: tuple[str, ...] = (),
) -> Plan:
    wanted = {HERE: Resource(HERE, desired, "scripts", lent)} if desired is not None else {}
    ledger = Ledger({"acme": {HERE: entry}} if entry else {})
    return make_plan(wanted, {HERE: Live(live, others)}, ledger, owner="acme", prune=prune, worlds=TREE)


def said(plan: Plan) -> str:
    """Where the one address of the plan stands, in a word or two."""
    if plan.changes:
        (change,) = plan.changes
        return f"{'held ' if change.held else ''}{change.action.value}: {change.reason.value}"
    heaps = ("unrecorded", "in_sync", "lent", "leftovers", "forgotten")
    return next((heap for heap in heaps if getattr(plan, heap)), "nothing")


@pytest.mark.parametrize(
    ("desired", "live", "entry", "verdict"),
    [
        (NEW, NEW, recorded(NEW), "in_sync"),
        (NEW, NEW, recorded(OLD), "in_sync"),
        (NEW, NEW, recorded(OLD, NEW), "in_sync"),
        (NEW, NEW, recorded(None, NEW), "in_sync"),
        (NEW, NEW, None, "unrecorded"),
        (NEW, NEW, recorded(None, OLD), "unrecorded"),
        (NEW, None, recorded(NEW), "create: removed by someone"),
        (NEW, None, recorded(OLD, NEW), "create: removed by someone"),
        (NEW, None, recorded(None, NEW), "create: new"),
        (NEW, None, None, "create: new"),
        (NEW, OLD, recorded(OLD), "update: policy changed"),
        (NEW, OLD, recorded(EDITED, OLD), "update: policy changed"),
        (NEW, OLD, recorded(None, OLD), "update: policy changed"),
        (NEW, EDITED, recorded(NEW), "update: drifted"),
        (NEW, EDITED, recorded(OLD, NEW), "update: drifted"),
        (NEW, EDITED, recorded(OLD, lent=True), "update: policy changed"),
        (NEW, EDITED, recorded(None, NEW), "held update: not ours"),
        (NEW, EDITED, None, "held update: not ours"),
        (None, None, None, "nothing"),
    ],
)
def test_each_row_of_the_decision_table_for_what_is_desired(
    desired: bytes, live: bytes | None, entry: Entry | None, verdict: str
) -> None:
    for prune in (False, True):
        assert said(planned(desired, live, entry, prune=prune)) == verdict


@pytest.mark.parametrize(
    ("live", "entry", "verdict"),
    [
        (NEW, recorded(OLD), "update: policy changed"),
        (EDITED, recorded(NEW), "lent"),
        (OLD, recorded(NEW, OLD), "update: policy changed"),
        (EDITED, recorded(OLD), "update: policy changed"),
        (OLD, recorded(OLD), "update: policy changed"),
        (None, recorded(NEW), "create: removed by someone"),
        (None, None, "create: new"),
        (EDITED, None, "held update: not ours"),
        (NEW, recorded(NEW), "in_sync"),
    ],
)
def test_each_row_of_the_decision_table_for_what_is_lent(live: bytes | None, entry: Entry | None, verdict: str) -> None:
    if (live, entry) == (NEW, recorded(OLD)):
        verdict = "in_sync"
    assert said(planned(NEW, live, entry, lent=True)) == verdict


@pytest.mark.parametrize(
    ("live", "entry", "left", "pruned"),
    [
        (OLD, recorded(OLD), "leftovers", "delete: prune"),
        (OLD, recorded(EDITED, OLD), "leftovers", "delete: prune"),
        (OLD, recorded(None, OLD), "leftovers", "delete: prune"),
        (EDITED, recorded(OLD), "leftovers", "held delete: drifted"),
        (EDITED, recorded(OLD, lent=True), "leftovers", "delete: prune"),
        (None, recorded(OLD), "forgotten", "forgotten"),
        (EDITED, recorded(None, OLD), "forgotten", "forgotten"),
    ],
)
def test_each_row_of_the_decision_table_for_what_is_no_longer_desired(
    live: bytes | None, entry: Entry, left: str, pruned: str
) -> None:
    assert said(planned(None, live, entry)) == left
    assert said(planned(None, live, entry, prune=True)) == pruned


@pytest.mark.parametrize("live", [None, OLD, EDITED])
@pytest.mark.parametrize("entry", [None, recorded(OLD)])
def test_what_another_owner_holds_is_held_and_the_owner_named(live: bytes | None, entry: Entry | None) -> None:
    plan = planned(NEW, live, entry, others=("beta",))
    assert [change.held for change in plan.changes] == [True]
    assert "beta" in str(plan.notes[HERE])
    ledger = Ledger({"beta": {HERE: recorded(OLD)}} | ({"acme": {HERE: entry}} if entry else {}))
    wanted = {HERE: Resource(HERE, NEW, "scripts")}
    assert make_plan(wanted, {HERE: Live(live)}, ledger, owner="acme", prune=True, worlds=TREE) == replace(
        plan, prune=True
    )


def test_what_another_owner_holds_is_neither_pruned_nor_offered_for_adoption() -> None:
    assert said(planned(None, OLD, recorded(OLD), prune=True, others=("beta",))) == "held delete: not ours"
    assert said(planned(NEW, NEW, None, others=("beta",))) == "in_sync"


def test_a_note_says_what_to_do_about_what_is_held() -> None:
    assert "goproxyctl adopt" in str(planned(NEW, EDITED).notes[HERE])
    assert "delete it yourself" in str(planned(None, EDITED, recorded(OLD), prune=True).notes[HERE])


def test_a_note_says_that_an_adopted_value_is_gone_for_good() -> None:
    plan = planned(None, OLD, recorded(OLD, adopted=True), prune=True)
    assert "adopted" in str(plan.notes[HERE])
    assert not planned(None, OLD, recorded(OLD), prune=True).notes


@pytest.mark.parametrize("entry", [None, recorded(OLD), recorded(None, OLD)])
def test_what_cannot_be_read_is_held_and_what_is_recorded_of_it_stays(entry: Entry | None) -> None:
    why = Text("test.denied", "denied; ask for that right")
    for desired, prune in ((NEW, False), (NEW, True), (None, True), (None, False)):
        wanted = {HERE: Resource(HERE, desired, "scripts")} if desired else {}
        ledger = Ledger({"acme": {HERE: entry}} if entry else {})
        live = {HERE: Live(None, unreadable=why)}
        plan = make_plan(wanted, live, ledger, owner="acme", prune=prune, worlds=TREE)
        if desired or entry:
            verdicts = {(True, True): "held update", (True, False): "held update", (False, True): "held delete"}
            verdict = verdicts.get((desired is not None, prune))
            assert said(plan) == (f"{verdict}: unreadable" if verdict else "leftovers")
            assert plan.notes == {HERE: why}
        assert plan.settled == ({HERE: entry} if entry else {})


def many(count: int, place: Place = Place.FILE) -> list[Address]:
    return [Address(place, f"d/{n:03}.sh") for n in range(count)]


def plan_of(wanted: int, ours: int, *, prune: bool = True) -> Plan:
    desired = {a: Resource(a, NEW, "t") for a in many(wanted)}
    entries = {a: recorded(NEW) for a in many(ours)}
    live = {a: Live(NEW) for a in {*desired, *entries}}
    return make_plan(desired, live, Ledger({"acme": entries}), owner="acme", prune=prune, worlds=TREE)


@pytest.mark.parametrize(
    ("wanted", "ours", "least"),
    [(90, 100, None), (89, 100, 11), (280, 300, None), (279, 300, 21), (0, 1, 1), (1, 2, 1), (5, 5, None)],
)
def test_a_mass_deletion_is_refused_without_being_told(wanted: int, ours: int, least: int | None) -> None:
    plan = plan_of(wanted, ours)
    if least is None:
        check_safe(plan)
        return
    for told in (None, 0, least - 1):
        with pytest.raises(UnsafePlanError, match=f"--max-deletes {least}"):
            check_safe(plan, max_deletes=told)
    check_safe(plan, max_deletes=least)


def test_an_empty_desired_is_refused_even_when_nothing_would_be_deleted() -> None:
    entries = {HERE: recorded(OLD)}
    live = {HERE: Live(EDITED)}
    plan = make_plan({}, live, Ledger({"acme": entries}), owner="acme", prune=True, worlds=TREE)
    with pytest.raises(UnsafePlanError, match="wants nothing"):
        check_safe(plan)
    check_safe(plan, max_deletes=0)
    check_safe(plan_of(0, 100, prune=False))


def test_deletions_without_prune_are_none() -> None:
    plan = plan_of(0, 100, prune=False)
    assert (plan.deletions, len(plan.leftovers)) == (0, 100)
    assert plan.counts()["leftovers"] == 100


def test_changes_come_in_the_order_of_places_and_deletions_the_other_way_round() -> None:
    created = [
        Address(Place.GO_ENV, "g", ("GOPROXY",)),
        Address(Place.JSON_KEY, "s.json", ("a",)),
        Address(Place.FILE, "b"),
    ]
    mixed = [Address(Place.JSON_KEY, "s.json", ("b",))]
    gone = [Address(Place.FILE, "a"), Address(Place.BLOCK, ".gitattributes", ("x",)), Address(Place.FILE, "z")]
    desired = {a: Resource(a, NEW, "t") for a in created}
    entries = {a: recorded(NEW) for a in (*mixed, *gone)}
    live = {a: Live(NEW if a in entries else None) for a in (*created, *entries)}
    plan = make_plan(desired, live, Ledger({"acme": entries}), owner="acme", prune=True, worlds=TREE)
    assert [str(change.address) for change in plan.changes] == [
        "file:b",
        "json-key:s.json#a",
        "json-key:s.json#b",
        "go-env:g#GOPROXY",
        "block:.gitattributes#x",
        "file:z",
        "file:a",
    ]


def test_other_worlds_are_neither_compared_nor_forgotten() -> None:
    home = Address(Place.FILE, "~/goproxy.sh")
    desired = {a: Resource(a, NEW, "t") for a in (HERE, home)}
    ledger = Ledger({"acme": {home: recorded(OLD)}})
    assert addresses_of(desired, ledger, owner="acme", worlds=TREE) == [HERE]
    plan = make_plan(desired, {HERE: Live(None)}, ledger, owner="acme", prune=True, worlds=TREE)
    assert [change.address for change in plan.changes] == [HERE]
    assert not plan.recorded


Row = tuple[Address, bytes | None, bytes | None, Entry | None, bool]
contents = st.sampled_from([OLD, NEW, EDITED, None])
spots = st.lists(
    st.tuples(
        st.sampled_from([*many(4), *many(4, Place.JSON_KEY), *many(2, Place.GO_ENV)]),
        contents,
        contents,
        st.one_of(st.none(), st.builds(recorded, contents, contents, lent=st.booleans())),
        st.booleans(),
    ),
    unique_by=lambda spot: spot[0],
)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # others may load the machine
@given(spots, st.booleans(), st.randoms(use_true_random=False))
def test_the_order_of_input_is_irrelevant(spots: list[Row], prune: bool, random: Random) -> None:
    def made(rows: list[Row]) -> Plan:
        desired: Desired = {a: Resource(a, d, "t", lent) for a, d, _, _, lent in rows if d is not None}
        live = {a: Live(content) for a, _, content, _, _ in rows}
        ledger = Ledger({"acme": {a: entry for a, _, _, entry, _ in rows if entry}})
        return make_plan(desired, live, ledger, owner="acme", prune=prune, worlds=TREE)

    plan = made(spots)
    random.shuffle(spots)
    again = made(spots)
    assert plan == again
    assert [*plan.settled] == [*again.settled]
    assert sum(plan.counts().values()) - len(plan.unrecorded) == len(
        {a for a, d, _, entry, _ in spots if d is not None or entry}
    )


def change(after: bytes | None = NEW) -> Change:
    return Change(HERE, OLD, after, Reason.POLICY, "scripts")


def sealed_plan() -> tuple[Plan, dict[Address, Resource]]:
    desired = {HERE: Resource(HERE, NEW, "scripts")}
    ledger = Ledger({"acme": {HERE: recorded(OLD)}})
    return make_plan(desired, {HERE: Live(OLD)}, ledger, owner="acme", prune=True, worlds=TREE), desired


def test_a_saved_plan_is_accepted_while_nothing_moved_and_holds_no_content() -> None:
    plan, desired = sealed_plan()
    text = seal(plan, desired, tool="1.0", asked=Asked(("laptops",), "office", 3))
    saved = open_seal(text)
    check_seal(saved, plan, desired, tool="1.0")
    assert (saved.owner, saved.worlds, saved.prune, saved.asked) == (
        "acme",
        TREE,
        True,
        Asked(("laptops",), "office", 3),
    )
    assert OLD.strip() not in text
    assert content_sum(OLD).encode() in text


def test_a_saved_plan_refuses_when_the_tool_moved() -> None:
    plan, desired = sealed_plan()
    with pytest.raises(StalePlanError, match=r"made by goproxyctl 1\.0, this is 1\.1"):
        check_seal(open_seal(seal(plan, desired, tool="1.0")), plan, desired, tool="1.1")


def test_a_saved_plan_refuses_when_the_policy_moved() -> None:
    plan, desired = sealed_plan()
    wanted = {HERE: Resource(HERE, EDITED, "scripts")}
    with pytest.raises(StalePlanError, match="policy wants something else"):
        check_seal(open_seal(seal(plan, desired, tool="1.0")), plan, wanted, tool="1.0")


def test_a_saved_plan_refuses_the_policy_of_another_owner() -> None:
    plan, desired = sealed_plan()
    with pytest.raises(StalePlanError, match="made for the policy acme, this is beta"):
        check_seal(open_seal(seal(plan, desired, tool="1")), replace(plan, owner="beta"), desired, tool="1")


def test_a_saved_plan_refuses_when_the_world_moved_and_says_where() -> None:
    plan, desired = sealed_plan()
    saved = open_seal(seal(plan, desired, tool="1.0"))
    for live in (None, NEW, EDITED):
        ledger = Ledger({"acme": {HERE: recorded(OLD)}})
        now = make_plan(desired, {HERE: Live(live)}, ledger, owner="acme", prune=True, worlds=TREE)
        with pytest.raises(StalePlanError, match=r"file:ci/goproxy\.sh"):
            check_seal(saved, now, desired, tool="1.0")
    with pytest.raises(StalePlanError, match="something changed"):
        check_seal(saved, replace(plan, prune=False), desired, tool="1.0")


@pytest.mark.parametrize(
    "text", [b"", b"{", b"[]", b"{}", b"null", b'{"kind": "goproxyctl plan"}', b"\xff", b"[" * 100_000]
)
def test_what_is_no_saved_plan_is_refused(text: bytes) -> None:
    with pytest.raises(StalePlanError, match=r"plan\.json: this is not a saved plan"):
        open_seal(text, "plan.json")


def test_a_saved_plan_with_a_wrong_member_is_refused() -> None:
    text = seal(*sealed_plan(), tool="1.0")
    for old, new in ((b'"version": 1', b'"version": 2'), (b'"tree"', b'"sea"'), (b'"held"', b'"hold"')):
        with pytest.raises(StalePlanError):
            open_seal(text.replace(old, new))


def test_actions_follow_from_before_and_after() -> None:
    assert change().action is Action.UPDATE
    assert change(None).action is Action.DELETE
