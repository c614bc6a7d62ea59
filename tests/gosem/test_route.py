"""Routes: the decision table of go, recorded runs of real ones, and live runs against loopback servers."""

from pathlib import Path
from random import Random

import pytest

from goproxyctl.gosem.outcome import Class, Outcome, Purpose, read_answer, same_for_go, told_apart
from goproxyctl.gosem.request import Assumed, Decision, Result, Route, Where
from goproxyctl.gosem.route import route, route_toolchain
from goproxyctl.gosem.settings import Settings, settings_of
from goproxyctl.gosem.version import GoVersion
from tests.gosem.conformance.__main__ import conform, conform_toolchain
from tests.gosem.conformance.cases import Case, Module, make_case
from tests.gosem.conformance.comparing import compare, lines_of
from tests.gosem.conformance.content import SIGNER
from tests.gosem.conformance.corpus import recorded_runs
from tests.gosem.conformance.running import run_case
from tests.gosem.conformance.servers import make_certificates
from tests.gosem.conformance.serving import purpose_of
from tests.gosem.toolchains import VERSIONS, require_go_version
from tests.scale import scaled

MODULE = "m.test/x"
_OUTCOMES = {
    "2": Outcome.OK, "4": Outcome.NOT_FOUND, "410": Outcome.GONE, "5": Outcome.UNAVAILABLE, "403": Outcome.FORBIDDEN,
    "R": Outcome.REFUSED, "H": Outcome.HANG, "L": Outcome.REDIRECT_LOOP, "C": Outcome.HTML, "429": Outcome.TOO_MANY,
}  # fmt: skip


def _chain(short: str) -> tuple[str, Assumed]:
    """A chain written as outcomes ("4,5|2"), as hops that meet them."""
    table: dict[tuple[Where, Purpose | None], Outcome] = {}
    proxy, word, index = "", "", 0
    for char in f"{short}\0":
        if char not in ",|\0":
            word += char
            continue
        if word in _OUTCOMES:
            table[index, None] = _OUTCOMES[word]
            word = f"https://h{index}.test"
        proxy += word + char.strip("\0")
        index, word = index + 1, ""
    return proxy, Assumed(table)


def _route(short: str, query: str = "v1.0.0", **settings: str) -> Route:
    proxy, outcomes = _chain(short)
    return route(MODULE, query, Settings(**{"proxy": proxy, "sumdb": "off", **settings}), outcomes)


@pytest.mark.parametrize(
    ("short", "asked", "result"),
    [
        ("2", "0", "ok"), ("4,2", "01", "ok"), ("4|2", "01", "ok"), ("4,4,2", "012", "ok"), ("5,2", "0", "fails"),
        ("5|2", "01", "ok"), ("429,2", "0", "fails"), ("429|2", "01", "ok"), ("5,2|2", "0", "fails"), ("4,5|2", "012", "ok"),
        ("5|4,2", "012", "ok"), ("5|403,2", "01", "fails"), ("4|5,2", "01", "fails"), ("4,R,2", "01", "fails"), ("5|4", "01", "fails"),
        ("4,410", "01", "fails"), ("5|", "0", "fails"), ("R,2", "0", "fails"), ("R|2", "01", "ok"), ("H|2", "0", "hangs"),
        ("H,2", "0", "hangs"), ("L,2", "0", "fails"), ("L|2", "01", "ok"), ("C,2", "0", "fails"), ("4,off", "0", "fails"),
        ("5|off", "0", "fails"), ("off", "", "fails"), ("off,2", "", "fails"), ("4,direct", "0o", "ok"), ("5,direct", "0", "fails"),
        ("5|direct", "0o", "ok"), ("direct,2", "o", "ok"), ("2,bogus", "", "fails"), ("bogus|2", "", "fails"),
    ],
)  # fmt: skip
def test_the_decision_table(short: str, asked: str, result: str) -> None:
    taken = _route(short)
    places = dict.fromkeys("o" if r.where == "origin" else str(r.where) for r in taken.requests)
    assert ("".join(places), taken.result.value) == (asked, result)


@pytest.mark.parametrize(
    ("short", "blamed"),
    [("503|404", 0), ("5|403,4", 1), ("4,410", 1), ("5|4", 0), ("403|5|410", 1), ("4,direct", None), ("5|off", 0)],
)
def test_the_error_that_go_shows(short: str, blamed: int | None) -> None:
    proxy, outcomes = _chain(short.replace("503", "5").replace("404", "4"))
    lost: dict[tuple[Where, Purpose | None], Outcome] = {("origin", Purpose.GO_GET): Outcome.NOT_FOUND}
    taken = route(MODULE, "v1.0.0", Settings(proxy=proxy, sumdb="off"), Assumed({**outcomes.table, **lost}))
    assert taken.failure is not None
    assert taken.failure.where == ("origin" if blamed is None else blamed)


def test_the_requests_of_a_plain_download() -> None:
    taken = route("github.com/Azure/x", "v1.0.0", Settings(proxy="https://p.test/base,direct"))
    assert [(r.purpose.value, r.path) for r in taken.requests] == [
        ("info", "/base/github.com/%21azure/x/@v/v1.0.0.info"),
        ("mod", "/base/github.com/%21azure/x/@v/v1.0.0.mod"),
        ("supported", "/base/sumdb/sum.golang.org/supported"),
        ("lookup", "/base/sumdb/sum.golang.org/lookup/github.com/%21azure/x@v1.0.0"),
        ("tile", "/base/sumdb/sum.golang.org/tile/"),
        ("zip", "/base/github.com/%21azure/x/@v/v1.0.0.zip"),
    ]
    assert taken.learners == ("p.test",)
    assert {step.decision for step in taken.steps} == {Decision.DONE}


def test_what_go_remembers_is_not_asked_again_but_a_zip_is() -> None:
    assert len(_route("2").requests) == 3
    same = route(
        MODULE,
        "v1.0.0",
        Settings(proxy="http://a.test,http://a.test", sumdb="off"),
        Assumed({(0, Purpose.ZIP): Outcome.GONE}),
    )
    assert [(r.purpose, r.where) for r in same.requests].count((Purpose.ZIP, 0)) == 2
    info = route(
        MODULE, "v1.0.0", Settings(proxy="http://a.test,http://a.test", sumdb="off"), Assumed({(0, None): Outcome.GONE})
    )
    assert [r.purpose for r in info.requests] == [Purpose.INFO]


@pytest.mark.parametrize(
    ("settings", "hosts"),
    [
        ({"noproxy": "m.test"}, ["m.test"]),
        ({"noproxy": "m.test", "proxy": "off"}, ["m.test"]),
        ({"noproxy": "other.test"}, ["p.test"]),
        ({"noproxy": " m.test"}, ["p.test"]),
        ({"noproxy": "m.test", "proxy": "direct"}, ["m.test"]),
    ],
)
def test_who_learns_a_private_name(settings: dict[str, str], hosts: list[str]) -> None:
    taken = route(MODULE, "v1.0.0", Settings(**{"proxy": "https://p.test", "sumdb": "off", **settings}))
    assert list(taken.learners) == hosts


def test_a_private_module_that_is_not_exempt_goes_to_the_database() -> None:
    taken = route(MODULE, "v1.0.0", Settings(proxy="direct", noproxy="m.test", private="m.test"))
    assert "sum.golang.org" in taken.learners
    exempt = route(MODULE, "v1.0.0", Settings(proxy="direct", noproxy="m.test", nosumdb="m.test"))
    assert exempt.learners == ("m.test",)


def test_known_sites_need_no_go_get_request() -> None:
    taken = route("github.com/a/b", "v1.0.0", Settings(proxy="direct", sumdb="off"))
    assert [r.purpose for r in taken.requests] == [Purpose.VCS]


@pytest.mark.parametrize(
    ("chain", "host"),
    [
        ("4,2", "h1.test"),
        ("4,4", "sum.golang.org"),
        ("4,direct", "sum.golang.org"),
        ("5|direct", "sum.golang.org"),
        ("5|2", "h1.test"),
        ("5,2", None),
        ("5|4", None),
        ("5|off", None),
        ("C,2", "h0.test"),
    ],
)
def test_who_speaks_for_the_checksum_database(chain: str, host: str | None) -> None:
    proxy, assumed = _chain(chain)
    probes: dict[tuple[Where, Purpose | None], Outcome] = {
        (where, Purpose.SUPPORTED): outcome for (where, _), outcome in assumed.table.items()
    }
    taken = route(MODULE, "v1.0.0", Settings(proxy=proxy), Assumed(probes))
    asked = [r.host for r in taken.requests if r.purpose is Purpose.LOOKUP]
    assert asked == ([host] if host else [])


def test_a_tampered_go_mod_is_passed_over_in_silence_after_a_pipe() -> None:
    table: dict[tuple[Where, Purpose | None], Outcome] = {(0, Purpose.MOD): Outcome.TAMPERED}
    for mark, result in ((",", Result.FAILS), ("|", Result.OK)):
        taken = route(MODULE, "v1.0.0", Settings(proxy=f"https://a.test{mark}https://b.test"), Assumed(table))
        assert taken.result is result


@pytest.mark.parametrize("outcome", [Outcome.HTML, Outcome.EMPTY, Outcome.TAMPERED])
def test_a_bad_zip_never_falls_back(outcome: Outcome) -> None:
    settings = Settings(proxy="https://a.test|https://b.test")
    taken = route(MODULE, "v1.0.0", settings, Assumed({(0, Purpose.ZIP): outcome}))
    assert taken.result is Result.FAILS
    assert [r.host for r in taken.requests if r.purpose is Purpose.ZIP] == ["a.test"]


def test_go_sum_decides_at_once_and_the_database_is_not_asked() -> None:
    settings = Settings(proxy="https://a.test|https://b.test")
    good = route(MODULE, "v1.0.0", settings, recorded=True)
    assert good.result is Result.OK
    assert {r.purpose for r in good.requests} == {Purpose.INFO, Purpose.MOD, Purpose.ZIP}
    assert route(MODULE, "v1.0.0", settings, Assumed({(0, Purpose.MOD): Outcome.TAMPERED}), recorded=True).fatal


def test_latest_is_the_word_of_the_first_hop_that_has_a_list() -> None:
    settings = Settings(proxy="https://a.test|https://b.test", sumdb="off")
    stale = Assumed(versions={0: ("v1.0.0",), 1: ("v1.0.0", "v1.1.0")})
    assert route(MODULE, "latest", settings, stale).version == "v1.0.0"
    empty = Assumed({(0, Purpose.LIST): Outcome.EMPTY, (0, Purpose.LATEST): Outcome.NOT_FOUND})
    assert [r.purpose.value for r in route(MODULE, "latest", settings, empty).requests][:3] == [
        "list",
        "latest",
        "list",
    ]
    unlisted = route(MODULE, "latest", settings, Assumed({(0, Purpose.LIST): Outcome.EMPTY}))
    assert unlisted.result is Result.OK
    assert route(MODULE, "v1", settings, empty).result is Result.OK
    old = route(MODULE, "latest", Settings(proxy="https://a.test", sumdb="off"), go=GoVersion.parse("1.13.15"))
    assert [r.purpose.value for r in old.requests] == ["list", "info", "mod", "zip"]


def test_over_https_a_4xx_is_asked_twice_since_1_24() -> None:
    proxy, outcomes = _chain("403")
    for version, sends in (("1.23.12", 1), ("1.24.0", 2)):
        settings = Settings(proxy=proxy, sumdb="off")
        assert route(MODULE, "v1.0.0", settings, outcomes, GoVersion.parse(version)).requests[0].sends == sends


def test_an_insecure_origin_is_asked_over_http_after_https_failed() -> None:
    settings = Settings(proxy="direct", sumdb="off", insecure="m.test")
    taken = route(MODULE, "v1.0.0", settings, Assumed({("origin", Purpose.GO_GET): Outcome.TLS}))
    assert [r.scheme for r in taken.requests] == ["https", "http"]


def test_a_file_chain_asks_nobody_and_leaves_the_database_to_itself() -> None:
    settings = Settings(proxy="file:///srv/proxy")
    assert route(MODULE, "v1.0.0", settings).learners == ("sum.golang.org",)
    assert route_toolchain("go1.99.0", settings).learners == ("sum.golang.org",)
    alone = Settings(proxy="file:///srv/proxy", sumdb="off")
    assert route_toolchain("go1.99.0", alone).result is Result.OK


def test_a_toolchain_needs_the_database_whatever_the_settings_say() -> None:
    off = route_toolchain("go1.99.0", Settings(proxy="https://a.test", sumdb="off", nosumdb="golang.org"))
    assert off.result is Result.FAILS
    assert off.failure is not None
    assert off.failure.remark is not None
    assert off.failure.remark.id == "sumdb.off"
    assert route_toolchain("go1.99.0", Settings(proxy="https://a.test")).result is Result.OK
    private = route_toolchain("go1.99.0", Settings(proxy="https://a.test", noproxy="golang.org"))
    assert private.requests[0].host == "golang.org"


def test_outcomes_that_go_cannot_tell_apart() -> None:
    assert same_for_go(Outcome.NOT_FOUND, Outcome.GONE, Purpose.INFO)
    assert same_for_go(Outcome.DNS, Outcome.TOO_MANY, Purpose.ZIP)
    assert not same_for_go(Outcome.HTML, Outcome.UNAVAILABLE, Purpose.ZIP)
    assert told_apart(Purpose.INFO) == (Outcome.OK, Outcome.NOT_FOUND, Outcome.UNAVAILABLE, Outcome.HANG)
    assert read_answer(Outcome.TIMEOUT, Purpose.GO_GET).kind is Class.NOT_FOUND


def test_recorded_runs_of_real_go_went_as_predicted() -> None:
    found = [(str(go), one) for go, case, seen in recorded_runs() for one in compare(case, seen, go)]
    assert found == []


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tls")
    make_certificates(folder)
    return folder


@pytest.mark.slow
@pytest.mark.parametrize("version", VERSIONS)
def test_go_does_what_we_predict(version: str, tls: Path) -> None:
    _, _, found = conform(version, scaled(600, 5200) // len(VERSIONS), 1, tls)
    assert found == []


@pytest.mark.slow
@pytest.mark.parametrize("version", VERSIONS)
def test_go_fetches_toolchains_as_we_predict(version: str, tls: Path) -> None:
    assert conform_toolchain(version, scaled(6, 100), 1, tls) == []


@pytest.mark.slow
@pytest.mark.parametrize(("mark", "purpose"), [(",", Purpose.INFO), ("|", Purpose.ZIP), ("|", Purpose.LOOKUP)])
def test_a_server_that_never_answers_hangs_go(mark: str, purpose: Purpose, tls: Path) -> None:
    environment = {"GOPROXY": f"http://h0.test{mark}http://h1.test", "GOSUMDB": SIGNER.verifier}
    module = Module("m0.example.test", "v1.0.0", {(0, purpose): Outcome.HANG})
    case = Case(environment, {"h0.test": 0, "h1.test": 1}, [module])
    seen = run_case(require_go_version(""), case, tls, timeout_s=3)
    taken = route(module.path, module.query, settings_of(environment), case.outcomes(module))
    assert seen.status is None
    assert taken.result is Result.HANGS
    sent = [line for r in taken.requests if r.purpose is not Purpose.TILE for line in lines_of(r)]
    assert sent == [line for line in seen.log if purpose_of(line) is not Purpose.TILE]


def test_a_seed_makes_the_same_case_again() -> None:
    assert make_case(Random(3), 5) == make_case(Random(3), 5)
