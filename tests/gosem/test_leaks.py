"""gosem.leaks against a real go that tells two recorders whom it asks for a private module."""

import random
from pathlib import Path

import pytest

from goproxyctl.gosem.globs import matches_any
from goproxyctl.gosem.leaks import Leak, pattern_faults, would_leak
from goproxyctl.gosem.settings import Settings
from tests.gosem.leak_cases import SPOILERS, Asker, make_good
from tests.gosem.toolchains import require_go_version
from tests.oracles import require_go
from tests.scale import scaled

#: The silent forms of go-semantics 3 and reliability T01: list, what it was written for, id of the alarm.
FORMS = (
    ("a.corp.example, b.corp.example", "b.corp.example/x", "leak.blank"),
    ("https://git.corp.example", "git.corp.example/x", "leak.scheme"),
    ("GIT.corp.example", "git.corp.example/x", "leak.upper-case"),
    ("[git.corp.example", "git.corp.example/x", "leak.bracket"),
    ("git.corp.example:8443", "git.corp.example/x", "leak.port"),
    ('"git.corp.example"', "git.corp.example/x", "leak.quotes"),
    ("git.corp.example\r", "git.corp.example/x", "leak.carriage-return"),
    ("a.corp.example;b.corp.example", "b.corp.example/x", "leak.separator"),
    ("*.corp.example", "corp.example/x", "leak.apex"),
    ("corp.example", "git.corp.example/x", "leak.subdomains"),
    (".corp.example", "git.corp.example/x", "leak.dot"),
    ("/git.corp.example", "git.corp.example/x", "leak.slash"),
    ("git.corp.example/...", "git.corp.example/x", "leak.dots"),
    ("!git.corp.example", "git.corp.example/x", "leak.character"),
    ("[git[0-9].corp.example", "git0-9.corp.example/x", "leak.bracket"),
    ("git.corp.example\\team", "git.corp.example/team/x", "leak.backslash"),
)


def settings(globs: str, *, noproxy: str | None = None, sumdb: str = "off", proxy: str = "http://p") -> Settings:
    return Settings(proxy=proxy, noproxy=globs if noproxy is None else noproxy, nosumdb=globs, sumdb=sumdb)


@pytest.mark.parametrize(("globs", "module", "alarm"), FORMS)
def test_each_silent_form_raises_its_alarm(globs: str, module: str, alarm: str) -> None:
    faults = list(pattern_faults(globs))
    assert [fault.id for fault in faults] == [alarm]
    meant = globs.split(",")
    meant[faults[0].index : faults[0].index + 1] = [*faults[0].meant, faults[0].entry]
    assert matches_any(meant, module)
    assert list(pattern_faults(",".join(meant))) == []


@pytest.mark.slow
def test_go_sends_what_each_silent_form_was_to_hide(tmp_path: Path) -> None:
    asker = Asker(require_go(), tmp_path)
    for globs, module, _ in FORMS:
        example = next(iter(pattern_faults(globs))).example
        assert asker.told_to_proxy(globs, [module, example]) == {module, example}
        assert asker.told_to_sumdb(globs, [module, example]) == {module, example}


@pytest.mark.parametrize("globs", ["corp", "https://", "{a"])
def test_a_dead_entry_that_nobody_can_read_is_an_alarm_too(globs: str) -> None:
    assert [(fault.meant, fault.example) for fault in pattern_faults(globs)] == [((), "")]


@pytest.mark.parametrize(
    "globs",
    ["", "none", ",", "a.b.example,", "https://a.b.example,a.b.example", "*", "*.com", "host.example/x", "[a-c]*.x.y"],
)
def test_a_list_that_hides_what_it_says_is_no_alarm(globs: str) -> None:
    assert list(pattern_faults(globs)) == []


def test_two_hundred_good_lists_raise_no_alarm() -> None:
    rng = random.Random(200)
    lists = {make_good(rng) for _ in range(1000)}
    assert len(lists) >= 200
    assert {globs for globs, _ in lists if list(pattern_faults(globs))} == set()
    assert all(matches_any(globs.split(","), module) for globs, modules in lists for module in modules)


@pytest.mark.slow
@pytest.mark.parametrize("version", ["", "1.21.13"])
def test_go_leaks_what_we_say_and_every_leak_has_its_alarm(version: str, tmp_path: Path) -> None:
    asker = Asker(require_go_version(version), tmp_path)
    rng = random.Random(f"leaks {version}")
    pairs = alarms = 0
    for number in range(scaled(2, 20) * len(SPOILERS)):
        good, modules = make_good(rng)
        spoiled = list(SPOILERS.values())[number % len(SPOILERS)](good)
        faults = list(pattern_faults(spoiled))
        examples = [fault.example for fault in faults if fault.example]
        asked = sorted({*modules, *examples})
        told = asker.told_to_proxy(spoiled, asked)
        assert told == {m for m in asked if would_leak(settings(spoiled), m).proxy}, (spoiled, asked)
        assert told >= set(examples), spoiled
        assert not told or faults, spoiled
        pairs, alarms = pairs + len(asked), alarms + len(examples)
    assert alarms > pairs / 4


@pytest.mark.slow
def test_the_checksum_database_learns_what_we_say(tmp_path: Path) -> None:
    asker = Asker(require_go(), tmp_path)
    rng = random.Random(91)
    for _ in range(scaled(10, 100)):
        good, modules = make_good(rng)
        globs = rng.choice([good, rng.choice(list(SPOILERS.values()))(good)])
        asked = sorted({*modules, "golang.org/x/text"})
        wanted = {m for m in asked if would_leak(settings(globs, noproxy="", sumdb="sum.golang.org"), m).sumdb}
        assert asker.told_to_sumdb(globs, asked) == wanted, globs


@pytest.mark.parametrize(
    ("given", "leak"),
    [
        (settings("", sumdb="sum.golang.org"), Leak(True, True)),
        (settings("m.example", sumdb="sum.golang.org"), Leak(False, False)),
        (settings("m.example", noproxy="none", sumdb="sum.golang.org"), Leak(True, False)),
        (settings("", noproxy="m.example", sumdb="sum.golang.org"), Leak(False, True)),
        (settings("", sumdb="sum.golang.org", proxy="direct"), Leak(False, True)),
        (settings("", sumdb="sum.golang.org", proxy="off"), Leak(False, False)),
        (settings("", noproxy="m.example", sumdb="sum.golang.org", proxy="off"), Leak(False, True)),
        (settings("", sumdb="sum.golang.org", proxy="file:///x"), Leak(False, True)),
        (settings("", sumdb="sum.golang.org", proxy="http://p,OFF"), Leak(False, False)),
        (settings("", sumdb="off", proxy="file:///x,http://p"), Leak(True, False)),
    ],
)
def test_a_name_leaves_only_where_go_would_ask(given: Settings, leak: Leak) -> None:
    found = would_leak(given, "m.example/x")
    assert found == leak
    assert bool(found) == (leak.proxy or leak.sumdb)
