"""2,000 namespaces on a real API server: our commands against the floors of raw clients, and against kubectl."""

import json
import shutil
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.measuring import GOPROXYCTL, PYTHON, Figure, Run, run, show
from benchmarks.namespaces import POLICY
from tests.kube import Kube, running, wire

COUNT = 2000
#: A client that knows what to do: the same patches, so many at a time, and nothing else.
PATCHES = """
import asyncio, json, ssl, sys, aiohttp
url, authority, token, body = sys.argv[1:5]
names = json.load(open(sys.argv[5]))
async def main():
    gate = asyncio.Semaphore(64)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/apply-patch+yaml"}
    connector = aiohttp.TCPConnector(limit=64, ssl=ssl.create_default_context(cafile=authority))
    async with aiohttp.ClientSession(connector=connector, headers=headers) as session:
        async def patch(name):
            at = f"{url}/api/v1/namespaces/{name}/configmaps/floor?fieldManager=floor"
            async with gate, session.patch(at, data=body) as answer:
                assert answer.status in (200, 201), await answer.text()
        await asyncio.gather(*map(patch, names))
asyncio.run(main())
"""
#: The drift check of a script: the official client, typed, page by page.
LIST = """
import sys
from kubernetes import client, config
config.load_kube_config(sys.argv[1])
api, page, seen = client.CoreV1Api(), None, 0
while page is None or page.metadata._continue:
    page = api.list_config_map_for_all_namespaces(
        label_selector="app.kubernetes.io/managed-by=goproxyctl", limit=500, _continue=page and page.metadata._continue)
    seen += sum(1 for item in page.items if item.data)
"""


class Bench:
    """A policy for COUNT namespaces, which are there."""

    def __init__(self, kube: Kube, folder: Path) -> None:
        self.kube, self.folder, self.tree = kube, folder, folder / "tree"
        self.names = [f"team-{number:04}" for number in range(COUNT)]
        self.tree.mkdir()
        self.config = kube.kubeconfig(folder / "kubeconfig")
        kube.namespaces(*self.names)
        self.write(self.names)

    def write(self, names: Sequence[str]) -> None:
        """The policy, for these of the namespaces."""
        (self.tree / "policy.yaml").write_text(POLICY.format(namespaces=", ".join(names)).replace(
            "      path: manifests/goproxy.yaml\n", ""), encoding="utf-8")  # fmt: skip

    def ours(self, command: str, *more: str, config: str = "") -> Run:
        """A command of ours on the cluster."""
        words = [GOPROXYCTL, command, "--in", "cluster", "--kubeconfig", config or self.config, *more]
        return run(words, self.tree)

    def requests(self, command: str, *more: str) -> int:
        """How many requests a command makes, counted on the way."""
        with wire(self.kube) as between:
            config = self.kube.kubeconfig(self.folder / "counted", server=between.url)
            self.ours(command, *more, config=config)
            return len(between.asked)

    def manifests(self) -> Path:
        """What kubectl is given: the same objects."""
        path = self.folder / "manifests.yaml"
        words = [GOPROXYCTL, "render", "--in", "cluster", "-o", "-"]
        path.write_bytes(subprocess.run(words, cwd=self.tree, capture_output=True, check=True).stdout)
        return path

    def floor(self) -> Run:
        """The same patches, under another name, by a bare client."""
        names, body = self.folder / "names.json", json.dumps({
            "apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "floor"},
            "data": (self.kube.get(self.names[0]) or {})["data"],
        })  # fmt: skip
        names.write_text(json.dumps(self.names))
        from tests.kube import ADMIN

        return run([PYTHON, "-c", PATCHES, self.kube.url, str(self.kube.authority), ADMIN, body, str(names)])


def figures() -> list[Figure]:
    with TemporaryDirectory() as name, running(Path(name)) as kube:
        bench = Bench(kube, Path(name))
        first = bench.ours("apply", "--yes")
        floor, imported = bench.floor(), run([PYTHON, "-c", "import kubernetes.aio.client, kubernetes.aio.config"])
        listing = run([PYTHON, "-c", LIST, bench.config])
        again = bench.ours("apply", "--yes")
        status = bench.ours("status")
        asked = bench.requests("apply", "--yes")
        bench.write(bench.names[: COUNT - 20])
        prune = bench.ours("apply", "--yes", "--prune")
        return [
            Figure(f"{COUNT} namespaces: first apply", first.wall_s, floor.wall_s * 1.5 + imported.wall_s, 1,
                   "1.5 x 64 patches at a time, bare, + import"),
            Figure("... no-op apply", again.wall_s, listing.wall_s, 2, "typed list of the official client"),
            Figure("... drift check", status.wall_s, listing.wall_s, 2, "typed list of the official client"),
            Figure("... requests of a no-op apply", asked, COUNT // 500 + 5, 1, "pages + 5", ""),
            Figure("... prune of 20", prune.wall_s, first.wall_s, 1, "first apply"),
            Figure("... peak memory of first apply", first.peak_mb, 250, 1, "the limit", "MB"),
            *_against_kubectl(bench, first, status),
        ]  # fmt: skip


def _against_kubectl(bench: Bench, first: Run, status: Run) -> list[Figure]:
    kubectl = shutil.which("kubectl")
    if not kubectl:
        return []
    file = str(bench.manifests())
    word = [kubectl, "--kubeconfig", bench.config]
    compared = run([*word, "diff", "--server-side", "--force-conflicts", "-f", file])
    for namespace in bench.names:
        with suppress(AssertionError):
            bench.kube.delete(namespace)
    applied = run([*word, "apply", "--server-side", "-f", file])
    return [
        Figure("... drift check", status.wall_s, compared.wall_s, 1 / 8, "kubectl diff --server-side"),
        Figure("... first apply", first.wall_s, applied.wall_s, 1 / 2, "kubectl apply --server-side"),
    ]


if __name__ == "__main__":
    rows = figures()
    show(rows)
    sys.exit(not all(row.good for row in rows))
