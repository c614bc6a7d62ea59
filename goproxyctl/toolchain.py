"""What go says about its own settings, asked so that nothing is downloaded and no module is consulted."""

import json
import os
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import NoReturn

from goproxyctl.errors import StoreError
from goproxyctl.programs import find_program
from goproxyctl.text import Text

#: Units: seconds. go env takes about ten milliseconds.
TIMEOUT_S = 20


def find_go(env: Mapping[str, str]) -> str | None:
    """The go that a shell would run; a relative folder in PATH is not searched."""
    return find_program("go", env.get("PATH", ""), batch=True)


def read_settings(go: str, env: Mapping[str, str]) -> dict[str, str]:
    """Every setting as ``go env`` gives it on this machine, outside any module. Raises: StoreError."""
    with asking(go, env) as answer:
        found = answer()
    return {**found, "GOTOOLCHAIN": found["GOTOOLCHAIN"].strip()}


@contextmanager
def asking(go: str, env: Mapping[str, str], *names: str) -> Iterator[Callable[[], dict[str, str]]]:
    """``go env`` of ``names`` (none: of all), under way while the body runs; what is yielded waits for the answer.

    Source: go-semantics 1.5: go env selects a toolchain first, and in a module may download it; GOTOOLCHAIN=local at
    the root of the file system keeps it from that. GOTOOLCHAIN itself is asked alone, which go exempts.
    Raises: StoreError, when the answer is asked for.
    """
    with (
        _running(go, {**env, "GOTOOLCHAIN": "local", "GOWORK": "off"}, "-json", *names) as settings,
        _running(go, env, "GOTOOLCHAIN") as toolchain,
    ):
        yield lambda: _parsed(go, settings()) | {"GOTOOLCHAIN": toolchain().removesuffix("\n")}


def _parsed(go: str, found: str) -> dict[str, str]:
    try:
        settings = json.loads(found)
    except ValueError as error:
        raise StoreError(Text("go.garbage", "{go}: go env -json printed no JSON; is this go?", go=go)) from error
    return {str(name): str(value) for name, value in settings.items()}


@contextmanager
def _running(go: str, env: Mapping[str, str], *arguments: str) -> Iterator[Callable[[], str]]:
    """One run of go; that it could not be started is said when its answer is asked for."""
    try:
        running = subprocess.Popen(  # noqa: S603 - an absolute path, found by us; names of variables
            [go, "env", *arguments],
            cwd=os.path.abspath(os.sep),
            env=dict(env),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
    except OSError as error:
        yield partial(_refuse, go, error)
        return
    with running:
        try:
            yield lambda: _said(go, running)
        finally:
            running.kill()  # it has long ended, unless nobody waits for it any more


def _refuse(go: str, error: OSError) -> NoReturn:
    raise StoreError(Text("go.no-start", "{go}: cannot be run: {why}", go=go, why=error.strerror)) from error


def _said(go: str, running: "subprocess.Popen[bytes]") -> str:
    try:
        out, err = running.communicate(timeout=TIMEOUT_S)
    except subprocess.TimeoutExpired as error:
        raise StoreError(
            Text("go.timeout", "{go}: go env did not answer in {seconds} s", go=go, seconds=TIMEOUT_S)
        ) from error
    if running.returncode:
        said = err.decode(errors="backslashreplace").strip().splitlines()
        raise StoreError(Text("go.failed", "{go}: {what}", go=go, what=said[-1] if said else running.returncode))
    return out.decode(errors="backslashreplace")
