"""GitHub Actions as a reader: its own parser, its rule for GITHUB_ENV, and bash for the step."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

from tests.oracles import NODE_MODULES, require, require_npm
from tests.readers.canary import Canary


def bundle_parser(folder: Path) -> Path:
    """The parser, bundled for node."""
    require_npm("@actions/workflow-parser")
    esbuild = require_npm("esbuild") / "bin" / "esbuild"
    bundle = folder / "actions.cjs"
    source = Path(__file__).with_name("actions.mjs")
    command = [str(esbuild), str(source), "--bundle", "--platform=node", "--format=cjs", f"--outfile={bundle}"]
    environment = {**os.environ, "NODE_PATH": str(NODE_MODULES)}
    subprocess.run([*command, "--log-level=error"], env=environment, check=True, timeout=120)
    return bundle


def parse_github(bundle: Path, kind: str, files: list[Path]) -> list[dict[str, Any]]:
    """For each file what GitHub's parser makes of it; ``kind`` is "action" or "workflow"."""
    node = require("node", "the Debian package nodejs")
    done = subprocess.run([node, str(bundle), kind, *map(str, files)], capture_output=True, check=True, timeout=300)
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def start_step(step: dict[str, Any], folder: Path, canary: Canary) -> "subprocess.CompletedProcess[bytes]":
    """The step's script run as a runner does; what it appends is in ``folder``/github_env."""
    script, github_env = folder / "step.sh", folder / "github_env"
    script.write_text(step["run"])
    github_env.write_text("")
    environment = {**canary.environment(), **step["env"], "GITHUB_ENV": str(github_env)}
    bash = [require("bash"), "--noprofile", "--norc", "-e", "-o", "pipefail", str(script)]
    return subprocess.run(bash, env=environment, capture_output=True, timeout=60)


def run_step(step: dict[str, Any], folder: Path, canary: Canary) -> dict[str, str]:
    """The variables for later steps, after a runner has run the step: what it wrote to GITHUB_ENV, as a runner reads it.

    Source: actions/runner, FileCommandManager.cs: a line is NAME=value unless "<<" comes before the first "=".
    """
    done = start_step(step, folder, canary)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    lines = (folder / "github_env").read_bytes().decode().split("\n")
    assert lines.pop() == ""
    found = {}
    for line in lines:
        name, equals, value = line.partition("=")
        assert equals
        assert "<<" not in name
        assert name not in found
        found[name] = value
    return found
