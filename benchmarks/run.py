"""``make bench``: every figure, with its goal; all are ratios within this run. Ends with 1 when one is missed."""

import sys

from benchmarks import cluster, explaining, looking, namespaces, start, validating
from benchmarks.measuring import show


def main() -> str | int:
    missed = 0
    for script in (start, validating, explaining, namespaces, looking, cluster):
        rows = script.figures()
        show(rows)
        missed += sum(not row.good for row in rows)
    return f"{missed} figures missed their goals" if missed else 0


if __name__ == "__main__":
    sys.exit(main())
