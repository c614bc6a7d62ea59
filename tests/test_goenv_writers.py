"""Our apply beside programs that run ``go env -w``: it never claims what is not so, and nobody sees a torn file of ours.

Source: reliability 0.3: ``go env -w`` empties the file and writes it anew, without a lock; two of them at a time lose
each other's keys. What they do to each other is theirs; what we said must be true when all have ended.
"""

import os
import random
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import pytest

from goproxyctl.gosem.envfile import read_env_file
from goproxyctl.resource import GOENV_FILE, Address, Change, Outcome, Place, Reason
from goproxyctl.stores import Roots, open_store
from tests.desk import Desk, Ran
from tests.oracles import require_go
from tests.scale import scaled

pytestmark = pytest.mark.slow

PEOPLES = b"# mine\nGOBIN=/kept\nGOPROXY=https://old.example\n"
THEIRS = ("GOFLAGS", "GOTMPDIR", "GOCACHE")
#: Three programs with fifteen writes each: forty-five go env -w.
WRITES = 15
#: Counted here, for a desk hides our environment.
ROUNDS = scaled(3, 100)


class Beside:
    """Programs that write the go env file of a desk, and one that reads it all the time."""

    def __init__(self, desk: Desk, rng: random.Random) -> None:
        self.file, self.rng, self.go = desk.go_env, rng, require_go()
        self.env = {"HOME": str(desk.home), "GOTOOLCHAIN": "local", "GOTELEMETRY": "off"}
        self.seen: set[bytes | None] = set()
        self.ours: set[bytes] = set()

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Forty-five ``go env -w`` beside the body; when this ends, all have ended."""
        over = threading.Event()
        reader = threading.Thread(target=self._look_on, args=(over,))
        writers = [threading.Thread(target=self._write, args=(key, self.rng.random() / 50)) for key in THEIRS]
        for thread in (reader, *writers):
            thread.start()
        try:
            time.sleep(self.rng.random() / 4)
            yield
        finally:
            for thread in writers:
                thread.join()
            over.set()
            reader.join()

    def _write(self, key: str, pause_s: float) -> None:
        for number in range(WRITES):
            command = [self.go, "env", "-w", f"{key}=/theirs{number}"]
            subprocess.run(command, env=self.env, cwd="/", check=True)
            time.sleep(pause_s)

    def _look_on(self, over: threading.Event) -> None:
        while not over.is_set():
            try:
                fd = os.open(self.file, os.O_RDONLY)
            except FileNotFoundError:
                self.seen.add(None)
                continue
            # One read: a second one may find the next version. Ours comes by a renaming, which changes the status last.
            before, text, after = os.fstat(fd), os.read(fd, 1 << 20), os.fstat(fd)
            os.close(fd)
            self.seen.add(text)
            # An empty file is never ours, and the system empties a file before it notes the time of that.
            if text and before.st_mtime_ns == after.st_mtime_ns < before.st_ctime_ns == after.st_ctime_ns:
                self.ours.add(text)
            time.sleep(0.0005)


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Desk:
    return Desk(tmp_path, monkeypatch, capsys).write()


def start_afresh(desk: Desk) -> None:
    shutil.rmtree(desk.home)
    desk.go_env.parent.mkdir(parents=True)
    desk.go_env.write_bytes(PEOPLES.replace(b"GOPROXY=https://old.example\n", b""))


def applied(desk: Desk) -> Ran:
    return desk.run("apply", "--yes", "--in", "machine")


def test_what_apply_said_is_true_when_forty_five_go_env_w_have_ended(desk: Desk) -> None:
    start_afresh(desk)
    assert applied(desk).code == 0
    ours = dict(read_env_file(desk.go_env.read_bytes()).values)
    del ours["GOBIN"]
    said: list[int] = []
    for number in range(ROUNDS):
        start_afresh(desk)
        beside = Beside(desk, random.Random(f"writers {number}"))
        with beside.writing():
            ran = applied(desk)
        said.append(ran.code)
        there = read_env_file(desk.go_env.read_bytes()).values
        if ran.code == 0:
            assert {name: there.get(name) for name in ours} == ours, ran
        else:
            assert "run again" in ran.out + ran.err, ran
        assert None not in beside.seen
        for text in beside.ours:
            check_whole(text, ours)
        assert applied(desk).code == 0
        assert ours.items() <= read_env_file(desk.go_env.read_bytes()).values.items()
    print(f"\n{len(said)} applies beside 45 go env -w each: {said.count(0)} done, the others said so")


def check_whole(text: bytes, ours: dict[str, str]) -> None:
    """A version of ours that somebody saw: whole lines, all of our values, and never these alone.

    A file of ours alone is what comes of reading one that somebody has just emptied.
    """
    assert text.endswith(b"\n")
    values = read_env_file(text).values
    assert ours.items() <= values.items(), text
    assert values.keys() - ours.keys(), text


@pytest.mark.parametrize("theirs", [b"", b"GOPROXY=https://theirs.example\n"], ids=["as it was", "with a key of ours"])
def test_what_somebody_overwrites_is_written_again_unless_it_is_now_theirs(desk: Desk, theirs: bytes) -> None:
    """Shape: a program that read the file before our write puts back what it read."""
    start_afresh(desk)
    before = desk.go_env.read_bytes()
    over = threading.Event()

    def put_back() -> None:
        while not over.is_set():
            if desk.go_env.read_bytes() != before:
                desk.go_env.write_bytes(before + theirs)
                return
            time.sleep(0.001)

    thread = threading.Thread(target=put_back)
    thread.start()
    ran = applied(desk)
    over.set()
    thread.join()
    if theirs:
        assert ran.code == 1
        assert "it was changed since the plan; run again" in ran.out + ran.err
        assert desk.go_env.read_bytes() == before + theirs
    else:
        assert ran.code == 0
        assert b"GOSUMDB=sum.golang.google.cn\n" in desk.go_env.read_bytes()
        assert desk.run("remove", "--yes", "--in", "machine").code == 0
        assert desk.go_env.read_bytes() == before


def test_a_file_that_never_comes_to_rest_is_no_success(tmp_path: Path) -> None:
    file = tmp_path / "env"
    file.write_bytes(PEOPLES)
    roots = Roots(tmp_path, tmp_path, tmp_path, file, quiet_s=0.02)
    address, over = Address(Place.GO_ENV, GOENV_FILE, ("GOSUMDB",)), threading.Event()

    def keep_writing() -> None:
        while file.read_bytes() == PEOPLES and not over.is_set():
            time.sleep(0.001)
        for number in count():
            if over.is_set():
                return
            file.write_bytes(PEOPLES + b"GOFLAGS=%d\n" % number)
            time.sleep(0.002)

    thread = threading.Thread(target=keep_writing)
    thread.start()
    change = Change(address, None, b"off", Reason.POLICY, "target", 0)
    (result,) = open_store(Place.GO_ENV, roots).write(GOENV_FILE, [change])
    over.set()
    thread.join()
    assert result.outcome in {Outcome.FAILED, Outcome.MOVED}
    assert "run again" in str(result.detail)
