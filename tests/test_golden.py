"""What every kind makes of a policy, byte for byte: golden/<kind>/<case>/policy.yaml and desired/.

Files stand in ``desired`` under their paths; all other resources are lines of ``desired/resources.txt``. Run with
``--update-golden`` to write them anew, and read the difference: it is the feature.
"""

import re
import shutil
from pathlib import Path

import pytest

from goproxyctl.cli.artifacts import artifact_path
from goproxyctl.policy import load_policy
from goproxyctl.resource import Place, Resource
from goproxyctl.targets import KINDS

GOLDEN = Path(__file__).parent / "golden"
#: Places whose content is a file.
WHOLE = {Place.FILE, Place.TASK}
CASES = sorted(file.parent for file in GOLDEN.glob("*/*/policy.yaml"))


def _resources(case: Path) -> list[Resource]:
    policy = load_policy("policy.yaml", lambda path: (case / path).read_bytes(), today=None)
    return [resource for target in policy.targets for resource in target.desired(policy.intent(target))]


def _line(resource: Resource) -> bytes:
    content = resource.content.decode().replace("\\", "\\\\").replace("\n", "\\n")
    return f"{resource.address}{' (lent)' if resource.lent else ''}: {content}\n".encode()


def _path(resource: Resource) -> str:
    container = resource.address.container
    return container if resource.address.place is Place.FILE else artifact_path(container)


def rendered(case: Path) -> dict[str, bytes]:
    """Each file below ``desired``, with its bytes."""
    resources = _resources(case)
    files = {_path(r): r.content for r in resources if r.address.place in WHOLE}
    others = [_line(r) for r in resources if r.address.place not in WHOLE]
    return {**files, **({"resources.txt": b"".join(others)} if others else {})}


@pytest.mark.parametrize("case", CASES, ids=[f"{case.parent.name}/{case.name}" for case in CASES])
def test_a_policy_gives_these_bytes(case: Path, request: pytest.FixtureRequest) -> None:
    found, desired = rendered(case), case / "desired"
    if request.config.getoption("--update-golden"):
        shutil.rmtree(desired, ignore_errors=True)
        for path, content in found.items():
            file = desired / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
    kept = {f.relative_to(desired).as_posix(): f.read_bytes() for f in desired.rglob("*") if f.is_file()}
    assert found == kept


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_a_case(kind: str) -> None:
    assert [case for case in CASES if case.parent.name == kind]


@pytest.mark.parametrize("case", CASES, ids=[f"{case.parent.name}/{case.name}" for case in CASES])
def test_a_case_stands_under_its_kind(case: Path) -> None:
    assert re.search(rf"kind: {case.parent.name}[,}}]", (case / "policy.yaml").read_text())
