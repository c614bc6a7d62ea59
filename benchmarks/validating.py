"""validate of a one-target policy against F; render of examples/acme, which validates first, against F with jinja2."""

from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.measuring import FLOOR, GOPROXYCTL, PYTHON, ROOT, Figure, medians, show

POLICY = """\
apiVersion: goproxyctl/v1
kind: Policy
metadata: {name: small}
spec:
  chain:
    - {name: mirror, url: "https://goproxy.cn", role: mirror}
    - direct
  targets:
    - {name: shell, kind: sh, path: goproxy.sh}
"""
ACME = ["-f", str(ROOT / "examples" / "acme" / "policy.yaml")]


def figures(runs: int = 15) -> list[Figure]:
    with TemporaryDirectory() as folder:
        small = Path(folder) / "policy.yaml"
        small.write_text(POLICY, encoding="utf-8")
        commands = [
            [PYTHON, "-c", FLOOR],
            [PYTHON, "-c", FLOOR + "import jinja2\n"],
            [GOPROXYCTL, "validate", "-f", str(small)],
            [GOPROXYCTL, "render", *ACME, "-o", str(Path(folder) / "rendered")],
        ]
        floor, floor_jinja, one, render = medians(commands, runs)
    return [
        Figure("validate, one target", one, floor, 1.5, "F"),
        Figure("validate + render examples/acme", render, floor_jinja, 2, "F + jinja2"),
    ]


if __name__ == "__main__":
    show(figures())
