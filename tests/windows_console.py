"""A console of Windows for tests: the cmd of Wine 10 with the real go.exe, a registry and an %AppData% of its own."""

import hashlib
import os
import shutil
import subprocess
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from goproxyctl.intent import Fallback, Hop, Intent, Role
from tests.oracles import ROOT, missing, require_go
from tests.wine import LAB, require_wine

GO = r"Z:\lab\go\bin"
#: What is installed: what a value may hold that cmd and the registry have a meaning for.
COMPANY = Intent(
    "acme",
    "laptops",
    hops=(
        Hop("gateway", "https://goproxy.acme.example/a%2Fb", Role.GATEKEEPER),
        Hop("cn", "https://goproxy.cn", Role.MIRROR, Fallback.ANY_ERROR),
    ),
    private=("git.acme.example", "*.git.acme.example"),
)
_OBSTINATE = ROOT / "tests" / "data" / "obstinate_go.go"

#: What a batch file makes of each line: it runs, and its exit code is written down. `>>file echo` because `echo 0>>file`
#: would redirect handle 0.
_STEP = '{line} >>"%LAB_TEST%\\said.txt" 2>>"%LAB_TEST%\\erred.txt"\r\n>>"%LAB_TEST%\\codes.txt" echo %errorlevel%\r\n'


@dataclass(frozen=True)
class Ran:
    """What came of each line: exit codes in order, and all that was printed."""

    codes: list[int]
    said: str
    erred: str


@dataclass(frozen=True)
class Console:
    """``folder``: where files of the test are, with ``prefix`` (Wine's own) and ``AppData`` in it."""

    folder: Path

    @property
    def go_env(self) -> Path:
        """The file that go.exe reads here."""
        return self.folder / "AppData" / "go" / "env"

    def windows(self, path: Path) -> str:
        """The path as Windows has it."""
        return "Z:\\lab\\" + str(path.relative_to(LAB)).replace("/", "\\")

    def run(
        self, lines: Sequence[str], *, path: str = GO, variables: Mapping[str, str] | None = None, home: str = ""
    ) -> Ran:
        """The lines in a batch file, one after the other, in a cmd.exe of their own with ``path`` before its PATH.

        ``home`` is the folder of %LAB_HOME%, whatever its name: the batch file itself is ASCII.
        """
        here = self.windows(self.folder)
        settings = {"LAB_TEST": here, "APPDATA": rf"{here}\AppData", "PATH": f"{path};%PATH%", **(variables or {})}
        for name in ("said", "erred", "codes"):
            (self.folder / f"{name}.txt").write_bytes(b"")
        head = ["@echo off", *(f'set "{name}={value}"' for name, value in settings.items())]
        text = "".join(f"{line}\r\n" for line in head) + "".join(_STEP.format(line=line) for line in lines)
        (self.folder / "run.bat").write_bytes(f"{text}exit /b 0\r\n".encode("ascii"))
        done = _wine(self.folder, f"LAB_HOME={here}\\{home}", "wine", "cmd", "/c", rf"{here}\run.bat")
        assert done == 0, f"cmd ended with {done}"
        said, erred, codes = (self._read(f"{name}.txt") for name in ("said", "erred", "codes"))
        return Ran([int(code) for code in codes.split()], said, erred)

    def _read(self, name: str) -> str:
        return (self.folder / name).read_bytes().decode(errors="replace").replace("\r\n", "\n")


def _wine(folder: Path, *command: str) -> int:
    """Runs in the prefix of ``folder``; to nowhere, for a pipe would wait for what Wine leaves in the background."""
    prefix = f"WINEPREFIX=/lab/{folder.name}/prefix"
    nowhere = subprocess.DEVNULL
    whole = [str(ROOT / ".ci" / "wine"), "env", prefix, *command]
    return subprocess.run(whole, stdin=nowhere, stdout=nowhere, stderr=nowhere, timeout=1800, check=False).returncode


@contextmanager
def console() -> Iterator[Console]:
    """A fresh one: nothing of other tests is in its registry, and nothing of it is left."""
    require_wine()
    if not (LAB / "go" / "bin" / "go.exe").exists():
        missing("go.exe", ".ci/wine-go")
    folder = LAB / f"console-{uuid.uuid4().hex}"
    _clone_prefix(folder / "prefix")
    (folder / "AppData").mkdir()
    try:
        _wine(folder, "wineserver", "-p")
        yield Console(folder)
    finally:
        _wine(folder, "wineserver", "-k")
        _wine(folder, "wineserver", "-w")
        shutil.rmtree(folder)


def _clone_prefix(prefix: Path) -> None:
    """Registry and user folders are copies; the programs of Windows, which nobody changes, are links."""
    source = LAB / "prefix"
    (prefix / "drive_c").mkdir(parents=True)
    for file in [*source.glob("*.reg"), source / ".update-timestamp"]:
        shutil.copy2(file, prefix)
    shutil.copytree(source / "dosdevices", prefix / "dosdevices", symlinks=True)
    shutil.copytree(source / "drive_c" / "users", prefix / "drive_c" / "users", symlinks=True)
    for folder in (source / "drive_c").iterdir():
        if folder.name != "users":
            (prefix / "drive_c" / folder.name).symlink_to(f"/lab/prefix/drive_c/{folder.name}")


def obstinate_go() -> str:
    """The folder of a go.exe that gets wrong what OBSTINATE says (tests/data/obstinate_go.go); built once."""
    folder = LAB / "obstinate" / hashlib.sha256(_OBSTINATE.read_bytes()).hexdigest()[:16]
    if not (folder / "go.exe").exists():
        folder.mkdir(parents=True, exist_ok=True)
        fresh = folder / f"{uuid.uuid4().hex}.exe"
        env = {**os.environ, "GOOS": "windows", "GOARCH": "amd64", "CGO_ENABLED": "0", "GOTOOLCHAIN": "local"}
        subprocess.run([require_go(), "build", "-trimpath", "-o", str(fresh), str(_OBSTINATE)], env=env, check=True)
        shutil.copy(fresh, folder / "fc.exe")
        fresh.replace(folder / "go.exe")
    return rf"Z:\lab\obstinate\{folder.name}"
