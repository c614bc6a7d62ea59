"""2,000 namespaces on a real API server: our commands against the floors of raw clients, and against kubectl."""

import json
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.measuring import GOPROXYCTL, PYTHON, Figure, Run, peak_mb, run, show
from benchmarks.namespaces import POLICY
from tests.kube import ADMIN, Kube, find_kube, running, wire

COUNT = 2000
DRIFTED = COUNT // 100
#: A client that knows what to do: one request for each namespace, so many at a time, and nothing else.
REQUESTS = """
import asyncio, json, ssl, sys, aiohttp
url, authority, token, method, name, body, names = sys.argv[1:8]
async def main():
    gate = asyncio.Semaphore(64)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/apply-patch+yaml"}
    connector = aiohttp.TCPConnector(limit=64, ssl=ssl.create_default_context(cafile=authority))
    async with aiohttp.ClientSession(connector=connector, headers=headers) as session:
        async def send(namespace):
            at = f"{url}/api/v1/namespaces/{namespace}/configmaps/{name}?fieldManager=floor"
            async with gate, session.request(method, at, data=body or None) as answer:
                assert answer.status in (200, 201), await answer.text()
        await asyncio.gather(*map(send, json.load(open(names))))
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

    def words(self, command: str, *more: str, config: str = "") -> list[str]:
        """A command of ours on the cluster."""
        return [GOPROXYCTL, command, "--in", "cluster", "--kubeconfig", config or self.config, *more]

    def ours(self, command: str, *more: str, code: int = 0) -> Run:
        """Runs it."""
        return run(self.words(command, *more), self.tree, code)

    def requests(self, command: str, *more: str, code: int = 0) -> int:
        """How many requests a command makes, counted on the way."""
        with wire(self.kube) as between:
            config = self.kube.kubeconfig(self.folder / "counted", server=between.url)
            run(self.words(command, *more, config=config), self.tree, code)
            return len(between.asked)

    def manifests(self) -> Path:
        """What kubectl is given: the same objects."""
        path = self.folder / "manifests.yaml"
        words = [GOPROXYCTL, "render", "--in", "cluster", "-o", "-"]
        path.write_bytes(subprocess.run(words, cwd=self.tree, capture_output=True, check=True).stdout)
        return path

    def raw(self, method: str, name: str, body: str = "") -> Run:
        """The same number of requests by a bare client, each about the object of that name."""
        names = self.folder / "names.json"
        names.write_text(json.dumps(self.names))
        words = [self.kube.url, str(self.kube.authority), ADMIN, method, name, body, str(names)]
        return run([PYTHON, "-c", REQUESTS, *words])

    def floor(self, data: object) -> Run:
        """The same patches, under another name."""
        document = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "floor"}, "data": data}
        return self.raw("PATCH", "floor", json.dumps(document))

    def fresh(self) -> None:
        """Nothing of ours in the cluster any more, nor of the floor."""
        self.ours("remove", "--yes")
        self.raw("DELETE", "floor")


def _first_apply(bench: Bench, rounds: int) -> list[Figure]:
    """Ours and the floor in turns, the better of each: the first requests of a new API server take twice as long."""
    bench.ours("apply", "--yes")
    data = (bench.kube.get(bench.names[0]) or {})["data"]
    ours, floors = [], []
    bench.floor(data)
    for _ in range(rounds):
        bench.fresh()
        floors.append(bench.floor(data).wall_s)
        ours.append(bench.ours("apply", "--yes").wall_s)
    imported = min(run([PYTHON, "-c", "import kubernetes.aio.client, kubernetes.aio.config"]).wall_s for _ in range(3))
    floor = min(floors)
    bench.fresh()
    memory = peak_mb(bench.words("apply", "--yes"), bench.tree)
    bench.raw("PATCH", "floor", json.dumps({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "floor"}}))
    return [
        Figure(f"{COUNT} namespaces: first apply", min(ours), floor, 1.5 + imported / floor,
               "64 patches at a time, bare; goal 1.5 x and the import"),
        Figure("... peak memory", memory, 250, 1, "the limit", "MB"),
        *_against_kubectl(bench, min(ours)),
    ]  # fmt: skip


def _against_kubectl(bench: Bench, ours: float) -> list[Figure]:
    kubectl = shutil.which("kubectl")
    if not kubectl:
        return []
    file, word = str(bench.manifests()), [kubectl, "--kubeconfig", bench.config]
    checked = min(bench.ours("status").wall_s for _ in range(3))
    compared = run([*word, "diff", "--server-side", "--force-conflicts", "-f", file])
    bench.ours("remove", "--yes")
    applied = run([*word, "apply", "--server-side", "-f", file])
    bench.raw("DELETE", "goproxy-env")
    bench.ours("apply", "--yes")
    return [
        Figure("... first apply", ours, applied.wall_s, 1 / 2, "kubectl apply --server-side"),
        Figure("... drift check, nothing drifted", checked, compared.wall_s, 1 / 8, "kubectl diff --server-side"),
    ]


def _later(bench: Bench, rounds: int) -> list[Figure]:
    """What happens every day: nothing to do, a few that drifted, a few that go."""
    listing = min(run([PYTHON, "-c", LIST, bench.config]).wall_s for _ in range(rounds))
    again = min(bench.ours("apply", "--yes").wall_s for _ in range(rounds))
    asked = bench.requests("apply", "--yes")
    for namespace in bench.names[:DRIFTED]:
        bench.kube.edit(namespace, {"data": {"GOPROXY": "https://drifted.example"}})
    drift = min(bench.ours("status", code=3).wall_s for _ in range(rounds))
    looked = bench.requests("status", code=3)
    mended = bench.ours("apply", "--yes", "--take-fields")
    bench.write(bench.names[: COUNT - DRIFTED])
    pruned = bench.ours("apply", "--yes", "--prune")
    pages = COUNT // 500 + 5
    return [
        Figure("... no-op apply", again, listing, 2, "typed list of the official client"),
        Figure("... its requests", asked, pages, 1, "pages + 5", ""),
        Figure(f"... drift check, {DRIFTED} drifted", drift, listing, 2, "typed list of the official client"),
        Figure("... its requests", looked, pages, 1, "pages + 5", ""),
        Figure(f"... apply to {DRIFTED} that drifted", mended.wall_s, listing, 3, "typed list of the official client"),
        Figure(f"... prune of {DRIFTED}", pruned.wall_s, listing, 3, "typed list of the official client"),
    ]


def figures(rounds: int = 3) -> list[Figure]:
    if not find_kube():
        print("no kube-apiserver here, so no figures of clusters; .ci/kube builds one", file=sys.stderr)
        return []
    with TemporaryDirectory() as name, running(Path(name)) as kube:
        bench = Bench(kube, Path(name))
        return [*_first_apply(bench, rounds), *_later(bench, rounds)]


if __name__ == "__main__":
    rows = figures()
    show(rows)
    sys.exit(not all(row.good for row in rows))
