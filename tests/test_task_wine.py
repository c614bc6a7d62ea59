"""Tasks under Wine 10: the store with a stand-in for schtasks.exe, the command line of a task, the chain for offline.

The Task Scheduler, conhost.exe and PowerShell were not run: a stand-in shows which arguments each would get.
"""

import hashlib
import json
import os
import shutil
import subprocess
import uuid
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from goproxyctl.resource import Place
from goproxyctl.targets.scheduled_task import ScheduledTask
from tests.oracles import ROOT, missing, require_go
from tests.test_failover import COMPANY
from tests.test_scheduled_task import values
from tests.windows_console import Console, console
from tests.wine import LAB

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("wine")]

SOURCE = ROOT / "tests" / "data" / "stand_in.go"
TARGET = ScheduledTask(name="x", kind="scheduled-task", path="~/my tools/failover.ps1")
TASK = "\\goproxyctl\\acme\\x"


@pytest.fixture(scope="module")
def lab() -> Iterator[Console]:
    with console() as opened:
        yield opened


def stand_in(lab: Console, name: str) -> Path:
    """The stand-in under that name; built once for all runs."""
    built = LAB / "obstinate" / hashlib.sha256(SOURCE.read_bytes()).hexdigest()[:16] / "stand_in.exe"
    if not built.exists():
        built.parent.mkdir(parents=True, exist_ok=True)
        fresh = built.with_name(f"{uuid.uuid4().hex}.exe")
        env = {**os.environ, "GOOS": "windows", "GOARCH": "amd64", "CGO_ENABLED": "0", "GOTOOLCHAIN": "local"}
        subprocess.run([require_go(), "build", "-trimpath", "-o", str(fresh), str(SOURCE)], env=env, check=True)
        fresh.replace(built)
    return Path(shutil.copy(built, lab.folder / f"{name}.exe"))


def recorded(lab: Console) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (lab.folder / "record.jsonl").read_text().splitlines()]


def contents() -> dict[Place, bytes]:
    return {resource.address.place: resource.content for resource in TARGET.desired(COMPANY)}


STEPS = """\
import sys
from pathlib import Path
from goproxyctl.resource import Address, Change, Place, Reason
from goproxyctl.stores.task import TaskStore, schtasks

name, one, two, program = sys.argv[1], *(Path(file).read_bytes() for file in sys.argv[2:4]), sys.argv[4]
print(schtasks().lower())
store, address = TaskStore(program), Address(Place.TASK, name)
for before, after in [(None, one), (one, two), (two, one), (one, None), (None, None)]:
    (result,) = store.write(name, [Change(address, before, after, Reason.POLICY, "x")])
    print(result.outcome.value, store.read([address])[address].content == after)
"""


def test_windows_python_makes_replaces_and_deletes_a_task_with_exactly_these_arguments(lab: Console) -> None:
    if not (LAB / "python" / "python.exe").exists():
        missing("Windows Python", ".ci/wine-python")
    shutil.copytree(
        ROOT / "goproxyctl", lab.folder / "tree" / "goproxyctl", ignore=shutil.ignore_patterns("__pycache__")
    )
    (lab.folder / "tasks").mkdir()
    (lab.folder / "steps.py").write_text(STEPS)
    content = contents()[Place.TASK]
    (lab.folder / "one.xml").write_bytes(content)
    two = content.decode("utf-16").replace("PT5M", "PT6M")
    (lab.folder / "two.xml").write_bytes(b"\xff\xfe" + two.encode("utf-16-le"))
    program = lab.windows(stand_in(lab, "schtasks"))
    here = lab.windows(lab.folder)
    variables = {"GOPROXYCTL_TREE": rf"{here}\tree", "REC_LOG": rf"{here}\record.jsonl", "REC_TASKS": rf"{here}\tasks"}
    command = rf'Z:\lab\python\python.exe "%LAB_TEST%\steps.py" {TASK} "{here}\one.xml" "{here}\two.xml" "{program}"'
    ran = lab.run([command], variables=variables)
    assert ran.codes == [0], ran.erred
    assert ran.said.splitlines() == [r"c:\windows\system32\schtasks.exe", *["done True"] * 5]
    asked = [call["args"] for call in recorded(lab)]
    made = [args for args in asked if args[0] == "/Create"]
    assert [[*args[:4], *args[5:]] for args in made] == [["/Create", "/TN", TASK, "/XML", "/F"]] * len(made)
    assert all(args[4].endswith(r"\task.xml") for args in made)
    others = [args for args in asked if args[0] != "/Create"]
    known = (["/Query", "/XML", "ONE", "/TN", TASK], ["/Query", "/FO", "CSV", "/NH"], ["/Delete", "/TN", TASK, "/F"])
    assert all(args in known for args in others)
    assert others.count(["/Delete", "/TN", TASK, "/F"]) == 1
    assert not list((lab.folder / "tasks").iterdir())


def test_powershell_gets_the_script_as_one_argument_whatever_the_name_of_the_user(lab: Console) -> None:
    found = values(contents()[Place.TASK])
    conhost, launch = stand_in(lab, "conhost"), stand_in(lab, "launch")
    assert found["Command"] == r"%SystemRoot%\System32\conhost.exe"
    (lab.folder / "line.txt").write_text(f'{lab.windows(conhost)}\n"{lab.windows(conhost)}" {found["Arguments"]}')
    (lab.folder / "record.jsonl").unlink(missing_ok=True)
    variables = {
        "REC_LOG": rf"{lab.windows(lab.folder)}\record.jsonl",
        "USERPROFILE": r"C:\Users\Ann & Lee (dev)",
    }
    ran = lab.run([rf'"{lab.windows(launch)}" "%LAB_TEST%\line.txt"'], variables=variables)
    assert ran.codes == [0], ran.erred
    assert recorded(lab) == [
        {
            "exe": "conhost",
            "args": [
                "--headless", r"C:\windows\System32\WindowsPowerShell\v1.0\powershell.exe", "-NoProfile", "-NonInteractive",
                "-ExecutionPolicy", "Bypass", "-File", r"C:\Users\Ann & Lee (dev)\my tools\failover.ps1",
                "-JitterSeconds", "20",
            ],
        }
    ]  # fmt: skip


def test_the_offline_chain_gives_what_the_module_cache_has_and_nothing_else(lab: Console) -> None:
    download = lab.folder / "go, path" / "pkg" / "mod" / "cache" / "download"
    versions = download / "m.example" / "x" / "@v"
    versions.mkdir(parents=True)
    (versions / "list").write_text("v1.0.0\n")
    (versions / "v1.0.0.info").write_text('{"Version":"v1.0.0"}')
    (versions / "v1.0.0.mod").write_text("module m.example/x\n")
    with zipfile.ZipFile(versions / "v1.0.0.zip", "w") as packed:
        packed.writestr("m.example/x@v1.0.0/go.mod", "module m.example/x\n")
    # as [Uri] writes it, then a comma as the script does
    chain = "file:///" + quote(lab.windows(download).replace("\\", "/"), safe="/:") + ",off"
    assert "%2C" in chain
    variables = {
        "GOMODCACHE": rf"{lab.windows(lab.folder)}\fresh", "GOPROXY": chain.replace("%", "%%"), "GOSUMDB": "off",
        "GOTOOLCHAIN": "local", "GOFLAGS": "-modcacherw",
    }  # fmt: skip
    ran = lab.run(["go mod download -x m.example/x@latest", "go mod download n.example/y@v1.0.0"], variables=variables)
    assert ran.codes == [0, 1], ran.erred
    assert (lab.folder / "fresh" / "m.example" / "x@v1.0.0" / "go.mod").exists()
    assert "module lookup disabled by GOPROXY=off" in ran.erred
