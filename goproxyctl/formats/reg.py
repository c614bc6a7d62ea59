"""Files that ``reg import`` takes and ``reg export`` writes (.reg), and values of the registry as they stand in them.

The content of a value is the right side of its line, so that its type is content: ``"text"`` (REG_SZ),
``dword:0000000a``, ``hex(2):…`` (REG_EXPAND_SZ, as UTF-16), ``hex:…`` (REG_BINARY). Equal values are equal bytes here.
Source: Microsoft Learn, "How to add, modify, or delete registry subkeys and values by using a .reg file".
"""

import codecs
import re
from collections.abc import Iterable, Iterator, Mapping

from goproxyctl.formats import FormatError
from goproxyctl.text import Text

#: Types of values. Source: winnt.h.
SZ, EXPAND_SZ, BINARY, DWORD = 1, 2, 3, 4
_TEXTS = (SZ, EXPAND_SZ)

HIVES = {
    "HKCR": "HKEY_CLASSES_ROOT",
    "HKCU": "HKEY_CURRENT_USER",
    "HKLM": "HKEY_LOCAL_MACHINE",
    "HKU": "HKEY_USERS",
}
_SHORT = {long: short for short, long in HIVES.items()}

#: Where Windows keeps variables: the user's, and those of the machine, which every account gets.
#: Source: Microsoft Learn, "Environment Variables".
ENVIRONMENTS: Mapping[str, str] = {
    "user": r"HKCU\Environment",
    "machine": r"HKLM\SYSTEM\CurrentControlSet\Control\Session Manager\Environment",
}

#: Key to value name ("" is the default value) to content.
Keys = Mapping[str, Mapping[str, bytes]]

_HEADER, _OLD_HEADER = "Windows Registry Editor Version 5.00", "REGEDIT4"
#: regedit goes to the next line when a line has reached this. Units: characters.
_FOLD_AT = 77
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_HEX = re.compile(r"hex(?:\(([0-9a-f]+)\))?:((?:[0-9a-f]{2}(?:,[0-9a-f]{2})*)?)")
_DWORD = re.compile(r"dword:([0-9a-f]{8})")

_QUOTED = r'"([^"\\]*+(?:\\.[^"\\]*+)*+)"'
#: One line, or several where a text or a list of bytes goes on. Groups: minus and path of a key; name of a value; its
#: text, minus, number, type and bytes.
_LINE = re.compile(
    r"[ \t]*(?:"
    r"\[(-?)([^\r\n]*)\]"
    rf"|(@|{_QUOTED})[ \t]*=[ \t]*"
    rf"(?:{_QUOTED}|(-)|dword:([0-9A-Fa-f]{{1,8}})|hex(?:\(([0-9A-Fa-f]+)\))?:((?:[0-9A-Fa-f, \t]++|\\[ \t]*\r?\n)*+))"
    r")?[ \t]*(?:;[^\r\n]*)?(?:\r?\n|\r|\Z)",
    re.DOTALL,
)
_USER = re.compile(r"HKEY_USERS\\S-1-[0-9-]+(?=\\|$)", re.IGNORECASE)
#: By the name of a value, in lower case: its name as it is spelled, and its content.
_Values = dict[str, tuple[str, bytes]]
_CONTROL_SET = re.compile(r"(?<=^HKLM\\SYSTEM\\)ControlSet[0-9]{3}(?=\\|$)", re.IGNORECASE)


def text_content(text: str, kind: int = SZ) -> bytes:
    """The content of a value that is ``text``, of type SZ or EXPAND_SZ."""
    return content_of(kind, text.encode("utf-16-le", "surrogatepass") + b"\0\0")


def content_of(kind: int, raw: bytes) -> bytes:
    """The content of a value of type ``kind`` whose bytes in the registry are ``raw``."""
    if kind == SZ and (text := text_of(raw)) is not None and not _CONTROL.search(text):
        return f'"{_escape(text)}"'.encode()
    if kind == DWORD and len(raw) == 4:
        return f"dword:{int.from_bytes(raw, 'little'):08x}".encode()
    name = "hex" if kind == BINARY else f"hex({kind:x})"
    return f"{name}:{raw.hex(',')}".encode() if raw else f"{name}:".encode()


def value_of(content: bytes) -> tuple[int, bytes]:
    """Type and bytes of the value that ``content`` is. Raises: ValueError for what is no content."""
    text = content.decode()
    if text.startswith('"'):
        return SZ, _unescape(text[1:-1]).encode("utf-16-le") + b"\0\0"
    if found := _DWORD.fullmatch(text):
        return DWORD, int(found[1], 16).to_bytes(4, "little")
    if found := _HEX.fullmatch(text):
        return int(found[1], 16) if found[1] else BINARY, bytes.fromhex(found[2].replace(",", ""))
    raise ValueError(text)


def text_of(raw: bytes) -> str | None:
    """The text of a value by its bytes; None for what is none, whole and with the one NUL at its end."""
    try:
        text = raw.decode("utf-16-le")
    except UnicodeDecodeError:
        return None
    return text[:-1] if text.endswith("\0") and "\0" not in text[:-1] else None


def readable(content: bytes) -> str:
    """A value for a person: a text as it is, with its type where that is not REG_SZ; long bytes as their number."""
    kind, raw = value_of(content)
    text = text_of(raw)
    if kind in _TEXTS and text is not None:
        return text if kind == SZ else f"{text} (REG_EXPAND_SZ)"
    if len(raw) > 32:
        import hashlib

        return f"{content.decode().partition(':')[0]}, {len(raw)} bytes, SHA-256 {hashlib.sha256(raw).hexdigest()}"
    return content.decode()


def render_reg(keys: Mapping[str, Mapping[str, bytes | None]], notes: Iterable[str] = ()) -> bytes:
    """A file that makes the values of ``keys`` (None: removes them): UTF-16 with byte order mark, CRLF.

    Anything else is taken apart by some version: UTF-8 cuts hex(2) values after one character (measured).
    """
    lines = [_HEADER, "", *(f"; {note}" for note in notes), *([""] if notes else [])]
    for key, values in keys.items():
        hive, _, path = key.partition("\\")
        lines += [f"[{HIVES[hive]}\\{path}]"]
        lines += [_line(name, content) for name, content in values.items()]
        lines += [""]
    return codecs.BOM_UTF16_LE + "\r\n".join([*lines, ""]).encode("utf-16-le")


def _line(name: str, content: bytes | None) -> str:
    left = f'"{_escape(name)}"=' if name else "@="
    if content is None:
        return f"{left}-"
    text = f"{left}{content.decode()}"
    return "\r\n".join(_folded(text)) if content.startswith(b"hex") else text


def _folded(text: str) -> Iterator[str]:
    """The line of a list of bytes, broken after commas as regedit does."""
    while len(text) > _FOLD_AT + 2 and (comma := text.rfind(",", 0, max(_FOLD_AT, text.find(",") + 1))) > 0:
        yield text[: comma + 1] + "\\"
        text = "  " + text[comma + 1 :]
    yield text


def parse_reg(content: bytes) -> Keys:
    """What an empty registry would hold after the import of the file; hives in short, names as they are spelled there.

    A user's hive below HKEY_USERS is HKCU, and a numbered control set is CurrentControlSet: an export names either.
    Raises: FormatError.
    """
    text, wide = _decoded(content)
    keys: dict[str, _Values] = {}
    spelled: dict[str, str] = {}
    key, at = "", text.find("\n") + 1 or len(text)
    while at < len(text):
        found = _LINE.match(text, at)
        if found is None or (found[3] and not key):
            raise FormatError(
                Text("reg.line", "line {line} is not of an exported registry file; export the key again",
                     line=text.count("\n", 0, at) + 1)
            )  # fmt: skip
        if found[2] is not None:
            key = spelled.setdefault(_key(found).casefold(), _key(found))
            if found[1]:
                _remove(keys, key)
                key = ""
            else:
                keys.setdefault(key, {})
        elif found[3]:
            _put(keys[key], found, wide=wide)
        at = found.end()
    return {key: dict(values.values()) for key, values in keys.items()}


def _decoded(content: bytes) -> tuple[str, bool]:
    """The text of the file, and whether texts in hexadecimal are UTF-16 in it (in the old form they are ANSI).

    Which code page ANSI was, the file does not say; latin-1 has a character for every byte.
    """
    wide = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        text = content.decode("utf-16", "surrogatepass") if wide else content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = "" if wide else content.decode("latin-1")
    header = text.lstrip().partition("\n")[0].strip()
    if header not in {_HEADER, _OLD_HEADER}:
        raise FormatError(Text("reg.header", "this is no exported registry file (.reg); make one with reg export"))
    return text.lstrip(), header == _HEADER


def _key(found: "re.Match[str]") -> str:
    """The key that a line names, its hive in short."""
    path = _USER.sub("HKEY_CURRENT_USER", found[2])
    hive, slash, rest = path.partition("\\")
    return _CONTROL_SET.sub("CurrentControlSet", f"{_SHORT.get(hive.upper(), hive)}{slash}{rest}")


def _remove(keys: dict[str, _Values], key: str) -> None:
    """Takes out a key, and all below it."""
    above = f"{key}\\".casefold()
    for below in [known for known in keys if f"{known}\\".casefold().startswith(above)]:
        del keys[below]


def _put(values: _Values, found: "re.Match[str]", *, wide: bool) -> None:
    name = "" if found[3] == "@" else _unescape(found[4])
    folded = name.casefold()
    if found[6]:
        values.pop(folded, None)
    else:
        values[folded] = (values.get(folded, (name,))[0], _content(found, wide=wide))


def _content(found: "re.Match[str]", *, wide: bool) -> bytes:
    if found[5] is not None:
        return text_content(_unescape(found[5]))
    if found[7] is not None:
        return f"dword:{int(found[7], 16):08x}".encode()
    kind = int(found[8], 16) if found[8] else BINARY
    raw = _bytes(found[9])
    if kind in _TEXTS and not wide:
        raw = raw.decode("latin-1").encode("utf-16-le")
    return content_of(kind, raw)


def _bytes(text: str) -> bytes:
    """The bytes of a list; most have two digits each, and that is read much faster."""
    try:
        return bytes.fromhex(text.replace("\\", "").replace(",", " "))
    except ValueError:
        return bytes(int(pair, 16) for pair in re.findall(r"[0-9A-Fa-f]{1,2}", text))


def _escape(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


def _unescape(text: str) -> str:
    r"""The text without the escapes of quote and backslash; ``\n`` and the like are none and stand for themselves."""
    return re.sub(r'\\(["\\])', r"\1", text) if "\\" in text else text
