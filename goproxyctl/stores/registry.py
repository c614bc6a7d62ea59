"""The registry of Windows: one value at an address. Keys that we make for it go again with the last value in them."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from goproxyctl.errors import StoreError
from goproxyctl.formats import FormatError
from goproxyctl.formats.reg import ENVIRONMENTS, parse_reg
from goproxyctl.resource import Address, Change, Live, Outcome, Result
from goproxyctl.stores import Roots
from goproxyctl.stores.spots import say
from goproxyctl.text import Text

#: Exports of whole hives are larger than anything that we write. Units: bytes.
MAX_EXPORT_BYTES = 256 * 1024 * 1024


class Keys(Protocol):
    """A registry as `RegistryStore` needs it; keys with their hive in short, content as `formats.reg` says.

    Everything raises OSError; a value that is not there is None, and so is one in a key that is not there.
    """

    def get(self, key: str, name: str, /) -> bytes | None:
        """The content of a value."""

    def exists(self, key: str, /) -> bool:
        """Whether the key is there."""

    def put(self, key: str, name: str, content: bytes, /) -> None:
        """Writes a value, whole, and makes the keys on the way."""

    def drop(self, key: str, name: str, /) -> None:
        """Takes a value away."""

    def remove(self, key: str, /) -> bool:
        """Takes a key away that holds nothing. Returns whether it is gone."""

    def announce(self) -> None:
        """Tells running programs that the environment changed."""


def open_registry(roots: Roots) -> "RegistryStore":
    """The store over an exported file, where one is named, else over the registry itself. Raises: StoreError."""
    if roots.registry is not None:
        return RegistryStore(ExportedKeys(roots.registry))
    if sys.platform == "win32":
        from goproxyctl.stores.winkeys import WindowsKeys

        return RegistryStore(WindowsKeys())
    else:  # noqa: RET505 - mypy skips the branch of the other platform
        raise StoreError(
            Text("registry.no-windows", "the registry is only on Windows; name an exported one with --registry")
        )


class ExportedKeys:
    """A registry as an exported file shows it. Raises: StoreError when it is none."""

    def __init__(self, file: Path) -> None:
        try:
            if file.stat().st_size > MAX_EXPORT_BYTES:
                raise StoreError(
                    Text(
                        "registry.large", "{path}: too large; export only the keys that the policy is about", path=file
                    )
                )
            found = parse_reg(file.read_bytes())
        except OSError as error:
            raise StoreError(say(str(file), error)) from error
        except FormatError as error:
            raise StoreError(Text("store.format", "{path}: {problem}", path=file, problem=error.text)) from error
        self._keys = {
            key.casefold(): {name.casefold(): content for name, content in values.items()}
            for key, values in found.items()
        }

    def get(self, key: str, name: str) -> bytes | None:
        """The content of a value."""
        return self._keys.get(key.casefold(), {}).get(name.casefold())

    def exists(self, key: str) -> bool:
        """Whether the key, or one below it, is in the file."""
        folded = key.casefold()
        return any(known == folded or known.startswith(f"{folded}\\") for known in self._keys)

    def put(self, key: str, _name: str, _content: bytes) -> None:
        """Raises: StoreError, always: what was exported is not the registry."""
        raise StoreError(
            Text("registry.exported", "{key}: this is an exported file; to change the registry, run it on Windows",
                 key=key)
        )  # fmt: skip

    def drop(self, key: str, name: str) -> None:
        """As `put`."""
        self.put(key, name, b"")

    def remove(self, _key: str) -> bool:
        """Nothing of ours is in an exported file."""
        return False

    def announce(self) -> None:
        """Nobody listens."""


class RegistryStore:
    """The store of registry values; a container is a key. Each value is written whole, one after the other."""

    def __init__(self, keys: Keys) -> None:
        self._keys = keys

    def read(self, addresses: Sequence[Address]) -> Mapping[Address, Live]:
        """What is at each address. Raises: StoreError."""
        found: dict[Address, Live] = {}
        for address in addresses:
            try:
                found[address] = Live(self._keys.get(address.container, _name(address)))
            except OSError as error:
                raise StoreError(_say(address.container, error)) from error
        return found

    def write(self, container: str, changes: Sequence[Change]) -> Iterator[Result]:
        """Makes the changes of one key, at once (not when the results are asked for), and tells of them once.

        What comes after a value that moved or cannot be written is left alone too, as nothing can be taken back whole.
        """
        made = self.foresee(container, changes)
        outcome, detail = self._moved(container, changes)
        results: list[Result] = []
        for change, count in zip(changes, made, strict=True):
            if outcome is Outcome.DONE:
                outcome, detail = self._carry_out(change)
            done = outcome is Outcome.DONE
            results.append(Result(change, outcome, detail, count if done else change.made))
        self._leave(container, results)
        return iter(results)

    def foresee(self, container: str, changes: Sequence[Change]) -> Sequence[int]:
        """``made`` as the results of `write` would say it: how many keys, this one and those above it, are ours."""
        ours = max((change.made for change in changes), default=0)
        with suppress(OSError):
            if any(change.after is not None for change in changes):
                ours = max(ours, sum(not self._keys.exists(key) for key in _upwards(container)))
        return [0 if change.after is None else ours for change in changes]

    def _moved(self, container: str, changes: Sequence[Change]) -> tuple[Outcome, Text | None]:
        """Whether anything is not what it was at the plan; then nothing at all is written."""
        verdicts = (self._look(container, change) for change in changes)
        return next((verdict for verdict in verdicts if verdict[0] is not Outcome.DONE), (Outcome.DONE, None))

    def _look(self, container: str, change: Change) -> tuple[Outcome, Text | None]:
        try:
            same = self._keys.get(container, _name(change.address)) == change.before
        except OSError as error:
            return Outcome.FAILED, _say(container, error)
        moved = Text("store.moved", "{path}: it was changed since the plan; run again", path=container)
        return (Outcome.DONE, None) if same else (Outcome.MOVED, moved)

    def _carry_out(self, change: Change) -> tuple[Outcome, Text | None]:
        """Looks once more, and writes the value."""
        container, name = change.address.container, _name(change.address)
        verdict = self._look(container, change)
        if verdict[0] is not Outcome.DONE or change.before == change.after:
            return verdict
        try:
            if change.after is None:
                self._keys.drop(container, name)
            else:
                self._keys.put(container, name, change.after)
        except StoreError as error:
            return Outcome.FAILED, error.text
        except OSError as error:
            return Outcome.FAILED, _say(container, error)
        return verdict

    def _leave(self, container: str, results: Sequence[Result]) -> None:
        """Takes away the keys of ours that are empty now, and tells of a change of the environment."""
        done = [result.change for result in results if result.outcome is Outcome.DONE]
        emptied = max((change.made for change in done if change.after is None), default=0)
        with suppress(OSError):
            for key in _upwards(container)[:emptied]:
                if not self._keys.remove(key):
                    break
            if _is_environment(container) and any(change.before != change.after for change in done):
                self._keys.announce()


def _is_environment(key: str) -> bool:
    """Whether programs are made with what is in the key, so that they must be told of a change."""
    return key.casefold() in {known.casefold() for known in ENVIRONMENTS.values()}


def _name(address: Address) -> str:
    (name,) = address.key
    assert isinstance(name, str)
    return name


def _upwards(key: str) -> list[str]:
    """The key and those that hold it, without the hive."""
    steps = key.split("\\")
    return ["\\".join(steps[:count]) for count in range(len(steps), 1, -1)]


def _say(key: str, error: OSError) -> Text:
    if isinstance(error, PermissionError):
        return Text(
            "registry.denied",
            "{key}: Windows denies access; run it as administrator, or use scope: user where the target has that",
            key=key,
        )
    return say(key, error)
