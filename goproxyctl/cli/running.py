"""Programs that run now and start go: which of them count, and which still have another value than they would get now.

What each has in its environment is read by `procfs` on Linux and by `winprograms` on Windows.
"""

import sys
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import NamedTuple

from goproxyctl.gosem.layers import Effective
from goproxyctl.gosem.locations import System
from goproxyctl.report.account import Running

#: By their command names. No shell of Unix: what it exports itself is not in the environment that it was started with,
#: which alone can be read (of the bash that Git brings to Windows, too).
_EVERYWHERE = frozenset(
    {
        "gopls", "dlv", "code", "code-server", "codium", "cursor", "windsurf", "zed", "goland", "idea", "nvim", "vim",
        "emacs", "alacritty", "wezterm-gui",
        "gitlab-runner", "Runner.Listener", "Runner.Worker", "Agent.Listener", "Agent.Worker", "act_runner",
        "buildkite-agent",
    }
)  # fmt: skip
#: The kernel cuts them after 15 bytes. Source: proc(5), /proc/pid/comm.
_LINUX = frozenset(
    {
        "code-insiders", "tmux: server", "screen", "gnome-terminal-", "konsole", "xfce4-terminal", "kitty", "foot",
        "ghostty", "tilix", "xterm",
    }
)  # fmt: skip
#: Without .exe, in small letters. cmd and PowerShell change their own environment, and what they start gets it;
#: explorer.exe starts what is chosen on the desktop and in the Start menu.
_WINDOWS = frozenset(
    {
        "code - insiders", "vscodium", "goland64", "idea64", "gvim", "sublime_text", "devenv", "windowsterminal",
        "conemu64", "conemuc64", "mintty", "cmd", "powershell", "powershell_ise", "pwsh", "explorer",
    }
)  # fmt: skip
_NAMES: dict[System, frozenset[str]] = {
    "linux": _EVERYWHERE | _LINUX,
    "windows": frozenset(name.lower() for name in _EVERYWHERE) | _WINDOWS,
}


class Program(NamedTuple):
    """One of them: its command name, its number, and the environment that it has (None: it may not be looked at).

    ``above``: the numbers of the programs that started it, the nearest first. ``ours``: whether it started this run.
    """

    name: str
    number: int
    environment: Mapping[str, str] | None
    above: tuple[int, ...] = ()
    ours: bool = False


def counts(name: str, system: System) -> bool:
    """Whether go is started by programs of this name: an editor, a terminal, a CI runner."""
    plain = name.lower().removesuffix(".exe") if system == "windows" else name
    return plain in _NAMES.get(system, frozenset())


def running_programs() -> list[Program] | None:
    """Those of this user, in the order in which they were started; None where nothing can be read of them."""
    if sys.platform == "win32":
        from goproxyctl.cli.winprograms import observe_programs
    elif sys.platform == "linux":
        from goproxyctl.cli.procfs import observe_programs
    else:
        return None
    return observe_programs()


def chain_above(number: int, parents: Mapping[int, int]) -> tuple[int, ...]:
    """Who started the program, who started that one, and so on; a number that comes again ends it."""
    found: list[int] = []
    while (number := parents.get(number, 0)) and number not in found:
        found.append(number)
    return tuple(found)


def entries_of(block: str) -> Iterator[tuple[str, str]]:
    """The variables of an environment block; of a name that comes twice the first counts, as for the system.

    Shape: ``NAME=value``, each ended by a NUL; an empty one is the end. A name may begin with ``=`` (``=C:``): that is
    a folder of cmd's, and no variable.
    """
    for entry in block.split("\0"):
        if not entry:
            return
        name, equals, value = entry.partition("=")
        if name and equals:
            yield name, value


def holding(resolved: Iterable[tuple[Program, Effective]], value: str) -> tuple[Running, ...]:
    """Those that have something else than ``value``; of the parts of one program, the part that started the others."""
    other = {program.number: (program, effective) for program, effective in resolved if effective.value != value}
    return tuple(
        Running(program.name, program.number, effective, program.ours)
        for program, effective in other.values()
        if not _is_part(program, effective, [other[number] for number in program.above if number in other])
    )


def _is_part(program: Program, effective: Effective, above: Collection[tuple[Program, Effective]]) -> bool:
    return any(one.name == program.name and its.value == effective.value for one, its in above)
