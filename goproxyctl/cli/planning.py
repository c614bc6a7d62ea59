"""``plan``: what apply would change, here or in each of several clusters; saved, if that is asked for."""

import click

from goproxyctl import __version__
from goproxyctl.cli.looking import View, look
from goproxyctl.cli.options import Selection
from goproxyctl.cli.session import ONE_CONTEXT, Session
from goproxyctl.cli.shell import Shell
from goproxyctl.plan import Plan, check_safe
from goproxyctl.report.plan import plan_body, plan_text
from goproxyctl.saved import Asked, seal


def look_ahead(shell: Shell, selection: Selection, output: str | None) -> int:
    """Reports the plan, and saves it in ``output``: 3 when something is to change."""
    if selection.several and output:
        raise click.UsageError(shell.words(ONE_CONTEXT))
    asked = Asked(selection.targets, selection.profile, selection.max_deletes)
    sealed: list[bytes] = []

    def make_plan(session: Session) -> Plan:
        """Sealed here too, for what is desired is no longer at hand once the plan is reported."""
        desired = session.wanted()
        plan = session.plan(desired, session.ledgers.load())
        check_safe(plan, max_deletes=selection.max_deletes)
        if output:
            sealed.append(seal(plan, desired, tool=__version__, asked=asked))
        return plan

    view = View("plan", plan_body, plan_text, lambda plan: bool(plan.changes))
    code = look(shell, selection, make_plan, view, today=shell.today)
    if output:
        shell.save(output, sealed[0])
    return code
