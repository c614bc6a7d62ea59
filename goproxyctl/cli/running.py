"""Programs that run now and start go: what they found in their environment when they were started. Linux only."""

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import NamedTuple

#: By their command names, which the kernel cuts after 15 bytes. Source: proc(5), /proc/pid/comm.
_EDITORS = frozenset(
    "gopls dlv code code-server code-insiders codium cursor zed goland idea nvim vim emacs".split()  # noqa: SIM905
)
_OTHERS = frozenset(
    {"gitlab-runner", "Runner.Listener", "Runner.Worker", "act_runner", "buildkite-agent", "tmux: server", "screen"}
)
_FOLDER = "/proc"


class Program(NamedTuple):
    """One of them: its command name, its number, and the environment that it was started with."""

    name: str
    number: int
    environment: Mapping[str, str]


def running_programs() -> Iterator[Program]:
    """The editors, multiplexers and CI runners of this user, in the order in which they were started."""
    if sys.platform != "linux":  # elsewhere a folder of that name may be anything
        return
    with suppress(OSError):
        for number in sorted(int(name) for name in os.listdir(_FOLDER) if name.isdigit()):
            with suppress(OSError):  # it ended meanwhile, or may not be looked at
                found = _program(number)
                if found:
                    yield found


def _program(number: int) -> Program | None:
    folder = f"{_FOLDER}/{number}"
    if os.stat(folder).st_uid != os.geteuid():
        return None
    name = _read(f"{folder}/comm").removesuffix("\n")
    if name not in _EDITORS | _OTHERS:
        return None
    entries = (entry.partition("=") for entry in _read(f"{folder}/environ").split("\0"))
    return Program(name, number, {key: value for key, equals, value in entries if equals})


def _read(path: str) -> str:
    with open(path, encoding="utf-8", errors="surrogateescape") as file:
        return file.read()
