"""What go prints when it fails: compared with what it really prints, as far as that does not depend on the machine."""

import os
import random
import re
import subprocess
from pathlib import Path

import pytest

from goproxyctl.gosem.chain import read_chain
from goproxyctl.gosem.outcome import Outcome, Purpose
from goproxyctl.gosem.request import Assumed, Where
from goproxyctl.gosem.route import route, route_toolchain
from goproxyctl.gosem.says import say, shown_path
from goproxyctl.gosem.settings import Settings, settings_of
from goproxyctl.gosem.version import NEWEST
from tests.gosem.conformance.cases import make_case
from tests.gosem.conformance.running import run_case
from tests.gosem.conformance.servers import make_certificates
from tests.gosem.recorder import recording
from tests.oracles import require_go
from tests.scale import scaled

_BODIES = {
    Outcome.HTML: b"<html></html>",
    Outcome.EMPTY: b"",
    Outcome.TAMPERED: b'{"Version": "v1.999.0"}',
}
_INFO = b'{"Version": "v1.0.0"}'
_GOOD = {"info": _INFO, "latest": _INFO, "mod": b"module m.test/x\n", "list": b"v1.0.0\n"}


def _purpose(path: str) -> Purpose:
    name = path.rpartition("/")[2]
    return Purpose(
        name if name in {"list", "supported"} else "latest" if name == "@latest" else name.rpartition(".")[2]
    )


class _Proxy:
    """Answers one endpoint (None: all of them) with one outcome, and the others as they should be; its zip is none."""

    def __init__(self, outcome: Outcome, purpose: Purpose | None) -> None:
        self.outcome, self.purpose = outcome, purpose

    def __call__(self, path: str, _host: str) -> tuple[int, bytes]:
        asked = _purpose(path)
        if self.purpose not in {None, asked}:
            return 200, _GOOD.get(asked.value, b"")
        return self.outcome.status or 0, _BODIES.get(self.outcome, b"")


def _go_says(home: Path, settings: Settings, *arguments: str) -> str:
    """The last line that the real go prints."""
    env = {
        "HOME": str(home), "PATH": os.environ["PATH"], "GOENV": "off", "GOFLAGS": "-modcacherw", "GOPATH": str(home / "go"),
        "GOPROXY": settings.proxy, "GOSUMDB": settings.sumdb, "GOTOOLCHAIN": settings.toolchain,
    }  # fmt: skip
    done = subprocess.run([require_go(), *arguments], cwd=home, env=env, capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    return done.stderr.strip().splitlines()[-1]


def _our_says(settings: Settings, query: str, table: dict[tuple[Where, Purpose | None], Outcome]) -> str:
    if settings.toolchain != "local":
        return say(
            route_toolchain(settings.toolchain, settings, Assumed(table)), read_chain(settings.proxy, NEWEST).hops
        )
    return say(route("m.test/x", query, settings, Assumed(table)), read_chain(settings.proxy, NEWEST).hops)


CASES = [
    *((outcome, None, "v1.0.0") for outcome in Outcome if outcome.status not in {None, 200}),
    *((outcome, Purpose.INFO, "v1.0.0") for outcome in (Outcome.HTML, Outcome.EMPTY)),
    *((Outcome.NOT_FOUND, purpose, "v1.0.0") for purpose in (Purpose.MOD, Purpose.ZIP)),
    *((Outcome.UNAVAILABLE, purpose, "latest") for purpose in (Purpose.LIST, Purpose.INFO)),
    (Outcome.HTML, Purpose.ZIP, "v1.0.0"),
]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("base", ["/base", "", "/base/"])
@pytest.mark.parametrize(("outcome", "purpose", "query"), CASES)
def test_go_says_what_we_say_it_says(
    outcome: Outcome, purpose: Purpose | None, query: str, base: str, tmp_path: Path
) -> None:
    with recording(_Proxy(outcome, purpose)) as proxy:
        settings = Settings(proxy=f"http://{proxy.address}{base}", sumdb="off", toolchain="local")
        said = _go_says(tmp_path, settings, "mod", "download", f"m.test/x@{query}")
        assert said == _our_says(settings, query, {(0, purpose): outcome})


@pytest.mark.slow
@pytest.mark.parametrize("proxy", ["off", "OFF", " ", "https://a.test,nonsense", "http://127.0.0.1:1"])
@pytest.mark.parametrize("query", ["v1.0.0", "latest"])
def test_go_says_the_same_of_a_chain_that_leads_nowhere(proxy: str, query: str, tmp_path: Path) -> None:
    settings = Settings(proxy=proxy, sumdb="off", toolchain="local")
    said = _go_says(tmp_path, settings, "mod", "download", f"m.test/x@{query}")
    ours = _our_says(settings, query, {(0, None): Outcome.REFUSED})
    assert said.replace("dial tcp 127.0.0.1:1: ", "") == ours


@pytest.mark.slow
@pytest.mark.parametrize("sumdb", ["OFF", "sum.golang.org"])
def test_go_says_the_same_of_a_database_that_cannot_be_asked(sumdb: str, tmp_path: Path) -> None:
    with recording(_Proxy(Outcome.UNAVAILABLE, Purpose.SUPPORTED)) as proxy:
        settings = Settings(proxy=f"http://{proxy.address}", sumdb=sumdb, toolchain="local")
        said = _go_says(tmp_path, settings, "mod", "download", "m.test/x@v1.0.0")
        assert said == _our_says(settings, "v1.0.0", {(0, Purpose.SUPPORTED): Outcome.UNAVAILABLE})


@pytest.mark.slow
@pytest.mark.parametrize("outcome", [Outcome.NOT_FOUND, Outcome.UNAVAILABLE])
def test_go_says_the_same_of_a_toolchain(outcome: Outcome, tmp_path: Path) -> None:
    with recording(_Proxy(outcome, None)) as proxy:
        settings = Settings(proxy=f"http://{proxy.address}", toolchain="go1.99.0")
        assert _go_says(tmp_path, settings, "version") == _our_says(settings, "", {(0, None): outcome})


#: Left to the servers of the conformance runs: their status texts, how they break a connection, whose repository it is.
_THEIRS = {Outcome.REFUSED, Outcome.RESET, Outcome.TLS, Outcome.TAMPERED}


#: The modules of one run share one client of the checksum database, and what it met once; a route is a run of its own.
_OF_THE_RUN = {Purpose.SUPPORTED, Purpose.LOOKUP, Purpose.TILE}


def _comparable(text: str) -> str:
    """Up to the status code, without the query of a proxy, which we do not show."""
    return re.sub(r"(: [1-5]\d\d) .*", r"\1", re.sub(r"\?(t=1|\*\*\*)", "", text.partition("\n")[0])).removeprefix(
        "go: "
    )


@pytest.mark.slow
def test_go_says_what_we_say_wherever_it_fails(tmp_path: Path) -> None:
    make_certificates(tmp_path)
    compared = 0
    for seed in range(scaled(4, 60)):
        case = make_case(random.Random(seed), 12)
        seen = run_case(require_go(), case, tmp_path)
        for module in case.modules:
            settings = settings_of(case.environment)
            taken = route(module.path, module.query, settings, case.outcomes(module))
            hops = read_chain(settings.proxy, NEWEST).hops
            failure = taken.failure
            if (
                failure
                and failure.purpose not in {Purpose.VCS, *_OF_THE_RUN}
                and failure.id != "off"
                and failure.outcome not in _THEIRS
            ):
                assert _comparable(seen.errors[module.path]) == _comparable(say(taken, hops)), (seed, module)
                compared += 1
    assert compared > scaled(10, 150)


def test_go_that_hangs_or_succeeds_says_nothing() -> None:
    chain = Settings(proxy="https://a.test", sumdb="off")
    assert say(route("m.test/x", "v1.0.0", chain)) == ""
    assert say(route("m.test/x", "v1.0.0", chain, Assumed({(0, None): Outcome.HANG}))) == ""


def _said(settings: Settings, outcome: Outcome, where: Where = 0, purpose: Purpose | None = None) -> str:
    return say(route("m.test/x", "v1.0.0", settings, Assumed({(where, purpose): outcome})))


def test_what_go_says_of_an_origin() -> None:
    direct = Settings(proxy="direct", sumdb="off")
    assert _said(direct, Outcome.FORBIDDEN, "origin", Purpose.VCS).endswith("git ls-remote -q origin: exit status 128")
    assert _said(direct, Outcome.HTML, "origin").endswith("parse https://m.test/x?go-get=1: no go-import meta tags ()")
    assert "https fetch: Get" in _said(direct, Outcome.DNS, "origin")


def test_what_go_says_of_content_that_is_not_what_was_published() -> None:
    chain = Settings(proxy="https://a.test", sumdb="off")
    assert _said(chain, Outcome.TAMPERED).endswith("instead of requested version")
    assert _said(chain, Outcome.TRUNCATED).endswith("unexpected EOF")
    verified = Settings(proxy="https://a.test")
    assert "verifying go.mod: checksum mismatch" in _said(verified, Outcome.TAMPERED, 0, Purpose.MOD)
    tampered = Assumed({(0, Purpose.ZIP): Outcome.TAMPERED})
    assert "verifying module: checksum mismatch" in say(route("m.test/x", "v1.0.0", chain, tampered, recorded=True))


def test_a_query_that_finds_no_version_and_a_branch_that_cannot_be_looked_up() -> None:
    chain = Settings(proxy="https://a.test", sumdb="off")
    empty = Assumed({(0, Purpose.LIST): Outcome.EMPTY})
    assert say(route("m.test/x", "v1", chain, empty)) == 'go: m.test/x@v1: no matching versions for query "v1"'
    branch = say(route("m.test/x", "main", chain, Assumed({(0, None): Outcome.GONE})))
    assert branch.startswith("go: m.test/x@main: invalid version: reading ")


def test_the_query_of_a_proxy_is_not_repeated_for_it_may_be_a_secret() -> None:
    chain = Settings(proxy="https://a.test/?token=secret", sumdb="off")
    taken = route("m.test/x", "v1.0.0", chain, Assumed({(0, None): Outcome.FORBIDDEN}))
    assert shown_path(taken.requests[0]) == "/m.test/x/@v/v1.0.0.info?***"
    assert "secret" not in say(taken)
