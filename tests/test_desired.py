import re

import pytest

from goproxyctl.desired import make_desired
from goproxyctl.errors import PolicyError
from goproxyctl.policy import Policy, load_policy
from goproxyctl.resource import Address, Place

HEAD = """\
apiVersion: goproxyctl/v1
kind: Policy
metadata:
  name: acme
spec:
  chain:
    - {name: gateway, url: "https://goproxy.acme.example", role: gatekeeper}
    - direct
  targets:
"""


def policy_of(*targets: str, file: str = "policy.yaml") -> Policy:
    text = HEAD + "".join(f"    - {{{target}}}\n" for target in targets)
    return load_policy(file, lambda _: text.encode(), today=None)


def conflicts(*targets: str, file: str = "policy.yaml") -> list[str]:
    with pytest.raises(PolicyError) as caught:
        make_desired(policy_of(*targets, file=file))
    return [f"{p.position.line}:{p.position.column}: {p.text}; {p.advice}" for p in caught.value.problems]


def test_every_resource_of_every_target_is_at_its_address_in_writing_order() -> None:
    desired = make_desired(policy_of("name: win, kind: bat, path: a.bat", "name: nix, kind: sh, path: b.sh"))
    assert [*map(str, desired)] == ["file:a.bat", "file:b.sh", "block:.gitattributes#acme~1win"]
    assert {address: resource.address for address, resource in desired.items()} == {a: a for a in desired}
    assert desired[Address(Place.FILE, "b.sh")].target == "nix"


def test_the_order_of_targets_is_irrelevant() -> None:
    targets = ["name: win, kind: bat, path: z.bat", "name: nix, kind: sh, path: b.sh", "name: own, kind: go-env"]
    one, other = make_desired(policy_of(*targets)), make_desired(policy_of(*targets[::-1]))
    assert [*one.items()] == [*other.items()]


def test_only_the_targets_asked_for_are_given() -> None:
    policy = policy_of("name: win, kind: bat, path: a.bat", "name: nix, kind: sh, path: b.sh")
    assert {r.target for r in make_desired(policy, ["nix"]).values()} == {"nix"}
    assert make_desired(policy, []) == {}


def test_targets_without_conflict_may_share_a_file_of_people() -> None:
    desired = make_desired(
        policy_of("name: a, kind: bat, path: a.bat", "name: b, kind: powershell, path: b.ps1", "name: c, kind: go-env")
    )
    assert sum(a.container == ".gitattributes" for a in desired) == 2


@pytest.mark.parametrize(
    ("targets", "said"),
    [
        (
            ("name: one, kind: sh, path: a.sh", "name: two, kind: sh, path: a.sh"),
            "11:14: two targets want file:a.sh; target 'one' has it already; give one of them another path",
        ),
        (
            ("name: two, kind: sh, path: a.sh", "name: one, kind: sh, path: a.sh"),
            "11:14: two targets want file:a.sh; target 'two' has it already; give one of them another path",
        ),
        (
            ("name: one, kind: sh, path: ci/a.sh", "name: two, kind: sh, path: CI/A.sh"),
            (
                "11:14: ci/a.sh and CI/A.sh are one file where case does not count; target 'one' has it already; "
                "give one of them another path"
            ),
        ),
        (
            ("name: one, kind: sh, path: x/a.sh", "name: two, kind: sh, path: x/a.sh/b.sh"),
            (
                "11:14: x/a.sh/b.sh is in x/a.sh, which is wanted as a file; target 'one' has it already; "
                "give one of them another path"
            ),
        ),
        (
            (
                'name: one, kind: vscode-launch, configurations: ["x"]',
                'name: two, kind: vscode-launch, configurations: ["x"], create: true',
            ),
            (
                "11:14: two targets want json-key:.vscode/launch.json#configurations/[name=x]/env/GOINSECURE; "
                "target 'one' has it already; give one of them another path"
            ),
        ),
    ],
)
def test_a_conflict_is_an_error_at_the_target_that_came_second(targets: tuple[str, ...], said: str) -> None:
    assert said in conflicts(*targets)


def test_one_file_wanted_as_two_places_is_an_error() -> None:
    said = conflicts("name: one, kind: go-env, path: x/a.sh", "name: two, kind: sh, path: x/a.sh")
    assert said == [
        "11:14: x/a.sh is wanted as go-env and as file; target 'one' has it already; give one of them another path"
    ]


@pytest.mark.parametrize("path", ["policy.sh", "POLICY.sh", ".goproxyctl/ledger.sh", ".GoProxyCtl/x/y.sh"])
def test_our_own_files_are_not_for_targets(path: str) -> None:
    said = conflicts(f"name: one, kind: sh, path: {path}", file="policy.sh")
    assert said == [f"10:14: {path} is a file of goproxyctl itself; give the target another path"]


def test_every_conflict_is_said_once_and_in_the_order_of_the_targets() -> None:
    said = conflicts(*(f"name: t{n}, kind: sh, path: {'ab'[n % 2]}.sh" for n in range(6)))
    assert [re.match(r"\d+", line)[0] for line in said] == ["12", "13", "14", "15"]  # type: ignore[index]


def test_each_target_that_cannot_carry_a_value_is_said_at_its_name() -> None:
    windows = "name: {0}, kind: reg, path: {0}.reg, ca_file: '%ProgramData%\\b.pem'"
    said = conflicts(windows.format("a"), windows.format("b") + ", value_type: REG_EXPAND_SZ", windows.format("c"))
    assert [line.partition(": ")[0] for line in said] == ["10:14", "12:14"]
    assert all("GIT_SSL_CAINFO: Windows replaces %NAME% in values of type REG_EXPAND_SZ only" in line for line in said)
