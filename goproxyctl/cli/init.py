"""``goproxyctl init``."""

import click

from goproxyctl.cli.app import command as named
from goproxyctl.cli.completing import complete_kinds
from goproxyctl.cli.options import FILE_ONLY, YES, Selection, selecting
from goproxyctl.cli.shell import Shell
from goproxyctl.cli.starter import REGIONS
from goproxyctl.cli.words import option
from goproxyctl.text import Text

EXAMPLE = (
    "goproxyctl init\ngoproxyctl init --name acme --region cn --private git.acme.example --target sh --target go-env\n"
    "goproxyctl synthesize --help  # a policy from what must hold, instead of from a region"
)
KIND = Text("cli.option.kind", "A target of this kind; may be given again.")


@named("init", example=EXAMPLE)
@selecting((*FILE_ONLY, YES))
@option("--name", metavar="NAME", text=Text("cli.option.name", "The owner: a team or company."))
@option("--region", type=click.Choice(REGIONS), text=Text("cli.option.region", "Where the machines are."))
@option(
    "--private", multiple=True, metavar="GLOB", text=Text("cli.option.private", "Private modules; may be given again.")
)
@option("--gateway", metavar="URL", text=Text("cli.option.gateway", "Your own module proxy, asked first."))
@option("--target", "kinds", multiple=True, metavar="KIND", shell_complete=complete_kinds, text=KIND)
@option("--from-live", is_flag=True, text=Text("cli.option.from-live", "Say what go is told on this machine now."))
def command(shell: Shell, selection: Selection, yes: bool, **answers: object) -> int:
    """Writes a starting policy."""
    from goproxyctl.cli.starting import Answers, start_policy

    return start_policy(shell, selection.file, Answers(**answers), yes=yes)  # type: ignore[arg-type]  # click checked them
