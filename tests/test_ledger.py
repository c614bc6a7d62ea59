import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from goproxyctl.errors import StoreError
from goproxyctl.ledger import (
    Entry,
    Ledger,
    begin,
    finish,
    make_adoption,
    merge_ledgers,
    parse_ledger,
    render_ledger,
    share_made,
)
from goproxyctl.resource import (
    Address,
    Change,
    Live,
    Match,
    Outcome,
    Place,
    Reason,
    Resource,
    Result,
    World,
    content_sum,
)
from goproxyctl.text import Text

SUM = content_sum(b"a")
HERE = Address(Place.FILE, "ci/goproxy.sh")
HOME = Address(Place.GO_ENV, "$GOENV", ("GOPROXY",))
ENTRY = Entry(SUM, None, 0, "scripts", lent=False)

sums = st.one_of(st.none(), st.binary(max_size=2).map(content_sum))
names = st.text(max_size=5)
steps = st.one_of(names, st.builds(Match, names, names))
containers = st.sampled_from(["a", "d/e.json", "~/x/y", "$GOENV", ".vscode/settings.json", "a:b"])
addresses = st.builds(Address, st.sampled_from(Place), containers, st.lists(steps, max_size=2).map(tuple))
entries = st.builds(Entry, sums, sums, st.integers(0, 9), names, st.booleans(), st.booleans())
ledgers = st.dictionaries(names, st.dictionaries(addresses, entries, min_size=1, max_size=3), max_size=2).map(Ledger)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # others may load the machine
@given(ledgers)
def test_a_ledger_survives_being_written(ledger: Ledger) -> None:
    text = render_ledger(ledger)
    assert parse_ledger(text) == ledger
    assert render_ledger(parse_ledger(text)) == text
    assert text.isascii()


def test_a_ledger_is_one_line_for_each_entry_in_order() -> None:
    ledger = Ledger({"b": {HERE: ENTRY}, "a": {HOME: Entry(None, SUM, 2, "t", lent=True), HERE: ENTRY}})
    row = f'      "file:ci/goproxy.sh": {{"target": "scripts", "sum": "{SUM}"}}'
    assert render_ledger(ledger).decode().splitlines() == [
        "{",
        '  "version": 1,',
        '  "owners": {',
        '    "a": {',
        f"{row},",
        f'      "go-env:$GOENV#GOPROXY": {{"target": "t", "next": "{SUM}", "made": 2, "lent": true}}',
        "    },",
        '    "b": {',
        row,
        "    }",
        "  }",
        "}",
    ]
    assert json.loads(render_ledger(Ledger())) == {"version": 1, "owners": {}}


def test_a_ledger_holds_sums_and_never_values() -> None:
    change = Change(HERE, b"CANARY old", b"CANARY new", Reason.POLICY, "t")
    begun = begin(change, Entry(content_sum(b"CANARY old"), None, 0, "t", lent=False), lent=False, made=0)
    assert begun
    assert b"CANARY" not in render_ledger(Ledger({"acme": {HERE: begun}}))


def test_a_newer_ledger_is_refused_with_advice() -> None:
    with pytest.raises(StoreError, match=r"x\.json: .* newer goproxyctl \(version 2, this one knows 1\); update"):
        parse_ledger(b'{"version": 2, "owners": [], "more": 1}', "x.json")


def tampered(**row: object) -> bytes:
    return json.dumps({"version": 1, "owners": {"acme": {"file:a": {"target": "t", **row}}}}).encode()


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b"{}",
        b'"x"',
        b"\xff\xfe",
        b"[" * 200_000,
        b'{"version": 0, "owners": {}}',
        b'{"version": "1", "owners": {}}',
        b'{"version": true, "owners": {}}',
        b'{"version": 1}',
        b'{"version": 1, "owners": {}, "version": 1}',
        b'{"version": 1, "owners": []}',
        b'{"version": 1, "owners": {"a": []}}',
        b'{"version": 1, "owners": {"a": {"file:a": []}}}',
        b'{"version": 1, "owners": {"a": {"file:a": {}}}}',
        b'{"version": 1, "owners": {"a": {"sea:a": {"target": "t"}}}}',
        b'{"version": 1, "owners": {"a": {"file": {"target": "t"}}}}',
        b'<<<<<<< HEAD\n{"version": 1, "owners": {}}\n',
        tampered(more=1),
        tampered(sum="abc"),
        tampered(sum=SUM.upper()),
        tampered(next=7),
        tampered(made=-1),
        tampered(made=True),
        tampered(made="1"),
        tampered(lent="yes"),
        tampered(adopted=1),
        tampered(target=None),
    ],
)
def test_garbage_is_refused_with_what_to_do(text: bytes) -> None:
    with pytest.raises(StoreError, match=r"\.goproxyctl/ledger\.json: this is not a ledger .*goproxyctl adopt"):
        parse_ledger(text, ".goproxyctl/ledger.json")


@pytest.mark.parametrize(
    "container", ["../a", "/etc/passwd", "a/../../b", "~/../a", "a//b", "./a", "a\\..\\b", "a\0b", "a\nb", "~//etc"]
)
def test_a_ledger_that_points_out_of_its_world_is_refused(container: str) -> None:
    text = json.dumps({"version": 1, "owners": {"acme": {f"file:{container}": {"target": "t", "sum": SUM}}}})
    with pytest.raises(StoreError):
        parse_ledger(text.encode())


def test_worlds_are_taken_apart_and_put_together() -> None:
    ledger = Ledger({"acme": {HERE: ENTRY, HOME: ENTRY}, "beta": {HOME: ENTRY}})
    tree, machine = ledger.part(World.TREE), ledger.part(World.MACHINE)
    assert tree == Ledger({"acme": {HERE: ENTRY}})
    assert merge_ledgers([tree, machine]) == ledger
    assert ledger.others("acme") == {HOME: ["beta"]}
    assert ledger.replaced("acme", {World.TREE}, {}) == Ledger({"acme": {HOME: ENTRY}, "beta": {HOME: ENTRY}})
    assert ledger.replaced("beta", {World.MACHINE}, {}) == Ledger({"acme": {HERE: ENTRY, HOME: ENTRY}})


OLD, NEW, EDITED = b"old", b"new", b"edited"


def entry_of(applied: bytes | None, following: bytes | None = None, *, adopted: bool = False) -> Entry:
    known = [content_sum(c) if c is not None else None for c in (applied, following)]
    return Entry(known[0], known[1], 3, "t", lent=False, adopted=adopted)


@pytest.mark.parametrize(
    ("before", "after", "entry", "begun"),
    [
        (None, NEW, None, entry_of(None, NEW)),
        (None, NEW, entry_of(OLD), entry_of(OLD, NEW)),
        (None, NEW, entry_of(OLD, adopted=True), entry_of(OLD, NEW)),
        (OLD, NEW, entry_of(OLD), entry_of(OLD, NEW)),
        (OLD, NEW, entry_of(OLD, adopted=True), entry_of(OLD, NEW, adopted=True)),
        (OLD, NEW, entry_of(EDITED, OLD), entry_of(OLD, NEW)),
        (EDITED, NEW, entry_of(OLD), entry_of(OLD, NEW)),
        (OLD, None, entry_of(OLD), entry_of(OLD)),
    ],
)
def test_an_entry_knows_what_is_there_and_what_is_to_be_there(
    before: bytes | None, after: bytes | None, entry: Entry | None, begun: Entry
) -> None:
    change = Change(HERE, before, after, Reason.POLICY, "t", 3)
    assert begin(change, entry, lent=False, made=3) == begun

    def became(outcome: Outcome) -> Entry | None:
        return finish(Result(change, outcome, None, 5), begun, entry)

    if after is None:
        assert became(Outcome.DONE) is None
    else:
        assert became(Outcome.DONE) == Entry(content_sum(after), None, 5, "t", lent=False, adopted=begun.adopted)
    assert became(Outcome.FAILED) == begun
    assert became(Outcome.MOVED) == entry


def test_what_was_made_is_known_to_every_entry_inside_it() -> None:
    def made(**counts: int) -> dict[str, int]:
        at = {
            "one": Address(Place.JSON_KEY, "d/e/s.json", ("x", "y", "A")),
            "two": Address(Place.JSON_KEY, "d/e/s.json", ("x", "y", "B")),
            "near": Address(Place.JSON_KEY, "d/e/s.json", ("x", "C")),
            "file": Address(Place.FILE, "d/f.sh"),
            "home": Address(Place.FILE, "~/d/f.sh"),
            "env": Address(Place.GO_ENV, "$GOENV", ("A",)),
            "env2": Address(Place.GO_ENV, "$GOENV", ("B",)),
        }
        shared = share_made({at[name]: Entry(SUM, None, count, "t", lent=False) for name, count in counts.items()})
        assert share_made(shared) == shared
        return {name: shared[at[name]].made for name in counts}

    assert made(one=1, two=0, near=0) == {"one": 1, "two": 1, "near": 0}
    assert made(one=0, two=2, near=0) == {"one": 2, "two": 2, "near": 1}
    assert made(one=5, near=0, file=0, home=0) == {"one": 5, "near": 4, "file": 1, "home": 0}
    assert made(env=4, env2=0) == {"env": 4, "env2": 4}
    assert made(home=1, file=0) == {"home": 1, "file": 0}


def test_adopt_records_what_is_live_and_leaves_what_others_hold() -> None:
    a, b, c, d, e, f, g = (Address(Place.FILE, name) for name in "abcdefg")
    far = Address(Place.FILE, "~/far")
    desired = {x: Resource(x, NEW, "t", lent=x is b) for x in (a, b, c, d, e, f, g, far)}
    live = {a: Live(NEW), b: Live(EDITED), c: Live(None), d: Live(OLD), e: Live(OLD, ("gamma",)), f: Live(EDITED),
            g: Live(None, unreadable=Text("test.denied", "g: denied"))}  # fmt: skip
    ledger = Ledger({"acme": {a: entry_of(None, OLD), f: entry_of(OLD)}, "beta": {d: ENTRY}})
    adoption = make_adoption(desired, live, ledger, owner="acme", worlds={World.TREE})
    assert adoption.adopted == (a, b)
    assert {str(x): str(why) for x, why in adoption.refused.items()} == {
        "file:d": "file:d: it belongs to beta; let them remove it first",
        "file:e": "file:e: it belongs to gamma; let them remove it first",
        "file:g": "g: denied",
    }
    assert adoption.ledger.owners["acme"] == {
        a: Entry(content_sum(NEW), None, 0, "t", lent=False, adopted=True),
        b: Entry(content_sum(EDITED), None, 0, "t", lent=True, adopted=True),
        f: entry_of(OLD),
    }
    again = make_adoption(desired, live, adoption.ledger, owner="acme", worlds={World.TREE})
    assert (again.adopted, again.ledger) == ((), adoption.ledger)
