"""The programs that run on this Windows, with the environment that each has now, from its memory.

What it does was run in Wine, which has these calls and structures too; on Windows itself it was not.
Source: Microsoft Learn, tlhelp32.h, winternl.h (PEB, RTL_USER_PROCESS_PARAMETERS); the fields that are reserved there,
Environment and EnvironmentSize, by the public symbols of ntdll, which have kept their places since Windows Vista.
"""

import ctypes
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from ctypes import wintypes
from functools import cache

from goproxyctl.cli.running import Program, chain_above, counts, entries_of

assert sys.platform == "win32"  # where the type checker looks at what follows

_QUERY_LIMITED, _VM_READ, _TOKEN_QUERY = 0x1000, 0x0010, 0x0008
_SNAPSHOT_OF_PROGRAMS, _TOKEN_USER, _BASIC, _STILL_ACTIVE = 0x2, 1, 0, 259
#: Units: bytes from the start of the structure, in 64-bit programs.
_PARAMETERS, _ENVIRONMENT, _ENVIRONMENT_SIZE = 0x20, 0x80, 0x3F0
#: Units: bytes, programs, looks. Nothing real comes near the first two; a block that moves is read again.
_MOST_BYTES, _MOST_PROGRAMS, _LOOKS = 4 << 20, 100_000, 3


class _Row(ctypes.Structure):
    """PROCESSENTRY32W."""

    _fields_ = (
        ("size", wintypes.DWORD), ("usage", wintypes.DWORD), ("number", wintypes.DWORD), ("heap", ctypes.c_size_t),
        ("module", wintypes.DWORD), ("threads", wintypes.DWORD), ("parent", wintypes.DWORD),
        ("priority", wintypes.LONG), ("flags", wintypes.DWORD), ("name", wintypes.WCHAR * 260),
    )  # fmt: skip


class _Basic(ctypes.Structure):
    """PROCESS_BASIC_INFORMATION."""

    _fields_ = (
        ("status", ctypes.c_size_t), ("peb", ctypes.c_size_t), ("affinity", ctypes.c_size_t),
        ("priority", ctypes.c_size_t), ("number", ctypes.c_size_t), ("parent", ctypes.c_size_t),
    )  # fmt: skip


_KERNEL, _ADVAPI = ctypes.WinDLL("kernel32", use_last_error=True), ctypes.WinDLL("advapi32", use_last_error=True)
_NTDLL = ctypes.WinDLL("ntdll")
_TIME = ctypes.POINTER(wintypes.FILETIME)
_KERNEL.CreateToolhelp32Snapshot.argtypes, _KERNEL.CreateToolhelp32Snapshot.restype = (
    [wintypes.DWORD] * 2,
    wintypes.HANDLE,
)
_KERNEL.Process32FirstW.argtypes = _KERNEL.Process32NextW.argtypes = [wintypes.HANDLE, ctypes.POINTER(_Row)]
_KERNEL.OpenProcess.argtypes, _KERNEL.OpenProcess.restype = (
    [wintypes.DWORD, wintypes.BOOL, wintypes.DWORD],
    wintypes.HANDLE,
)
_KERNEL.CloseHandle.argtypes = [wintypes.HANDLE]
_KERNEL.GetEnvironmentStringsW.restype, _KERNEL.FreeEnvironmentStringsW.argtypes = ctypes.c_size_t, [ctypes.c_size_t]
_KERNEL.GetCurrentProcess.restype = wintypes.HANDLE
_KERNEL.GetExitCodeProcess.argtypes = [wintypes.HANDLE, wintypes.LPDWORD]
_KERNEL.GetProcessTimes.argtypes = [wintypes.HANDLE, _TIME, _TIME, _TIME, _TIME]
_KERNEL.IsWow64Process.argtypes = [wintypes.HANDLE, ctypes.POINTER(wintypes.BOOL)]
_KERNEL.ReadProcessMemory.argtypes = [
    wintypes.HANDLE, ctypes.c_size_t, ctypes.c_void_p, ctypes.c_size_t, ctypes.POINTER(ctypes.c_size_t),
]  # fmt: skip
_ADVAPI.OpenProcessToken.argtypes = [wintypes.HANDLE, wintypes.DWORD, ctypes.POINTER(wintypes.HANDLE)]
_ADVAPI.GetTokenInformation.argtypes = [
    wintypes.HANDLE, ctypes.c_int, ctypes.c_void_p, wintypes.DWORD, wintypes.LPDWORD,
]  # fmt: skip
_ADVAPI.EqualSid.argtypes = [ctypes.c_void_p] * 2
_NTDLL.NtQueryInformationProcess.argtypes = [
    wintypes.HANDLE, ctypes.c_int, ctypes.c_void_p, wintypes.ULONG, ctypes.POINTER(wintypes.ULONG),
]  # fmt: skip


def observe_programs() -> list[Program] | None:
    """The editors, terminals and CI runners of this user.

    None where the structures are others: in a 32-bit Python, and wherever what is read of us is not what we have.
    """
    if ctypes.sizeof(ctypes.c_void_p) != 8:
        return None
    with suppress(OSError):
        if _environment(os.getpid()) == _in_capitals(_own_block()):
            return _observed()
    return None


def _own_block() -> str:
    """Our own environment block as Windows hands it out: what reading it from memory has to come to."""
    start = at = _KERNEL.GetEnvironmentStringsW()
    entries = []
    while entry := ctypes.wstring_at(at):
        entries.append(entry)
        at += 2 + len(entry.encode("utf-16-le", "surrogatepass"))
    _KERNEL.FreeEnvironmentStringsW(start)
    return "".join(f"{entry}\0" for entry in entries)


def _in_capitals(block: str) -> Mapping[str, str]:
    """The variables of a block; Windows does not tell capitals from small letters in a name."""
    found: dict[str, str] = {}
    for name, value in entries_of(block):
        found.setdefault(name.upper(), value)
    return found


def _observed() -> list[Program]:
    rows = {number: (parent, name) for number, parent, name in _rows()}
    started = cache(_started)
    parents = {
        number: parent
        for number, (parent, _) in rows.items()
        if parent in rows and 0 < started(parent) <= started(number)  # else the number is another program's by now
    }
    ours = (os.getpid(), *chain_above(os.getpid(), parents))
    found = []
    for number, (_, name) in rows.items():
        if counts(name, "windows"):
            with suppress(ProcessLookupError):
                found.append(Program(name, number, _environment(number), chain_above(number, parents), number in ours))
    return sorted(found, key=lambda program: started(program.number))


def _rows() -> Iterator[tuple[int, int, str]]:
    """Number, number of the parent and name of everything that runs, whoever's it is. Raises: OSError."""
    handle = _KERNEL.CreateToolhelp32Snapshot(_SNAPSHOT_OF_PROGRAMS, 0)
    if handle in {None, ctypes.c_void_p(-1).value}:
        raise ctypes.WinError(ctypes.get_last_error())
    try:
        row = _Row(size=ctypes.sizeof(_Row))
        there = _KERNEL.Process32FirstW(handle, ctypes.byref(row))
        for _ in range(_MOST_PROGRAMS):
            if not there:
                return
            yield row.number, row.parent, row.name
            there = _KERNEL.Process32NextW(handle, ctypes.byref(row))
    finally:
        _KERNEL.CloseHandle(handle)


def _started(number: int) -> int:
    """When it was started, as a number that grows; 0: it does not tell."""
    times = [wintypes.FILETIME() for _ in range(4)]
    try:
        with _opened(number, _QUERY_LIMITED) as handle:
            _must(_KERNEL.GetProcessTimes(handle, *(ctypes.byref(time) for time in times)))
    except OSError:
        return 0
    return int(times[0].dwHighDateTime << 32 | times[0].dwLowDateTime)


def _environment(number: int) -> Mapping[str, str] | None:
    """None: it may not be looked at, or is a 32-bit program.

    Raises: ProcessLookupError when it has ended, or is another user's.
    """
    try:
        with _opened(number, _QUERY_LIMITED | _VM_READ) as handle:
            block = _block(handle) if _is_ours(handle) else None
    except ProcessLookupError:
        raise
    except OSError:
        return None
    if block is None:
        raise ProcessLookupError
    return _in_capitals(block)


@contextmanager
def _opened(number: int, rights: int) -> Iterator[int]:
    """Raises: PermissionError; ProcessLookupError when there is no such program any more."""
    handle = _KERNEL.OpenProcess(rights, False, number)
    if not handle:
        error = ctypes.WinError(ctypes.get_last_error())
        raise error if isinstance(error, PermissionError) else ProcessLookupError(*error.args)
    try:
        yield handle
    finally:
        _KERNEL.CloseHandle(handle)


def _is_ours(handle: int) -> bool:
    """Whether it runs as the user that we run as. Raises: OSError."""
    its, own = (_user(one) for one in (handle, _KERNEL.GetCurrentProcess()))
    return bool(_ADVAPI.EqualSid(*(ctypes.c_void_p.from_buffer(user) for user in (its, own))))


def _user(handle: int) -> ctypes.Array[ctypes.c_char]:
    """TOKEN_USER: the address of a SID, which stands behind it."""
    token, size = wintypes.HANDLE(), wintypes.DWORD()
    _must(_ADVAPI.OpenProcessToken(handle, _TOKEN_QUERY, ctypes.byref(token)))
    try:
        buffer = ctypes.create_string_buffer(256)  # a SID has 68 bytes at most
        _must(_ADVAPI.GetTokenInformation(token, _TOKEN_USER, buffer, len(buffer), ctypes.byref(size)))
        return buffer
    finally:
        _KERNEL.CloseHandle(token)


def _block(handle: int) -> str:
    """The environment block, whole. Raises: OSError; ProcessLookupError when the program has ended."""
    try:
        return _looked_at(handle)
    except OSError:
        code = wintypes.DWORD()
        if _KERNEL.GetExitCodeProcess(handle, ctypes.byref(code)) and code.value != _STILL_ACTIVE:
            raise ProcessLookupError from None
        raise


def _looked_at(handle: int) -> str:
    wow = wintypes.BOOL()
    _must(_KERNEL.IsWow64Process(handle, ctypes.byref(wow)))
    basic = _Basic()
    status = _NTDLL.NtQueryInformationProcess(handle, _BASIC, ctypes.byref(basic), ctypes.sizeof(basic), None)
    if wow or status or not basic.peb:
        raise OSError
    for _ in range(_LOOKS):
        before = _at(handle, basic.peb)
        address, size = before
        if not 0 < size <= _MOST_BYTES or size % 2:
            raise OSError
        with suppress(OSError):
            content = _read(handle, address, size)
            if _at(handle, basic.peb) == before:
                return content.decode("utf-16-le", "surrogatepass")
    raise OSError


def _at(handle: int, peb: int) -> tuple[int, int]:
    """Where the block is, and how long: a program that sets a variable may move it."""
    parameters = _number(handle, peb + _PARAMETERS)
    return _number(handle, parameters + _ENVIRONMENT), _number(handle, parameters + _ENVIRONMENT_SIZE)


def _number(handle: int, address: int) -> int:
    return int.from_bytes(_read(handle, address, 8), "little")


def _read(handle: int, address: int, size: int) -> bytes:
    buffer, done = ctypes.create_string_buffer(size), ctypes.c_size_t()
    _must(_KERNEL.ReadProcessMemory(handle, address, buffer, size, ctypes.byref(done)))
    if done.value != size:
        raise OSError
    return buffer.raw


def _must(done: int) -> None:
    """Raises: OSError when a call of Windows failed."""
    if not done:
        raise ctypes.WinError(ctypes.get_last_error())
