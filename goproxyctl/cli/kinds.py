"""``goproxyctl kinds``."""

import click

from goproxyctl.cli.app import command as named
from goproxyctl.cli.completing import complete_kinds
from goproxyctl.cli.options import Selection, selecting
from goproxyctl.cli.shell import Shell
from goproxyctl.text import Text


@named("kinds", example="goproxyctl kinds\ngoproxyctl kinds configmap")
@click.argument("kind", required=False, metavar="[KIND]", shell_complete=complete_kinds)
@selecting((), "text", "json")
def command(shell: Shell, selection: Selection, kind: str | None) -> int:
    """Lists the kinds of target, or tells the options of one."""
    from goproxyctl.report.kinds import kind_body, kind_text, kinds_body, kinds_text
    from goproxyctl.targets import KINDS, load_kind

    if kind is not None:
        one = load_kind(_known(shell, kind, KINDS))
        shell.report("kinds", selection.form, lambda: kind_body(one), lambda style: kind_text(one, shell.words, style))
        return 0
    kinds = [load_kind(name) for name in KINDS]
    shell.report(
        "kinds", selection.form, lambda: kinds_body(kinds), lambda style: kinds_text(kinds, shell.words, style)
    )
    return 0


def _known(shell: Shell, name: str, kinds: dict[str, str]) -> str:
    """The name of a kind. Raises: click.UsageError when there is none of that name."""
    if name in kinds:
        return name
    from goproxyctl.rules.names import suggest_or_list

    text = Text("kinds.unknown", "there is no kind {name!r}", name=name)
    advice = suggest_or_list(name, kinds)
    raise click.UsageError(shell.words(Text("finding.advised", "{what}; {advice}", what=text, advice=advice)))
