"""The registry of this Windows, through winreg. What it does was run in Wine, on Windows itself it was not."""

import ctypes
import sys
import winreg
from collections.abc import Mapping
from contextlib import suppress
from ctypes import wintypes

from goproxyctl.formats.reg import EXPAND_SZ, SZ, content_of, text_content, text_of, value_of

assert sys.platform == "win32"  # where the type checker looks at what follows

_HIVES = {"HKCU": winreg.HKEY_CURRENT_USER, "HKLM": winreg.HKEY_LOCAL_MACHINE}
_READ = winreg.KEY_READ | winreg.KEY_WOW64_64KEY
_WRITE = winreg.KEY_READ | winreg.KEY_WRITE | winreg.KEY_WOW64_64KEY

#: Source: Microsoft Learn, "WM_SETTINGCHANGE message" and SendMessageTimeout.
_HWND_BROADCAST, _WM_SETTINGCHANGE, _SMTO_ABORTIFHUNG, _TIMEOUT_MS = 0xFFFF, 0x001A, 0x0002, 5000


class WindowsKeys:
    """The registry as it is, always its 64-bit view."""

    def get(self, key: str, name: str) -> bytes | None:
        """The content of a value, with its type, unexpanded."""
        hive, path = _split(key)
        try:
            with winreg.OpenKey(hive, path, 0, _READ) as opened:
                value, kind = winreg.QueryValueEx(opened, name)
        except FileNotFoundError:
            return None
        return _content(kind, value)

    def values(self, key: str) -> Mapping[str, bytes]:
        """The contents of all values of a key by their names; nothing when it is not there."""
        hive, path = _split(key)
        try:
            with winreg.OpenKey(hive, path, 0, _READ) as opened:
                _, count, _ = winreg.QueryInfoKey(opened)
                found = [winreg.EnumValue(opened, index) for index in range(count)]
        except FileNotFoundError:
            return {}
        return {name: _content(kind, value) for name, value, kind in found}

    def exists(self, key: str) -> bool:
        """Whether the key is there."""
        hive, path = _split(key)
        with suppress(FileNotFoundError), winreg.OpenKey(hive, path, 0, _READ):
            return True
        return False

    def put(self, key: str, name: str, content: bytes) -> None:
        """Writes a value, whole, and makes the keys on the way."""
        hive, path = _split(key)
        kind, raw = value_of(content)
        value = text_of(raw) if kind in {SZ, EXPAND_SZ} else raw
        with winreg.CreateKeyEx(hive, path, 0, _WRITE) as opened:
            winreg.SetValueEx(opened, name, 0, kind, value)

    def drop(self, key: str, name: str) -> None:
        """Takes a value away."""
        hive, path = _split(key)
        with winreg.OpenKey(hive, path, 0, _WRITE) as opened:
            winreg.DeleteValue(opened, name)

    def remove(self, key: str) -> bool:
        """Takes a key away that holds nothing. Returns whether it is gone."""
        hive, path = _split(key)
        with suppress(FileNotFoundError):
            with winreg.OpenKey(hive, path, 0, _READ) as opened:
                subkeys, values, _ = winreg.QueryInfoKey(opened)
            if subkeys or values:
                return False
            winreg.DeleteKeyEx(hive, path, winreg.KEY_WOW64_64KEY)
        return True

    def announce(self) -> None:
        """Tells every window that the environment changed: Explorer then starts programs with the new one.

        A window that hangs is left out; the others have five seconds each.
        """
        send = ctypes.WinDLL("user32").SendMessageTimeoutW
        send.argtypes = (
            wintypes.HWND, wintypes.UINT, wintypes.WPARAM, wintypes.LPCWSTR, wintypes.UINT, wintypes.UINT,
            ctypes.POINTER(ctypes.c_size_t),
        )  # fmt: skip
        answer = ctypes.c_size_t()
        send(_HWND_BROADCAST, _WM_SETTINGCHANGE, 0, "Environment", _SMTO_ABORTIFHUNG, _TIMEOUT_MS, ctypes.byref(answer))


def _split(key: str) -> tuple[int, str]:
    hive, _, path = key.partition("\\")
    return _HIVES[hive], path


def _content(kind: int, value: object) -> bytes:
    """What winreg gives, as content; it has taken texts, lists and numbers out of their bytes."""
    if isinstance(value, str):
        return text_content(value, kind)
    if isinstance(value, list):
        return content_of(kind, "".join(f"{line}\0" for line in (*value, "")).encode("utf-16-le", "surrogatepass"))
    if isinstance(value, int):
        return content_of(kind, value.to_bytes(4 if kind == winreg.REG_DWORD else 8, "little"))
    return content_of(kind, value if isinstance(value, bytes) else b"")
