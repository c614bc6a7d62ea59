"""``goproxyctl kinds``."""

from goproxyctl.cli.app import command as named
from goproxyctl.cli.options import Selection, selecting
from goproxyctl.cli.shell import Shell


@named("kinds", example="goproxyctl kinds")
@selecting((), "text", "json")
def command(shell: Shell, selection: Selection) -> int:
    """Lists the kinds of target."""
    from goproxyctl.report.kinds import kinds_body, kinds_text
    from goproxyctl.targets import KINDS, load_kind

    kinds = [load_kind(name) for name in KINDS]
    shell.report(
        "kinds", selection.form, lambda: kinds_body(kinds), lambda style: kinds_text(kinds, shell.words, style)
    )
    return 0
