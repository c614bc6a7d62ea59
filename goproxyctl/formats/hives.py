"""The variables that Windows keeps in its registry, out of an exported file or of keys that were read."""

from collections.abc import Mapping

from goproxyctl.formats import FormatError
from goproxyctl.formats.reg import ENVIRONMENTS, EXPAND_SZ, SZ, Keys, parse_reg, value_of
from goproxyctl.gosem.views import Hives, RegistryText
from goproxyctl.text import Text

_WHOSE = {key.casefold(): whose for whose, key in ENVIRONMENTS.items()}


def read_hives(content: bytes) -> Hives:
    """The variables of the user and of the machine that an exported file (.reg) holds.

    Raises: FormatError for what is no .reg file, and for one that holds neither key.
    """
    keys = parse_reg(content)
    if not any(key.casefold() in _WHOSE for key in keys):
        raise FormatError(
            Text("regtext.no-key", "neither HKEY_CURRENT_USER\\Environment nor the Environment key of the machine "
                 "(Session Manager) is in it; export one of them")
        )  # fmt: skip
    return hives_of(keys)


def hives_of(keys: Keys) -> Hives:
    """The variables among the values of a registry; values of a type that is no text are left out."""
    found = {_WHOSE[key.casefold()]: _texts(values) for key, values in keys.items() if key.casefold() in _WHOSE}
    return Hives(found.get("machine", {}), found.get("user", {}))


def _texts(values: Mapping[str, bytes]) -> dict[str, RegistryText]:
    found = ((name, *value_of(content)) for name, content in values.items() if name)
    return {name: RegistryText(_text(raw), kind == EXPAND_SZ) for name, kind, raw in found if kind in {SZ, EXPAND_SZ}}


def _text(raw: bytes) -> str:
    """As Windows reads it: to the first NUL, if there is one."""
    return raw.decode("utf-16-le", "replace").partition("\0")[0]
