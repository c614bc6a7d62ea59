"""Breaks the system calls of a piece of work one by one: each may fail, or be where the process is killed."""

import os
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

#: The calls of ``os`` through which our stores touch the world.
CALLS = ("open", "read", "write", "close", "fsync", "fstat", "stat", "fchmod", "fchown", "replace", "unlink", "mkdir",
         "rmdir", "listdir", "makedirs")  # fmt: skip


@dataclass
class Call:
    """One call, not yet made. ``count`` is its number, from 1."""

    count: int
    name: str
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    real: Callable[..., Any]

    def make(self, *args: Any) -> Any:
        """Makes it, with other arguments where some are given."""
        return self.real(*(args or self.args), **self.kwargs)


#: Decides what becomes of a call. What a plan itself calls is not tapped.
Plan = Callable[[Call], Any]


@dataclass
class Tap:
    """What was called, by name."""

    names: list[str] = field(default_factory=list)
    busy: bool = False


@contextmanager
def tapped(plan: Plan = Call.make) -> Iterator[Tap]:
    """Every call of `CALLS` inside goes through ``plan``."""
    tap = Tap()
    real = {name: getattr(os, name) for name in CALLS if hasattr(os, name)}
    for name, call in real.items():
        setattr(os, name, _wrap(tap, name, call, plan))
    try:
        yield tap
    finally:
        for name, call in real.items():
            setattr(os, name, call)


def _wrap(tap: Tap, name: str, real: Callable[..., Any], plan: Plan) -> Callable[..., Any]:
    def call(*args: Any, **kwargs: Any) -> Any:
        if tap.busy:
            return real(*args, **kwargs)
        tap.names.append(name)
        tap.busy = True
        try:
            return plan(Call(len(tap.names), name, args, kwargs, real))
        finally:
            tap.busy = False

    return call


def failing(at: int, error: int, *, lasting: bool = False) -> Plan:
    """The call number ``at`` fails with ``error``; ``lasting``: and all of that name after it."""
    names: list[str] = []

    def plan(call: Call) -> Any:
        if call.count == at:
            names.append(call.name)
        if call.count == at or (lasting and call.name in names):
            raise OSError(error, os.strerror(error))
        return call.make()

    return plan


def killed(at: int, *, when: str) -> Plan:
    """The process ends "before" or "after" the call number ``at``, or "amid" it (a write, half done). For a child."""

    def plan(call: Call) -> Any:
        if call.count != at:
            return call.make()
        try:
            if when == "amid" and call.name == "write":
                call.make(call.args[0], call.args[1][: len(call.args[1]) // 2])
            elif when == "after":
                call.make()
        finally:
            os._exit(99)

    return plan


def in_child(work: Callable[[], object]) -> int:
    """Carries ``work`` out in a forked process. Returns its exit code: 0, or 99 when it was killed."""
    return end_of(start_child(work))


def start_child(work: Callable[[], object]) -> int:
    """A forked process that carries ``work`` out; 98 is its exit code when that raises, and it says what was raised."""
    child = os.fork()
    if child == 0:
        code = 98
        try:
            work()
            code = 0
        except BaseException:  # noqa: BLE001 - said here, or nobody would ever know
            traceback.print_exc()
            sys.stderr.flush()
        finally:
            os._exit(code)
    return child


def end_of(child: int) -> int:
    """Waits for a process. Returns its exit code, or minus the signal that killed it."""
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
