"""`prove`: every set of settings that a policy comes to, and what can happen under each."""

from goproxyctl.cli.options import Selection
from goproxyctl.cli.outcomes import read_go
from goproxyctl.cli.scenes import file_flags, open_policy, profile_of
from goproxyctl.cli.shell import Shell
from goproxyctl.policy.stances import make_stages
from goproxyctl.report.prove import Case
from goproxyctl.rules.proving import prove_scene


def find_cases(shell: Shell, selection: Selection, go: str | None) -> list[Case]:
    """What can happen, once for each set of settings. Raises: PolicyError, StoreError, click.UsageError."""
    policy, version = open_policy(shell, selection), read_go(shell, go)
    one = [profile_of(shell, selection, policy)] if selection.targets or selection.profile else None
    stages = make_stages(policy, file_flags(selection.file), version, one)
    return [Case(stage, prove_scene(stage.scene, stage.samples, stage.toolchain)) for stage in stages]
