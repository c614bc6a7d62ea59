"""``goproxyctl adopt``."""

from goproxyctl.cli.app import command as named
from goproxyctl.cli.options import OWNING, YES, Selection, selecting
from goproxyctl.cli.shell import Shell


@named("adopt", example="goproxyctl adopt --target editors")
@selecting((*OWNING, YES), "text", "json")
def command(shell: Shell, selection: Selection, yes: bool) -> int:
    """Records what is there already as ours."""
    from goproxyctl.cli.adopting import adopt

    return adopt(shell, selection, yes=yes)
