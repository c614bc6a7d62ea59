"""The folder of ``render -o``: what we wrote there is listed in it, and nothing else is touched."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from goproxyctl.errors import GoproxyctlError, StoreError
from goproxyctl.stores.atomic import MovedError, delete_file, read_file, replace_file
from goproxyctl.stores.folder import Spot
from goproxyctl.text import Text

MARKER = ".goproxyctl-rendered"
_HEAD = "# files in this folder that goproxyctl render wrote; do not edit\n"


@dataclass(frozen=True, slots=True)
class OutFolder:
    """A folder to render into. ``shown`` is what the person called it."""

    path: Path
    shown: str

    def listed(self) -> frozenset[str]:
        """The files that an earlier render wrote. Raises: StoreError for a list that is not ours."""
        found = self._read(MARKER) if self.path.is_dir() else None
        lines = (found or b"").decode(errors="replace").removeprefix(_HEAD).splitlines()
        for line in lines:
            if not line or line.startswith("/") or "\\" in line or {"", ".", "..", MARKER} & set(line.split("/")):
                raise StoreError(
                    Text("render.marker", "{folder}/{marker}: this is no list of rendered files; choose another folder",
                         folder=self.shown, marker=MARKER)
                )  # fmt: skip
        return frozenset(lines)

    def compare(self, made: Mapping[str, bytes]) -> dict[str, str]:
        """The paths where the folder differs: "missing", "differs", or "stale"."""
        found = {path: self._read(path) for path in {*made, *self.listed()}} if self.path.is_dir() else {}
        verdicts = {path: _verdict(made.get(path), found.get(path)) for path in sorted({*made, *found})}
        return {path: verdict for path, verdict in verdicts.items() if verdict}

    def write(self, made: Mapping[str, bytes]) -> dict[str, str]:
        """Makes the folder hold ``made``; the paths that changed, and how. Raises: StoreError.

        The list is written first, so that a run which was killed leaves nothing behind that the next one does not know.
        """
        self._refuse_strangers(made)
        changes = self.compare(made)
        listed = self.listed()
        self.path.mkdir(parents=True, exist_ok=True)
        self._put(MARKER, _list({*listed, *made}))
        for path in changes:
            if path in made:
                self._put(path, made[path])
            else:
                self._take(path)
        self._put(MARKER, _list(set(made)))
        return changes

    def _refuse_strangers(self, made: Mapping[str, bytes]) -> None:
        if not self.path.is_dir():
            return
        names = os.listdir(self.path)
        if names and MARKER not in names:
            raise GoproxyctlError(
                Text("render.foreign-folder", "{folder}: it is not empty, and goproxyctl did not fill it; "
                     "name an empty or new folder", folder=self.shown)
            )  # fmt: skip
        listed = self.listed()
        for path in made:
            if path not in listed and self._read(path) is not None:
                raise GoproxyctlError(
                    Text("render.foreign-file", "{folder}/{path}: goproxyctl did not write it; move it away",
                         folder=self.shown, path=path)
                )  # fmt: skip

    def _spot(self, path: str) -> Spot:
        *folders, name = path.split("/")
        return Spot(str(self.path), tuple(folders), name, f"{self.shown}/{path}")

    def _read(self, path: str) -> bytes | None:
        try:
            return read_file(self._spot(path))
        except NotADirectoryError:
            return None

    def _put(self, path: str, content: bytes) -> None:
        old = self._read(path)
        if old != content:
            self._told(path, lambda spot: replace_file(spot, old, content))

    def _take(self, path: str) -> None:
        old = self._read(path)
        if old is not None:
            self._told(path, lambda spot: delete_file(spot, old, len(spot.folders)))

    def _told(self, path: str, step: Callable[[Spot], object]) -> None:
        try:
            step(self._spot(path))
        except MovedError as error:
            raise StoreError(
                Text(
                    "render.moved",
                    "{folder}/{path}: someone else is writing here; run again",
                    folder=self.shown,
                    path=path,
                )
            ) from error


def _verdict(wanted: bytes | None, found: bytes | None) -> str:
    if wanted == found:
        return ""
    return "stale" if wanted is None else "missing" if found is None else "differs"


def _list(paths: set[str]) -> bytes:
    return (_HEAD + "".join(f"{path}\n" for path in sorted(paths))).encode()
