"""A signal while many requests are under way: they are ended first, then it does its work."""

import asyncio
import signal
import threading
from collections.abc import Coroutine
from types import FrameType
from typing import Any, TypeVar

T = TypeVar("T")


def run_until_told(runner: asyncio.Runner, job: Coroutine[Any, Any, T]) -> T:
    """What ``job`` gives. SIGTERM cancels it, as the runner has Ctrl-C do, and is then raised as it would have been.

    Raised by its own handler, in the middle of the loop, it would stop whichever part of the loop happened to run, and
    get lost there or leave the rest half done.
    """
    before = signal.getsignal(signal.SIGTERM)
    if not callable(before) or threading.current_thread() is not threading.main_thread():
        return runner.run(job)
    told: list[FrameType | None] = []
    loop = runner.get_loop()

    def stop(_number: int, frame: FrameType | None) -> None:
        told.append(frame)
        loop.call_soon_threadsafe(task.cancel)

    task = loop.create_task(job)
    signal.signal(signal.SIGTERM, stop)
    try:
        given = runner.run(_outcome(task))
    except asyncio.CancelledError:
        if told:
            before(signal.SIGTERM, told[0])
        raise
    finally:
        signal.signal(signal.SIGTERM, before)
    if told:
        before(signal.SIGTERM, told[0])
    return given


async def _outcome(task: asyncio.Task[T]) -> T:
    return await task
