"""A PATH on which every command leaves a mark: proof that nothing from a value was run."""

import os
import stat
from dataclasses import dataclass
from pathlib import Path

COMMANDS = """
[ awk bash busybox calc calc.exe cat chmod cmd cmd.exe cp curl cut dash date dd echo env expr false find git go grep
head id iex kill ln ls mkdir mksh mv nc node od perl printf ps pwd pwsh python python3 rm root sed set sh sleep
sort start sudo tail tee test touch tr true uname wc wget which whoami x xargs yes zsh a b y
"""


@dataclass(frozen=True)
class Canary:
    """``path`` is for PATH; `sang` tells whether any command on it was run."""

    path: Path
    mark: Path

    def sang(self) -> bool:
        return self.mark.exists()

    def environment(self) -> dict[str, str]:
        """All that a reader gets: nothing to find programs with, nothing of ours."""
        return {"PATH": str(self.path), "LC_ALL": "C.UTF-8"}


def make_canary(folder: Path) -> Canary:
    path, mark = folder / "canary", folder / "PWNED"
    path.mkdir()
    for command in COMMANDS.split():
        script = path / command
        script.write_text(f"#!{os.path.realpath('/bin/sh')}\n: > '{mark}'\n")
        script.chmod(script.stat().st_mode | stat.S_IXUSR)
    return Canary(path, mark)
