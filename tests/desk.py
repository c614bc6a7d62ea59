"""A folder, a home and a clean environment to run the command line in, as a person at a desk would."""

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from goproxyctl.cli import main

ROOT = Path(__file__).resolve().parent.parent

POLICY = """\
apiVersion: goproxyctl/v1
kind: Policy
metadata:
  name: acme
spec:
  chain:
    - {name: gateway, url: "https://goproxy.acme.example", role: gatekeeper}
    - {name: goproxy-cn, url: "https://goproxy.cn", role: mirror, fallback: any-error}
    - direct
  checksum: {database: sum.golang.google.cn}
  private:
    modules: [git.acme.example]
  targets:
    - {name: ci, kind: sh, path: ci/goproxy.sh}
    - {name: editors, kind: vscode-settings, terminals: [linux]}
    - {name: mine, kind: go-env}
"""
#: What POLICY comes to: a file, eight members in each of two objects; eight settings of go on the machine.
TREE, MACHINE = 17, 8

#: What a run may see of our own environment; the rest would make it depend on where the suite runs.
_KEPT = ("PATH", "SYSTEMROOT", "COVERAGE_PROCESS_START", "GOPROXYCTL_TREE")


@dataclass(frozen=True)
class Ran:
    """What one run gave."""

    code: int
    out: str
    err: str


class Desk:
    """Runs ``goproxyctl`` in ``tree``, in this process (`run`) or in one of its own (`start`)."""

    def __init__(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self.tree, self.home = tmp_path / "tree", tmp_path / "home"
        self.tree.mkdir()
        self.home.mkdir()
        self._capsys = capsys
        for name in list(os.environ):
            if name not in _KEPT and not name.startswith(("PYTEST", "PYTHON")):
                monkeypatch.delenv(name)
        for name, value in self._homes().items():
            monkeypatch.setenv(name, value)
        monkeypatch.chdir(self.tree)

    @property
    def policy(self) -> Path:
        return self.tree / "policy.yaml"

    @property
    def go_env(self) -> Path:
        return self.home / ("AppData/Roaming" if sys.platform == "win32" else ".config") / "go" / "env"

    def _homes(self) -> dict[str, str]:
        """Where a program looks for the user's files."""
        local, roaming = self.home / "AppData" / "Local", self.home / "AppData" / "Roaming"
        windows = {"USERPROFILE": str(self.home), "LOCALAPPDATA": str(local), "APPDATA": str(roaming)}
        return windows if sys.platform == "win32" else {"HOME": str(self.home)}

    def write(self, policy: str = POLICY) -> "Desk":
        self.policy.write_text(policy)
        return self

    def run(self, *arguments: str) -> Ran:
        self._capsys.readouterr()
        code = main(arguments)
        said = self._capsys.readouterr()
        return Ran(code, said.out, said.err)

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "goproxyctl", *arguments]

    def env(self, **extra: str) -> dict[str, str]:
        return {
            **{name: os.environ[name] for name in ("PATH", "SYSTEMROOT", "GOPROXYCTL_TREE") if name in os.environ},
            **self._homes(),
            "PYTHONPATH": str(ROOT),
            "PYTHONDONTWRITEBYTECODE": "1",
            **extra,
        }

    def start(self, *arguments: str, env: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            self.command(*arguments), cwd=self.tree, env=dict(env or self.env()), capture_output=True, timeout=60
        )

    def start_unread(self, *arguments: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        """Its standard output is a pipe of Unix that nobody reads; ``given`` is its standard input."""
        reading, writing = os.pipe()
        os.close(reading)
        with os.fdopen(writing, "wb") as gone:
            return subprocess.run(
                self.command(*arguments), cwd=self.tree, env=self.env(), input=given, stdout=gone,
                stderr=subprocess.PIPE, timeout=60,
            )  # fmt: skip

    def files(self) -> dict[str, bytes]:
        """Every file of the tree, without the ledger."""
        found = (path for path in self.tree.rglob("*") if path.is_file() and ".goproxyctl" not in path.parts)
        return {path.relative_to(self.tree).as_posix(): path.read_bytes() for path in found}
