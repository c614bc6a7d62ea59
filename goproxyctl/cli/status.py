"""``goproxyctl status``."""

from goproxyctl.cli.app import command as named
from goproxyctl.cli.options import LOOKING, PRUNE, REGISTRY, Selection, selecting
from goproxyctl.cli.shell import Shell


@named("status", example="goproxyctl status --in all\ngoproxyctl status --in cluster --context 'prod-*'")
@selecting((*LOOKING, PRUNE, REGISTRY), "text", "json")
def command(shell: Shell, selection: Selection) -> int:
    """Tells what drifted and what is pending."""
    from goproxyctl.cli.looking import View, look
    from goproxyctl.report.status import status_body, status_text

    view = View("status", status_body, status_text, lambda plan: bool(plan.changes))
    return look(shell, selection, lambda session: session.plan(session.wanted(), session.ledgers.load()), view)
