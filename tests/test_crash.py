"""Promise 2, and P1 and P2 of the reliability reference: killed or failing at any call, each file is old or new, whole."""

import errno
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from random import Random

import pytest

from goproxyctl.resource import Outcome
from tests.crash import (
    ERRNOS,
    MARK,
    SCENARIOS,
    TEMP,
    Scenario,
    apply,
    broken,
    copied,
    failing,
    killed,
    ledgers_of,
    plan_for,
    snapshot,
    torn,
)
from tests.oracles import ROOT, require
from tests.scale import scaled

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")


class Ground:
    """One scenario laid out once; every point gets a copy of it."""

    def __init__(self, root: Path, scenario: Scenario) -> None:
        self.root, self.scenario = root, scenario
        self.template = root / "template"
        scenario.lay_out(self.template)
        self.before = snapshot(self.template)
        whole = copied(self.template, root / "whole")
        with broken(lambda _number, _name: None) as calls:
            apply(whole, scenario.then)
        self.calls = [*calls]
        self.after = snapshot(whole)
        apply(whole, {})
        self.removed = snapshot(whole)

    def fresh(self) -> Path:
        target = self.root / "point"
        shutil.rmtree(target, ignore_errors=True)
        return copied(self.template, target)

    def check_old_or_new(self, found: Path, point: object) -> None:
        assert torn(self.before, self.after, found) == [], point
        ledgers_of(found).load()

    def check_rerun_finishes(self, found: Path, point: object, *, folders: bool = True) -> None:
        results = apply(found, self.scenario.then)
        assert {result.outcome for result in results} <= {Outcome.DONE}, point
        plan = plan_for(found, self.scenario.then, ledgers_of(found).load())
        assert not plan.changes, point
        assert not any(entry.next for entry in plan.recorded.values()), point
        self.check_same(found, self.after, point, folders=folders)
        left = [path for path in found.rglob("*") if TEMP.fullmatch(path.name)]
        assert not left, point
        apply(found, {})
        self.check_same(found, self.removed, point, folders=folders)

    @staticmethod
    def check_same(found: Path, wanted: Mapping[str, bytes | None], point: object, *, folders: bool) -> None:
        now = snapshot(found)
        extra = {name for name, text in now.items() if text is None and name not in wanted}
        assert {name: text for name, text in now.items() if folders or name not in extra} == wanted, point


@pytest.fixture(params=SCENARIOS)
def ground(request: pytest.FixtureRequest, tmp_path: Path) -> Ground:
    return Ground(tmp_path, SCENARIOS[request.param])


def thinned(points: int, most: int) -> Iterator[int]:
    """All points in full mode, else ``most`` of them, the same ones in every run."""
    every = range(points)
    return iter(sorted(Random(points).sample(every, scaled(min(most, points), points))))


@pytest.mark.slow
def test_killed_at_any_call_each_file_is_old_or_new_and_a_rerun_finishes(ground: Ground) -> None:
    points = []
    for number, name in enumerate(ground.calls, 1):
        points += [(number, False), (-number, False), *([(-number, True)] if name == "write" else [])]
    tried = 0
    for at, short in (points[n] for n in thinned(len(points), 20)):
        found = ground.fresh()
        assert killed(found, ground.scenario.then, at, short=short), (at, short)
        ground.check_old_or_new(found, (at, short))
        ground.check_rerun_finishes(found, (at, short))
        tried += 1
    print(f"{len(ground.calls)} calls, {len(points)} points, {tried} tried")


@pytest.mark.slow
def test_failing_at_any_call_is_told_and_a_rerun_finishes(ground: Ground) -> None:
    points = [
        (number, code, for_good)
        for number in range(1, len(ground.calls) + 1)
        for code in ERRNOS
        for for_good in ([False, True] if code in {errno.ENOSPC, errno.EIO} else [False])
    ]
    outcomes: Counter[str] = Counter()
    descriptors = len(os.listdir("/proc/self/fd")) if os.path.exists("/proc/self/fd") else 0
    for point in (points[n] for n in thinned(len(points), 30)):
        found = ground.fresh()
        results, error = failing(found, ground.scenario.then, point[0], point[1], for_good=point[2])
        outcomes[check_told(results, error, point)] += 1
        # A file that the system says is gone while the plan is made, and that is back at the write, holds the old block
        # beside the new one until the next apply: whole, and still in the ledger, as the rerun below shows.
        if not (point[1] == errno.ENOENT and ground.scenario is SCENARIOS["mixed"]):
            ground.check_old_or_new(found, point)
            check_done_is_new(ground, found, results)
        # A folder that the system says is gone is not removed.
        ground.check_rerun_finishes(found, point, folders=point[1] != errno.ENOENT)
    if descriptors:
        assert len(os.listdir("/proc/self/fd")) == descriptors
    print(f"{len(points)} points, {dict(outcomes)}")


def check_told(results: list, error: str, point: tuple[int, int, bool]) -> str:  # type: ignore[type-arg]
    """What failed names its path and the error; nothing is silent."""
    # A folder that the system says is not there and then is gives EEXIST when it is to be made.
    names = {errno.errorcode[point[1]], *(["EEXIST"] if point[1] == errno.ENOENT else [])}
    failed = [result for result in results if result.outcome is Outcome.FAILED]
    for result in failed:
        path = result.change.address.container.removeprefix("$GOENV")
        assert path in str(result.detail), point
        told = any(name in str(result.detail) for name in names)
        assert told or "link" in str(result.detail), (point, str(result.detail))
    if error:
        assert re.match(r"\S+.*: ", error), (point, error)
        return "raised"
    return "failed" if failed else "moved" if any(r.outcome is Outcome.MOVED for r in results) else "unharmed"


def check_done_is_new(ground: Ground, found: Path, results: list) -> None:  # type: ignore[type-arg]
    now: Mapping[str, bytes | None] = snapshot(found)
    for result in results:
        change = result.change
        name = "home/go/env" if change.address.container == "$GOENV" else change.address.container
        name = f"home/{name[2:]}" if name.startswith("~/") else name if name.startswith("home/") else f"tree/{name}"
        if result.outcome is Outcome.DONE:
            assert now.get(name) == ground.after.get(name), name


_CALL = re.compile(r"^(?:\[pid +\d+\] |\d+ +)?(?P<name>\w+)\(")
TRACED = (
    "openat", "close", "write", "fsync", "rename", "renameat", "renameat2", "unlink", "unlinkat", "mkdir", "mkdirat",
    "rmdir", "fchmod", "flock",
)  # fmt: skip


def driver(strace: str, found: Path, scenario: str, *options: str) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONHASHSEED": "0", "PYTHONPATH": str(ROOT)}
    command = [strace, "-f", "-qq", *options, sys.executable, "-m", "tests.crash", str(found), scenario]
    return subprocess.run(command, env=env, cwd=ROOT, capture_output=True, text=True)


def points_of(log: str) -> list[tuple[str, int]]:
    """Each call after the mark: its name, and its number among the calls of that name since the process began."""
    counts: Counter[str] = Counter()
    points: list[tuple[str, int]] = []
    begun = False
    for line in log.splitlines():
        begun = begun or MARK in line
        match = _CALL.match(line)
        if match and match["name"] in TRACED:
            counts[match["name"]] += 1
            if begun:
                points.append((match["name"], counts[match["name"]]))
    return points


@pytest.mark.slow
@pytest.mark.parametrize("name", SCENARIOS)
def test_killed_by_the_kernel_at_any_system_call_a_rerun_finishes(name: str, tmp_path: Path) -> None:
    strace = require("strace")
    if name not in {"mixed", "remove everything where nobody else was"} and not scaled(0, 1):
        pytest.skip("all scenarios in full mode only")
    ground, log = Ground(tmp_path, SCENARIOS[name]), tmp_path / "log"
    traced = f"trace={','.join(TRACED)},stat,newfstatat,statx"
    run = driver(strace, ground.fresh(), name, "-o", str(log), "-e", traced)
    if run.returncode and "ptrace" in run.stderr:
        pytest.skip(f"strace may not trace here: {run.stderr.strip()}")
    assert run.returncode == 0, run.stderr
    points = points_of(log.read_text())
    assert len(points) > 10
    tried = 0
    for call, number in (points[n] for n in thinned(len(points), 10)):
        found = ground.fresh()
        run = driver(strace, found, name, "-o", os.devnull, "-e", f"inject={call}:signal=KILL:when={number}")
        assert run.returncode in {-9, 137}, (call, number, run.returncode, run.stderr)
        ground.check_old_or_new(found, (call, number))
        ground.check_rerun_finishes(found, (call, number))
        tried += 1
    print(f"{len(points)} points, {tried} tried")
