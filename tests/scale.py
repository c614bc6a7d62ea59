"""How much a test does: a seeded sample in every run, the full count in ``make measure``."""

import os


def scaled(quick: int, full: int) -> int:
    """``full`` when GOPROXYCTL_FULL=1 (``make measure``), else ``quick``."""
    return full if os.environ.get("GOPROXYCTL_FULL") == "1" else quick
