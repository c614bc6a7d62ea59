"""Expectations: what a policy promises is tried by validate, and by nothing else."""

import json
import shlex
import subprocess
import sys
from pathlib import Path
from typing import get_args

import pytest

from goproxyctl.errors import Position
from goproxyctl.gosem.outcome import Outcome
from goproxyctl.policy.expect import Met
from goproxyctl.policy.keeping import find_unkept, find_unkept_beside
from goproxyctl.rules.catalogue import catalogue
from goproxyctl.rules.expect import RULES
from goproxyctl.rules.expecting import LOSS
from tests.desk import Desk
from tests.policy_files import load, problems

HEAD = "apiVersion: goproxyctl/v1\nkind: Policy\nmetadata: {name: acme}\nspec:\n"
SPEC = """\
  chain:
    - {name: gateway, url: "https://goproxy.acme.example", role: gatekeeper}
    - {name: goproxy-cn, url: "https://goproxy.cn", role: mirror, fallback: any-error}
    - direct
  go: {toolchain: local}
  private: {modules: [git.acme.example], samples: {private: [git.acme.example/app], public: [golang.org/x/text]}}
  profiles:
    piped:
      chain:
        - {name: goproxy-cn, url: "https://goproxy.cn", role: mirror, fallback: any-error}
        - {name: aliyun, url: "https://mirrors.aliyun.com/goproxy/", role: mirror, fallback: any-error}
        - direct
    unused: {go: {toolchain: auto}}
  targets:
    - {name: a, kind: sh, path: a.sh}
    - {name: b, kind: sh, path: b.sh, profile: piped}
"""
#: The line of an expectation that is the only one.
LINE = len((HEAD + SPEC).splitlines()) + 2


def policy(*expectations: str) -> str:
    return HEAD + SPEC + "  expect:\n" + "".join(f"    - {{{text}}}\n" for text in expectations)


def unkept(*expectations: str) -> list[str]:
    found = find_unkept(load(policy(*expectations)), ())
    return [f"{marked(p.position)} {p.rule}: {p.text}" for p in found]


def marked(at: Position) -> str:
    return at.source[at.column - 1 : at.column - 1 + at.width]


@pytest.mark.parametrize(
    "kept",
    [
        "module: git.acme.example/app, reaches: [origin]",
        "module: git.acme.example/app, reaches: [gateway, origin, sumdb]",
        "module: golang.org/x/text, reaches: [gateway, goproxy-cn, aliyun, origin, sumdb]",
        "survives: goproxy-cn, profile: piped, module: golang.org/x/text",
        "module: golang.org/x/text, profile: piped, reaches: [goproxy-cn, aliyun, origin, sumdb]",
        "survives: goproxy-cn",
        "survives: aliyun",
        'survives: gateway, outcomes: ["404", "410"]',
        'survives: gateway/zip, outcomes: ["404"], module: golang.org/x/text',
        "survives: gateway, module: git.acme.example/app",
        'module: golang.org/x/text, down: {gateway: "403"}, result: fails',
        'module: golang.org/x/text, down: {gateway: "404", goproxy-cn: hang}, result: hangs',
        'module: golang.org/x/text, down: {gateway: "404", goproxy-cn/sumdb: "404"}, result: served',
        "module: golang.org/x/text, down: {aliyun: hang}, result: served",
        "module: golang.org/x/text, result: served",
        "module: go1.26.6, profile: piped, down: {goproxy-cn: refused}, result: served",
    ],
)  # fmt: skip
def test_a_promise_that_is_kept_is_not_mentioned(kept: str) -> None:
    assert unkept(kept) == []


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        ("module: golang.org/x/text, reaches: [gateway, sumdb]", ["reaches expect-failed: goproxy-cn can learn golang.org/x/text"]),
        ("survives: gateway", ["gateway expect-failed: golang.org/x/text cannot be fetched when gateway answers refused"]),
        ("survives: goproxy-cn, outcomes: [hang], profile: piped", [
            "goproxy-cn expect-failed: golang.org/x/text: go hangs when goproxy-cn never answers"]),
        ("survives: origin, module: git.acme.example/app", [
            "origin expect-failed: git.acme.example/app cannot be fetched when origin answers refused"]),
        ('module: golang.org/x/text, down: {gateway: "404"}, result: fails', [
            "fails expect-failed: golang.org/x/text is fetched"]),
        ('module: golang.org/x/text, down: {gateway: "503"}, result: served', [
            "served expect-failed: golang.org/x/text cannot be fetched"]),
        ("module: golang.org/x/text, down: {gateway: hang}, result: served", [
            "served expect-failed: golang.org/x/text: go hangs"]),
        ("survives: goproxy-io", ["goproxy-io expect-unknown: no server of the chain is called 'goproxy-io'"]),
        ("survives: aliyun, profile: pipd", ["pipd expect-unknown: no target gets the profile 'pipd'"]),
        ("survives: aliyun, profile: unused", ["unused expect-unknown: no target gets the profile 'unused'"]),
        ("survives: gateway, profile: piped", ["gateway expect-unknown: no server of the chain is called 'gateway'"]),
        ("survives: gateway/zpi", ["gateway/zpi expect-unknown: there is no endpoint 'zpi'"]),
        ("module: a.b/c, reaches: [gatway]", ["reaches expect-unknown: no server of the chain is called 'gatway'"]),
        ("module: a.b/c", ["{ expect-form: an expectation says one of reaches, survives and result"]),
        ("module: a.b/c, survives: gateway, result: served", [
            "served expect-form: an expectation says one of reaches, survives and result"]),
        ("reaches: [gateway]", ["reaches expect-form: of which module? 'module' is missing"]),
        ("result: served", ["served expect-form: of which module? 'module' is missing"]),
        ("module: a.b/c, reaches: [gateway], outcomes: [hang]", ["outcomes expect-form: 'outcomes' belongs to 'survives'"]),
        ("survives: gateway, down: {gateway: hang}", ["down expect-form: 'down' belongs to 'result'"]),
    ],
)  # fmt: skip
def test_a_promise_that_is_not_kept_is_found_where_it_stands(broken: str, said: list[str]) -> None:
    found = unkept(broken)
    assert [one for one in found if one in said] == said, found
    assert {one.partition(" ")[0] for one in found} == {said[0].partition(" ")[0]}, found


def test_what_cannot_be_fetched_at_all_survives_nothing() -> None:
    spec = '  chain: ["off"]\n  expect: [{survives: origin, module: golang.org/x/text}]\n'
    (found,) = find_unkept(load(HEAD + spec), ())
    assert str(found.text) == "golang.org/x/text cannot be fetched even when all is well"


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Desk:
    return Desk(tmp_path, monkeypatch, capsys)


def test_validate_fails_and_the_others_do_not_look(desk: Desk) -> None:
    desk.write(policy("survives: gateway"))
    ran = desk.run("validate")
    assert ran.code == 1
    assert f"policy.yaml:{LINE}:18: error[expect-failed]: golang.org/x/text cannot be fetched" in ran.out
    for command in (["render"], ["plan"], ["apply", "--yes"]):
        assert desk.run(*command).code == 0
    assert desk.write(policy("survives: goproxy-cn")).run("validate").code == 0


def test_a_finding_names_the_command_that_shows_it(desk: Desk) -> None:
    desk.write(policy("module: golang.org/x/text, profile: piped, down: {goproxy-cn: hang}, result: served"))
    (finding,) = json.loads(desk.run("validate", "--format", "json").out)["findings"]
    command = shlex.split(finding["advice"]["values"]["command"])
    assert command[:2] == ["goproxyctl", "route"]
    ran = desk.run(*command[1:], "--format", "json")
    assert json.loads(ran.out)["result"] == "hangs"


def test_what_a_base_promises_its_policies_must_keep() -> None:
    base = "apiVersion: goproxyctl/v1\nkind: PolicyBase\nspec:\n" + SPEC + "  expect: [{survives: gateway}]\n"
    top = HEAD.replace("spec:\n", "extends: base.yaml\nspec:\n") + "  expect: [{survives: nobody}]\n"
    found = find_unkept(load({"policy.yaml": top, "base.yaml": base}), ())
    assert [(p.position.file, p.rule) for p in found] == [
        ("base.yaml", "expect-failed"),
        ("policy.yaml", "expect-unknown"),
    ]
    assert found[1].position.line == 6


BESIDE = "apiVersion: goproxyctl/v1\nkind: Expectations\nexpect:\n  - {survives: gateway}\n"


def test_promises_may_stand_in_a_file_beside_the_policy(desk: Desk) -> None:
    desk.write(HEAD + SPEC)
    (desk.tree / "policy.expect.yaml").write_text(BESIDE)
    ran = desk.run("validate")
    assert ran.code == 1
    assert "policy.expect.yaml:4:16: error[expect-failed]: golang.org/x/text cannot be fetched" in ran.out
    (desk.tree / "policy.expect.yaml").write_text(BESIDE.replace("gateway", "goproxy-cn"))
    assert desk.run("validate").code == 0
    assert desk.run("validate", "-f", "../tree/policy.yaml").code == 0


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (BESIDE.replace("Expectations", "Policy"), "policy.expect.yaml:2:7 field-value"),
        (BESIDE.replace("survives", "survivs"), "policy.expect.yaml:4:6 field-unknown"),
        (BESIDE.replace("gateway", "[gateway"), "policy.expect.yaml:4:16 yaml-syntax"),
        ("expect: [{survives: a}]\n", "policy.expect.yaml:1:1 field-missing"),
    ],
)
def test_a_file_beside_that_is_none_is_said_with_its_place(text: str, said: str) -> None:
    found = find_unkept_beside(load(HEAD + SPEC), (), "policy.expect.yaml", text.encode())
    assert said in [f"{p.position.file}:{p.position.line}:{p.position.column} {p.rule}" for p in found]


@pytest.mark.parametrize(
    ("expectation", "rule"),
    [
        ("survivs: gateway", "field-unknown"),
        ("survives: Gateway", "field-value"),
        ("survives: gateway, outcomes: [503]", "yaml-quote"),
        ('survives: gateway, outcomes: ["504"]', "field-value"),
        ("module: a.b/c, result: maybe", "field-value"),
        ("module: https://a.b/c, result: served", "field-value"),
        ('module: a.b/c, down: {"a b": hang}, result: served', "field-value"),
    ],
)
def test_the_shape_is_checked_whenever_the_policy_is_read(expectation: str, rule: str) -> None:
    found = [(p.rule, p.position.line) for p in problems(policy(expectation))]
    assert (rule, LINE) in found, found


def test_outcomes_are_those_that_go_can_meet() -> None:
    assert set(get_args(Met)) == {outcome.value for outcome in Outcome}
    assert not {Outcome.OK, Outcome.HANG, Outcome.NOT_FOUND, Outcome.GONE} & set(LOSS)


def test_the_rules_are_in_the_catalogue_and_cannot_be_waived() -> None:
    for rule in RULES:
        assert catalogue()[rule.id]["policy"] is rule
        assert not rule.waivable


def test_a_policy_that_promises_nothing_imports_nothing_for_it(desk: Desk) -> None:
    desk.write(HEAD + SPEC)
    program = "import sys; from goproxyctl.cli import main; main(['validate']); print(sorted(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=desk.tree, env=desk.env(), capture_output=True, text=True
    )
    modules = done.stdout.splitlines()[-1]
    assert "goproxyctl.policy.load'" in modules
    for name in ("policy.expect", "policy.keeping", "rules.expecting", "gosem.route", "gosem.reach"):
        assert f"'goproxyctl.{name}'" not in modules
