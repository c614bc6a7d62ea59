"""``goproxyctl diff``."""

from goproxyctl.cli.app import command as named
from goproxyctl.cli.options import LOOKING, PRUNE, REGISTRY, Selection, selecting
from goproxyctl.cli.shell import Shell
from goproxyctl.cli.words import option
from goproxyctl.text import Text

EXAMPLE = "goproxyctl diff\ngoproxyctl diff --from origin/main --format markdown > comment.md"
FROM = Text("cli.option.from", "Compare with the policy at this git revision instead of what is there.")


@named("diff", example=EXAMPLE)
@selecting((*LOOKING, PRUNE, REGISTRY), "text", "json", "markdown")
@option("--from", "revision", metavar="REV", text=FROM)
def command(shell: Shell, selection: Selection, revision: str | None) -> int:
    """Shows what apply would change, or what a policy change means to every artifact."""
    from goproxyctl.cli.comparing import compare

    return compare(shell, selection, revision)
