"""``goproxyctl scan``."""

import click

from goproxyctl.cli.app import command as named
from goproxyctl.cli.options import ANY_PATH, Selection, selecting
from goproxyctl.cli.shell import Shell

EXAMPLE = "goproxyctl scan\ngoproxyctl scan Dockerfile scripts .github --format github"


@named("scan", example=EXAMPLE)
@selecting((), "text", "json", "sarif", "github", "gitlab")
@click.argument("paths", nargs=-1, type=ANY_PATH, metavar="[PATH]...")
def command(shell: Shell, selection: Selection, paths: tuple[str, ...]) -> int:
    """Reports what is wrong in scripts, pipelines and settings files."""
    from goproxyctl.cli.scanning import scan, write_scan

    found = scan(shell, paths or (".",))
    write_scan(shell, selection.form, found)
    return 0 if found.clean else 1
