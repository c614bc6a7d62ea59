"""The ledger of a world as a file, and the lock of that world, which is on the folder of the file."""

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from goproxyctl.errors import StoreError
from goproxyctl.ledger import Ledger, parse_ledger, render_ledger
from goproxyctl.stores.atomic import MovedError, delete_file, read_file, replace_file
from goproxyctl.stores.folder import Spot
from goproxyctl.stores.lock import hold
from goproxyctl.stores.spots import say
from goproxyctl.text import Text

#: How long apply waits for another one. Units: seconds.
TIMEOUT_S = 10.0


class LedgerFile:
    """A ledger in a folder of its own. An empty one is no file, and in the end no folder."""

    def __init__(self, path: Path) -> None:
        self._folder = path.parent
        self._spot = Spot(str(path.parent.parent), (path.parent.name,), path.name, f"{path.parent.name}/{path.name}")

    @contextmanager
    def lock(self, timeout_s: float = TIMEOUT_S) -> Iterator[None]:
        """Keeps everyone else from applying. Raises: LockedError, StoreError."""
        with ExitStack() as held:
            try:
                held.enter_context(hold(str(self._folder), self._folder.name, timeout_s))
            except OSError as error:
                raise StoreError(say(self._folder.name, error)) from error
            yield

    def load(self) -> Ledger:
        """What is recorded; an empty ledger where there is none. Raises: StoreError."""
        try:
            text = read_file(self._spot)
        except OSError as error:
            raise StoreError(say(self._spot.shown, error)) from error
        return Ledger() if text is None else parse_ledger(text, self._spot.shown)

    def save(self, ledger: Ledger) -> None:
        """Records ``ledger``, whole or not at all, and nothing when it is recorded already. Raises: StoreError."""
        new = render_ledger(ledger) if ledger.owners else None
        try:
            old = read_file(self._spot)
            if new is None and old is not None:
                delete_file(self._spot, old, 0)
            elif new is not None and new != old:
                os.makedirs(self._spot.root, exist_ok=True)
                replace_file(self._spot, old, new)
        except OSError as error:
            raise StoreError(say(self._spot.shown, error)) from error
        except MovedError as error:
            raise StoreError(
                Text(
                    "ledger.moved", "{path}: someone else wrote it during this apply; run again", path=self._spot.shown
                )
            ) from error
