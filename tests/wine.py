"""Real batch files under the cmd of Wine 10, in the folder that .ci/wine-root built."""

import os
import subprocess
import uuid
from pathlib import Path

from tests.oracles import ROOT, missing

LAB = Path(os.environ.get("GOPROXYCTL_WINE") or Path.home() / ".cache" / "goproxyctl-ci" / "wine")


def require_wine() -> None:
    """Skips, or fails where every oracle is required, when the folder is not there or may not be entered."""
    if not (LAB / ".ready").exists() or os.geteuid() != 0:
        missing("Wine 10", "as root: .ci/wine-root")


def variables_after(script: bytes) -> dict[str, str]:
    """The environment of a cmd.exe that called ``script``, as its own ``set`` prints it; names as Windows has them.

    The output goes to a file: a pipe would wait for the programs that Wine leaves in the background.
    """
    folder = LAB / f"test-{uuid.uuid4().hex}"
    folder.mkdir()
    try:
        (folder / "script.bat").write_bytes(script)
        (folder / "run.bat").write_bytes(
            b'@echo off\r\ncall "%~dp0script.bat" >"%~dp0said.txt" 2>&1\r\n'
            b'if errorlevel 1 exit /b 9\r\nset >"%~dp0out.txt"\r\nexit /b 0\r\n'
        )
        command = [str(ROOT / ".ci" / "wine"), "wine", "cmd", "/c", rf"Z:\lab\{folder.name}\run.bat"]
        done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, timeout=120, check=False)
        said = (folder / "said.txt").read_bytes().decode("ascii", "replace")
        assert done.returncode == 0, f"exit code {done.returncode}: {said}"
        lines = (folder / "out.txt").read_bytes().decode("ascii").split("\r\n")
        found = {path.name for path in folder.iterdir()}
        assert found == {"script.bat", "run.bat", "said.txt", "out.txt"}, f"the script made files: {found}"
        return dict(line.split("=", 1) for line in lines if "=" in line)
    finally:
        for path in folder.iterdir():
            path.unlink()
        folder.rmdir()
