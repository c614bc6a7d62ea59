"""``goproxyctl remove``."""

from goproxyctl.cli.app import command as named
from goproxyctl.cli.options import OWNING, YES, Selection, selecting
from goproxyctl.cli.shell import Shell


@named("remove", example="goproxyctl remove --in all")
@selecting((*OWNING, YES), "text", "json")
def command(shell: Shell, selection: Selection, yes: bool) -> int:
    """Takes back everything that goproxyctl wrote."""
    from goproxyctl.cli.applying import remove_all

    return remove_all(shell, selection, yes=yes)
