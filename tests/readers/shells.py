"""POSIX shells as readers: each sources the artifact and shows its environment."""

import os
import shutil
import subprocess
from pathlib import Path

from tests.oracles import require
from tests.readers.canary import Canary

SHELLS = {"dash": (), "bash": ("--norc",), "zsh": ("-f",), "mksh": (), "busybox": ("sh",)}

#: Sources each file in a process of its own, and lets env print a mark after it (mksh has no printf of its own).
_LOOP = 'env=$1; shift; for file; do ( . "$file"; exec "$env" -0 ); "$env" -i -0 END==; done'


def read_shell(shell: str, files: list[Path], canary: Canary) -> list[dict[str, str]]:
    """The variables that each file sets or changes, as ``env -0`` of the shell's child shows them."""
    # The null device sets nothing: what shows up then is the shell's own.
    arguments = [shutil.which("env") or "env", os.devnull, *map(str, files)]
    command = [require(shell), *SHELLS[shell], "-c", _LOOP, "sh", *arguments]
    done = subprocess.run(command, env=canary.environment(), capture_output=True, timeout=300, cwd=files[0].parent)
    assert done.returncode == 0, done.stderr
    assert done.stderr == b""
    own, *found = [_variables(part) for part in done.stdout.split(b"END==\0")[:-1]]
    assert len(found) == len(files)
    assert all(own.keys() <= variables.keys() for variables in found)
    return [{name: value for name, value in variables.items() if own.get(name) != value} for variables in found]


def _variables(shown: bytes) -> dict[str, str]:
    pairs = (entry.decode().partition("=") for entry in shown.split(b"\0") if entry)
    return {name: value for name, _, value in pairs}
