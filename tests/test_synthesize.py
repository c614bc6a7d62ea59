"""synthesize on the command line: what is written is valid and proved; what contradicts is told, and can be seen."""

import json
import random
import shlex
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from tests.desk import Desk
from tests.scale import scaled

GATE = ("--gatekeeper", "https://goproxy.acme.example")
MIRRORS = ("--mirror", "https://goproxy.cn", "--mirror", "https://mirrors.aliyun.com/goproxy/")
COMPANY = (*GATE, *MIRRORS, "--survive", "any-mirror", "--private", "git.acme.example")


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Desk:
    return Desk(tmp_path, monkeypatch, capsys)


def test_the_policy_is_valid_and_says_what_was_asked_for(desk: Desk) -> None:
    ran = desk.run("synthesize", "--name", "acme", *COMPANY)
    assert (ran.code, ran.err) == (0, "")
    desk.write(ran.out)
    checked = json.loads(desk.run("validate", "--format", "json").out)
    assert [found for found in checked["findings"] if found["severity"] != "info"] == []
    policy = YAML(typ="safe").load(ran.out)
    assert policy["metadata"]["name"] == "acme"
    assert [hop["name"] for hop in policy["spec"]["chain"][:-1]] == ["gateway", "goproxy-cn", "aliyun"]
    assert policy["spec"]["expect"] == [
        {"module": "git.acme.example/app", "reaches": ["gateway", "origin"]},
        {"module": "golang.org/x/text", "survives": "goproxy-cn"},
        {"module": "golang.org/x/text", "survives": "aliyun"},
    ]
    assert "#   --survive any-mirror\n" in ran.out
    assert (
        "# GOPROXY=https://goproxy.acme.example,https://goproxy.cn|https://mirrors.aliyun.com/goproxy/,off" in ran.out
    )


def test_what_it_writes_is_proved(desk: Desk) -> None:
    desk.write(desk.run("synthesize", *COMPANY, "--direct").out)
    for module in ("golang.org/x/text", "git.acme.example/app"):
        for server in ("goproxy-cn", "aliyun"):
            route = json.loads(desk.run("route", module, "--down", f"{server}=refused", "--format", "json").out)
            assert "ok" in json.dumps(route)


def test_a_file_that_exists_is_left_alone(desk: Desk) -> None:
    assert desk.run("synthesize", *GATE, "-o", "policy.yaml").code == 0
    written = desk.policy.read_text()
    assert desk.run("validate").code == 0
    ran = desk.run("synthesize", *MIRRORS, "-o", "policy.yaml")
    assert (ran.code, desk.policy.read_text()) == (1, written)
    assert "policy.yaml exists" in ran.err


def test_an_air_gap_comes_with_its_waiver(desk: Desk) -> None:
    ran = desk.run("synthesize", *GATE, "--air-gap", "--private", "git.acme.example", "--fetch", "chain")
    assert ran.code == 0
    policy = YAML(typ="safe").load(ran.out)["spec"]
    assert policy["checksum"] == {"database": "off"}
    assert [waiver["rule"] for waiver in policy["waivers"]] == ["sumdb-off"]
    assert desk.write(ran.out).run("validate").code == 0


def test_a_conflict_names_the_flags_and_how_to_see_it(desk: Desk) -> None:
    ran = desk.run("synthesize", *GATE, *MIRRORS, "--survive", "gateway")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.splitlines()[0].startswith("these 2 contradict each other")
    assert "  --gatekeeper gateway=https://goproxy.acme.example\n" in ran.err
    assert "  --survive gateway\n" in ran.err
    assert "but when gateway is down: golang.org/x/text cannot be fetched" in ran.err
    commands = [line.strip() for line in ran.err.splitlines() if line.strip().startswith("goproxyctl route")]
    assert len(commands) == 2
    for command in commands:
        assert desk.run(*shlex.split(command)[1:]).code == 0
    lost = next(shlex.split(command)[1:] for command in commands if command.endswith("goproxy.acme.example=503"))
    assert desk.run(*lost, "--exit-code").code == 3


def test_a_program_reads_the_policy_or_the_conflict(desk: Desk) -> None:
    found = json.loads(desk.run("synthesize", *GATE, "--format", "json").out)
    assert (found["result"], found["version"]) == ("found", 1)
    assert found["variables"]["GOPROXY"] == "https://goproxy.acme.example,off"
    assert found["policy"].startswith("#")
    ran = desk.run("synthesize", *GATE, "--survive", "gateway", "--no-direct", "--format", "json")
    conflict = json.loads(ran.out)
    assert (ran.code, conflict["result"]) == (1, "conflict")
    assert {case["flag"] for case in conflict["conflict"]} == {"--survive gateway", "--no-direct"} | {
        case["flag"] for case in conflict["conflict"] if case["demand"] in {"used", "guarded"}
    }


def test_one_wish_that_nothing_can_fulfil_stands_alone(desk: Desk) -> None:
    ran = desk.run(
        "synthesize", "--private", "git.acme.example", "--may-learn", "gw", "--mirror", "gw=https://gw.example"
    )
    assert ran.code == 1
    assert ran.err.splitlines()[0].startswith("no chain can do this")


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (["--mirror", "ftp://a.example"], "this is no address of a module proxy"),
        (["--mirror", "https://u:secret@a.example"], "this is no address of a module proxy"),
        (["--mirror", "direct=https://a.example"], "the name is taken"),
        (["--mirror", "a=https://a.example", "--mirror", "a=https://b.example"], "the name is taken"),
        (["--mirror", "https://a.example/", "--gatekeeper", "https://a.example"], "the same address twice"),
        (["--private", "git.acme.example, x"], "this is no pattern of module paths"),
        (["--survive", "nobody"], "--survive nobody: nobody is called so; there are any-mirror"),
        (["--may-learn", "nobody"], "there are origin"),
        (["--database", "https://sum.golang.org"], "go knows no such checksum database"),
        ([word for i in range(7) for word in ("--mirror", f"https://m{i}.example")], "more than 6 module proxies"),
    ],
)
def test_a_flag_that_cannot_be_understood_is_refused(desk: Desk, flags: list[str], message: str) -> None:
    ran = desk.run("synthesize", *flags)
    assert (ran.code, ran.out) == (2, "")
    assert message in ran.err
    assert "secret" not in ran.err


def test_a_wish_that_makes_a_bad_policy_is_told_as_validate_would(desk: Desk) -> None:
    ran = desk.run("synthesize", *GATE, "--private", "*")
    assert ran.code == 1
    assert "private-glob-too-wide" in ran.err


def test_servers_are_called_after_their_hosts_each_by_a_name_of_its_own(desk: Desk) -> None:
    flags = ["--mirror", "https://go.a.example", "--mirror", "https://go.b.example", "--mirror", "https://goproxy.io"]
    policy = YAML(typ="safe").load(desk.run("synthesize", *flags).out)
    assert [hop["name"] for hop in policy["spec"]["chain"][:-1]] == ["go", "go-2", "goproxy-io"]


def test_a_folder_without_a_name_makes_an_owner_all_the_same(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    odd = desk.tree / "\u4ee3\u7406"
    odd.mkdir()
    monkeypatch.chdir(odd)
    assert YAML(typ="safe").load(desk.run("synthesize", *GATE).out)["metadata"]["name"] == "policy"


@pytest.mark.slow
def test_every_answer_is_a_valid_policy(desk: Desk) -> None:
    found = 0
    for seed in range(scaled(25, 300)):
        rng = random.Random(seed)
        flags = [*GATE] if rng.random() < 0.7 else []
        for i in range(rng.randint(0, 2)):
            flags += ["--mirror", f"m{i}=https://m{i}.example"]
        names = [
            "origin",
            *(["gateway"] if "--gatekeeper" in flags else []),
            *(["m0"] if "m0=https://m0.example" in flags else []),
        ]
        choices = [
            ["--private", "git.acme.example"], ["--private", "*.git.acme.example"], ["--survive", "any-mirror"],
            ["--air-gap"], ["--toolchains"], ["--strict"], [rng.choice(["--direct", "--no-direct"])],
            ["--fetch", rng.choice(["direct", "chain"])], ["--may-learn", rng.choice(names)],
            ["--database", rng.choice(["sum.golang.org", "off", "sum.golang.google.cn"])],
        ]  # fmt: skip
        flags += [word for choice in choices if rng.random() < 0.3 for word in choice]
        ran = desk.run("synthesize", *flags)
        assert ran.code in {0, 1}, (flags, ran.err)
        if ran.code == 0:
            found += 1
            checked = json.loads(desk.write(ran.out).run("validate", "--format", "json").out)
            assert checked["valid"], (flags, checked["findings"])
        else:
            assert "contradict" in ran.err or "no chain" in ran.err, (flags, ran.err)
    assert found > 5
