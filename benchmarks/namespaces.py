"""One ConfigMap for each of 4,000 namespaces: against json.dumps of the same objects, and against kustomize."""

import json
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory

import yaml

from benchmarks.measuring import GOPROXYCTL, Figure, median_of, medians, run, show

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
    names = ", ".join(f"team-{number:04}" for number in range(count))
    (folder / "policy.yaml").write_text(POLICY.format(namespaces=names), encoding="utf-8")


def beyond_validate(folder: Path, runs: int) -> float:
    """What rendering the stream costs more than validating the same policy. Units: seconds."""
    validate, render = medians([[GOPROXYCTL, "validate"], [GOPROXYCTL, "render", "-o", "-"]], runs, folder)
    return render - validate


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
        few, many = Path(name) / "1000", Path(name) / "4000"
        write_policy(few, 1000)
        write_policy(many, 4000)
        ours, small = beyond_validate(many, runs), beyond_validate(few, runs)
        objects = rendered(many)
        whole = run([GOPROXYCTL, "render", "-o", "-"], many)
        dumps = median_of(lambda: json.dumps(objects), runs)
        rows = [
            Figure(f"{len(objects)} namespaces, beyond validate", ours, dumps, 4, "json.dumps of the same objects"),
            Figure("... peak memory", whole.peak_mb, 150, 1, "the limit", "MB"),
            Figure("... growth from 1,000", ours, small, 4.6, "1,000 namespaces"),
        ]
        kustomize = kustomize_s(Path(name) / "kustomize", objects)
        if kustomize is not None:
            rows.append(Figure("... the whole command", whole.wall_s, kustomize, 1 / 50, "kubectl kustomize"))
    return rows


if __name__ == "__main__":
    show(figures())
