"""``goproxyctl apply``."""

import click

from goproxyctl.cli.app import command as named
from goproxyctl.cli.options import ANY_PATH, PLANNING, TAKE_FIELDS, YES, Selection, selecting
from goproxyctl.cli.shell import Shell

EXAMPLE = "goproxyctl apply\ngoproxyctl plan -o reviewed.plan && goproxyctl apply reviewed.plan"


@named("apply", example=EXAMPLE)
@selecting((*PLANNING, TAKE_FIELDS, YES), "text", "json")
@click.argument("plan", required=False, type=ANY_PATH)
def command(shell: Shell, selection: Selection, plan: str | None, yes: bool) -> int:
    """Makes what is there equal to the policy; with PLAN, only if it is still what was reviewed."""
    from goproxyctl.cli.applying import apply_policy, apply_saved

    if plan:
        return apply_saved(shell, selection, plan)
    return apply_policy(shell, selection, yes=yes)
