"""``goproxyctl plan``."""

import click

from goproxyctl import __version__
from goproxyctl.cli.app import command as named
from goproxyctl.cli.options import PLANNING, REGISTRY, Selection, selecting
from goproxyctl.cli.shell import Shell
from goproxyctl.cli.words import option
from goproxyctl.text import Text

EXAMPLE = "goproxyctl plan\ngoproxyctl plan --in all --prune -o reviewed.plan && goproxyctl apply reviewed.plan"


@named("plan", example=EXAMPLE)
@selecting((*PLANNING, REGISTRY), "text", "json")
@option("-o", "--output", type=click.Path(), metavar="PLAN", text=Text("cli.option.plan-output", "Save the plan."))
@option("--exit-code", is_flag=True, text=Text("cli.option.exit-code", "Exit with 3 when something is to change."))
def command(shell: Shell, selection: Selection, output: str | None, exit_code: bool) -> int:
    """Lists what apply would change."""
    from goproxyctl.cli.session import open_session
    from goproxyctl.plan import check_safe
    from goproxyctl.report.plan import plan_body, plan_text
    from goproxyctl.saved import Asked, seal

    session = open_session(shell, selection, today=shell.today)
    desired = session.wanted()
    plan = session.plan(desired, session.ledgers.load())
    check_safe(plan, max_deletes=selection.max_deletes)
    shell.report("plan", selection.form, lambda: plan_body(plan), lambda style: plan_text(plan, shell.words, style))
    if output:
        asked = Asked(selection.targets, selection.profile, selection.max_deletes)
        shell.save(output, seal(plan, desired, tool=__version__, asked=asked))
    return 3 if exit_code and plan.changes else 0
