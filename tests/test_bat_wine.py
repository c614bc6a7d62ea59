"""What a rendered batch file does in a real cmd.exe session (Wine 10; Microsoft's own was not run)."""

import random
import string
from pathlib import Path

import pytest

from goproxyctl.render import render
from goproxyctl.resource import Place
from goproxyctl.targets.bat import Bat
from tests.oracles import ROOT
from tests.scale import scaled
from tests.windows_console import COMPANY
from tests.wine import require_wine, variables_after

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("wine")]

#: All printable ASCII but what the quoter refuses: the double quote, and "!" for callers with delayed expansion.
ALPHABET = "".join(c for c in string.printable[:95] if c not in '"!')
BATCH = 200


@pytest.fixture(scope="module", autouse=True)
def _wine() -> None:
    require_wine()


def _values(count: int) -> list[str]:
    pick = random.Random(20261122)
    return ["".join(pick.choices(ALPHABET, k=pick.randint(1, 60))) for _ in range(count)]


def test_cmd_reads_back_every_printable_value() -> None:
    values = _values(scaled(400, 10_000))
    for start in range(0, len(values), BATCH):
        wanted = {f"V{start + i}": value for i, value in enumerate(values[start : start + BATCH])}
        text = render("bat.bat.j2", made_for="t/t", script="t.bat", notes=(), variables=wanted)
        found = variables_after(text.replace("\n", "\r\n").encode("ascii"))
        assert {name: found.get(name) for name in wanted} == wanted


def test_the_artifact_of_an_intent_sets_exactly_its_variables() -> None:
    before = variables_after(b"@rem\r\n")
    for case in (COMPANY, COMPANY._replace(end="off", hops=()), COMPANY._replace(fetch="chain")):
        (artifact, _) = Bat(name="laptops", kind="bat", path="my scripts/set-go-proxy.bat").desired(case)
        assert artifact.address.place is Place.FILE
        found = variables_after(artifact.content)
        assert {k: v for k, v in found.items() if before.get(k) != v} == case.variables()


@pytest.mark.parametrize("example", sorted(p.parent.name for p in (ROOT / "examples").glob("*/policy.yaml")))
def test_every_batch_file_of_the_examples_runs(example: str) -> None:
    from goproxyctl.policy import load_policy

    folder = ROOT / "examples" / example

    def read(path: str) -> bytes:
        return Path(folder / path).read_bytes()

    policy = load_policy("policy.yaml", read, today=None)
    for target in policy.targets:
        if isinstance(target, Bat):
            intent = policy.intent(target)
            artifact = next(iter(target.model_copy(update={"scope": "session"}).desired(intent)))
            found = variables_after(artifact.content)
            wanted = intent.variables(target.ca_file)
            assert {name: found.get(name) for name in wanted} == wanted
