"""``goproxyctl krm``."""

from goproxyctl.cli.app import command as named
from goproxyctl.cli.options import FACTS
from goproxyctl.cli.shell import Shell

EXAMPLE = 'goproxyctl krm < resourcelist.yaml\nkpt fn eval manifests --exec "goproxyctl krm" --fn-config policy.yaml'


@named("krm", example=EXAMPLE)
@FACTS
def command(shell: Shell, facts: str | None) -> int:
    """Reads a ResourceList, adds what the policy in its functionConfig makes, and writes it."""
    from goproxyctl.cli.piping import run_function

    return run_function(shell, facts)
