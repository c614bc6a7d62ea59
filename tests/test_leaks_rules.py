"""The leak lint, measured: every private name that the real go gives away had its alarm, and good settings have none."""

import random
from pathlib import Path

import pytest

from goproxyctl.formats.yamltext import quote_yaml
from goproxyctl.gosem.leaks import pattern_faults
from goproxyctl.intent import Fallback, Hop, Intent, Role
from goproxyctl.rules.surroundings import Sighting
from tests.gosem.leak_cases import SPOILERS, Asker, make_good
from tests.gosem.test_leaks import FORMS
from tests.oracles import require_go
from tests.scale import scaled
from tests.surroundings import look, see

ALARMS = frozenset({"private-glob-blank", "private-glob-syntax", "private-glob-apex"})


def alarms(found: list[Sighting], variable: str = "GOPRIVATE") -> set[str]:
    return {one.rule for one in found if one.variable == variable} & ALARMS


def in_files(globs: str) -> dict[str, list[Sighting]]:
    """What is found of a value of GOPRIVATE in every form of file that can hold it."""
    found = {"environment": see({"GOPRIVATE": globs}), "windows": see({"GOPRIVATE": globs}, system="windows")}
    if not set(globs) & set("\r\n"):
        found["go/env"] = see({}, f"GOPRIVATE={globs}\n".encode())
        found["a.yaml"] = look("a.yaml", "GOPRIVATE: " + quote_yaml(globs) + "\n")
    if not set(globs) & set("\r\n'`$\\\"%^!"):
        found["a.sh"] = look("a.sh", f"export GOPRIVATE='{globs}'\n")
        found["a.bat"] = look("a.bat", f'set "GOPRIVATE={globs}"\r\n')
        found["a.ps1"] = look("a.ps1", f"$env:GOPRIVATE = '{globs}'\r\n")
        found["Dockerfile"] = look("Dockerfile", f'ENV GOPRIVATE="{globs}"\n')
        found[".env"] = look(".env", f"GOPRIVATE='{globs}'\n")
    return found


@pytest.mark.parametrize(("globs", "module", "_id"), FORMS)
def test_each_silent_form_raises_an_alarm_wherever_it_stands(globs: str, module: str, _id: str) -> None:
    for where, found in in_files(globs).items():
        # in a go env file the carriage return and the quotes belong to the file, and are said of it
        assert alarms(found) or {one.rule for one in found} & {"envfile-syntax", "envfile-encoding"}, (where, module)


@pytest.mark.slow
def test_recall_is_complete_and_every_alarm_is_a_name_that_go_gave_away(tmp_path: Path) -> None:
    asker = Asker(require_go(), tmp_path)
    rng = random.Random(100)
    leaks = confirmed = 0
    for number in range(scaled(2, 20) * len(SPOILERS)):
        good, modules = make_good(rng)
        spoiled = list(SPOILERS.values())[number % len(SPOILERS)](good)
        examples = [fault.example for fault in pattern_faults(spoiled) if fault.example]
        told = asker.told_to_proxy(spoiled, sorted({*modules, *examples}))
        raised = bool(alarms(see({"GOPRIVATE": spoiled})))
        assert raised or not told, (spoiled, told)
        assert told or not raised or not examples, spoiled
        leaks, confirmed = leaks + bool(told), confirmed + (raised and bool(told))
    assert leaks == confirmed
    assert leaks > len(SPOILERS)


def make_policy(rng: random.Random) -> Intent:
    """A good policy: settings that somebody who knows go would write."""
    private = (
        tuple(glob for glob in make_good(rng)[0].split(",") if glob not in {"", "*"}) if rng.random() < 0.8 else ()
    )
    private = tuple(glob for glob in private if not glob.endswith("/*"))
    mirrors = rng.sample(["https://goproxy.cn", "https://goproxy.io", "https://proxy.golang.org"], rng.randint(0, 3))
    gateway = rng.random() < 0.6 or not mirrors
    hops = [Hop("gateway", f"https://goproxy{rng.randint(1, 99)}.corp.example", Role.GATEKEEPER)] if gateway else []
    hops += [Hop(f"m{number}", url, Role.MIRROR, Fallback.ANY_ERROR) for number, url in enumerate(mirrors)]
    end = rng.choice(["direct", "off"])
    return Intent(
        owner="acme",
        target="t",
        hops=tuple(hops),
        end="off" if end == "off" else "direct",
        toolchain=rng.choice(["local", "auto", "go1.26.6", "go1.26.6+path"]),
        checksum=rng.choice(["sum.golang.org", "sum.golang.google.cn"] if end == "direct" else ["sum.golang.org"]),
        private=private,
        fetch="chain" if end == "off" else rng.choice(["direct", "chain"]),
        flags=tuple(rng.sample(["-mod=readonly", "-trimpath", "-modcacherw"], rng.randint(0, 2))),
        auth=rng.choice([None, "netrc"]),
    )


def test_two_hundred_good_policies_raise_no_alarm() -> None:
    rng = random.Random(200)
    policies = {make_policy(rng) for _ in range(scaled(400, 4000))}
    assert len(policies) >= 200
    for intent in policies:
        settings = intent.module_settings()
        file = "".join(f"{name}={value}\n" for name, value in settings.items())
        script = "".join(f"export {name}='{value}'\n" for name, value in settings.items())
        document = "variables:\n" + "".join(f"  {name}: {quote_yaml(value)}\n" for name, value in settings.items())
        assert see(settings) == [], settings
        assert see({}, file.encode()) == [], settings
        assert look("a.sh", script) == [], settings
        assert look(".gitlab-ci.yml", document) == [], settings
