"""The process of one command line: ``goproxyctl``, and ``python -m goproxyctl``."""

import os
import signal
from typing import NoReturn


def run() -> NoReturn:
    """Runs the command line and ends the process at once.

    Everything is written and closed by then; to take all modules and objects apart first costs a twelfth of a validate.
    """
    before = signal.getsignal(signal.SIGINT)
    if before is signal.default_int_handler:  # nothing is open while modules load: Ctrl-C just ends it, no traceback
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from goproxyctl.cli import main

    if before is signal.default_int_handler:
        signal.signal(signal.SIGINT, before)
    os._exit(main())


if __name__ == "__main__":
    run()
