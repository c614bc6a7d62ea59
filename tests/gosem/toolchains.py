"""Older go commands, unpacked by .ci/go-versions into .cache/go."""

import os

from goproxyctl.gosem.version import NEWEST, GoVersion
from tests.oracles import ROOT, missing, require_go

FOLDER = ROOT / ".cache" / "go"
#: The releases that predictions are compared with; "" is the newest, of the environment.
VERSIONS = ("", "1.26.6", "1.24.11", "1.21.13")


def require_go_version(version: str) -> str:
    """The path of the go command of ``version``; "" is the environment's own."""
    if not version:
        return require_go()
    binary = FOLDER / version / "go" / "bin" / ("go.exe" if os.name == "nt" else "go")
    return str(binary) if binary.exists() else missing(f"go {version}", ".ci/go-versions")


def version_of(version: str) -> GoVersion:
    """The version behind an entry of VERSIONS."""
    return NEWEST if not version else GoVersion.parse(version)
