"""How the benchmarks measure: medians of alternating runs, so that a noisy moment hits ours and the peer alike."""

import os
import statistics
import subprocess
import sys
import sysconfig
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PYTHON = sys.executable
GOPROXYCTL = str(Path(sysconfig.get_path("scripts")) / "goproxyctl")

#: F of the design: one process that imports pydantic and ruamel.yaml and builds and uses one small model.
FLOOR = """
from pydantic import BaseModel
from ruamel.yaml import YAML
class Hop(BaseModel):
    name: str
    url: str
Hop.model_validate(YAML(typ="safe", pure=True).load("{name: a, url: b}"))
"""

PEAK = """
import resource, subprocess, sys
subprocess.run(sys.argv[1:], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=True)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


@dataclass(frozen=True, slots=True)
class Figure:
    """One row of the table: ours against a peer. ``goal`` is the largest ratio that is good enough.

    Units: ours and peer as ``unit`` says.
    """

    name: str
    ours: float
    peer: float
    goal: float
    peer_name: str
    unit: str = "s"

    @property
    def ratio(self) -> float:
        """How many times the peer ours is."""
        return self.ours / self.peer

    @property
    def good(self) -> bool:
        """Whether the goal is met."""
        return self.ratio <= self.goal


@dataclass(frozen=True, slots=True)
class Run:
    """What one process took. Units: seconds."""

    wall_s: float
    cpu_s: float


def run(command: Sequence[str], cwd: Path = ROOT, code: int = 0) -> Run:
    """Runs ``command``, its output thrown away. Raises: SystemExit when it does not end with ``code``."""
    start = time.perf_counter()
    # An installed program has its bytecode; a shell that forbids to write it would have us compile in every run.
    env = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    with subprocess.Popen(command, cwd=cwd, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL) as process:
        _, status, usage = os.wait4(process.pid, 0)
        wall_s = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != code:
        sys.exit(f"{' '.join(command)} ended with {process.returncode}")
    return Run(wall_s, usage.ru_utime + usage.ru_stime)


def peak_mb(command: Sequence[str], cwd: Path = ROOT) -> float:
    """The resident memory of ``command`` at its largest. Units: megabytes.

    Measured by a small parent: a child begins with the peak of the process that made it.
    """
    small = [PYTHON, "-S", "-c", PEAK, *command]
    return int(subprocess.run(small, cwd=cwd, capture_output=True, check=True).stdout) / 1000


def medians(commands: Sequence[Sequence[str]], runs: int, cwd: Path = ROOT) -> list[float]:
    """The median wall time of each command, after one run that warms the caches. Units: seconds."""
    for command in commands:
        run(command, cwd)
    rounds = [[run(command, cwd).wall_s for command in commands] for _ in range(runs)]
    return [statistics.median(column) for column in zip(*rounds, strict=True)]


def beyond(less: Sequence[str], more: Sequence[str], runs: int, cwd: Path = ROOT) -> float:
    """What the one command costs more than the other, by the clock of the processor, each at its best.

    A difference of two runs of a second each is lost in the noise of the wall clock. Units: seconds.
    """
    pairs = [(run(less, cwd).cpu_s, run(more, cwd).cpu_s) for _ in range(runs + 1)]
    return min(above for _, above in pairs) - min(below for below, _ in pairs)


def median_of(work: Callable[[], object], runs: int) -> float:
    """The median time of ``work`` in this process. Units: seconds."""
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def show(figures: Sequence[Figure]) -> None:
    """Prints the rows."""
    for row in figures:
        ratio = f"{row.ratio:8.3f} x, goal {row.goal:<5.4g}"
        values = f"{row.ours:8.3f} {row.unit:<2} against {row.peer:8.3f} {row.unit:<2}"
        print("ok  " if row.good else "MISS", f"{row.name:<40}", ratio, values, row.peer_name, flush=True)
