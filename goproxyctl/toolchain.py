"""What go says about its own settings, asked so that nothing is downloaded and no module is consulted."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from goproxyctl.errors import StoreError
from goproxyctl.text import Text

#: Units: seconds. go env takes about ten milliseconds.
TIMEOUT_S = 20


def find_go(env: Mapping[str, str]) -> str | None:
    """The go that a shell would run; a relative folder in PATH is not searched."""
    folders = os.pathsep.join(folder for folder in env.get("PATH", "").split(os.pathsep) if os.path.isabs(folder))
    return shutil.which("go", path=folders)


def read_settings(go: str, env: Mapping[str, str]) -> dict[str, str]:
    """Every setting as ``go env`` gives it on this machine, outside any module.

    Source: go-semantics 1.5: go env selects a toolchain first, and in a module may download it; GOTOOLCHAIN=local at
    the root of the file system keeps it from that. GOTOOLCHAIN itself is asked alone, which go exempts.
    Raises: StoreError.
    """
    found = _run(go, {**env, "GOTOOLCHAIN": "local", "GOWORK": "off"}, "-json")
    try:
        settings = json.loads(found)
    except ValueError as error:
        raise StoreError(Text("go.garbage", "{go}: go env -json printed no JSON; is this go?", go=go)) from error
    toolchain = _run(go, env, "GOTOOLCHAIN").strip()
    return {str(name): str(value) for name, value in settings.items()} | {"GOTOOLCHAIN": toolchain}


def _run(go: str, env: Mapping[str, str], argument: str) -> str:
    root = Path(os.path.abspath(os.sep))
    with _started(go):
        ended = subprocess.run(  # noqa: S603 - an absolute path, found by us; the arguments are fixed
            [go, "env", argument],
            cwd=root,
            env=dict(env),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=TIMEOUT_S,
            check=False,
        )
    if ended.returncode:
        said = ended.stderr.decode(errors="backslashreplace").strip().splitlines()
        raise StoreError(Text("go.failed", "{go}: {what}", go=go, what=said[-1] if said else ended.returncode))
    return ended.stdout.decode(errors="backslashreplace")


@contextmanager
def _started(go: str) -> Iterator[None]:
    try:
        yield
    except subprocess.TimeoutExpired as error:
        raise StoreError(
            Text("go.timeout", "{go}: go env did not answer in {seconds} s", go=go, seconds=TIMEOUT_S)
        ) from error
    except OSError as error:
        raise StoreError(Text("go.no-start", "{go}: cannot be run: {why}", go=go, why=error.strerror)) from error
