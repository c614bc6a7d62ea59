"""One ConfigMap for each of 4,000 and 10,000 namespaces: against json.dumps of the same objects, and kustomize."""

import json
import shutil
import subprocess
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import yaml

from benchmarks.measuring import GOPROXYCTL, Figure, beyond, median_of, peak_mb, run, show

POLICY = """\
apiVersion: goproxyctl/v1
kind: Policy
metadata: {{name: fleet}}
spec:
  chain:
    - {{name: gateway, url: "https://goproxy.acme.example", role: gatekeeper}}
    - direct
  checksum: {{database: sum.golang.google.cn}}
  private: {{modules: [git.acme.example]}}
  targets:
    - name: cluster
      kind: configmap
      path: manifests/goproxy.yaml
      namespaces: [{namespaces}]
"""
KUSTOMIZATION = """\
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
resources: [objects.yaml]
labels:
  - pairs: {goproxyctl.example/built-by: kustomize}
"""


def write_policy(folder: Path, count: int) -> None:
    folder.mkdir()
    names = ",\n        ".join(f"team-{number:04}" for number in range(count))
    (folder / "policy.yaml").write_text(POLICY.format(namespaces=names), encoding="utf-8")


def beyond_validate(folder: Path, runs: int) -> float:
    """What rendering the stream costs more than validating the same policy. Units: seconds."""
    return beyond([GOPROXYCTL, "validate"], [GOPROXYCTL, "render", "-o", "-"], runs, folder)


def whole_work(folder: Path, one: Path, runs: int) -> float:
    """What rendering it takes beyond the start of the program, whose cost is that of one namespace. Units: seconds."""
    command = [GOPROXYCTL, "render", "-o", "-", "-f"]
    return beyond([*command, str(one / "policy.yaml")], [*command, str(folder / "policy.yaml")], runs)


def rendered(folder: Path) -> list[object]:
    stream = subprocess.run([GOPROXYCTL, "render", "-o", "-"], cwd=folder, capture_output=True, check=True).stdout
    return [document for document in yaml.load_all(stream, Loader=yaml.CSafeLoader) if document]


def kustomize_s(folder: Path, objects: Iterable[object]) -> float | None:
    """How long kubectl builds the same objects, one label added. Units: seconds; None without kubectl."""
    kubectl = shutil.which("kubectl")
    if not kubectl:
        return None
    folder.mkdir()
    (folder / "objects.yaml").write_text(yaml.dump_all(objects, Dumper=yaml.CSafeDumper), encoding="utf-8")
    (folder / "kustomization.yaml").write_text(KUSTOMIZATION, encoding="utf-8")
    return run([kubectl, "kustomize", "."], folder).wall_s


def figures(runs: int = 9) -> list[Figure]:
    with TemporaryDirectory() as name:
        one, few, many, most = (Path(name) / str(count) for count in (1, 1000, 4000, 10_000))
        for folder in (one, few, many, most):
            write_policy(folder, int(folder.name))
        ours, large = (beyond_validate(folder, runs) for folder in (many, most))
        thousand, four, ten = (whole_work(folder, one, runs) for folder in (few, many, most))
        objects, every = rendered(many), rendered(most)
        memory, largest = (peak_mb([GOPROXYCTL, "render", "-o", "-"], folder) for folder in (many, most))
        dumps, dumped = (median_of(partial(json.dumps, them), runs) for them in (objects, every))
        rows = [
            Figure(f"{len(objects)} namespaces, beyond validate", ours, dumps, 4, "json.dumps of the same objects"),
            Figure("... peak memory", memory, 150, 1, "the limit", "MB"),
            Figure("... growth from 1,000", four, thousand, 4.6, "1,000 namespaces"),
            Figure(f"{len(every)} namespaces, beyond validate", large, dumped, 4, "json.dumps of the same objects"),
            Figure("... peak memory", largest, 300, 1, "the limit", "MB"),
            Figure("... growth from 4,000", ten, four, 2.875, "4,000 namespaces"),
        ]
        kustomize = kustomize_s(Path(name) / "kustomize", objects)
        if kustomize is not None:
            whole = run([GOPROXYCTL, "render", "-o", "-"], many)
            rows.append(Figure("4000: the whole command", whole.wall_s, kustomize, 1 / 50, "kubectl kustomize"))
    return rows


if __name__ == "__main__":
    show(figures())
