"""Files in the tree and on the machine, and what is in them: whole, blocks, JSON members, keys of a go env file."""

import os
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, suppress

from goproxyctl.errors import StoreError
from goproxyctl.formats import Edit, Edited, FormatError, editor
from goproxyctl.resource import Address, Change, Live, Outcome, Place, Result, by_container
from goproxyctl.stores import Roots
from goproxyctl.stores.atomic import MovedError, Reader, delete_file, read_file, replace_file
from goproxyctl.stores.folder import Spot, count_missing
from goproxyctl.stores.spots import find_spot, say
from goproxyctl.text import Text

#: How often a write is tried anew when someone else wrote in between.
_ATTEMPTS = 5
#: ``go env -w`` empties the file and then writes it, so a file counts as read when it has stood still. Units: reads.
_STILL, _STILL_WHEN_EMPTY, _MAX_READS = 1, 40, 200
_PAUSE_S = 0.005
#: Where somebody else writes, or has just done so, a file has to stand still so many times longer. That is over when it
#: has not come to rest for so many times. Units of _JUST_S: seconds.
_RESTLESS, _PATIENCE, _JUST_S = 10, 100, 2.0


class FileStore:
    """The store of every place whose containers are files."""

    def __init__(self, place: Place, roots: Roots) -> None:
        self._place = place
        self._roots = roots
        self._editor = editor(place)

    def read(self, addresses: Sequence[Address]) -> Mapping[Address, Live]:
        """What is at each address; each file is read once. Raises: StoreError."""
        found: dict[Address, Live] = {}
        shown = ""
        try:
            with ExitStack() as opened:
                load = self._load if self._place is Place.GO_ENV else Reader(opened).read
                for (_, shown), group in by_container(addresses).items():
                    spot = find_spot(shown, self._roots)
                    shown, text = spot.shown, load(spot)  # noqa: PLW2901 - what messages call it from here on
                    for address in group:
                        found[address] = Live(self._editor.read(text, address.key))
        except FormatError as error:
            raise StoreError(_say_format(shown, error)) from error
        except OSError as error:
            raise StoreError(say(shown, error)) from error
        return found

    def write(self, container: str, changes: Sequence[Change]) -> Iterator[Result]:
        """Makes the changes of one file in one step, at once (not when the results are asked for)."""
        shown = container
        try:
            spot = find_spot(container, self._roots)
            shown = spot.shown
            made = self._write(spot, changes)
        except MovedError:
            text = Text("store.moved", "{path}: it was changed since the plan; run again", path=shown)
            return iter([Result(change, Outcome.MOVED, text, change.made) for change in changes])
        except FormatError as error:
            text = _say_format(shown, error)
        except StoreError as error:
            text = error.text
        except OSError as error:
            text = say(shown, error)
        else:
            return iter([Result(c, Outcome.DONE, None, m) for c, m in zip(changes, made, strict=True)])
        return iter([Result(change, Outcome.FAILED, text, change.made) for change in changes])

    def _write(self, spot: Spot, changes: Sequence[Change]) -> Sequence[int]:
        quiet_s, made = self._quiet_s(spot), [0] * len(changes)
        for _ in range(_ATTEMPTS):
            text = self._load(spot)
            if any(self._editor.read(text, change.address.key) != change.before for change in changes):
                break
            try:
                made = [max(counts) for counts in zip(made, self._replace(spot, text, changes), strict=True)]
            except MovedError:  # something else in the file; what we are to change is looked at again
                continue
            if not quiet_s or self._kept(spot, changes, quiet_s):
                return made
        raise MovedError

    def _quiet_s(self, spot: Spot) -> float:
        """How long the file has to stand still after our write; 0 where nobody else writes as ``go env -w`` does."""
        quiet_s = self._roots.quiet_s if self._place is Place.GO_ENV else 0
        return quiet_s * _RESTLESS if quiet_s and _just_written(spot) else quiet_s

    def _kept(self, spot: Spot, changes: Sequence[Change], quiet_s: float) -> bool:
        """Whether our changes are still there when the file has come to rest.

        ``go env -w`` writes back the whole file that it read a moment ago, or half of it: what was written in between
        is lost, and nobody is told. Raises: StoreError when the file does not come to rest.
        """
        text = _read_at_rest(spot, quiet_s, self._roots.quiet_s)
        return all(self._editor.read(text, change.address.key) == change.after for change in changes)

    def foresee(self, container: str, changes: Sequence[Change]) -> Sequence[int]:
        """``made`` as the results of `write` would say it, or as it is where that cannot be told."""
        try:
            spot = find_spot(container, self._roots)
            text = self._load(spot)
            edited = self._editor.edit(text, _edits(changes))
            return _made(changes, edited, max(_folders_of_ours(changes), count_missing(spot) if text is None else 0))
        except (FormatError, StoreError, OSError):  # write will say what is wrong
            return [change.made for change in changes]

    def _replace(self, spot: Spot, text: bytes | None, changes: Sequence[Change]) -> Sequence[int]:
        edited = self._editor.edit(text, _edits(changes))
        folders = _folders_of_ours(changes)
        if edited.text is None:
            delete_file(spot, text, folders)
        elif edited.text != text:
            folders = max(folders, replace_file(spot, text, edited.text))
        return _made(changes, edited, folders)

    def _load(self, spot: Spot) -> bytes | None:
        return _read_still(spot) if self._place is Place.GO_ENV else read_file(spot)


def _folders_of_ours(changes: Sequence[Change]) -> int:
    return max([0, *(change.made - len(change.address.key) for change in changes)])


def _made(changes: Sequence[Change], edited: Edited, folders: int) -> list[int]:
    """What the editor made of each change, and the folders on top where the file is ours too."""
    return [
        0 if change.after is None else made + folders * (made == len(change.address.key))
        for change, made in zip(changes, edited.made, strict=True)
    ]


def _edits(changes: Sequence[Change]) -> list[Edit]:
    """The changes for an editor, which knows of objects and the file, but not of folders."""
    return [Edit(c.address.key, c.after, min(c.made, len(c.address.key))) for c in changes]


def _read_still(spot: Spot) -> bytes | None:
    """The file when two reads after each other are the same; more of them when it is empty."""
    text, still = read_file(spot), 0
    for _ in range(_MAX_READS):
        if text is None or still >= (_STILL if text else _STILL_WHEN_EMPTY):
            return text
        time.sleep(_PAUSE_S)
        last, text = text, read_file(spot)
        still = still + 1 if text == last else 0
    raise _restless(spot)


def _just_written(spot: Spot) -> bool:
    """Whether somebody wrote the file in place a moment ago. Our own writes change its status last, by renaming."""
    with suppress(OSError):
        status = os.stat(os.path.join(spot.root, *spot.folders, spot.name))
        in_place = sys.platform == "win32" or status.st_ctime_ns == status.st_mtime_ns
        return in_place and abs(time.time() - status.st_mtime) < _JUST_S
    return False


def _read_at_rest(spot: Spot, needed: float, quiet_s: float) -> bytes | None:
    """The file when it has stood still for ``needed`` seconds; for longer once somebody was seen writing it."""
    text, start = read_file(spot), time.monotonic()
    since = start
    while (now := time.monotonic()) < since + needed:
        if now > start + quiet_s * _PATIENCE:
            raise _restless(spot)
        time.sleep(_PAUSE_S)
        last, text = text, read_file(spot)
        if text != last:
            since, needed = time.monotonic(), quiet_s * _RESTLESS
    return text


def _restless(spot: Spot) -> StoreError:
    return StoreError(
        Text("store.restless", "{path}: someone keeps writing it; run again when that has ended", path=spot.shown)
    )


def _say_format(shown: str, error: FormatError) -> Text:
    return Text("store.format", "{path}: {problem}", path=shown, problem=error.text)
