"""``python -m tests.gosem.conformance [CASES] [SEED]``: cases per version of go, compared with our predictions.

With ``--record``, runs every version anew and rewrites tests/data/go-runs.json, which the fast tests compare with.
"""

import sys
import time
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import get_args

from tests.gosem.conformance.cases import make_case
from tests.gosem.conformance.comparing import Divergence, compare
from tests.gosem.conformance.corpus import record
from tests.gosem.conformance.grammar import Variable, agrees, ask_go, make_values, predict
from tests.gosem.conformance.running import run_case
from tests.gosem.conformance.servers import make_certificates
from tests.gosem.conformance.toolchain_runs import compare_toolchain, fetch, make_toolchain_case
from tests.gosem.toolchains import VERSIONS, require_go_version, version_of

#: Modules of one go process.
BATCH = 40


def conform(version: str, count: int, seed: int, tls: Path) -> tuple[int, int, list[Divergence]]:
    """Runs at least ``count`` cases with one go; the cases, the processes, and every divergence."""
    binary, go = require_go_version(version), version_of(version)
    random = Random(f"{seed}/{go}")
    cases = processes = 0
    found: list[Divergence] = []
    while cases < count:
        case = make_case(random, min(BATCH, count - cases))
        new = compare(case, run_case(binary, case, tls), go)
        for one in new[:3]:
            print(f"go {go} {case.environment} {case.shared}\n  {one}")
            print("  ", [m for m in case.modules if m.path == one.module])
        found += new
        cases += len(case.modules)
        processes += 1
    return cases, processes, found


def conform_grammar(version: str, count: int, seed: int) -> tuple[int, list[str]]:
    """Compares ``count`` chains and all listed values of GOSUMDB and GOTOOLCHAIN; how many, and those that differ."""
    binary, go = require_go_version(version), version_of(version)
    random = Random(f"{seed}/{go}")
    values = [(v, value) for v in get_args(Variable) for value in make_values(v, random, count)]
    wrong = [
        f"go {go} {variable}={value!r}: {said!r}"
        for variable, value in values
        if not agrees(variable, said := ask_go(binary, variable, value), predict(variable, value, go))
    ]
    return len(values), wrong


def conform_toolchain(version: str, count: int, seed: int, tls: Path) -> list[str]:
    """Fetches a toolchain ``count`` times; the cases that went otherwise."""
    binary, go = require_go_version(version), version_of(version)
    random = Random(f"{seed}/{go}")
    cases = [make_toolchain_case(random) for _ in range(count)]
    return [wrong for case in cases for wrong in compare_toolchain(case, fetch(binary, case, tls), go)]


def main(count: int, seed: int) -> int:
    """Prints one line per version; 1 when anything diverged."""
    diverged = 0
    with TemporaryDirectory() as folder:
        make_certificates(Path(folder))
        for version in VERSIONS:
            start = time.monotonic()
            share = count // len(VERSIONS)
            cases, processes, found = conform(version, share, seed, Path(folder))
            values, wrong = conform_grammar(version, share // 5, seed)
            toolchains = conform_toolchain(version, share // 20, seed, Path(folder))
            print(*wrong, *toolchains, sep="\n", end="\n" if wrong or toolchains else "")
            total = len(found) + len(wrong) + len(toolchains)
            diverged += total
            print(
                f"go {version_of(version)}: {cases} downloads in {processes} processes, {values} values, "
                f"{share // 20} toolchains: {total} divergences ({time.monotonic() - start:.0f} s)",
                flush=True,
            )
    return 1 if diverged else 0


if __name__ == "__main__":
    if sys.argv[1:] == ["--record"]:
        with TemporaryDirectory() as certificates:
            make_certificates(Path(certificates))
            record(Path(certificates), 16, 90)
        sys.exit(0)
    numbers = [*map(int, sys.argv[1:])]
    sys.exit(main(*(numbers + [5200, 1][len(numbers) :])))
