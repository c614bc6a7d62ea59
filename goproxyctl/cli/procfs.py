"""The programs that run on this Linux, with the environment that each was started with, from /proc."""

import os
from collections.abc import Mapping
from contextlib import suppress

from goproxyctl.cli.running import Program, chain_above, counts, entries_of

_FOLDER = "/proc"


def observe_programs() -> list[Program]:
    """The editors, terminals and CI runners of this user."""
    try:
        numbers = sorted(int(name) for name in os.listdir(_FOLDER) if name.isdigit())
    except OSError:
        return []
    parents: dict[int, int] = {}
    for number in numbers:
        with suppress(OSError):  # it ended meanwhile
            parents[number] = _parent(number)
    ours = (os.getpid(), *chain_above(os.getpid(), parents))
    found = []
    for number in numbers:
        with suppress(OSError):
            name = _read(f"{_FOLDER}/{number}/comm").removesuffix("\n")
            if counts(name, "linux") and os.stat(f"{_FOLDER}/{number}").st_uid == os.geteuid():
                above = chain_above(number, parents)
                found.append(Program(name, number, _environment(number), above, number in ours))
    return found


def _parent(number: int) -> int:
    """Source: proc(5), /proc/pid/stat; the command name before it may hold blanks and brackets."""
    return int(_read(f"{_FOLDER}/{number}/stat").rpartition(")")[2].split()[1])


def _environment(number: int) -> Mapping[str, str] | None:
    """None: it may not be looked at. Raises: OSError when it has ended."""
    try:
        block = _read(f"{_FOLDER}/{number}/environ")
    except PermissionError:
        return None
    if not block and _read(f"{_FOLDER}/{number}/statm").startswith("0 "):
        raise ProcessLookupError  # while it ends, its memory goes before its name
    # an empty entry, which execve takes, does not end the block here
    return {name: value for part in block.split("\0") for name, value in entries_of(part)}


def _read(path: str) -> str:
    with open(path, encoding="utf-8", errors="surrogateescape") as file:
        return file.read()
