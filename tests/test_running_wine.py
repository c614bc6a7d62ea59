"""Running programs looked at in Wine 10: programs of Go under the names of editors, a registry, and consoles of cmd.

Wine has the calls and the structures of Windows, by its own hands; Microsoft's Windows was not run.
"""

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.oracles import ROOT, missing, require_go
from tests.windows_console import Console, console
from tests.wine import LAB

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("wine")]

OLD, RIGHT = "https://u:s3cret@old.example", "https://right.example"


def waiting(desk: Console, *names: str) -> list[str]:
    """A program of Go that waits, under each of these names, as Windows calls it."""
    if not (LAB / "python" / "python.exe").exists():
        missing("Windows Python", ".ci/wine-python")
    built = desk.folder / "waiting.exe"
    env = {**os.environ, "GOOS": "windows", "GOARCH": "amd64", "CGO_ENABLED": "0", "GOTOOLCHAIN": "local"}
    source = ROOT / "tests" / "data" / "waiting.go"
    subprocess.run([require_go(), "build", "-trimpath", "-o", str(built), str(source)], env=env, check=True)
    for name in names:
        shutil.copy(built, desk.folder / name)
    return [desk.windows(desk.folder / name) for name in names]


def tree_of(desk: Console) -> Path:
    tree = desk.folder / "tree"
    for part in ("goproxyctl", "templates", "schemas"):
        shutil.copytree(ROOT / part, tree / part, ignore=shutil.ignore_patterns("__pycache__"))
    return tree


def documents(said: str) -> list[dict[str, Any]]:
    """The JSON documents among the lines that were printed, in order."""
    decoder, found = json.JSONDecoder(), []
    while (start := said.find("{")) >= 0:
        document, end = decoder.raw_decode(said[start:])
        found.append(document)
        said = said[start + end :]
    return found


def test_who_still_holds_what_the_registry_no_longer_says() -> None:
    explain = r"Z:\lab\python\python.exe -m goproxyctl explain GOPROXY --running"
    with console() as desk:
        editor, server = waiting(desk, "Code.exe", "gopls.exe")
        lines = [
            f'@set "goproxy={OLD}"',
            f'@start "" /b "{editor}"',
            rf"@reg add HKCU\Environment /v GoProxy /d {RIGHT} /f >nul || exit /b 1",
            f'@set "GOPROXY={RIGHT}"',
            f'@start "" /b "{server}"',
            f"@{explain} --format json || exit /b 2",
            f"@{explain} --lang en || exit /b 3",
            '@set "GOPROXY=off"',
            f"@{explain} --format json || exit /b 4",
            "@taskkill /f /im Code.exe >nul || exit /b 5",
            f"@{explain} --format json || exit /b 6",
            "@exit /b 0",
        ]
        # what is started holds the file of its output open, and cmd cannot open that a second time: one for all lines
        (desk.folder / "lines.bat").write_bytes("\r\n".join([*lines, ""]).encode())
        called = rf'call "{desk.windows(desk.folder)}\lines.bat"'
        ran = desk.run([called], variables={"GOPROXYCTL_TREE": desk.windows(tree_of(desk))})
    assert ran.codes == [0], ran.said + ran.erred
    right, off, ended = (document["variables"][0] for document in documents(ran.said))
    assert [(one["name"], one["value"], one["started_this"]) for one in right["running"]] == [
        ("Code.exe", "https://***@old.example", False)
    ]
    assert (right["value"], right["source"]) == (RIGHT, "environment")
    pid = right["running"][0]["pid"]
    assert f"Code.exe, running (pid {pid}): https://***@old.example\n" in ran.said
    assert f"start again, in this order, for they keep what they were started with: Code.exe ({pid})\n" in ran.said
    # a console in which something else was set is old, too: the registry counts, not what stands here
    assert [(one["name"], one["value"], one["started_this"]) for one in off["running"]] == [
        ("cmd.exe", "off", True),
        ("Code.exe", "https://***@old.example", False),
    ]
    assert [one["name"] for one in ended["running"]] == ["cmd.exe"]
    assert "s3cret" not in ran.said + ran.erred
