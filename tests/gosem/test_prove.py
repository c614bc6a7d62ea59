"""What can happen under a policy: leaks, bypasses, and what one failure does."""

import time

from goproxyctl.gosem.outcome import Outcome, Purpose
from goproxyctl.gosem.prove import Bypass, Loss, Sample, find_bypasses, find_leaks, find_losses, prove
from goproxyctl.gosem.request import Assumed, Result
from goproxyctl.gosem.settings import Settings

PRIVATE = Sample("git.corp.test/x", may_learn=frozenset({"git.corp.test"}))
PUBLIC = Sample("m.test/x")
SAFE = Settings(
    proxy="https://gate.test,https://a.test|https://b.test|direct", noproxy="git.corp.test", nosumdb="git.corp.test"
)


def _kinds(losses: list[Loss]) -> dict[tuple[object, Result], set[str]]:
    found: dict[tuple[object, Result], set[str]] = {}
    for loss in losses:
        found.setdefault((loss.where, loss.result), set()).update(o.value for o in loss.outcomes)
    return found


def test_a_covered_name_leaks_to_nobody() -> None:
    assert list(find_leaks(PRIVATE, SAFE)) == []
    assert list(find_leaks(PUBLIC, SAFE)) == []


def test_a_glob_with_a_blank_leaks_to_everybody_and_says_how() -> None:
    leaky = Settings(proxy=SAFE.proxy, noproxy="x.test, git.corp.test", nosumdb="x.test, git.corp.test")
    leaks = {leak.reached.host: leak.reached for leak in find_leaks(PRIVATE, leaky)}
    assert set(leaks) == {"gate.test", "a.test", "b.test", "sum.golang.org"}
    assert leaks["gate.test"].choices == ()
    assert leaks["a.test"].choices == (((0, Purpose.INFO), Outcome.NOT_FOUND),)
    assert "a.test" in leaks["a.test"].route.learners


def _bypasses(settings: Settings) -> list[tuple[Outcome, bool, str]]:
    found: list[Bypass] = list(find_bypasses(PUBLIC, 0, settings))
    return [(b.refusal, b.asked, b.source) for b in found]


def test_not_found_is_passed_over_and_a_refusal_is_not() -> None:
    assert _bypasses(SAFE) == [(Outcome.NOT_FOUND, True, "a.test")]


def test_after_a_pipe_every_refusal_is_passed_over() -> None:
    piped = Settings(proxy="https://gate.test|https://a.test", sumdb="off")
    assert _bypasses(piped) == [(Outcome.FORBIDDEN, True, "a.test"), (Outcome.NOT_FOUND, True, "a.test")]


def test_a_gatekeeper_that_stands_alone_cannot_be_bypassed() -> None:
    assert _bypasses(Settings(proxy="https://gate.test,off", sumdb="off")) == []


def test_a_gatekeeper_that_is_not_asked_is_bypassed() -> None:
    private = list(find_bypasses(PRIVATE, 0, SAFE))
    assert [(b.asked, b.source) for b in private] == [(False, "git.corp.test")]


def test_one_failure_of_the_first_hop() -> None:
    found = _kinds(list(find_losses(PUBLIC, Settings(proxy="https://a.test|https://b.test", sumdb="off"))))
    assert found == {
        (0, Result.FAILS): {"200-html", "200-empty"},
        (0, Result.HANGS): {"hang"},
    }


def test_after_a_comma_any_error_breaks_the_build() -> None:
    found = _kinds(list(find_losses(PUBLIC, Settings(proxy="https://a.test,https://b.test", sumdb="off"))))
    assert {"503", "429", "dns", "tls", "refused", "401", "redirect-loop"} <= found[0, Result.FAILS]
    assert not {"404", "410"} & found[0, Result.FAILS]


def test_a_build_that_is_broken_anyway_loses_nothing() -> None:
    assert list(find_losses(PUBLIC, Settings(proxy="off"))) == []


def test_what_a_mirror_cannot_know_is_part_of_health() -> None:
    absent = Assumed({(1, None): Outcome.NOT_FOUND})
    sample = Sample("git.corp.test/x", healthy=absent)
    found = _kinds(list(find_losses(sample, Settings(proxy="https://gate.test|https://a.test", sumdb="off"))))
    assert "503" in found[0, Result.FAILS]


def test_a_proof_holds_everything_and_takes_seconds_for_six_hops() -> None:
    six = Settings(proxy="|".join(f"https://h{i}.test" for i in range(6)) + ",direct", nosumdb="git.corp.test")
    samples = [Sample("git.corp.test/x", version="latest", may_learn=frozenset({"h0.test"})), PUBLIC]
    start = time.process_time()
    proof = prove(six, samples, gatekeepers=[0], toolchain="go1.99.0")
    assert time.process_time() - start < 6  # about 0.5 s on an idle machine
    assert {leak.reached.host for leak in proof.leaks} == {*(f"h{i}.test" for i in range(1, 6)), "git.corp.test"}
    assert {b.refusal for b in proof.bypasses} == {Outcome.FORBIDDEN, Outcome.NOT_FOUND}
    assert {loss.result for loss in proof.breaks} == {Result.FAILS}
    assert {loss.outcomes for loss in proof.hangs} == {(Outcome.HANG,)}
    assert [taken.result for _, taken in proof.healthy] == [Result.OK] * 3
    assert proof.healthy[-1][0].module == "golang.org/toolchain"


def test_a_toolchain_does_not_survive_without_the_database() -> None:
    proof = prove(Settings(proxy="https://a.test", sumdb="off"), [], toolchain="go1.99.0")
    assert proof.healthy[0][1].result is Result.FAILS


def test_files_are_a_source_without_a_host() -> None:
    local = Settings(proxy="https://gate.test|file:///srv/proxy", sumdb="off")
    assert _bypasses(local)[0] == (Outcome.FORBIDDEN, True, "")
    assert {loss.where for loss in find_losses(PUBLIC, local)} == {0}
