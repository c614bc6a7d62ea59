"""The policy at another revision: read without running anything of the repository."""

import os
import subprocess
from pathlib import Path

import pytest

from goproxyctl.errors import StoreError
from goproxyctl.gitrepo import Revision, open_revision
from tests.oracles import require

PATH = os.environ["PATH"]


def git(top: Path, *arguments: str) -> str:
    env = {"PATH": PATH, "HOME": str(top), "GIT_CONFIG_NOSYSTEM": "1"}
    identity = ["-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "init.defaultBranch=main"]
    return subprocess.run(
        [require("git"), *identity, *arguments], cwd=top, env=env, check=True, capture_output=True, text=True
    ).stdout


@pytest.fixture
def top(tmp_path: Path) -> Path:
    repository = tmp_path / "repo"
    (repository / "team").mkdir(parents=True)
    (repository / "base.yaml").write_text("base 1\n")
    (repository / "team" / "policy.yaml").write_bytes(b"policy 1\r\n")
    (repository / "team" / "link.yaml").symlink_to("/etc/passwd")
    (repository / "--upload-pack=x").write_text("an option?\n")
    git(repository, "init", "-q")
    git(repository, "add", "-A")
    git(repository, "commit", "-qm", "one")
    (repository / "team" / "policy.yaml").write_text("policy 2\n")
    return repository


def team(top: Path, name: str = "HEAD") -> Revision:
    return open_revision(top, "team", name, PATH)


def test_a_file_is_read_as_it_was_byte_for_byte(top: Path) -> None:
    assert team(top).read("policy.yaml") == b"policy 1\r\n"


def test_a_file_above_the_folder_is_read_inside_the_repository(top: Path) -> None:
    assert team(top).read("../base.yaml") == b"base 1\n"


def test_a_file_whose_name_looks_like_an_option_is_a_file(top: Path) -> None:
    assert open_revision(top, ".", "HEAD", PATH).read("--upload-pack=x") == b"an option?\n"


@pytest.mark.parametrize("path", ["../../etc/passwd", "/etc/passwd", "../repo/../../x"])
def test_nothing_outside_the_repository_is_read(top: Path, path: str) -> None:
    with pytest.raises(StoreError, match="outside the repository"):
        team(top).read(path)


@pytest.mark.parametrize(
    ("path", "why"), [("link.yaml", "symbolic link"), ("no.yaml", "no such file"), (".", "no such")]
)
def test_links_folders_and_missing_files_are_refused(top: Path, path: str, why: str) -> None:
    with pytest.raises(StoreError, match=why):
        team(top).read(path)


@pytest.mark.parametrize(
    "name",
    [
        "no-such",
        "--output=/tmp/x",
        "-x",
        "--upload-pack=touch x",
        "HEAD:team",
        "",
        "HEAD~9",
        "a\nb",
        "\x1b[31m",
        ":/one\0",
    ],
)
def test_an_unknown_revision_is_refused_with_a_clear_message(top: Path, name: str) -> None:
    with pytest.raises(StoreError) as refused:
        team(top, name)
    assert refused.value.text.id == "git.unknown-revision"


def test_a_file_that_is_too_large_is_refused(top: Path) -> None:
    (top / "team" / "large.yaml").write_bytes(b"#" * ((1 << 20) + 1))
    git(top, "add", "-A")
    git(top, "commit", "-qm", "two")
    with pytest.raises(StoreError, match="more than a policy may"):
        team(top).read("large.yaml")


def test_nothing_that_the_repository_configures_is_run(top: Path) -> None:
    canary = top.parent / "PWNED"
    for setting in ("core.fsmonitor", "core.sshCommand", "core.pager", "diff.external", "filter.x.smudge"):
        git(top, "config", setting, f"touch {canary}; false")
    hook = top / ".git" / "hooks" / "post-checkout"
    hook.write_text(f"#!/bin/sh\ntouch {canary}\n")
    hook.chmod(0o755)
    (top / ".gitattributes").write_text("* filter=x\n")
    assert team(top).read("policy.yaml") == b"policy 1\r\n"
    assert not canary.exists()


def test_a_missing_blob_is_not_fetched(top: Path) -> None:
    canary = top.parent / "PWNED"
    blob = git(top, "rev-parse", "HEAD:team/policy.yaml").strip()
    (top / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    git(top, "config", "remote.origin.url", f"ext::sh -c touch% {canary}")
    git(top, "config", "remote.origin.promisor", "true")
    git(top, "config", "extensions.partialClone", "origin")
    with pytest.raises(StoreError):
        team(top).read("policy.yaml")
    assert not canary.exists()


def test_the_variables_of_a_hook_do_not_lead_elsewhere(top: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_DIR", str(top.parent / "elsewhere"))
    monkeypatch.setenv("GIT_WORK_TREE", "/")
    assert team(top).read("policy.yaml") == b"policy 1\r\n"
    assert os.environ["GIT_DIR"] == str(top.parent / "elsewhere")


def test_a_git_beside_the_policy_is_not_run(top: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake = top / "git"
    fake.write_text("#!/bin/sh\ntouch PWNED\n")
    fake.chmod(0o755)
    monkeypatch.chdir(top)
    open_revision(top, "team", "HEAD", os.pathsep.join([".", "", PATH]))
    assert not (top / "PWNED").exists()


def test_without_git_the_message_says_so(top: Path) -> None:
    with pytest.raises(StoreError) as refused:
        open_revision(top, "team", "HEAD", "/nowhere")
    assert refused.value.text.id == "git.missing"


def test_a_folder_without_a_repository_is_told_apart(tmp_path: Path) -> None:
    with pytest.raises(StoreError):
        open_revision(tmp_path, ".", "HEAD", PATH)
