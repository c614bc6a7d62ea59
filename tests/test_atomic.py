"""A write that fails or is killed anywhere leaves the old file or the new one, whole, and nothing beside it."""

import errno
import itertools
import os
import shutil
import stat
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from goproxyctl.errors import StoreError
from goproxyctl.stores.atomic import MAX_BYTES, MovedError, delete_file, read_file, replace_file
from goproxyctl.stores.folder import Spot
from tests.faults import Call, tapped
from tests.scale import scaled

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="POSIX calls; tests/test_stores.py is for every system")


def spot(root: Path, path: str = "file", owner: int | None = None) -> Spot:
    *folders, name = path.split("/")
    return Spot(str(root), tuple(folders), name, path, owner)


def test_a_file_is_written_read_and_removed_with_the_folders_that_were_made(tmp_path: Path) -> None:
    here = spot(tmp_path, "a/b/file")
    assert read_file(here) is None
    assert replace_file(here, None, b"one") == 2
    assert read_file(here) == b"one"
    assert replace_file(here, b"one", b"two") == 0
    delete_file(here, b"two", 2)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_holds_something_else_stays(tmp_path: Path) -> None:
    here = spot(tmp_path, "a/b/file")
    replace_file(here, None, b"one")
    (tmp_path / "a" / "theirs").touch()
    delete_file(here, b"one", 2)
    assert [p.name for p in tmp_path.rglob("*")] == ["a", "theirs"]


def test_a_file_that_moved_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"theirs")
    for call in (
        lambda: replace_file(spot(tmp_path), b"old", b"new"),
        lambda: replace_file(spot(tmp_path), None, b"new"),
        lambda: delete_file(spot(tmp_path), b"old", 0),
        lambda: delete_file(spot(tmp_path, "gone"), b"old", 0),
        lambda: delete_file(spot(tmp_path, "no/gone"), b"old", 1),
        lambda: replace_file(spot(tmp_path, "no/gone"), b"old", b"new"),
    ):
        with pytest.raises(MovedError):
            call()
    assert [p.name for p in tmp_path.iterdir()] == ["file"]
    assert (tmp_path / "file").read_bytes() == b"theirs"


def test_a_change_between_our_read_and_our_write_is_not_overwritten(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"old")

    def intrude(call: Call) -> Any:
        result = call.make()
        if call.name == "fsync":
            file.write_bytes(b"theirs")
        return result

    with tapped(intrude), pytest.raises(MovedError):
        replace_file(spot(tmp_path), b"old", b"new")
    assert file.read_bytes() == b"theirs"
    assert [p.name for p in tmp_path.iterdir()] == ["file"]


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077, 0o777])
def test_the_mode_is_that_of_the_old_file_or_0644_whatever_the_umask(tmp_path: Path, umask: int) -> None:
    (tmp_path / "secret").write_bytes(b"old")
    (tmp_path / "secret").chmod(0o640)
    before = os.umask(umask)
    try:
        replace_file(spot(tmp_path, "secret"), b"old", b"new")
        replace_file(spot(tmp_path, "plain"), None, b"new")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "secret").stat().st_mode) == 0o640
    assert stat.S_IMODE((tmp_path / "plain").stat().st_mode) == 0o644


def test_the_new_file_is_never_open_to_others_before_it_is_complete(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"old")
    (tmp_path / "file").chmod(0o600)
    modes: set[int] = set()

    def watch(call: Call) -> Any:
        result = call.make()
        modes.update(stat.S_IMODE(p.stat().st_mode) for p in tmp_path.glob(".goproxyctl-*"))
        return result

    before = os.umask(0)
    try:
        with tapped(watch):
            replace_file(spot(tmp_path), b"old", b"new")
    finally:
        os.umask(before)
    assert modes == {0o600}


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() != 0, reason="only root may give a file away")
def test_the_owner_stays(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"old")
    os.chown(tmp_path / "file", 1234, 1235)
    replace_file(spot(tmp_path), b"old", b"new")
    found = (tmp_path / "file").stat()
    assert (found.st_uid, found.st_gid) == (1234, 1235)


def test_short_writes_are_continued(tmp_path: Path) -> None:
    def short(call: Call) -> Any:
        return call.make(call.args[0], call.args[1][:300]) if call.name == "write" else call.make()

    with tapped(short) as tap:
        replace_file(spot(tmp_path), None, b"x" * 1000)
    assert tap.names.count("write") == 4
    assert read_file(spot(tmp_path)) == b"x" * 1000


def test_what_a_killed_run_left_goes_with_the_next_write_in_the_folder(tmp_path: Path) -> None:
    (tmp_path / ".goproxyctl-0123456789ab.tmp").touch()
    (tmp_path / ".goproxyctl-theirs.tmp").touch()
    replace_file(spot(tmp_path), None, b"new")
    assert sorted(p.name for p in tmp_path.iterdir()) == [".goproxyctl-theirs.tmp", "file"]


def make_fifo(path: Path) -> None:
    os.mkfifo(path)


def make_sparse(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(1 << 30)


def make_larger(path: Path) -> None:
    path.write_bytes(b"x" * (MAX_BYTES + 1))


STRANGE: dict[str, tuple[Callable[[Path], object], str]] = {
    "a FIFO": (make_fifo, "file: it is not a plain file; move it away"),
    "a folder": (lambda path: path.mkdir(), "file: it is not a plain file; move it away"),
    "a sparse gigabyte": (make_sparse, "file: it is larger than 16777216 bytes; this cannot be the file that was meant"),
    "a large file": (make_larger, "file: it is larger than 16777216 bytes; this cannot be the file that was meant"),
    "a device": (
        lambda path: path.symlink_to("/dev/zero"),
        "file: 'file' on the way there is a symbolic link; put a folder or a file there instead"),
    "a dangling link": (
        lambda path: path.symlink_to("nowhere"),
        "file: 'file' on the way there is a symbolic link; put a folder or a file there instead"),
}  # fmt: skip


@pytest.mark.parametrize("name", STRANGE)
def test_what_is_no_plain_file_is_refused_at_once(tmp_path: Path, name: str) -> None:
    make, words = STRANGE[name]
    make(tmp_path / "file")
    for call in (lambda: read_file(spot(tmp_path)), lambda: replace_file(spot(tmp_path), None, b"new")):
        with pytest.raises(StoreError) as caught:
            call()
        assert str(caught.value) == words
    assert [p.name for p in tmp_path.iterdir()] == ["file"]


def test_a_device_is_refused() -> None:
    with pytest.raises(StoreError, match="dev/null: it is not a plain file"):
        read_file(spot(Path("/"), "dev/null"))


def test_links_on_the_way_are_refused_and_the_root_may_be_one(tmp_path: Path) -> None:
    real = tmp_path / "real"
    real.mkdir()
    (tmp_path / "root").symlink_to(real)
    replace_file(spot(tmp_path / "root", "a/file"), None, b"one")
    (real / "link").symlink_to("a")
    for path in ("link/file", "link/new/file"):
        with pytest.raises(StoreError, match="'link' on the way there is a symbolic link"):
            read_file(spot(tmp_path / "root", path))
        with pytest.raises(StoreError, match="'link' on the way there is a symbolic link"):
            replace_file(spot(tmp_path / "root", path), None, b"two")
    assert (real / "a" / "file").read_bytes() == b"one"


def test_a_file_in_the_place_of_a_folder_is_said(tmp_path: Path) -> None:
    (tmp_path / "a").touch()
    with pytest.raises(NotADirectoryError):
        read_file(spot(tmp_path, "a/file"))


def take_the_place(mover: Path, place: Path) -> None:
    """A write that found nothing there has perhaps made the folder anew."""
    for _ in range(1_000):
        try:
            mover.rename(place)
        except OSError:
            shutil.rmtree(place, ignore_errors=True)
        else:
            return
    mover.rename(place)


@pytest.mark.slow
def test_a_folder_that_is_swapped_for_a_link_never_leads_out(tmp_path: Path) -> None:
    """Shape: "a" is now the folder, now a link to one outside that holds another file."""
    inside, outside = tmp_path / "root" / "a", tmp_path / "outside"
    for folder, content in ((inside, b"inside"), (outside, b"outside")):
        folder.mkdir(parents=True)
        (folder / "file").write_bytes(content)
    link, spare = tmp_path / "root" / "link", tmp_path / "root" / "spare"
    end = threading.Event()

    def flip() -> None:
        while not end.is_set():
            link.symlink_to(outside)
            inside.rename(spare)
            take_the_place(link, inside)
            inside.unlink()
            take_the_place(spare, inside)

    thread = threading.Thread(target=flip)
    thread.start()
    try:
        seen = {attempt(tmp_path / "root", n) for n in range(scaled(1000, 10_000))}
        for n in range(200_000):  # on a busy machine the other thread may not have had its turn yet
            if {"read", "link"} <= seen:
                break
            seen.add(attempt(tmp_path / "root", n))
    finally:
        end.set()
        thread.join()
    assert {"read", "link"} <= seen
    assert (outside / "file").read_bytes() == b"outside"
    assert [p.name for p in outside.iterdir()] == ["file"]


def attempt(root: Path, number: int) -> str:
    here = spot(root, "a/file")
    try:
        found = read_file(here)
        assert found != b"outside"
        if found is not None and number % 2:
            replace_file(here, found, b"inside %d" % number)
    except StoreError:
        return "link"
    except (MovedError, OSError):
        return "gone"
    return "read"


# What a power loss may leave: every operation that was not yet made durable may be there or not.


def log_of(work: Callable[[], object], root: Path) -> list[tuple[str, ...]]:
    """The operations of ``work`` on the disk: what was written to which file, which names changed, what was synced."""
    log: list[tuple[str, ...]] = []

    def note(call: Call) -> Any:
        path = named(call.args[0], call.kwargs.get("dir_fd", call.kwargs.get("src_dir_fd")), root)
        result = call.make()
        if call.name == "open" and call.args[1] & os.O_CREAT:
            log.append(("create", path))
        elif call.name == "write":
            log.append(("write", path, bytes(call.args[1][:result]).decode()))
        elif call.name == "fsync":
            log.append(("sync", path))
        elif call.name == "replace":
            log.append(("rename", path, named(call.args[1], call.kwargs["dst_dir_fd"], root)))
        elif call.name == "unlink":
            log.append(("unlink", path))
        return result

    with tapped(note):
        work()
    return log


def named(what: Any, folder: int | None, root: Path) -> str:
    base = Path(os.readlink(f"/proc/self/fd/{folder}")) if folder is not None else root
    path = Path(os.readlink(f"/proc/self/fd/{what}")) if isinstance(what, int) else base / os.fspath(what)
    return str(path)


def states(log: list[tuple[str, ...]], names: dict[str, str]) -> Iterator[dict[str, str]]:
    """The contents by name after a power loss at any instant.

    Shape: each write or change of a name that no later sync of that file or folder covers may have reached the disk or not.
    """
    for end in range(len(log) + 1):
        done = log[:end]
        loose = [i for i, op in enumerate(done) if op[0] != "sync" and not covered(done, i)]
        for kept in itertools.product([True, False], repeat=len(loose)):
            lost = {i for i, keep in zip(loose, kept, strict=True) if not keep}
            yield replay([op for i, op in enumerate(done) if i not in lost], names)


def covered(done: list[tuple[str, ...]], at: int) -> bool:
    path = done[at][1]
    durable = path if done[at][0] == "write" else str(Path(path).parent)
    return ("sync", durable) in done[at:]


def replay(ops: list[tuple[str, ...]], names: dict[str, str]) -> dict[str, str]:
    names = dict(names)
    data: dict[str, str] = {}
    for op in ops:
        if op[0] == "create":
            names[op[1]] = op[1]
        elif op[0] == "write":
            data[op[1]] = data.get(op[1], "") + op[2]
        elif op[0] == "rename":
            names[op[2]] = op[1]  # the new name, even where the old one did not reach the disk
            names.pop(op[1], None)
        elif op[0] == "unlink":
            names.pop(op[1], None)
    return {name: data.get(inode, "" if inode.endswith(".tmp") else inode) for name, inode in names.items()}


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="reads file names from /proc")
@pytest.mark.parametrize("start", ["old", None])
def test_a_power_loss_leaves_the_old_file_or_the_new_one(tmp_path: Path, start: str | None) -> None:
    file = str(tmp_path / "file")
    if start:
        (tmp_path / "file").write_text(start)
    log = log_of(lambda: replace_file(spot(tmp_path), start.encode() if start else None, b"new"), tmp_path)
    assert [op[0] for op in log] == ["create", "write", "sync", "rename", "sync"]
    names = {file: "old"} if start else {}
    assert {found.get(file) for found in states(log, names)} == {start, "new"}
    assert {found.get(file) for found in list(states(log, names))[-1:]} == {"new"}
    careless = [op for op in log if op[0] != "sync"]
    assert "" in {found.get(file) for found in states(careless, names)}, "the model must see what a missing fsync does"


def test_errors_of_the_system_are_not_swallowed(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        replace_file(spot(tmp_path / "gone"), None, b"new")
    assert read_file(spot(tmp_path / "gone")) is None

    def no_sync_of_folders(call: Call) -> Any:
        if call.name == "fsync" and stat.S_ISDIR(os.stat(call.args[0]).st_mode):
            raise OSError(errno.EINVAL, "not offered here")
        return call.make()

    with tapped(no_sync_of_folders):
        assert replace_file(spot(tmp_path), None, b"new") == 0
