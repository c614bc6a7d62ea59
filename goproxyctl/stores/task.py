"""Tasks of the Windows Task Scheduler, through schtasks.exe, each with its XML in its normal form.

Elsewhere there are none, and none can be made. Its arguments were tried with a stand-in under Wine; the Task Scheduler
itself was not, for there is no Windows to run it on: what it says on success and failure is from its documentation.
"""

import csv
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence

from goproxyctl.errors import StoreError
from goproxyctl.formats import FormatError
from goproxyctl.formats.task import normal_task
from goproxyctl.resource import Address, Change, Live, Outcome, Result
from goproxyctl.text import Text

#: Units: seconds. A task is made at once; only a service that does not answer takes longer.
_PATIENCE_S = 60


def schtasks() -> str:
    """The program of the system, by its full path: Windows looks for a bare name in the working directory first."""
    if sys.platform == "win32":
        import ctypes

        buffer = ctypes.create_unicode_buffer(260)
        ctypes.windll.kernel32.GetSystemDirectoryW(buffer, len(buffer))
        return os.path.join(buffer.value, "schtasks.exe")
    return ""


class TaskStore:
    """The store of tasks. ``program`` is schtasks.exe, "" where there is none."""

    def __init__(self, program: str | None = None) -> None:
        self._program = schtasks() if program is None else program

    def read(self, addresses: Sequence[Address]) -> Mapping[Address, Live]:
        """The normal form of each task's XML. Raises: StoreError."""
        return {address: Live(self._read(address.container)) for address in addresses}

    def write(self, container: str, changes: Sequence[Change]) -> Iterator[Result]:
        """Makes, replaces or deletes one task, at once. The folders that the service makes for it stay."""
        outcome, detail = self._write(container, changes[-1])
        return iter([Result(change, outcome, detail) for change in changes])

    def foresee(self, container: str, changes: Sequence[Change]) -> Sequence[int]:  # noqa: ARG002 - a Store's
        """Nothing around a task counts as made."""
        return [0] * len(changes)

    def _write(self, container: str, change: Change) -> tuple[Outcome, Text | None]:
        if not self._program and change.after is not None:
            return Outcome.FAILED, Text(
                "store.task-elsewhere", "{task}: only Windows has scheduled tasks; run goproxyctl apply there",
                task=container,
            )  # fmt: skip
        try:
            live = self._read(container)
            if live != change.before:
                moved = Text("store.task-moved", "{task}: it was changed since the plan; run again", task=container)
                return Outcome.MOVED, moved
            if change.after != live:
                self._put(container, change.after)
        except StoreError as error:
            return Outcome.FAILED, error.text
        return Outcome.DONE, None

    def _put(self, container: str, content: bytes | None) -> None:
        if content is None:
            self._must(container, "/Delete", "/TN", container, "/F")
            return
        with tempfile.TemporaryDirectory(prefix="goproxyctl-") as folder:
            file = os.path.join(folder, "task.xml")
            with open(file, "wb") as opened:
                opened.write(content)
            self._must(container, "/Create", "/TN", container, "/XML", file, "/F")

    def _read(self, container: str) -> bytes | None:
        """None where there is no such task.

        The exit code is 1 for whatever goes wrong, and the words are in the language of Windows: whether the task is
        there is seen in the list of all tasks.
        """
        if not self._program:
            return None
        asked = self._run(container, "/Query", "/XML", "ONE", "/TN", container)
        if asked.returncode != 0:
            listed = _decoded(self._must(container, "/Query", "/FO", "CSV", "/NH"))
            names = {row[0].casefold() for row in csv.reader(listed.splitlines()) if row}
            if container.casefold() in names:
                raise _failed(container, asked)
            return None
        try:
            return normal_task(_decoded(asked.stdout))
        except FormatError as error:
            raise StoreError(Text("store.task", "{task}: {problem}", task=container, problem=error.text)) from error

    def _must(self, container: str, *arguments: str) -> bytes:
        done = self._run(container, *arguments)
        if done.returncode != 0:
            raise _failed(container, done)
        return done.stdout

    def _run(self, container: str, *arguments: str) -> "subprocess.CompletedProcess[bytes]":
        command = [self._program, *arguments]
        try:
            return subprocess.run(  # noqa: S603 - the system's own program, by its full path, and no shell
                command, stdin=subprocess.DEVNULL, capture_output=True, timeout=_PATIENCE_S, check=False
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise StoreError(
                Text("store.task-program", "{task}: schtasks.exe did not run ({words}); correct that and run again",
                     task=container, words=type(error).__name__)
            ) from error  # fmt: skip


def _failed(container: str, done: "subprocess.CompletedProcess[bytes]") -> StoreError:
    words = " ".join(_decoded(done.stderr or done.stdout).split())[:200]
    return StoreError(
        Text("store.task-refused", "{task}: the Task Scheduler refuses ({code}: {words}); correct that and run again",
             task=container, code=done.returncode, words=words)
    )  # fmt: skip


def _decoded(output: bytes) -> str:
    """What schtasks.exe prints: the code page of the console, whatever the declaration of an XML says."""
    if output.startswith((b"\xff\xfe", b"\xfe\xff")):
        return output.decode("utf-16", "replace")
    return output.decode("oem" if sys.platform == "win32" else "utf-8", "replace")
