"""status of 1,000 files in sync against reading and hashing them."""

import hashlib
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.measuring import GOPROXYCTL, Figure, beyond, median_of, run, show

HEAD = """\
apiVersion: goproxyctl/v1
kind: Policy
metadata: {name: many}
spec:
  chain:
    - {name: mirror, url: "https://goproxy.cn", role: mirror}
    - direct
  targets:
"""


def figures(runs: int = 9, count: int = 1000) -> list[Figure]:
    with TemporaryDirectory() as name:
        folder = Path(name)
        targets = (f"    - {{name: s{n:04}, kind: sh, path: sh/{n:04}.sh}}\n" for n in range(count))
        (folder / "policy.yaml").write_text(HEAD + "".join(targets), encoding="utf-8")
        run([GOPROXYCTL, "apply", "--yes"], folder)
        files = sorted((folder / "sh").iterdir())
        hashing = median_of(lambda: [hashlib.sha256(file.read_bytes()).hexdigest() for file in files], runs)
        looking = beyond([GOPROXYCTL, "validate"], [GOPROXYCTL, "status"], runs, folder)
    return [Figure(f"status of {len(files)} files, beyond validate", looking, hashing, 4, "read and hash")]


if __name__ == "__main__":
    show(figures())
