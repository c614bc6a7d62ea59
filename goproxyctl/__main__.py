"""The process of one command line: ``goproxyctl``, and ``python -m goproxyctl``."""

import os
from typing import NoReturn

from goproxyctl.cli import main


def run() -> NoReturn:
    """Runs the command line and ends the process at once.

    Everything is written and closed by then; to take all modules and objects apart first costs a twelfth of a validate.
    """
    os._exit(main())


if __name__ == "__main__":
    run()
