"""The pipelines of the example repository, run line by line as GitLab's and GitHub's runners do, on a real git."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

from tests.oracles import ROOT, require

pytestmark = pytest.mark.slow

RENDERED = ROOT / "examples" / "gitops-rendered"
MARKER = "<!-- goproxyctl -->\n"
BOT, STRANGER = "github-actions[bot]", "somebody"
#: What the forge keeps: comments, each with its author. `gh` and `curl` are the ways in that the pipelines use.
FORGE = """\
import json, subprocess, sys
from pathlib import Path
store = Path({store!r})
kept = json.loads(store.read_text())
arguments = sys.argv[1:]
after = lambda option: arguments[arguments.index(option) + 1]
body = next((Path(a.removeprefix("body=")[1:]).read_text() for a in arguments if a.startswith("body=")), None)
if body is not None and len(body) > {most}:
    sys.exit("the body is too long")
method = after({method!r}) if {method!r} in arguments else "GET"
if method == "GET":
    filtered = ["jq", "-r", after("--jq")] if "--jq" in arguments else ["cat"]
    subprocess.run(filtered, input=store.read_bytes(), check=True)
elif method == "POST":
    number = len(kept) + 1
    author = {{"login": "github-actions[bot]", "username": "project_7_bot_1"}}
    kept.append({{"id": number, "url": f"https://api.example/{{number}}", "user": author, "author": author, "body": body}})
else:
    (found,) = [one for one in kept if any(a == one["url"] or a.endswith(f"/notes/{{one['id']}}") for a in arguments)]
    found["body"] = body
store.write_text(json.dumps(kept))
"""


class Runner(NamedTuple):
    """A checkout of the repository, its origin, and what the forge keeps."""

    folder: Path
    origin: Path
    comments: Path
    env: Mapping[str, str]

    def run(self, script: str, **env: str) -> None:
        """One step, as a runner calls it."""
        command = ["bash", "-eo", "pipefail", "-c", script]
        done = subprocess.run(
            command, cwd=self.folder, env={**self.env, **env}, capture_output=True, encoding="utf-8", timeout=120
        )
        assert done.returncode == 0, done.stdout + done.stderr

    def git(self, *arguments: str) -> str:
        """What git answers in the checkout."""
        command = ["git", "-c", "user.name=x", "-c", "user.email=x@acme.example", *arguments]
        done = subprocess.run(command, cwd=self.folder, capture_output=True, encoding="utf-8", timeout=60, check=True)
        return done.stdout.strip()

    def edit(self, old: str, new: str) -> None:
        """A commit that changes the policy."""
        policy = self.folder / "goproxy" / "policy.yaml"
        text = policy.read_text(encoding="utf-8")
        assert old in text
        policy.write_text(text.replace(old, new), encoding="utf-8")
        self.git("commit", "--quiet", "-am", "change")

    def bodies(self) -> list[str]:
        """The comments, oldest first."""
        return [one["body"] for one in json.loads(self.comments.read_text(encoding="utf-8"))]


def _program(folder: Path, name: str, text: str) -> None:
    (folder / name).write_text(f"#!{sys.executable}\n{text}")
    (folder / name).chmod(0o755)


@pytest.fixture
def runner(tmp_path: Path) -> Runner:
    for program in ("git", "bash", "jq"):
        require(program)
    programs, folder, origin = tmp_path / "bin", tmp_path / "checkout", tmp_path / "origin.git"
    comments = tmp_path / "comments.json"
    programs.mkdir()
    author = {"login": STRANGER, "username": STRANGER}
    first = {"id": 1, "url": "https://api.example/1", "user": author, "author": author, "body": MARKER + "mine!"}
    comments.write_text(json.dumps([first]))
    _program(programs, "gh", FORGE.format(store=str(comments), most=65_536, method="--method"))
    _program(programs, "curl", FORGE.format(store=str(comments), most=1_000_000, method="--request"))
    for installer in ("pip", "pipx"):
        _program(programs, installer, "")
    (programs / "goproxyctl").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m goproxyctl "$@"\n')
    (programs / "goproxyctl").chmod(0o755)
    (programs / "python").symlink_to(sys.executable)
    shutil.copytree(RENDERED, folder)
    address = "https://goproxyctl:secret@git.acme.example:8443/platform/goproxy.git"
    env = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "CI"))},
        "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": f"url.{origin}.insteadOf",
        "GIT_CONFIG_VALUE_0": address,
    }
    made = Runner(folder, origin, comments, env)
    made.git("init", "--quiet", "--initial-branch=main")
    made.git("init", "--quiet", "--bare", "--initial-branch=main", str(origin))
    made.git("--git-dir", str(origin), "config", "receive.advertisePushOptions", "true")
    made.git("add", "--all")
    made.git("commit", "--quiet", "-m", "first")
    made.git("remote", "add", "origin", str(origin))
    made.git("push", "--quiet", "-u", "origin", "main")
    return made


def github(runner: Runner, job: str) -> None:
    """Runs the steps of a job; an expression is what GitHub would put there."""
    workflow: Any = yaml.safe_load((RENDERED / ".github" / "workflows" / "goproxy.yml").read_text(encoding="utf-8"))
    known = {"github.base_ref": "main", "github.token": "t", "github.event.number": "5"}
    for step in workflow["jobs"][job]["steps"]:
        env = {
            name: re.sub(r"\$\{\{ (\S+) \}\}", lambda match: known[match[1]], value)
            for name, value in step.get("env", {}).items()
        }
        around = {"GITHUB_REPOSITORY": "platform/goproxy", "GITHUB_REF": "refs/heads/main"}
        if "run" in step:
            runner.run(step["run"], **workflow["env"], **around, **env)


def gitlab(runner: Runner, job: str) -> None:
    """Runs the lines of a job, in one shell."""
    pipeline: Any = yaml.safe_load((RENDERED / ".gitlab-ci.yml").read_text(encoding="utf-8"))
    around = {
        "CI_COMMIT_BRANCH": "main",
        "CI_MERGE_REQUEST_DIFF_BASE_SHA": runner.git("rev-parse", "origin/main"),
        "CI_API_V4_URL": "https://git.acme.example:8443/api/v4",
        "CI_PROJECT_ID": "7",
        "CI_MERGE_REQUEST_IID": "5",
        "CI_PROJECT_URL": "https://git.acme.example:8443/platform/goproxy",
        "GOPROXYCTL_COMMENT_TOKEN": "secret",
        "GOPROXYCTL_PUSH_TOKEN": "secret",
    }
    lines = [*pipeline["default"]["before_script"], *pipeline[job]["script"]]
    runner.run("\n".join(lines), **pipeline["variables"], **around)


FORGES = pytest.mark.parametrize("forge", [github, gitlab], ids=["github", "gitlab"])


@FORGES
def test_what_would_change_is_one_comment_that_is_kept_up_to_date(forge: Any, runner: Runner) -> None:
    runner.git("checkout", "--quiet", "-b", "topic")
    runner.edit("https://goproxy.cn", "https://proxy.golang.org")
    forge(runner, "validate")
    forge(runner, "comment")
    strangers, ours = runner.bodies()
    assert strangers == MARKER + "mine!"
    assert ours.startswith(MARKER)
    assert "+     2. https://proxy.golang.org" in ours
    runner.edit("https://proxy.golang.org", "https://goproxy.cn")
    forge(runner, "comment")
    strangers, ours = runner.bodies()
    assert strangers == MARKER + "mine!"
    assert "no differences" in ours


def test_a_difference_that_is_too_long_for_a_comment_is_left_out_of_it_and_said(runner: Runner) -> None:
    many = ", ".join(f"team-{number}" for number in range(400))
    runner.edit("[team-a, team-b]}", f"[{many}]}}")
    github(runner, "comment")
    (_, ours) = runner.bodies()
    assert ours.startswith(MARKER)
    assert "| `manifests/goproxy.yaml` | updated | cluster |" in ours
    assert "1 more are not shown here" in ours


@FORGES
def test_main_gets_what_was_rendered_in_one_commit_and_no_second_one(forge: Any, runner: Runner) -> None:
    runner.edit("https://goproxy.cn", "https://proxy.golang.org")
    runner.git("push", "--quiet", "origin", "main")
    policy = runner.git("rev-parse", "HEAD")
    forge(runner, "render")
    tip = runner.git("ls-remote", "origin", "refs/heads/main").split()[0]
    assert runner.git("rev-parse", f"{tip}^") == policy
    assert runner.git("show", "--format=", "--name-only", tip) == "goproxy/rendered/manifests/goproxy.yaml"
    assert "https://proxy.golang.org|direct" in runner.git("show", f"{tip}:goproxy/rendered/manifests/goproxy.yaml")
    forge(runner, "render")
    assert runner.git("ls-remote", "origin", "refs/heads/main").split()[0] == tip


def test_gitlab_renders_the_tip_though_its_pipeline_is_of_an_older_commit(runner: Runner) -> None:
    runner.edit("https://goproxy.cn", "https://proxy.golang.org")
    runner.git("push", "--quiet", "origin", "main")
    runner.git("checkout", "--quiet", "HEAD^")
    gitlab(runner, "render")
    assert "proxy.golang.org" in runner.git("show", "HEAD:goproxy/rendered/manifests/goproxy.yaml")


def test_an_action_is_named_by_its_commit_not_by_a_tag_that_can_move() -> None:
    text = (RENDERED / ".github" / "workflows" / "goproxy.yml").read_text(encoding="utf-8")
    uses = re.findall(r"uses: (\S+)", text)
    assert uses
    assert all(re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", one) for one in uses)
