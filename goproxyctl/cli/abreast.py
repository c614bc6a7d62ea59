"""Jobs side by side, so many at once, each in a thread of its own."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait

#: How often the main thread wakes to hear of Ctrl-C, which on Windows does not end a wait. Units: seconds.
_TURN_S = 0.2


def abreast(jobs: Sequence[Callable[[], None]], most: int, halt: Callable[[], None]) -> None:
    """Does the jobs, at most ``most`` at once; what one of them raises is raised when all have ended.

    Interrupted (Ctrl-C, SIGTERM), no other job begins, ``halt`` makes those under way end, and they are waited for.
    Interrupted again, it is called again.
    """
    with ThreadPoolExecutor(most) as pool:
        futures = [pool.submit(job) for job in jobs]

        def join() -> None:
            """Waits in turns, between which the main thread can be interrupted."""
            while wait(futures, _TURN_S).not_done:
                pass

        try:
            join()
        finally:
            if not all(future.done() for future in futures):
                pool.shutdown(wait=False, cancel_futures=True)
                halt()
                try:
                    join()
                finally:
                    halt()
    for future in futures:
        future.result()
