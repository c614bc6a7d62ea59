"""``goproxyctl render``."""

import click

from goproxyctl.cli.app import command as named
from goproxyctl.cli.options import ANY_PATH, ANYWHERE, FACTS, READING, Selection, selecting
from goproxyctl.cli.shell import Shell
from goproxyctl.cli.words import option
from goproxyctl.text import Text

EXAMPLE = "goproxyctl render --target laptops\ngoproxyctl render -o rendered && goproxyctl render -o rendered --check"
OUTPUT = Text("cli.option.render-output", "Write into this folder; - prints one artifact, or one YAML stream.")
ARGOCD = Text(
    "cli.option.argocd",
    "As a plugin of Argo CD: profile and targets are what the parameters of the application say.",
)
CHECK = Text("cli.option.check", "Write nothing; exit with 3 when the folder of -o differs.")


@named("render", example=EXAMPLE)
@selecting((*READING, ANYWHERE, FACTS), "text", "json")
@option("-o", "--output", type=ANY_PATH, metavar="DIR", text=OUTPUT)
@option("--argocd", is_flag=True, text=ARGOCD)
@option("--check", is_flag=True, text=CHECK)
def command(shell: Shell, selection: Selection, output: str | None, argocd: bool, check: bool) -> int:
    """Prints or writes every artifact."""
    from goproxyctl.cli.rendering import print_artifacts, rendered, write_artifacts

    if check and output in {None, "-"}:
        raise click.UsageError(
            shell.words(Text("cli.check-needs-folder", "--check compares with a folder; add -o DIR"))
        )
    stream = output == "-"
    if argocd:
        from goproxyctl.cli.argocd import with_parameters

        selection = with_parameters(selection, shell.env)
    made = rendered(shell, selection, stream=stream)
    if output is None or stream:
        return print_artifacts(shell, selection, made, stream=stream)
    return write_artifacts(shell, selection, made, output, check=check)
