"""A policy for namespaces of its own in a running cluster, and the command line at its side."""

from collections.abc import Sequence
from itertools import count
from pathlib import Path
from typing import Any

from tests.desk import Desk, Ran
from tests.kube import MEMBERS, Kube

POLICY = """\
apiVersion: goproxyctl/v1
kind: Policy
metadata: {{name: {owner}}}
spec:
  chain:
    - {{name: gateway, url: "https://{host}", role: gatekeeper}}
    - direct
  checksum: {{database: sum.golang.google.cn}}
  private: {{modules: [git.acme.example]}}
  targets:
    - {{name: cluster, kind: configmap, namespaces: [{namespaces}]}}
"""
HOST = "goproxy.acme.example"
WANTED = f"https://{HOST},direct"
_numbers = count()


class Fleet:
    """A policy for namespaces of its own, and the command line at its side."""

    def __init__(self, desk: Desk, kube: Kube, config: Path) -> None:
        self.desk, self.kube, self.config = desk, kube, config
        number = next(_numbers)
        self.owner = f"acme-{number}"
        self.names: list[str] = []
        #: A user with no rights but those that a test grants, and their token.
        self.member = MEMBERS[number]
        self._stem = f"team-{number}"

    def grow(self, size: int) -> "Fleet":
        fresh = [f"{self._stem}-{number}" for number in range(len(self.names), size)]
        self.kube.namespaces(*fresh)
        self.names += fresh
        return self.write()

    def write(self, names: Sequence[str] | None = None, host: str = HOST) -> "Fleet":
        wanted = ", ".join(self.names if names is None else names)
        self.desk.write(POLICY.format(owner=self.owner, host=host, namespaces=wanted))
        return self

    def words(self, command: str, *more: str) -> list[str]:
        return [command, "--in", "cluster", "--kubeconfig", str(self.config), *more]

    def run(self, command: str, *more: str) -> Ran:
        return self.desk.run(*self.words(command, *more))

    def apply(self, *more: str) -> Ran:
        return self.run("apply", "--yes", *more)

    def live(self) -> dict[str, dict[str, Any] | None]:
        return {name: self.kube.get(name) for name in self.names}

    def versions(self) -> list[str]:
        return [tree["metadata"]["resourceVersion"] for tree in self.live().values() if tree]

    def values(self, variable: str = "GOPROXY") -> set[str | None]:
        return {tree["data"].get(variable) if tree else None for tree in self.live().values()}

    def ledger(self) -> dict[str, Any] | None:
        return self.kube.get("default", f"goproxyctl-ledger-{self.owner}")


WANTED = f"https://{HOST},direct"
