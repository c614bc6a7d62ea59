"""How much a test does: a seeded sample in every run, the full count in ``make measure``."""

import os

#: Read when the suite is collected: a test may run in an environment that is swept clean.
_FULL = os.environ.get("GOPROXYCTL_FULL") == "1"


def scaled(quick: int, full: int) -> int:
    """``full`` when GOPROXYCTL_FULL=1 (``make measure``), else ``quick``."""
    return full if _FULL else quick
