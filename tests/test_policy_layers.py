"""How one file varies another, how profiles vary both, and who set what."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from goproxyctl.policy.nodes import Scalar, walk
from tests.policy_files import HEAD, lines, load, problems
from tests.policy_strategies import trees
from tests.policy_yaml import to_yaml
from tests.scale import scaled

BASE = """\
apiVersion: goproxyctl/v1
kind: PolicyBase
spec:
  chain:
    - {name: gateway, url: "https://gate.acme.example", role: gatekeeper}
    - direct
  checksum: {database: sum.golang.org, url: "https://sum.acme.example"}
  private: {modules: [git.acme.example, "*.git.acme.example"]}
  waivers:
    - {rule: insecure-set, reason: old server, owner: platform, expires: "2027-01-31"}
  profiles:
    laptop: {go: {toolchain: local}}
  targets:
    - {name: shell, kind: sh, path: a.sh}
    - {name: cmd, kind: bat, path: a.bat}
"""
TOP = """\
apiVersion: goproxyctl/v1
kind: Policy
metadata: {name: acme}
extends: base/base.yaml
spec:
"""


def files(spec: str, base: str = BASE, **more: str) -> dict[str, str]:
    return {"policy.yaml": TOP + spec, "base/base.yaml": base, **more}


def test_a_policy_gets_what_its_base_says() -> None:
    policy = load(files("  targets: []\n"))
    intent = policy.intent(policy.targets[0])
    assert [target.name for target in policy.targets] == ["shell", "cmd"]
    assert intent.checksum == "sum.golang.org https://sum.acme.example"
    assert intent.owner == "acme"
    assert intent.target == "shell"
    assert intent.private == ("git.acme.example", "*.git.acme.example")


def test_scalars_and_lists_replace_and_mappings_merge_by_field() -> None:
    spec = '  chain: ["off"]\n  checksum: {database: sum.acme.example+f42c58f1+AQ==}\n'
    spec = (
        '  chain: ["off"]\n  checksum: {url: "https://other.acme.example"}\n  profiles: {laptop: {go: {auth: netrc}}}\n'
    )
    policy = load(files(spec))
    assert policy.intents[None].hops == ()
    assert policy.intents[None].end == "off"
    assert policy.intents[None].checksum == "sum.golang.org https://other.acme.example"
    assert (policy.intents["laptop"].toolchain, policy.intents["laptop"].auth) == ("local", "netrc")


def test_targets_merge_by_name() -> None:
    spec = "  targets:\n    - {name: new, kind: sh, path: n.sh}\n    - {name: cmd, profile: laptop}\n    - {name: shell, kind: powershell, path: s.ps1}\n"
    policy = load(files(spec))
    assert [(t.name, t.kind, t.path, t.profile) for t in policy.targets] == [  # type: ignore[attr-defined]
        ("shell", "powershell", "s.ps1", None),
        ("cmd", "bat", "a.bat", "laptop"),
        ("new", "sh", "n.sh", None),
    ]


def test_waivers_merge_by_rule_and_target() -> None:
    spec = '  private: {insecure: [old.acme.example]}\n  waivers: [{rule: insecure-set, expires: "2026-01-31"}]\n'
    assert lines(files(spec)) == [
        "policy.yaml:7:43: the waiver of 'insecure-set' has expired [waiver-expired]; mend what it waived, or agree on a new day"
    ]


def test_a_profile_varies_what_both_files_say() -> None:
    spec = "  profiles: {laptop: {checksum: {database: sum.golang.google.cn}}}\n  targets: [{name: cmd, profile: laptop}]\n"
    said = lines(files(spec))
    assert said[:1] == [
        "base/base.yaml:7:45: go takes no address with 'sum.golang.google.cn' [sumdb-url-form]; leave out the address, or use sum.golang.org"
    ]


def test_the_layer_that_set_a_value_is_known() -> None:
    policy = load(files('  checksum: {url: "https://other.acme.example"}\n  targets: [{name: cmd, profile: laptop}]\n'))
    assert policy.source(("spec", "checksum", "database")) == "base/base.yaml"
    assert policy.source(("spec", "checksum", "url"), "laptop") == "policy.yaml"
    assert policy.source(("spec", "go", "toolchain"), "laptop") == "profile laptop"
    assert policy.source(("spec", "go", "toolchain")) is None
    assert policy.source(("spec", "targets", 1, "profile")) == "policy.yaml"
    assert policy.source(("spec", "targets", 1, "path")) == "base/base.yaml"


def test_a_problem_stands_in_the_file_that_says_it() -> None:
    assert lines(files("  go: {toolchian: local}\n", BASE.replace("a.sh", "/a.sh"))) == [
        "policy.yaml:6:8: unknown field 'toolchian' [field-unknown]; did you mean 'toolchain'?",
        'base/base.yaml:14:37: a path is relative to the policy file [path-unsafe]; for example: path: "~/goproxy.sh"',
    ]


def test_what_no_layer_gives_is_missing() -> None:
    spec = "  targets: [{name: other}]\n  waivers: [{rule: sumdb-off}]\n"
    assert [line.partition(" [")[0] for line in lines(files(spec))] == [
        "policy.yaml:6:13: 'kind' is missing",
        "policy.yaml:7:13: 'reason' is missing",
        "policy.yaml:7:13: 'owner' is missing",
        "policy.yaml:7:13: 'expires' is missing",
    ]


@pytest.mark.parametrize(
    ("spec", "lost"),
    [
        ("  private: {modules: [git.acme.example]}\n", ["*.git.acme.example"]),
        ("  private: {modules: []}\n", ["git.acme.example", "*.git.acme.example"]),
        ('  private: {modules: [x.example, "*.git.acme.example", git.acme.example]}\n', []),
        ('  private: {modules: ["*.git.acme.example", "git.acme.*"]}\n', []),
        ('  profiles: {laptop: {private: {modules: ["*.git.acme.example"]}}}\n', ["git.acme.example"]),
    ],
)
def test_a_variation_must_not_lose_a_private_pattern(spec: str, lost: list[str]) -> None:
    found = [p for p in problems(files(spec)) if p.rule == "private-lost"]
    assert [p.text.values["pattern"] for p in found] == lost
    assert all(p.position.file == "policy.yaml" for p in found)


@pytest.mark.parametrize(
    ("extends", "more", "said"),
    [
        ("nope.yaml", {}, "4:10: the base cannot be read: there is no nope.yaml [extends]"),
        ("../x.yaml", {}, "4:10: the base cannot be read: there is no ../x.yaml [extends]"),
        ("policy.yaml", {}, "4:10: 'policy.yaml' extends itself in a circle [extends]"),
        ("./base/../policy.yaml", {}, "4:10: 'policy.yaml' extends itself in a circle [extends]"),
        ("other.yaml", {"other.yaml": HEAD + "  chain: [direct]\n"}, "4:10: 'other.yaml' is no PolicyBase [extends]"),
        ('"/etc/passwd"', {}, "4:10: a path is relative to the policy file [path-unsafe]"),
        ("[a]", {}, "4:1: 'extends' must be a text [field-type]"),
        ('""', {}, "4:10: "),
    ],
)
def test_a_base_that_cannot_be_used(extends: str, more: dict[str, str], said: str) -> None:
    top = TOP.replace("base/base.yaml", extends) + "  targets: []\n"
    found = lines({"policy.yaml": top, **more})
    assert found[0].startswith(f"policy.yaml:{said}")
    assert len(found) <= 2


def test_a_base_that_is_not_yaml_is_said_once() -> None:
    assert lines(files("  targets: []\n", "a: [")) == ["base/base.yaml:1:5: a value is missing here [yaml-syntax]"]


def chained(count: int) -> dict[str, str]:
    head = "apiVersion: goproxyctl/v1\nkind: PolicyBase\n"
    bases = {f"{n}.yaml": head + f"extends: {n + 1}.yaml\nspec: {{}}\n" for n in range(count - 1)}
    last = {f"{count - 1}.yaml": head + "spec: {chain: [direct]}\n"}
    return {"policy.yaml": TOP.replace("base/base.yaml", "0.yaml") + "  targets: []\n", **bases, **last}


def test_five_bases_are_enough_and_a_sixth_too_many() -> None:
    assert load(chained(5)).intents[None].end == "direct"
    assert lines(chained(6)) == ["4.yaml:3:10: more than 5 files extend each other [extends]"]


def test_a_base_is_found_beside_the_file_that_names_it() -> None:
    middle = "apiVersion: goproxyctl/v1\nkind: PolicyBase\nextends: ../top/base.yaml\nspec: {}\n"
    assert load(files("  targets: []\n", middle, **{"top/base.yaml": BASE})).intents[None].hops[0].name == "gateway"


def test_the_profile_of_the_command_line_is_for_targets_without_one() -> None:
    policy = load(files("  targets: [{name: cmd, profile: other}]\n  profiles: {other: {}}\n"), profile="laptop")
    assert [policy.intent(target).toolchain for target in policy.targets] == ["local", "auto"]
    assert lines(files("  targets: []\n"), profile="lptop")[1:] == [
        "base/base.yaml:11:3: there is no profile 'lptop' [profile-unknown]; did you mean 'laptop'?"
    ]


def test_settings_that_no_target_gets_are_not_complained_about() -> None:
    spec = "  profiles: {laptop: {chain: [direct]}}\n  targets: [{name: a, kind: sh, path: a.sh, profile: laptop}]\n"
    assert lines(HEAD + spec) == []
    assert [p.rule for p in problems(HEAD + spec.replace(", profile: laptop", ""))] == ["proxy-empty"]


def loaded(tree: Any) -> Any:
    return load(to_yaml(tree).lstrip("\n"))


@settings(max_examples=scaled(20, 500), deadline=None, suppress_health_check=list(HealthCheck))
@given(tree=trees(), order=st.randoms(use_true_random=False))
def test_the_order_of_targets_and_fields_changes_no_intent(tree: Any, order: Any) -> None:
    before = loaded(tree)
    order.shuffle(tree["spec"]["targets"])
    fields = list(tree["spec"].items())
    order.shuffle(fields)
    tree["spec"] = dict(fields)
    after = loaded(tree)
    assert {t.name: before.intent(t) for t in before.targets} == {t.name: after.intent(t) for t in after.targets}


@settings(max_examples=scaled(20, 500), deadline=None, suppress_health_check=list(HealthCheck))
@given(tree=trees())
def test_every_value_stands_where_its_position_says(tree: Any) -> None:
    text = to_yaml(tree, flow=True)
    policy = load(text)
    for path, node in walk(policy.trees[None]):
        if isinstance(node, Scalar) and node.text:
            position = policy.position(path)
            assert text[position.column - 1 :].startswith(('"', "true"))
            assert policy.source(path) == "policy.yaml"


def test_nothing_is_said_about_the_whole_when_a_base_is_missing() -> None:
    spec = "  private: {fetch: chain, modules: [a.b.example]}\n  targets: [{name: x, kind: sh, path: ../x, profile: laptop}]\n"
    assert [line.partition(" [")[0] for line in lines({"policy.yaml": TOP + spec})] == [
        "policy.yaml:4:10: the base cannot be read: there is no base/base.yaml"
    ]
