"""`goproxyctl prove`: what it says holds, and every counterexample is one."""

import json
import os
import random
import re
import shlex
import subprocess
import time
from pathlib import Path
from typing import Any, Literal

import pytest

from goproxyctl.gosem.outcome import Outcome, Purpose
from goproxyctl.gosem.request import Where
from goproxyctl.intent import Fallback, Hop, Intent, Role
from goproxyctl.rules.proving import Verdicts, prove_scene
from goproxyctl.rules.samples import Samples, alike, samples_of, toolchain_of
from goproxyctl.rules.scene import Scene, scene_of
from goproxyctl.rules.subject import Stance
from tests.desk import Desk
from tests.gosem.recorder import Recorder, recording
from tests.oracles import require_go
from tests.scale import scaled

HEAD = "apiVersion: goproxyctl/v1\nkind: Policy\nmetadata: {name: acme}\nspec:\n"
GATEWAY = '    - {name: gateway, url: "https://goproxy.acme.example", role: gatekeeper}\n'
MIRROR = '    - {name: goproxy-cn, url: "https://goproxy.cn", role: mirror, fallback: any-error}\n'
PRIVATE = "  private: {modules: [git.acme.example], fetch: %s, samples: {private: [git.acme.example/app], public: [golang.org/x/text]}}\n"
GOOD = HEAD + "  chain:\n" + GATEWAY + MIRROR + "    - direct\n" + PRIVATE % "direct"
LEAKY = GOOD.replace("fetch: direct", "fetch: chain")


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Desk:
    return Desk(tmp_path, monkeypatch, capsys).write(GOOD)


def body(desk: Desk, *arguments: str) -> Any:
    return json.loads(desk.run("prove", *arguments, "--format", "json").out)


def shown(desk: Desk, command: str) -> Any:
    """The document of a route that is given as a command line."""
    program, *arguments = shlex.split(command)
    assert program == "goproxyctl"
    ran = desk.run(*arguments, "--format", "json")
    assert ran.code == 0, ran.err
    return json.loads(ran.out)


ALL_WELL = """\
Can a private name get to a stranger?
  proved    origin alone can learn git.acme.example/app

Can the refusal of a gatekeeper be bypassed?
  note      what gateway answers 404 or 410 to is fetched from goproxy-cn
            goproxyctl route golang.org/x/text@v1.0.0 --down gateway=404
            gateway 404 -> goproxy-cn 200
  proved    what gateway refuses with 403 is had from nobody else

What does one failure do to a build?
  breaks    git.acme.example/app when origin answers anything but 200
            goproxyctl route git.acme.example/app@v1.0.0 --down origin=503
  hangs     git.acme.example/app when origin never answers
            goproxyctl route git.acme.example/app@v1.0.0 --down origin=hang
  breaks    golang.org/x/text when gateway answers anything but 200, 404, 410
            goproxyctl route golang.org/x/text@v1.0.0 --down gateway=503
  hangs     golang.org/x/text when gateway never answers
            goproxyctl route golang.org/x/text@v1.0.0 --down gateway=hang
  breaks    golang.org/x/text when gateway/lookup answers 404, 410
            goproxyctl route golang.org/x/text@v1.0.0 --down gateway/lookup=404

Does the download of a toolchain survive?
  proved    go fetches none: GOTOOLCHAIN=local

no private name leaks, and no refusal is bypassed, whatever the servers answer
"""


def test_a_good_policy_is_proved_and_what_breaks_it_is_told(desk: Desk) -> None:
    desk.write(GOOD + "  go: {toolchain: local}\n")
    ran = desk.run("prove")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == ALL_WELL


def test_a_private_name_that_the_chain_serves_leaks_to_the_mirrors(desk: Desk) -> None:
    ran = desk.write(LEAKY).run("prove")
    assert ran.code == 1
    assert "LEAK      goproxy-cn (goproxy.cn) can learn git.acme.example/app\n" in ran.out
    assert "leaks: 1, bypasses: 0" in ran.out
    (leak,) = body(desk)["cases"][0]["private"][0]["leaks"]
    assert leak["route"] == "goproxyctl route git.acme.example/app@v1.0.0 --down gateway=404"
    assert "goproxy-cn" in {learner["name"] for learner in shown(desk, leak["route"])["learners"]}


def test_verbose_shows_the_whole_route(desk: Desk) -> None:
    ran = desk.write(LEAKY).run("prove", "--verbose")
    assert "GET /git.acme.example/app/@v/v1.0.0.info" in ran.out
    assert "not found: next" in ran.out


def test_a_gatekeeper_that_comes_too_late_is_bypassed(desk: Desk) -> None:
    ran = desk.write(HEAD + "  chain:\n" + MIRROR + GATEWAY + "    - direct\n").run("prove")
    assert ran.code == 1
    assert "BYPASS    goproxy-cn gives golang.org/x/text, and gateway is not asked" in ran.out


def test_a_gatekeeper_that_is_skipped_on_any_error_is_bypassed(desk: Desk) -> None:
    skipped = GATEWAY.replace("role: gatekeeper", "role: gatekeeper, fallback: any-error")
    waiver = '  waivers: [{rule: proxy-pipe-masks-auth, reason: agreed, owner: us, expires: "2027-12-31"}]\n'
    ran = desk.write(HEAD + "  chain:\n" + skipped + MIRROR + "    - direct\n" + waiver).run("prove")
    assert ran.code == 1
    assert "BYPASS    goproxy-cn gives golang.org/x/text although gateway refuses it" in ran.out
    assert "--down gateway=403" in ran.out


def test_a_gatekeeper_that_stands_alone_is_obeyed_in_everything(desk: Desk) -> None:
    ran = desk.write(HEAD + "  chain:\n" + GATEWAY + '    - "off"\n').run("prove")
    assert ran.code == 0
    assert "what gateway refuses is had from nobody else" in ran.out


def test_a_policy_without_samples_is_tried_on_what_its_patterns_make_plain(desk: Desk) -> None:
    policy = HEAD + "  chain: [direct]\n  private: {modules: ['*.acme.example', acme.example, github.com/acme]}\n"
    ran = desk.write(policy).run("prove")
    assert "origin alone can learn team.acme.example/app (and 1 like it), made of the patterns" in ran.out
    assert "no hop is a gatekeeper" in ran.out
    assert body(desk)["cases"][0]["derived"] == [
        "team.acme.example/app", "acme.example/app", "github.com/acme/app", "golang.org/x/text",
    ]  # fmt: skip
    assert "no module is private" in desk.write(HEAD + "  chain: [direct]\n").run("prove").out


def test_what_fails_even_when_all_is_well_is_told_with_the_words_of_go(desk: Desk) -> None:
    ran = desk.write(HEAD + '  chain: ["off"]\n').run("prove")
    assert "golang.org/x/text even when all is well: go: golang.org/x/text@v1.0.0: module lookup disabled" in ran.out


@pytest.mark.parametrize(
    ("go", "said"),
    [
        ("{toolchain: local}", "go fetches none: GOTOOLCHAIN=local"),
        ("{toolchain: path}", "go fetches none: GOTOOLCHAIN=path"),
        ('{toolchain: auto, minimum: "1.26.6"}', "survives  go1.26.6 is fetched when all is well"),
        ("{toolchain: go1.25.3}", "survives  go1.25.3 is fetched when all is well"),
        ("{toolchain: go1.25.3+auto}", "survives  go1.27.3 is fetched when all is well"),
    ],
)
def test_the_toolchain_is_the_one_that_go_would_fetch(desk: Desk, go: str, said: str) -> None:
    ran = desk.write(GOOD + f"  go: {go}\n").run("prove")
    assert said in ran.out
    if "is fetched" in said:
        assert re.search(r"hangs     go1\.[0-9.]+ when gateway never answers", ran.out)


PROFILES = """\
  profiles:
    same: {egress: {https: "http://egress.acme.example:3128"}}
    other: {chain: [direct]}
  targets:
    - {name: a, kind: sh, path: a.sh}
    - {name: b, kind: sh, path: b.sh, profile: same}
    - {name: c, kind: sh, path: c.sh, profile: other}
"""


def test_settings_that_are_the_same_are_proved_once(desk: Desk) -> None:
    desk.write(GOOD + PROFILES)
    assert [case["profiles"] for case in body(desk)["cases"]] == [[None, "same"], ["other"]]
    assert "without a profile, profile same\n" in desk.run("prove").out
    assert [case["profiles"] for case in body(desk, "--target", "c")["cases"]] == [["other"]]
    (other,) = body(desk, "--profile", "other")["cases"]
    assert "--profile other" in other["builds"][0]["harms"][0]["route"]


def test_the_file_and_profile_stand_in_every_command(desk: Desk) -> None:
    desk.policy.rename(desk.tree / "other policy.yaml")
    found = json.dumps(body(desk, "-f", "other policy.yaml"))
    assert "goproxyctl route golang.org/x/text@v1.0.0 -f 'other policy.yaml' --down" in found
    assert body(desk, "-f", "other policy.yaml", "--go", "1.21.13")["cases"][0]["go"] == "1.21.13"
    assert desk.run("prove", "-f", "other policy.yaml", "--go", "x").code == 2


def random_scene(rng: random.Random) -> tuple[Scene, Samples]:
    """A chain of up to four hops, and samples: one of each sort."""
    hops = tuple(
        Hop(f"h{i}", f"https://h{i}.example", rng.choice(list(Role)), rng.choice(list(Fallback)))
        for i in range(rng.randint(0, 4))
    )
    ends: tuple[Literal["direct", "off"] | None, ...] = ("direct", "off", None) if hops else ("direct", "off")
    checksum = rng.choice(("off", "sum.golang.org", "sum.golang.google.cn"))
    intent = Intent("acme", "", hops, rng.choice(ends), checksum=checksum, private=("git.acme.example",))
    intent = intent._replace(fetch=rng.choice(("direct", "chain")))
    return scene_of(intent), samples_of(Stance(None, intent, public_samples=("github.com/pkg/errors", "rsc.io/quote")))


def random_table(rng: random.Random, scene: Scene) -> dict[tuple[Where, Purpose | None], Outcome]:
    places: list[Where] = [*(hop.server for hop in scene.proxies), "origin", "sumdb"]
    chosen = rng.choices(places, k=rng.randint(0, 6))
    return {(place, rng.choice((None, *Purpose))): rng.choice(list(Outcome)) for place in chosen}


@pytest.mark.slow
def test_what_is_proved_no_outcome_disproves() -> None:
    for seed in range(scaled(60, 1500)):
        rng = random.Random(seed)
        scene, samples = random_scene(rng)
        verdicts = prove_scene(scene, samples, None)
        for _ in range(40):
            table = random_table(rng, scene)
            for secrecy in verdicts.secrecy:
                for version in ("v1.0.0", "latest"):
                    told = {r.host for r in scene.travel(secrecy.module, version, table).requests if r.learns}
                    known = {scene.host(where, secrecy.module) for where in secrecy.learners}
                    assert told <= known, (seed, table)


@pytest.mark.slow
def test_every_counterexample_shows_what_it_is_there_for() -> None:
    shown_ways = 0
    for seed in range(scaled(60, 1500)):
        scene, samples = random_scene(random.Random(seed))
        verdicts = prove_scene(scene, samples, "go1.26.6")
        for escape in verdicts.escapes:
            assert escape.host in escape.witness.route.learners
            assert escape.host not in (scene.may_learn(escape.witness.module) or ())
        for obedience in verdicts.obedience:
            for detour in obedience.detours:
                assert detour.witness.route.result.value == "ok"
                assert detour.source != obedience.gatekeeper
        for endurance in (*verdicts.endurance, verdicts.toolchain):
            for harm in endurance.harms if endurance else ():
                assert harm.witness.route.result is harm.result
        shown_ways += _count(verdicts)
    assert shown_ways > scaled(300, 7000)


def _count(verdicts: Verdicts) -> int:
    harms = sum(len(endurance.harms) for endurance in verdicts.endurance)
    return len(verdicts.escapes) + len(verdicts.bypasses) + harms


def test_every_command_line_leads_to_the_same_route(desk: Desk) -> None:
    for policy in (GOOD, LEAKY):
        (case,) = body(desk.write(policy))["cases"]
        for build in case["builds"]:
            for harm in build["harms"]:
                assert shown(desk, harm["route"])["result"] == harm["result"]
        for gatekeeper in case["gatekeepers"]:
            for bypass in gatekeeper["bypasses"]:
                assert shown(desk, bypass["route"])["summary"]["values"]["name"] == bypass["source"]


def test_samples_of_one_class_fare_the_same() -> None:
    scene = scene_of(Intent("acme", "", (Hop("g", "https://a.test", Role.GATEKEEPER),), private=("a.test", "b.test")))
    modules = ["a.test/x", "b.test/x", "b.test/y", "github.com/p/e", "rsc.io/q", "rsc.io/r"]
    assert dict(alike(scene, modules)) == {
        "a.test/x": (), "b.test/x": ("b.test/y",), "github.com/p/e": (), "rsc.io/q": ("rsc.io/r",),
    }  # fmt: skip


@pytest.mark.slow
def test_six_hops_take_two_seconds() -> None:
    hops = tuple(
        Hop(f"h{i}", f"https://h{i}.example", Role.MIRROR if i else Role.GATEKEEPER, Fallback.NOT_FOUND)
        for i in range(6)
    )
    intent = Intent("acme", "", hops, private=("git.acme.example", "github.com/acme"), fetch="chain")
    scene, stance = scene_of(intent), Stance(None, intent)
    start = time.process_time()
    verdicts = prove_scene(scene, samples_of(stance), toolchain_of(scene, None))
    assert time.process_time() - start < 6  # about 0.5 s on an idle machine
    assert {escape.host for escape in verdicts.escapes} == {f"h{i}.example" for i in range(1, 6)}
    # mirrors do not have a private module even in health, so nothing but the gatekeeper's answer needs to be said
    assert all(escape.witness.table == {(0, None): Outcome.NOT_FOUND} for escape in verdicts.escapes)


def _fetch(home: Path, scene: Scene, module: str) -> None:
    """The real go fetches a module with the settings of a scene; what comes of it is of no account."""
    env = {
        "HOME": str(home), "PATH": os.environ["PATH"], "GOENV": "off", "GOFLAGS": "-modcacherw", "GOTOOLCHAIN": "local",
        "GOPROXY": scene.settings.proxy, "GOPRIVATE": "git.corp.test", "GONOPROXY": scene.settings.noproxy,
        "HTTPS_PROXY": "http://127.0.0.1:1", "GOPATH": str(home / "go"),
    }  # fmt: skip
    subprocess.run([require_go(), "mod", "download", module], cwd=home, env=env, capture_output=True, timeout=60)


@pytest.mark.slow
@pytest.mark.parametrize("fetch", ["direct", "chain"])
def test_the_real_go_tells_a_private_name_just_where_prove_says(fetch: str, tmp_path: Path) -> None:
    with recording() as gate, recording() as mirror:
        servers: dict[str, Recorder] = {"gate": gate, "mirror": mirror}
        roles = {"gate": Role.GATEKEEPER, "mirror": Role.MIRROR}
        hops = tuple(Hop(name, f"http://{at.address}", roles[name]) for name, at in servers.items())
        intent = Intent(
            "acme", "", hops, "off", private=("git.corp.test",), fetch="chain" if fetch == "chain" else "direct"
        )
        scene = scene_of(intent)
        (secrecy,) = prove_scene(scene, Samples(("git.corp.test/x",), ()), None).secrecy
        _fetch(tmp_path, scene, "git.corp.test/x@v1.0.0")  # both answer 404 to everything
        told = {name for name, server in servers.items() if any("git.corp.test" in path for path in server.seen)}
    assert told == {scene.name(where) for where in secrecy.learners} - {"origin"}
    assert {scene.name(escape.where) for escape in secrecy.escapes} == told - {"gate"}
