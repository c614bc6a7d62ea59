"""A signal while many requests are under way: they are ended first, then it does its work."""

import asyncio
import signal
import threading
from collections.abc import Callable, Coroutine
from types import FrameType, TracebackType
from typing import Any, Self, TypeVar

T = TypeVar("T")


class Steps:
    """A loop that runs one job after another; Ctrl-C and SIGTERM cancel the job, and do the rest of their work then.

    Raised in the middle of the loop, or of what tidies up after it, they would stop whichever part happened to run, and
    get lost there or leave the rest half done.
    """

    def __init__(self) -> None:
        self._runner = asyncio.Runner()
        self._task: asyncio.Task[Any] | None = None
        self._told: tuple[int, FrameType | None] | None = None
        self._before: dict[int, Callable[[int, FrameType | None], Any]] = {}

    def __enter__(self) -> Self:
        self._runner.__enter__()
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGINT, signal.SIGTERM):
                if callable(before := signal.getsignal(number)):
                    self._before[number] = before
                    signal.signal(number, self._stop)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        try:
            self._runner.close()
        finally:
            for number, before in self._before.items():
                signal.signal(number, before)
        if self._told:
            self._before[self._told[0]](*self._told)

    def _stop(self, number: int, frame: FrameType | None) -> None:
        self._told = number, frame
        if self._task:
            self._runner.get_loop().call_soon_threadsafe(self._task.cancel)

    def run(self, job: Coroutine[Any, Any, T], *, last: bool = False) -> T:
        """What ``job`` gives. ``last``: it tidies up, and is begun even when the signal came."""
        return self._runner.run(self._watched(job, last=last))

    async def _watched(self, job: Coroutine[Any, Any, T], *, last: bool) -> T:
        task = asyncio.ensure_future(job)
        self._task = None if last else task
        if self._told and not last:
            task.cancel()
        try:
            return await task
        finally:
            self._task = None
