"""``goproxyctl rules``."""

import click

from goproxyctl.cli.app import command as named
from goproxyctl.cli.completing import complete_rules
from goproxyctl.cli.options import Selection, selecting
from goproxyctl.cli.shell import Shell

EXAMPLE = "goproxyctl rules\ngoproxyctl rules private-glob-star-suffix"


@named("rules", example=EXAMPLE)
@click.argument("rule", required=False, metavar="[ID]", shell_complete=complete_rules)
@selecting((), "text", "json")
def command(shell: Shell, selection: Selection, rule: str | None) -> int:
    """Lists the rules, or shows the page of one."""
    from goproxyctl.cli.ruling import open_page
    from goproxyctl.report.rules import page_body, page_text, rules_body, rules_text
    from goproxyctl.rules.catalogue import catalogue

    if rule is None:
        rules = catalogue()
        shell.report("rules", selection.form, lambda: rules_body(rules), lambda s: rules_text(rules, shell.words, s))
        return 0
    page = open_page(shell, rule)
    shell.report("rules", selection.form, lambda: page_body(page), lambda style: page_text(page, shell.words, style))
    return 0
