"""Environment variables in an exported registry file (.reg), as regedit and ``reg export`` write it."""

import re
from collections.abc import Iterator

from goproxyctl.formats import FormatError
from goproxyctl.gosem.views import Hives, RegistryText
from goproxyctl.text import Text

_VERSION_5, _VERSION_4 = "Windows Registry Editor Version 5.00", "REGEDIT4"
_USER = re.compile(r"(HKEY_CURRENT_USER|HKEY_USERS\\S-1-[0-9-]+)\\Environment", re.IGNORECASE)
_MACHINE = re.compile(
    r"HKEY_LOCAL_MACHINE\\SYSTEM\\(CurrentControlSet|ControlSet\d+)\\Control\\Session Manager\\Environment",
    re.IGNORECASE,
)
#: A section, or a value: its name, then a text (which may run over several lines), a type with bytes, or a minus.
_ENTRY = re.compile(
    r"^[ \t]*(?:"
    r"\[(?P<section>[^\r\n]*)\]"
    r'|"(?P<name>(?:[^"\\]|\\.)*)"[ \t]*=[ \t]*'
    r'(?:"(?P<text>(?:[^"\\]|\\.)*)"|hex\((?P<type>[12])\):(?P<bytes>(?:[^\r\n\\]|\\[ \t]*\r?\n)*)|(?P<gone>-))?'
    r")",
    re.MULTILINE | re.DOTALL,
)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_EXPAND = "2"


def read_hives(content: bytes) -> Hives:
    """The variables of the user and of the machine that the file holds; types that are no text are left out.

    Source: Microsoft Learn, "How to add, modify, or delete registry subkeys and values by using a .reg file";
    hex(2) is REG_EXPAND_SZ, UTF-16 in version 5.00, the ANSI code page in REGEDIT4.
    Raises: FormatError for what is no .reg file, and for one that holds neither key.
    """
    text = _decoded(content)
    first = text.lstrip().partition("\n")[0].strip()
    if first not in {_VERSION_5, _VERSION_4}:
        raise FormatError(Text("regtext.first-line", "this is no exported registry file (.reg); export the key again"))
    hives: dict[str, dict[str, RegistryText]] = {}
    for which, name, value in _values(text, wide=first == _VERSION_5):
        hive = hives.setdefault(which, {})
        if value is not None:
            hive[name] = value
        elif name in hive:
            del hive[name]
    if not hives:
        raise FormatError(
            Text("regtext.no-key", "neither HKEY_CURRENT_USER\\Environment nor the Environment key of the machine "
                 "(Session Manager) is in it; export one of them")
        )  # fmt: skip
    return Hives(hives.get("machine", {}), hives.get("user", {}))


def _decoded(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace")
    return content.removeprefix(b"\xef\xbb\xbf").decode(errors="surrogateescape")


def _values(text: str, *, wide: bool) -> Iterator[tuple[str, str, RegistryText | None]]:
    """Hive, name and value (None: not there) of each value below one of the two keys, in order."""
    which = ""
    for found in _ENTRY.finditer(text):
        if found["section"] is not None:
            which = _which(found["section"])
        elif which:
            yield which, _plain(found["name"]), _value(found, wide=wide)


def _which(section: str) -> str:
    return "user" if _USER.fullmatch(section) else "machine" if _MACHINE.fullmatch(section) else ""


def _value(found: "re.Match[str]", *, wide: bool) -> RegistryText | None:
    if found["text"] is not None:
        return RegistryText(_plain(found["text"]))
    if found["bytes"] is None:
        return None
    content = bytes(int(pair, 16) for pair in re.findall(r"[0-9A-Fa-f]{1,2}", found["bytes"]))
    value = content.decode("utf-16-le", errors="replace") if wide else content.decode(errors="surrogateescape")
    return RegistryText(value.partition("\0")[0], expand=found["type"] == _EXPAND)


def _plain(text: str) -> str:
    return _ESCAPED.sub(r"\1", text)
