"""``--help`` against importing click."""

from benchmarks.measuring import GOPROXYCTL, PYTHON, Figure, medians, show


def figures(runs: int = 21) -> list[Figure]:
    ours, peer = medians([[GOPROXYCTL, "--help"], [PYTHON, "-c", "import click"]], runs)
    return [Figure("--help", ours, peer, 1.5, 'python -c "import click"')]


if __name__ == "__main__":
    show(figures())
