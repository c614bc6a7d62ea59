"""The settings that a question about routes is asked of: those of a policy, of this machine, or given one by one."""

from collections.abc import Mapping
from typing import NamedTuple

from goproxyctl.cli.options import DEFAULT_POLICY, Selection
from goproxyctl.cli.outcomes import SETTINGS, read_settings, refuse
from goproxyctl.cli.reader import open_folder, placed
from goproxyctl.cli.shell import Shell
from goproxyctl.gosem.version import NEWEST, GoVersion
from goproxyctl.policy import Policy, load_policy
from goproxyctl.rules.scene import Scene, raw_scene, scene_of
from goproxyctl.text import Text


class Source(NamedTuple):
    """Where the settings come from: ``live``, ``assignments``, or (neither) the policy of the selection."""

    live: bool = False
    assignments: tuple[str, ...] = ()
    go: GoVersion | None = None


def open_policy(shell: Shell, selection: Selection) -> Policy:
    """The policy of ``--file``, with its warnings left to validate. Raises: PolicyError, StoreError."""
    folder, name = open_folder(selection.file, shell.cwd)
    with placed(folder):
        return load_policy(name, folder.read, profile=selection.profile, today=None)


def profile_of(shell: Shell, selection: Selection, policy: Policy) -> str | None:
    """The profile of ``--target``, else that of ``--profile``. Raises: click.UsageError."""
    if not selection.targets:
        return selection.profile
    if len(selection.targets) > 1:
        refuse(shell, Text("cli.one-target", "--target: a route has the settings of one target"))
    found = next((target for target in policy.targets if target.name == selection.targets[0]), None)
    if found is None:
        refuse(shell, policy.unknown_target(selection.targets[0]))
    return found.profile or selection.profile


def file_flags(file: str) -> tuple[str, ...]:
    """The options that name the policy ``file`` on a command line."""
    return () if file == DEFAULT_POLICY else ("-f", file)


def open_scene(shell: Shell, selection: Selection, source: Source) -> Scene:
    """The settings that were asked for. Raises: PolicyError, StoreError, click.UsageError."""
    given = read_settings(shell, source.assignments)
    flags = tuple(part for assignment in source.assignments for part in ("--set", assignment))
    go = source.go or NEWEST
    if source.live:
        variables, version = _read_live(shell, source.go)
        return raw_scene({**variables, **given}, ("--live", *flags), version)
    if given:
        return raw_scene(given, flags, go)
    policy = open_policy(shell, selection)
    profile = profile_of(shell, selection, policy)
    chosen = ("--profile", profile) if profile else ()
    return scene_of(policy.intents[profile], (*file_flags(selection.file), *chosen), go)


def _read_live(shell: Shell, go: GoVersion | None) -> tuple[Mapping[str, str], GoVersion]:
    """What go reads on this machine, and which go it is. Raises: StoreError."""
    from goproxyctl.cli.machine import Sources, read_machine
    from goproxyctl.gosem.layers import resolve_all

    machine = read_machine(shell, Sources(go=str(go) if go else None))
    for note in machine.notes:
        shell.err(note)
    return resolve_all(SETTINGS, machine.layers, machine.go), machine.go
