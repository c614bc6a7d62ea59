"""``goproxyctl route``."""

import click

from goproxyctl.cli.app import command as named
from goproxyctl.cli.options import AS_GO, READING, Selection, selecting
from goproxyctl.cli.shell import Shell
from goproxyctl.cli.words import option
from goproxyctl.text import Text

EXAMPLE = (
    "goproxyctl route golang.org/x/text --down goproxy-cn=503\n"
    "goproxyctl route git.acme.example/team/app@v1.2.0 --down gateway/zip=hang\n"
    "goproxyctl route go1.26.6 --live\n"
    "goproxyctl route golang.org/x/text --set 'GOPROXY=https://goproxy.cn|direct'"
)
LIVE = Text("cli.option.live", "The settings that go has on this machine, instead of the policy's.")
SET = Text("cli.option.set", "A setting of go, instead of the policy's; may be given again.")
DOWN = Text(
    "cli.option.down",
    "What a server answers: a hop's name, host or number, origin or sumdb; /info, /mod, /zip, /list, /sumdb for one "
    "endpoint; 404, 403, 503, refused, dns, tls, timeout, hang, html and others.",
)
EXIT_CODE = Text("cli.option.route-exit-code", "Exit with 3 when go does not get the module.")


@named("route", example=EXAMPLE)
@click.argument("module", metavar="MODULE[@VERSION]")
@selecting(READING, "text", "json")
@option("--down", "downs", multiple=True, metavar="SERVER=OUTCOME", text=DOWN)
@option("--live", is_flag=True, text=LIVE)
@option("--set", "assignments", multiple=True, metavar="NAME=VALUE", text=SET)
@AS_GO
@option("--exit-code", is_flag=True, text=EXIT_CODE)
def command(shell: Shell, selection: Selection, module: str, **asked: object) -> int:
    """Shows every request that go would make for a module, and how it ends."""
    from goproxyctl.cli.travelling import Question, show_route

    return show_route(shell, selection, Question(module, **asked))  # type: ignore[arg-type]  # click checked them
