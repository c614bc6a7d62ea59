"""``goproxyctl status``."""

from goproxyctl.cli.app import command as named
from goproxyctl.cli.options import LOOKING, PRUNE, REGISTRY, Selection, selecting
from goproxyctl.cli.shell import Shell


@named("status", example="goproxyctl status --in all")
@selecting((*LOOKING, PRUNE, REGISTRY), "text", "json")
def command(shell: Shell, selection: Selection) -> int:
    """Tells what drifted and what is pending."""
    from goproxyctl.cli.session import open_session
    from goproxyctl.report.status import status_body, status_text

    session = open_session(shell, selection)
    plan = session.plan(session.wanted(), session.ledgers.load())
    shell.report(
        "status", selection.form, lambda: status_body(plan), lambda style: status_text(plan, shell.words, style)
    )
    return 3 if plan.changes else 0
