"""Paths in a policy that lead out of its repository, or that some system takes for something else: none is used."""

import json
from pathlib import Path

import pytest

from tests.desk import POLICY, Desk

#: reliability of GitOps engines: what path traversal was tried with (CVE-2022-24348, CVE-2022-24877), and Windows.
LEAVING = ["../../etc/cron.d/x", "/etc/passwd", "a/../../b", "a/../b", "./a", "~root/x", "//srv/s", "\\\\srv\\s", "..\\b",
           "C:x", "C:/x", "file:///etc/passwd", "a\u0000b", "%2e%2e/x", "a//b", ""]  # fmt: skip
#: Harmless to read on Linux, where they are names like others; written they would be something else on Windows.
STRANGE = [
    "a.txt:ads",
    "NUL",
    "nul.sh",
    "con.yaml",
    "x.",
    "x /y",
    "LPT1",
    "conin$",
    "a" * 300,
    "e\u0301.sh",
    "\u202ex",
    "a\nb",
]


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Desk:
    made = Desk(tmp_path, monkeypatch, capsys)
    (made.tree / ".git").mkdir()
    return made


@pytest.mark.parametrize("path", LEAVING + STRANGE)
def test_no_target_writes_there(path: str, desk: Desk) -> None:
    desk.write(POLICY.replace("path: ci/goproxy.sh", f"path: {json.dumps(path)}"))
    before = sorted(desk.tree.parent.rglob("*"))
    for command in (("render", "-o", "out"), ("apply", "--yes"), ("plan",), ("validate",)):
        ran = desk.run(*command)
        assert ran.code == 1, (command, ran)
        assert "bug" not in ran.err
    assert sorted(desk.tree.parent.rglob("*")) == before


@pytest.mark.parametrize("path", LEAVING)
@pytest.mark.parametrize("field", ["extends", "trust"])
def test_nothing_is_read_there(field: str, path: str, desk: Desk) -> None:
    quoted = json.dumps(path)
    (desk.tree.parent / "b").write_text("SECRET")
    if field == "extends":
        desk.write(POLICY.replace("metadata:", f"extends: {quoted}\nmetadata:"))
    else:
        trust = f'  trust: [{{name: r, file: {quoted}, sha256: "{"0" * 64}"}}]\n'
        desk.write(POLICY.replace("spec:\n", "spec:\n" + trust))
    ran = desk.run("render", "-o", "-", "-t", "ci")
    assert (ran.code, ran.out) == (1, "")
    assert "bug" not in ran.err
    assert "SECRET" not in ran.err
    assert "root:" not in ran.err


@pytest.mark.parametrize(("one", "other"), [("A.env", "a.env"), ("d/x.sh", "D/X.sh"), ("x.sh", "x.sh")])
def test_two_targets_that_are_one_file_on_some_system_are_an_error(one: str, other: str, desk: Desk) -> None:
    twin = f"    - {{name: twin, kind: sh, path: {other}}}\n    - {{name: editors"
    desk.write(POLICY.replace("ci/goproxy.sh", one).replace("    - {name: editors", twin))
    ran = desk.run("validate")
    assert ran.code == 1, ran
