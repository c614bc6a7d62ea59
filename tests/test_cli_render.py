"""Artifacts printed, written into a folder, compared with it: all or nothing, and nothing of anybody else's."""

import json
import os
import subprocess
from pathlib import Path

import pytest
import yaml

from goproxyctl.cli.outfolder import MARKER
from tests.desk import POLICY, Desk
from tests.oracles import require_links

MANIFESTS = POLICY.split("  targets:")[0] + (
    "  targets:\n"
    "    - {name: one, kind: configmap, path: manifests/one.yaml, namespaces: [a, b]}\n"
    "    - {name: two, kind: configmap, path: manifests/two.yaml, namespaces: [c]}\n"
)
LAUNCH = POLICY.split("  targets:")[0] + (
    '  targets:\n    - {name: debug, kind: vscode-launch, configurations: ["Launch A", "Launch B"]}\n'
)


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Desk:
    return Desk(tmp_path, monkeypatch, capsys).write()


def test_every_artifact_is_printed_below_its_path(desk: Desk) -> None:
    out = desk.run("render").out
    heads = [line for line in out.splitlines() if line.startswith("==> ")]
    assert heads == ["==> .vscode/settings.json <==", "==> ci/goproxy.sh <==", "==> go/env <=="]


def test_one_artifact_is_printed_byte_for_byte(desk: Desk) -> None:
    desk.write(POLICY.replace("kind: sh, path: ci/goproxy.sh", "kind: powershell, path: ci/goproxy.ps1"))
    desk.run("render", "--target", "ci", "-o", "rendered")
    content = (desk.tree / "rendered" / "ci" / "goproxy.ps1").read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    assert b"\r\n" in content
    assert (desk.tree / "rendered" / ".gitattributes").exists()
    assert desk.start("render", "-o", "-", "-t", "ci").stdout == content


def test_a_fragment_is_what_apply_would_write_into_nothing(desk: Desk) -> None:
    desk.run("render", "-o", "rendered")
    desk.run("apply", "--yes", "--in", "all")
    for path in (".vscode/settings.json", "ci/goproxy.sh"):
        assert (desk.tree / path).read_bytes() == (desk.tree / "rendered" / path).read_bytes()
    assert desk.go_env.read_bytes() == (desk.tree / "rendered" / "go" / "env").read_bytes()


def test_elements_of_arrays_are_rendered_with_the_name_that_finds_them(desk: Desk) -> None:
    desk.write(LAUNCH)
    found = json.loads(desk.run("render", "-o", "-").out)
    assert [element["name"] for element in found["configurations"]] == ["Launch A", "Launch B"]
    assert all(element["env"]["GOSUMDB"] == "sum.golang.google.cn" for element in found["configurations"])


def test_manifests_are_one_stream(desk: Desk) -> None:
    desk.write(MANIFESTS)
    documents = list(yaml.safe_load_all(desk.run("render", "-o", "-").out))
    assert [document["metadata"]["namespace"] for document in documents] == ["a", "b", "c"]


def test_a_home_path_and_the_file_of_go_have_names_of_their_own(desk: Desk) -> None:
    desk.write(POLICY.replace("path: ci/goproxy.sh", 'path: "~/goproxy.sh"'))
    desk.run("render", "-o", "rendered")
    assert (desk.tree / "rendered" / "home" / "goproxy.sh").exists()
    assert (desk.tree / "rendered" / "go" / "env").exists()
    assert list(desk.home.iterdir()) == []


def test_a_folder_is_kept_equal_and_stale_files_go(desk: Desk) -> None:
    folder = desk.tree / "rendered"
    assert desk.run("render", "-o", "rendered", "--check").code == 3
    assert not folder.exists()
    assert desk.run("render", "-o", "rendered").code == 0
    assert desk.run("render", "-o", "rendered", "--check").code == 0
    (folder / "notes.txt").write_text("mine\n")
    (folder / "ci" / "goproxy.sh").write_text("edited\n")
    assert "~ ci/goproxy.sh" in desk.run("render", "-o", "rendered", "--check").out
    desk.write(POLICY.replace("ci/goproxy.sh", "scripts/goproxy.sh"))
    checked = desk.run("render", "-o", "rendered", "--check", "--format", "json")
    assert checked.code == 3
    assert {c["path"]: c["was"] for c in json.loads(checked.out)["changes"]} == {
        "ci/goproxy.sh": "stale",
        "scripts/goproxy.sh": "missing",
    }
    assert desk.run("render", "-o", "rendered").code == 0
    assert not (folder / "ci").exists()
    assert (folder / "scripts" / "goproxy.sh").exists()
    assert (folder / "notes.txt").read_text() == "mine\n"
    before = {path: os.stat(path).st_mtime_ns for path in folder.rglob("*")}
    desk.run("render", "-o", "rendered")
    assert {path: os.stat(path).st_mtime_ns for path in folder.rglob("*")} == before


def test_a_strange_file_in_our_folder_is_not_overwritten(desk: Desk) -> None:
    desk.run("render", "-o", "rendered", "--target", "mine")
    (desk.tree / "rendered" / "ci").mkdir()
    (desk.tree / "rendered" / "ci" / "goproxy.sh").write_text("mine\n")
    refused = desk.run("render", "-o", "rendered")
    assert refused.code == 1
    assert "rendered/ci/goproxy.sh" in refused.err
    assert (desk.tree / "rendered" / "ci" / "goproxy.sh").read_text() == "mine\n"


@pytest.mark.parametrize("line", ["../../victim", "/etc/passwd", "a/../../victim", "", "a\\b", MARKER, "./x"])
def test_a_list_that_leads_outside_is_refused(desk: Desk, line: str) -> None:
    victim = desk.tree.parent / "victim"
    victim.write_text("safe\n")
    (desk.tree / "rendered").mkdir()
    (desk.tree / "rendered" / MARKER).write_text(f"ci/goproxy.sh\n{line}\n\n")
    assert desk.run("render", "-o", "rendered").code == 1
    assert victim.read_text() == "safe\n"


def test_links_in_the_folder_are_not_followed(desk: Desk) -> None:
    require_links(desk.tree)
    outside = desk.tree.parent / "outside"
    outside.mkdir()
    desk.run("render", "-o", "rendered", "--target", "mine")
    (desk.tree / "rendered" / "ci").symlink_to(outside)
    assert desk.run("render", "-o", "rendered").code == 1
    assert list(outside.iterdir()) == []


def test_render_reads_nothing_but_the_policy(desk: Desk) -> None:
    (desk.tree / "ci").mkdir()
    (desk.tree / "ci" / "goproxy.sh").write_text("theirs\n")
    (desk.tree / ".goproxyctl").mkdir()
    (desk.tree / ".goproxyctl" / "ledger.json").write_text("not a ledger")
    assert desk.run("render").code == 0


def test_a_check_in_another_place_reads_only_that_folder(desk: Desk) -> None:
    desk.run("render", "-o", "rendered")
    ran = subprocess.run(
        desk.command("render", "-f", "tree/policy.yaml", "-o", "tree/rendered", "--check"),
        cwd=desk.tree.parent,
        env=desk.env(),
        capture_output=True,
    )
    assert ran.returncode == 0
