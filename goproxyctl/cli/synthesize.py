"""``goproxyctl synthesize``."""

import click

from goproxyctl.cli.app import command as named
from goproxyctl.cli.options import ANY_PATH, formats
from goproxyctl.cli.shell import Shell
from goproxyctl.cli.words import option
from goproxyctl.text import Text

EXAMPLE = (
    "goproxyctl synthesize --gatekeeper https://goproxy.acme.example --mirror https://goproxy.cn \\\n"
    "  --mirror https://mirrors.aliyun.com/goproxy/ --survive any-mirror --private git.acme.example -o policy.yaml\n"
    "goproxyctl synthesize --gatekeeper gw=https://goproxy.plant.example --air-gap --toolchains"
)
GATEKEEPER = Text("cli.option.gatekeeper", "A module proxy that decides what may be used; its refusals must hold.")
LEARN = Text(
    "cli.option.may-learn",
    "Who may learn private names: a proxy's name, or origin; may be given again. Else the gatekeepers and the origin.",
)
SURVIVE = Text("cli.option.survive", "Whose loss no build may notice: any-mirror, or a proxy's name.")
DIRECT = Text("cli.option.direct", "What no proxy has must, or must not, come from its own repository.")


@named("synthesize", example=EXAMPLE)
@option("--name", metavar="NAME", text=Text("cli.option.name", "The owner: a team or company."))
@option(
    "--private", multiple=True, metavar="GLOB", text=Text("cli.option.private", "Private modules; may be given again.")
)
@option("--gatekeeper", "gatekeepers", multiple=True, metavar="[NAME=]URL", text=GATEKEEPER)
@option("--mirror", "mirrors", multiple=True, metavar="[NAME=]URL", text=Text("cli.option.mirror", "A module proxy."))
@option("--may-learn", "learners", multiple=True, metavar="NAME", text=LEARN)
@option("--fetch", type=click.Choice(["direct", "chain"]), text=Text("cli.option.fetch", "How private modules come."))
@option("--survive", "survivors", multiple=True, metavar="NAME", text=SURVIVE)
@option("--strict", is_flag=True, text=Text("cli.option.strict", "What a gatekeeper lacks may not come from others."))
@option("--air-gap", is_flag=True, text=Text("cli.option.air-gap", "Nobody outside is ever asked."))
@option("--database", metavar="NAME", text=Text("cli.option.database", "The checksum database, or off."))
@option("--direct/--no-direct", default=None, text=DIRECT)
@option("--toolchains", is_flag=True, text=Text("cli.option.toolchains", "go may fetch other versions of itself."))
@option(
    "--output", "-o", metavar="FILE", type=ANY_PATH,
    text=Text("cli.option.synthesize-output", "Write the policy there; a file that exists is left alone."),
)  # fmt: skip
@formats("text", "json")
def command(shell: Shell, output: str | None, form: str, **wishes: object) -> int:
    """Writes the policy that fulfils all wishes, or tells which of them contradict each other."""
    from goproxyctl.cli.synthesizing import write_synthesis
    from goproxyctl.cli.wishes import Wishes

    return write_synthesis(shell, Wishes(**wishes), output, form)  # type: ignore[arg-type]  # click checked them
