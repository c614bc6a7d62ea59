"""The suite on Windows Python in Wine, where ``os.name`` is "nt": all of it that is not about Unix.

What needs a program that Windows Python finds none of here (git, node, shells) is skipped there, as on a laptop. Every
run leaves out the files that have nothing of a system in them, PURE; ``make measure`` runs those too. With
GOPROXYCTL_WINE_SUITE=slow it is the slow tests instead: another expression for pytest's ``-m``.
"""

import os
import re
import shutil
import subprocess
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.oracles import ROOT, missing
from tests.scale import scaled
from tests.windows_console import console
from tests.wine import LAB

pytestmark = [pytest.mark.slow, pytest.mark.wine_python, pytest.mark.xdist_group("wine")]

#: What a checkout holds and the suite reads.
PARTS = (
    "goproxyctl", "tests", "templates", "schemas", "examples", "docs", "benchmarks", ".ci", "pyproject.toml", "LICENSE",
)  # fmt: skip
#: Values to values: nothing here opens, starts or waits for anything, and Linux has run it already.
PURE = (
    "gosem", "test_failover.py", "test_layers.py", "test_leaks_rules.py", "test_plan.py", "test_policy_malformed.py",
    "test_powershell_scripts.py", "test_quoter_mutants.py", "test_rules.py", "test_schema.py",
    "test_trust_rules.py",
)  # fmt: skip
#: Fewer than this would mean that whole modules are not collected.
LEAST = 100 if "GOPROXYCTL_WINE_SUITE" in os.environ else scaled(2_000, 4_500)


@pytest.fixture
def tree() -> Iterator[Path]:
    """A copy of the checkout where Wine sees it."""
    if not (LAB / "python" / "python.exe").exists():
        missing("Windows Python", ".ci/wine-python")
    folder = LAB / f"suite-{uuid.uuid4().hex}"
    folder.mkdir()
    try:
        for part in [*PARTS, *(path.name for path in ROOT.glob("*.md"))]:
            if (ROOT / part).is_dir():
                shutil.copytree(ROOT / part, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(ROOT / part, folder)
        yield folder
    finally:
        shutil.rmtree(folder)


def test_the_suite_passes_on_windows_python(tree: Path) -> None:
    said = tree / "said.txt"
    left_out = scaled(1, 0) * [f"--ignore=tests/{name}" for name in PURE]
    with console() as desk:
        prefix, home = f"/lab/{desk.folder.name}/prefix", rf"Z:\lab\{tree.name}"
        script = (
            f'cd /lab/{tree.name} && exec wine "Z:\\lab\\python\\python.exe" -X utf8 -m pytest -p no:cacheprovider '
            f'--basetemp "{home}\\tmp" '
            f'{" ".join(left_out)} -m "{os.environ.get("GOPROXYCTL_WINE_SUITE", "not slow")}" --hypothesis-seed=1 -rf tests >said.txt 2>&1'
        )
        environment = [f"WINEPREFIX={prefix}", f"GOPROXYCTL_TREE={home}"]
        command = [str(ROOT / ".ci" / "wine"), "env", *environment, "sh", "-c", script]
        done = subprocess.run(command, stdin=subprocess.DEVNULL, timeout=3600, check=False)
    text = said.read_text(encoding="utf-8", errors="replace")
    assert done.returncode == 0, text[-20_000:]
    last = text.splitlines()[-1]
    counts = {word: int(number) for number, word in re.findall(r"(\d+) (passed|skipped|deselected)", last)}
    print(f"Windows Python in Wine: {last}")
    assert counts.get("passed", 0) >= LEAST, text[-2_000:]
