"""The real go as a reader of its own file."""

import subprocess
from pathlib import Path

from tests.oracles import require_go
from tests.readers.canary import Canary


def read_go_env(file: Path, names: list[str], canary: Canary) -> dict[str, str]:
    """The values that ``go env`` shows when ``file`` is its GOENV."""
    home = file.parent / "home"
    home.mkdir(exist_ok=True)
    # GOTOOLCHAIN in the environment: a value of the file must not make go look for another toolchain.
    env = {**canary.environment(), "HOME": str(home), "GOENV": str(file), "GOTOOLCHAIN": "local", "GOFLAGS": ""}
    command = [require_go(), "env", *names]
    done = subprocess.run(command, env=env, capture_output=True, timeout=120, cwd=home, check=True)
    assert done.stderr == b""
    values = done.stdout.decode().split("\n")
    assert values.pop() == ""
    return dict(zip(names, values, strict=True))
