"""Who can come to be asked: compared with trying everything, on chains small enough for it."""

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goproxyctl.gosem.outcome import Outcome, Purpose
from goproxyctl.gosem.reach import leaves, reach
from goproxyctl.gosem.request import Assumed, Where
from goproxyctl.gosem.route import route, route_toolchain
from goproxyctl.gosem.settings import Settings
from goproxyctl.gosem.toolchain import MODULE
from tests.scale import scaled

_SAME = (Outcome.OK, Outcome.NOT_FOUND, Outcome.UNAVAILABLE)


def _hosts(proxy: str, module: str = "m.test/x", query: str = "v1.0.0", **more: str) -> dict[str, bool]:
    return {r.host: r.learns for r in reach(module, query, Settings(**{"proxy": proxy, "sumdb": "off", **more}))}


@pytest.mark.parametrize(
    ("proxy", "hosts"),
    [
        ("https://a.test", ["a.test"]),
        ("https://a.test,https://b.test", ["a.test", "b.test"]),
        ("https://a.test|off", ["a.test"]),
        ("https://a.test,direct", ["a.test", "m.test"]),
        ("off", []),
        ("nonsense,https://a.test", []),
    ],
)
def test_who_can_learn_a_name(proxy: str, hosts: list[str]) -> None:
    assert list(_hosts(proxy)) == hosts


def test_a_private_module_reaches_its_origin_alone() -> None:
    assert _hosts("https://a.test,direct", noproxy="m.test") == {"m.test": True}


def test_the_database_learns_a_name_that_is_not_exempt() -> None:
    assert _hosts("https://a.test,direct", noproxy="m.test", sumdb="sum.golang.org") == {
        "m.test": True, "a.test": True, "sum.golang.org": True,
    }  # fmt: skip


def test_a_probe_teaches_nobody_a_name() -> None:
    found = {
        r.host: r
        for r in reach("m.test/x", "v1.0.0", Settings(proxy="https://a.test", noproxy="m.test", sumdb="sum.golang.org"))
    }
    lookup = found["sum.golang.org"]
    assert lookup.learns
    assert lookup.choices == (((0, Purpose.SUPPORTED), Outcome.NOT_FOUND),)


def test_every_answer_carries_a_way_that_leads_there() -> None:
    chain = Settings(proxy="https://a.test,https://b.test|https://c.test,direct")
    for query in ("v1.0.0", "latest"):
        for found in reach("m.test/x", query, chain):
            table: dict[tuple[Where, Purpose | None], Outcome] = {**dict(found.choices)}
            assert found.host in {r.host for r in route("m.test/x", query, chain, Assumed(table)).requests}


def test_toolchains_have_a_tree_too() -> None:
    chain = Settings(proxy="https://a.test,direct")
    found = {r.host for r in reach(MODULE, "go1.99.0", chain)}
    assert found == {"a.test", "golang.org", "sum.golang.org"}
    assert {r.host for r in route_toolchain("go1.99.0", chain).requests} <= found


_MARKS = st.lists(st.sampled_from(",|"), min_size=2, max_size=2)


@pytest.mark.slow
@settings(max_examples=scaled(4, 40), deadline=None)
@given(_MARKS, st.sampled_from(["", "direct", "off"]), st.sampled_from(["", "m.test"]))
def test_the_tree_reaches_whom_trying_everything_reaches(marks: list[str], end: str, noproxy: str) -> None:
    proxy = "".join(f"https://h{i}.test{mark}" for i, mark in enumerate(marks)) + end
    chain = Settings(proxy=proxy, noproxy=noproxy)
    tried: set[tuple[str, bool]] = set()
    places: tuple[tuple[Where, Purpose], ...] = tuple(
        (where, purpose) for where in (0, 1) for purpose in (Purpose.INFO, Purpose.ZIP, Purpose.SUPPORTED)
    )
    for outcomes in product(_SAME, repeat=len(places)):
        table: dict[tuple[Where, Purpose | None], Outcome] = {**dict(zip(places, outcomes, strict=True))}
        tried |= {(r.host, bool(r.learns)) for r in route("m.test/x", "v1.0.0", chain, Assumed(table)).requests}
    found = {(r.host, r.learns) for r in reach("m.test/x", "v1.0.0", chain)}
    assert found == {(host, learns) for host, learns in tried if learns or (host, True) not in tried}


def test_the_tree_of_six_hops_is_small() -> None:
    chain = Settings(proxy="|".join(f"https://h{i}.test" for i in range(6)) + ",direct")
    assert len(list(leaves("m.test/x", "latest", chain))) < 1500
