"""``goproxyctl plan``."""

from goproxyctl.cli.app import command as named
from goproxyctl.cli.options import ANY_PATH, PLANNING, REGISTRY, Selection, selecting
from goproxyctl.cli.shell import Shell
from goproxyctl.cli.words import option
from goproxyctl.text import Text

EXAMPLE = "goproxyctl plan\ngoproxyctl plan --in all --prune -o reviewed.plan && goproxyctl apply reviewed.plan"


@named("plan", example=EXAMPLE)
@selecting((*PLANNING, REGISTRY), "text", "json")
@option("-o", "--output", type=ANY_PATH, metavar="PLAN", text=Text("cli.option.plan-output", "Save the plan."))
@option("--exit-code", is_flag=True, text=Text("cli.option.exit-code", "Exit with 3 when something is to change."))
def command(shell: Shell, selection: Selection, output: str | None, exit_code: bool) -> int:
    """Lists what apply would change."""
    from goproxyctl.cli.planning import look_ahead

    code = look_ahead(shell, selection, output)
    return 0 if code == 3 and not exit_code else code
